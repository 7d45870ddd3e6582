//! The player on every page: a bar, on phones a mini player that opens into a sheet.
//!
//! What plays, and where it sounds, is the matter of [`crate::browser::Player`].

mod bar;
mod keys;
mod queue;

pub use bar::PlayerBar;
pub use keys::SHORTCUTS;
