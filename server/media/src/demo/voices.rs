//! The instruments: each gives one note as a voice that dies away by itself.

pub mod drums;
mod strings;
mod struck;
mod winds;

pub use strings::{bowed, pluck};
pub use struck::{bell, epiano, organ, piano, vibraphone};
pub use winds::{chip, flute, lead, melodica, pad, reed_bass, stab, sub, waves};

/// One note, from its beginning. The sound answers the sample at a time in seconds, asked for in order.
pub struct Voice {
    /// How long it sounds.
    pub seconds: f32,
    /// The sample at each time.
    pub sound: Box<dyn FnMut(f32) -> f32>,
}

impl Voice {
    fn new(seconds: f32, sound: impl FnMut(f32) -> f32 + 'static) -> Self {
        Self { seconds, sound: Box::new(sound) }
    }
}
