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
mod presence;
mod tables;

use std::sync::{
    Mutex, MutexGuard,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use domain::{JamId, MemberId, MessageId, account::Tier};

pub use presence::MemoryPresence;
use tables::Tables;

/// Everything that a server stores, until it is dropped.
#[derive(Default)]
pub struct MemoryStore {
    tables: Mutex<Tables>,
    /// Whether rounds get no answer.
    marks_fail: AtomicBool,
    jams_fail: AtomicBool,
    log_ins_read: AtomicUsize,
}

impl MemoryStore {
    /// What an administrator will do once there is a screen for it (A2).
    pub fn set_tier(&self, id: MemberId, tier: Tier) {
        let mut tables = self.tables();
        if let Some(row) = tables.members.get_mut(&id) {
            row.member.tier = tier;
        }
        tables.mark([id]);
    }

    /// How often somebody has looked a log-in up.
    pub fn log_ins_read(&self) -> usize {
        self.log_ins_read.load(Ordering::SeqCst)
    }

    /// From now on nodes cannot read where inboxes end and what is permitted, or can again.
    pub fn fail_marks(&self, fail: bool) {
        self.marks_fail.store(fail, Ordering::SeqCst);
    }

    /// From now on no Jam can be read, or can again.
    pub fn fail_jams(&self, fail: bool) {
        self.jams_fail.store(fail, Ordering::SeqCst);
    }

    /// A disk damages a stored Jam: it cannot be read any more.
    pub fn spoil_jam(&self, id: JamId) {
        if let Some(row) = self.tables().jams.get_mut(&id) {
            row.spoilt = true;
        }
    }

    /// A disk damages a stored message.
    pub fn spoil_message(&self, id: MessageId) {
        if let Some(message) = self.tables().messages.get_mut(&id) {
            message.sealed.reverse();
        }
    }

    /// A disk damages every stored data key of a sender.
    pub fn spoil_keys_of(&self, sender: MemberId) {
        let mut tables = self.tables();
        let keys = tables.data_keys.iter_mut().filter(|((_, owner), _)| *owner == sender);

        keys.for_each(|(_, sealed)| sealed.reverse());
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().expect("no method panics while it holds the tables")
    }
}
