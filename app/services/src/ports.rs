//! What use cases need from the machine: traits that adapters fill in.
//!
//! A method is one business transaction: it happens as a whole or not at all, and is durable when it answers.

mod bus;
mod host;
mod presence;
pub mod store;

pub use bus::{Bus, Delivery, Note, Subscription, Topic, Watching};
pub use host::{Clock, Keys, Media, Random};
pub use presence::{JamTab, NodeId, Presence, SeenNode, StoredListening};
pub use store::{Store, StoreError, StoreResult};
