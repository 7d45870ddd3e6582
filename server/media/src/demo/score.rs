//! Music on paper: chords and melodies written as text, so that a song reads like a lead sheet.
//!
//! A melody is `E5/1.5 D5/.5 ./1`: notes and rests with their length in beats. A chord is `Dm9`, with `D/F#` for another
//! bass. A rhythm is `x..o`: loud, soft, nothing.

/// A note of a melody, in beats from its beginning.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Note {
    /// When.
    pub at: f32,
    /// How long.
    pub beats: f32,
    /// MIDI note.
    pub note: f32,
}

/// Reads a melody. `|` may stand between bars.
pub fn melody(text: &str) -> Vec<Note> {
    let mut at = 0.0;
    let mut notes = Vec::new();

    for word in text.split_whitespace().filter(|word| *word != "|") {
        let (name, beats) = word.split_once('/').expect("a note has a length");
        let beats = beats.parse().expect("a length is a number");
        if name != "." {
            notes.push(Note { at, beats, note: pitch(name) });
        }
        at += beats;
    }
    notes
}

/// Reads `C#4`; 60 is C4.
fn pitch(name: &str) -> f32 {
    let (class, rest) = class(name);
    let octave: i32 = rest.parse().expect("a note has an octave");

    (class + 12 * (octave + 1)) as f32
}

/// The pitch class that a name begins with, and the rest of the name. C flat would need an octave of its own: not used.
fn class(name: &str) -> (i32, &str) {
    let letter = name.as_bytes()[0];
    let natural = [9, 11, 0, 2, 4, 5, 7][usize::from(letter - b'A')];

    match name.as_bytes().get(1) {
        Some(b'#') => (natural + 1, &name[2..]),
        Some(b'b') => (natural - 1, &name[2..]),
        _ => (natural, &name[1..]),
    }
}

/// A chord: its tones and its bass.
#[derive(Clone, Debug)]
pub struct Chord {
    root: i32,
    bass: i32,
    tones: &'static [i32],
}

/// Reads a line of chords. `|` may stand between bars.
pub fn chords(text: &str) -> Vec<Chord> {
    text.split_whitespace().filter(|word| *word != "|").map(Chord::read).collect()
}

impl Chord {
    fn read(name: &str) -> Self {
        let (name, bass) = name.split_once('/').map_or((name, None), |(name, bass)| (name, Some(class(bass).0)));
        let (root, kind) = class(name);
        let tones: &[i32] = match kind {
            "" => &[0, 4, 7],
            "m" => &[0, 3, 7],
            "6" => &[0, 4, 7, 9],
            "m6" => &[0, 3, 7, 9],
            "7" => &[0, 4, 7, 10],
            "m7" => &[0, 3, 7, 10],
            "maj7" => &[0, 4, 7, 11],
            "m7b5" => &[0, 3, 6, 10],
            "7b9" => &[4, 7, 10, 13],
            "13" => &[4, 10, 14, 21],
            "m9" => &[3, 7, 10, 14],
            "maj9" => &[4, 7, 11, 14],
            "add9" => &[0, 4, 7, 14],
            "sus4" => &[0, 5, 7],
            other => panic!("no chord is called {other}"),
        };

        Self { root, bass: bass.unwrap_or(root), tones }
    }

    /// Its tones, each in the octave around a centre, from low to high. Neighbouring chords then move by small steps.
    pub fn close(&self, centre: f32) -> Vec<f32> {
        let low = centre as i32 - 6;
        let mut notes: Vec<i32> = self.tones.iter().map(|tone| low + (self.root + tone - low).rem_euclid(12)).collect();
        notes.sort_unstable();
        notes.into_iter().map(|note| note as f32).collect()
    }

    /// Its bass, in the octave that begins at `low`.
    pub fn bass(&self, low: f32) -> f32 {
        low + (self.bass as f32 - low).rem_euclid(12.0)
    }

    /// The fifth over its root (the flat one where it is flat), in the octave that begins at `low`.
    pub fn fifth(&self, low: f32) -> f32 {
        let fifth = if self.tones.contains(&6) { 6 } else { 7 };
        low + ((self.root + fifth) as f32 - low).rem_euclid(12.0)
    }
}

/// Where a rhythm strikes between two beats, again and again: the beat and how loud. `step` is the length of a sign in
/// beats; every second sign comes late by `swing` of a step.
pub fn strikes(rhythm: &str, from: f32, to: f32, step: f32, swing: f32) -> Vec<(f32, f32)> {
    let signs: Vec<char> = rhythm.chars().filter(|sign| !sign.is_whitespace()).collect();
    let count = ((to - from) / step).round() as usize;

    (0..count)
        .filter_map(|place| {
            let loud = match signs[place % signs.len()] {
                'x' => 1.0,
                'o' => 0.45,
                _ => return None,
            };
            let late = if place % 2 == 1 { swing * step } else { 0.0 };
            Some((from + place as f32 * step + late, loud))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_melody_is_read_with_its_rests() {
        let notes = melody("A4/1 ./.5 | C#5/1.5");

        assert_eq!(notes[0], Note { at: 0.0, beats: 1.0, note: 69.0 });
        assert_eq!(notes[1], Note { at: 1.5, beats: 1.5, note: 73.0 });
    }

    #[test]
    fn a_chord_stays_around_its_centre() {
        let chord = &chords("D/F#")[0];

        assert_eq!(chord.close(62.0), [57.0, 62.0, 66.0]);
        assert_eq!(chord.bass(36.0), 42.0);
        assert_eq!(chord.fifth(36.0), 45.0);
    }

    #[test]
    fn a_rhythm_repeats_and_swings() {
        assert_eq!(strikes("x.o.", 4.0, 6.0, 0.25, 0.0), [(4.0, 1.0), (4.5, 0.45), (5.0, 1.0), (5.5, 0.45)]);
        assert_eq!(strikes(".x", 0.0, 0.5, 0.25, 0.2), [(0.3, 1.0)]);
    }
}
