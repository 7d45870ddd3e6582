//! Where a song is put together: layers of notes, effects on them, one room for all, and the master at the end.
//!
//! Places and lengths are in beats. A studio may be shorter than its song; what lies behind its end is not played.

mod effects;
mod master;

use super::{
    score::Chord,
    synth::{Dice, RATE, SAMPLE_S},
    voices::Voice,
};

/// A song in the making.
pub struct Studio {
    frames: usize,
    beat_s: f32,
    beats: f32,
    mix: Layer,
    room: Layer,
    /// For whatever a player would not do the same way twice.
    pub dice: Dice,
}

/// Stereo sound on its way into the mix.
pub struct Layer {
    beat_s: f32,
    left: Vec<f32>,
    right: Vec<f32>,
}

impl Studio {
    /// For a song of some beats at some beats a minute, and four seconds to die away; cut after `cap_s` seconds.
    pub fn new(bpm: f32, beats: f32, seed: u32, cap_s: Option<f32>) -> Self {
        let beat_s = 60.0 / bpm;
        let seconds = (beats * beat_s + 4.0).min(cap_s.unwrap_or(f32::MAX));
        let frames = (seconds * RATE) as usize;

        Self {
            frames,
            beat_s,
            beats,
            mix: Layer::new(frames, beat_s),
            room: Layer::new(frames, beat_s),
            dice: Dice::new(seed),
        }
    }

    /// An empty layer.
    pub fn layer(&self) -> Layer {
        Layer::new(self.frames, self.beat_s)
    }

    /// Beats in seconds.
    pub fn seconds(&self, beats: f32) -> f32 {
        beats * self.beat_s
    }

    /// The chords over the whole song, again and again, each for some beats.
    pub fn harmony<'a>(&self, chords: &'a [Chord], each: f32) -> impl Iterator<Item = (f32, &'a Chord)> + use<'a> {
        let count = (self.beats / each).ceil() as usize;

        chords.iter().cycle().take(count).enumerate().map(move |(place, chord)| (place as f32 * each, chord))
    }

    /// Puts a layer into the mix; `room` is how much of it also goes into the reverb.
    pub fn add(&mut self, layer: Layer, level: f32, room: f32) {
        self.mix.pour(&layer, level);
        self.room.pour(&layer, level * room);
    }

    /// The finished song: left and right, from -1 to 1. `size` is the room's, from 0 to 1; `light`
    /// is added to what is bright.
    pub fn finish(mut self, size: f32, light: f32) -> (Vec<f32>, Vec<f32>) {
        self.room.reverb(size);
        self.mix.pour(&self.room, 1.0);
        master::master(&mut self.mix.left, &mut self.mix.right, light);

        (self.mix.left, self.mix.right)
    }
}

impl Layer {
    fn new(frames: usize, beat_s: f32) -> Self {
        Self { beat_s, left: vec![0.0; frames], right: vec![0.0; frames] }
    }

    /// Plays a voice at a beat. `pan` goes from -1, left, to 1, right.
    pub fn play(&mut self, at: f32, voice: Voice, level: f32, pan: f32) {
        let start = (at.max(0.0) * self.beat_s * RATE) as usize;
        let frames = ((voice.seconds * RATE) as usize).min(self.left.len().saturating_sub(start));
        let angle = (pan.clamp(-1.0, 1.0) + 1.0) * std::f32::consts::FRAC_PI_4;
        let (left, right) = (level * angle.cos(), level * angle.sin());
        let mut sound = voice.sound;

        // The last hundredth of a second fades, so that a voice that is cut does not click.
        let fade = 1.0 / (0.01 * RATE);
        let end = (voice.seconds * RATE) as usize;
        for frame in 0..frames {
            let sample = sound(frame as f32 * SAMPLE_S) * ((end - frame) as f32 * fade).min(1.0);
            self.left[start + frame] += sample * left;
            self.right[start + frame] += sample * right;
        }
    }

    fn pour(&mut self, other: &Layer, level: f32) {
        for (mine, theirs) in [(&mut self.left, &other.left), (&mut self.right, &other.right)] {
            mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| *mine += theirs * level);
        }
    }
}
