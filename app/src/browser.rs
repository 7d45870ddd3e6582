//! The browser's own things: socket, sound, media keys. Every handle is inert on the server, so that components need not
//! know on which side they run.
//!
//! Handles are `Copy` and come from context: [`Live::get`], [`Player::get`], [`JamRoom::get`].

pub mod jam;
pub mod live;
pub mod page;
pub mod player;
pub mod post;

pub use jam::{JamRoom, Sync};
pub use live::{Link, Live, Reacted};
pub use player::Player;

/// Makes all handles and puts them into context. Called once, by `App`, with who is logged in and how far their inbox had
/// grown when the server began to render.
pub fn provide(me: Option<domain::account::Me>, read: Option<domain::inbox::Position>) {
    let live = live::Live::provide(me, read);
    let player = player::Player::provide(live);
    jam::JamRoom::provide(live, player);
    live.start();
}
