//! The stores in memory keep to what every store keeps to.

use services::contract::{MemoryPresence, MemoryStore};

services::store_contract!(MemoryStore::default());

mod presence {
    use super::*;

    services::presence_contract!(MemoryPresence::default());
}
