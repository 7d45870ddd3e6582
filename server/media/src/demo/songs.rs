//! The compositions, one file per album. A song writes into a [`Studio`](super::studio::Studio) and knows its harmony,
//! its melody and its players; tempo and length stand in the catalogue.

pub mod lantern;
pub mod tanager;
pub mod varrow;

use super::{score::Note, studio::Layer, voices::Voice};

/// Plays a melody from a beat on, each note by this instrument (which gets the note and its place), as loud as `level`.
fn sing(
    layer: &mut Layer,
    from: f32,
    notes: &[Note],
    level: f32,
    pan: f32,
    mut voice: impl FnMut(&Note, usize) -> Voice,
) {
    for (place, note) in notes.iter().enumerate() {
        layer.play(from + note.at, voice(note, place), level, pan);
    }
}

/// Strikes a drum at these beats, as loud as each says.
fn beat(layer: &mut Layer, strikes: &[(f32, f32)], level: f32, pan: f32, mut drum: impl FnMut(u32) -> Voice) {
    for (place, (at, loud)) in strikes.iter().enumerate() {
        layer.play(*at, drum(place as u32), level * loud, pan);
    }
}
