//! What contacts listen to. Everything here follows [`crate::browser::Live`], so that nothing is "now" any longer than it
//! is, and what is switched off is gone at once (L6, L10).

mod actions;
mod card;
mod friends;
mod listening_now;
mod live_line;
mod reactions;
mod shown;

pub use actions::{PlayedMenu, play, save_played};
pub use card::ActivityCard;
pub use friends::FriendsPanel;
pub use listening_now::ListeningNow;
pub use live_line::LiveLine;
pub use reactions::{Floats, ReactPicker, ReactionChip, say_reactions};
pub use shown::now;
