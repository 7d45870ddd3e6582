//! Conversations, requests, invite links and shared music.

pub mod api;
mod badge;
mod composer;
mod inbox;
mod invites;
mod log;
mod mailbox;
mod music_card;
mod people;
mod requests;
mod share;
mod state;

pub use badge::UnreadBadge;
pub use composer::Composer;
pub use inbox::Conversations;
pub use invites::{InviteLinks, NewInvite};
pub use log::Log;
pub use mailbox::Mailbox;
pub use music_card::MusicCard;
pub use people::{BlockedPeople, HiddenContacts};
pub use requests::Requests;
pub use share::ShareDialog;
pub use state::steady;
