//! The store in memory keeps to what every store keeps to.

use services::contract::MemoryStore;

services::store_contract!(MemoryStore::default());
