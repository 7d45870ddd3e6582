//! A store in memory: plain tables under one lock, so that each method is one transaction.
//!
//! It keeps the rules of the ports in the simplest way that a reader can check, and is slow on purpose: tables are
//! searched from end to end.

mod accounts;
mod catalogue;
mod contacts;
mod jams;
mod library;
mod messages;
mod tables;

use std::sync::{Mutex, MutexGuard};

use domain::{MemberId, account::Tier};

use tables::Tables;

/// Everything that a server stores, until it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
}

impl MemoryStore {
    /// What an administrator will do once there is a screen for it (A2).
    pub fn set_tier(&self, id: MemberId, tier: Tier) {
        if let Some(row) = self.tables().members.get_mut(&id) {
            row.member.tier = tier;
        }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().expect("no method panics while it holds the tables")
    }
}
