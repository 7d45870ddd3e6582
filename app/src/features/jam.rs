//! Listening at the same instant: asking for a Jam, starting one, and the room itself.

mod add;
pub mod api;
mod banner;
mod door;
mod people;
mod queue;
mod request;
mod settings;
mod stage;

pub use add::AddTracks;
pub use banner::Banner;
pub use door::{add_or_begin, begin, go_in};
pub use people::People;
pub use queue::Queue;
pub use request::{JamRequest, RequestButton};
pub use settings::Settings;
pub use stage::{Cover, SyncStatus, tint};
