//! What is done to a layer: tone, movement, echo, room. Each takes the layer and gives it back changed.

use super::Layer;
use crate::demo::synth::{Filter, Phase, RATE, sine};

impl Layer {
    /// Takes away what is above a frequency.
    pub fn lowpass(self, hz: f32) -> Self {
        self.filtered(|filter, x| filter.low(x), hz)
    }

    /// Takes away what is below a frequency.
    pub fn highpass(self, hz: f32) -> Self {
        self.filtered(|filter, x| filter.high(x), hz)
    }

    fn filtered(mut self, pass: impl Fn(&mut Filter, f32) -> f32, hz: f32) -> Self {
        for side in [&mut self.left, &mut self.right] {
            let mut filter = Filter::new(hz, 0.7);
            side.iter_mut().for_each(|x| *x = pass(&mut filter, *x));
        }
        self
    }

    /// A lowpass that moves: `hz` tells its frequency at each beat.
    pub fn sweep(mut self, hz: impl Fn(f32) -> f32) -> Self {
        let frame_beats = 1.0 / (self.beat_s * RATE);
        for side in [&mut self.left, &mut self.right] {
            let mut filter = Filter::new(1_000.0, 0.9);
            for (place, block) in side.chunks_mut(64).enumerate() {
                filter.tune(hz((place * 64) as f32 * frame_beats), 0.9);
                block.iter_mut().for_each(|x| *x = filter.low(*x));
            }
        }
        self
    }

    /// Warms and flattens, like a tape that is driven hard.
    pub fn drive(mut self, amount: f32) -> Self {
        for side in [&mut self.left, &mut self.right] {
            side.iter_mut().for_each(|x| *x = (*x * amount).tanh() / amount.sqrt());
        }
        self
    }

    /// Widens: each side is joined by a copy of itself that swims in time, in opposite directions.
    pub fn chorus(mut self) -> Self {
        for (side, start) in [(&mut self.left, 0.0), (&mut self.right, 0.5)] {
            let mut line = Line::new(0.03);
            let mut slow = Phase::at(start);
            for x in side.iter_mut() {
                line.push(*x);
                *x = 0.7 * *x + 0.6 * line.tap((0.014 + 0.005 * sine(slow.step(0.45))) * RATE);
            }
        }
        self
    }

    /// Wanders between left and right, some times a second.
    pub fn tremolo(mut self, hz: f32, depth: f32) -> Self {
        let mut slow = Phase::at(0.0);
        for (left, right) in self.left.iter_mut().zip(&mut self.right) {
            let sway = depth * sine(slow.step(hz));
            *left *= 1.0 - depth + sway;
            *right *= 1.0 - depth - sway;
        }
        self
    }

    /// Echoes that go from side to side, each darker than the one before.
    pub fn echo(mut self, beats: f32, feedback: f32, level: f32) -> Self {
        let frames = beats * self.beat_s * RATE;
        let mut lines = [Line::new(beats * self.beat_s + 0.01), Line::new(beats * self.beat_s + 0.01)];
        let mut tone = [Filter::new(2_600.0, 0.6), Filter::new(2_600.0, 0.6)];

        for (left, right) in self.left.iter_mut().zip(&mut self.right) {
            let [a, b] = [lines[0].tap(frames), lines[1].tap(frames)];
            lines[0].push(0.5 * (*left + *right) + tone[0].low(b) * feedback);
            lines[1].push(tone[1].low(a) * feedback.max(0.6));
            *left += level * a;
            *right += level * b;
        }
        self
    }

    /// Steps aside for these beats and swells back, as house pads do for the kick.
    pub fn duck(mut self, beats: &[(f32, f32)], depth: f32) -> Self {
        let swell = (0.32 * RATE) as usize;
        for (at, _) in beats {
            let start = (at * self.beat_s * RATE) as usize;
            for frame in start..(start + swell).min(self.left.len()) {
                let back = (frame - start) as f32 / swell as f32;
                let level = 1.0 - depth * (1.0 - back) * (1.0 - back);
                self.left[frame] *= level;
                self.right[frame] *= level;
            }
        }
        self
    }

    /// Becomes the room alone: eight combs and four allpasses a side, after Schroeder and Moorer.
    pub fn reverb(&mut self, size: f32) {
        let combs = [1_116, 1_188, 1_277, 1_356, 1_422, 1_491, 1_557, 1_617];
        let passes = [556, 441, 341, 225];

        for (side, spread) in [(&mut self.left, 0), (&mut self.right, 23)] {
            let mut combs = combs.map(|frames| Comb::new(frames + spread, 0.74 + 0.22 * size));
            let mut passes = passes.map(|frames| Comb::new(frames + spread, 0.5));
            let mut rumble = Filter::new(180.0, 0.7);
            for x in side.iter_mut() {
                let dry = rumble.high(*x) * 0.05;
                let wet: f32 = combs.iter_mut().map(|comb| comb.comb(dry)).sum();
                *x = passes.iter_mut().fold(wet, |x, pass| pass.allpass(x));
            }
        }
    }
}

/// A delay line that can be read between its samples.
struct Line {
    samples: Vec<f32>,
    head: usize,
}

impl Line {
    fn new(seconds: f32) -> Self {
        Self { samples: vec![0.0; (seconds * RATE) as usize + 2], head: 0 }
    }

    fn push(&mut self, x: f32) {
        self.head += 1;
        if self.head == self.samples.len() {
            self.head = 0;
        }
        self.samples[self.head] = x;
    }

    fn tap(&self, frames: f32) -> f32 {
        let whole = (frames as usize).min(self.samples.len() - 2);
        let part = frames - whole as f32;
        let back = |frames: usize| {
            self.samples[if frames > self.head { self.head + self.samples.len() - frames } else { self.head - frames }]
        };
        back(whole) * (1.0 - part) + back(whole + 1) * part
    }
}

struct Comb {
    samples: Vec<f32>,
    head: usize,
    feedback: f32,
    dark: f32,
}

impl Comb {
    fn new(frames: usize, feedback: f32) -> Self {
        Self { samples: vec![0.0; frames], head: 0, feedback, dark: 0.0 }
    }

    fn comb(&mut self, x: f32) -> f32 {
        let out = self.samples[self.head];
        self.dark = out * 0.7 + self.dark * 0.3;
        self.put(x + self.dark * self.feedback);
        out
    }

    fn allpass(&mut self, x: f32) -> f32 {
        let out = self.samples[self.head];
        self.put(x + out * self.feedback);
        out - x
    }

    fn put(&mut self, x: f32) {
        self.samples[self.head] = x;
        self.head += 1;
        if self.head == self.samples.len() {
            self.head = 0;
        }
    }
}
