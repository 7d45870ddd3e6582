//! Several nodes over one store: who works, who has died, what is taken over.
//!
//! A node counts up while it works. One whose count stands still in look after look of another is given up: its Jams get
//! another owner, and what its sockets said ends when their leases would have. One that was given up by mistake comes
//! back by its next beat, and writes its tabs down again.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard},
};

use domain::{JamId, Timestamp, activity::LEASE_MS};

use crate::{
    Error, Result, Services,
    ports::{NodeId, SeenNode},
};

/// How often the server calls [`Services::beat`], in milliseconds.
pub const BEAT_MS: u64 = 400;
/// A node whose count has not moved in so many looks of this one is given up. Looks are counted, not time: while this
/// node could not look, the others may not have been able to count.
const SILENT_LOOKS: u32 = 5;
/// Looks between two searches for Jams that nobody moves on.
const SEARCH_EVERY: u32 = 5;

/// How much is going on at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// Members whose sounding tab it looks after.
    pub sounding: usize,
    /// Running Jams that it moves on.
    pub jams: usize,
    /// Nodes that work, as far as it knows.
    pub nodes: usize,
}

/// What this node has seen of the others.
#[derive(Default)]
pub struct Neighbours(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    /// The count of each other one, and in how many looks it stood there.
    counts: BTreeMap<NodeId, (i64, u32)>,
    working: BTreeSet<NodeId>,
    /// Those that were given up, with the instant from which they are believed no longer.
    buried: Vec<(NodeId, Timestamp)>,
    looks: u32,
}

/// Jams to be brought up to date, because an owner or tabs have vanished.
#[derive(Default)]
pub struct Mending(Mutex<BTreeSet<JamId>>);

impl Neighbours {
    fn working(&self) -> usize {
        self.seen().working.len()
    }

    /// Takes in what is seen now. Answers those that have been silent for too long.
    fn look(&self, seen: &[SeenNode], own: NodeId) -> Vec<SeenNode> {
        let mut known = self.seen();
        known.counts.retain(|id, _| seen.iter().any(|node| node.id == *id && node.buried_at.is_none()));

        let mut silent = Vec::new();
        for node in seen.iter().filter(|node| node.buried_at.is_none() && node.id != own) {
            let (beats, looks) = known.counts.entry(node.id).or_insert((node.beats, 0));
            *looks = if *beats == node.beats { *looks + 1 } else { 0 };
            *beats = node.beats;
            if *looks > SILENT_LOOKS {
                silent.push(*node);
            }
        }
        silent
    }

    /// Takes in who works and who was given up. Answers whether somebody is gone, and whether it is time to search.
    fn settle(&self, seen: &[SeenNode]) -> (bool, bool) {
        let mut known = self.seen();
        let working: BTreeSet<_> = seen.iter().filter(|node| node.buried_at.is_none()).map(|node| node.id).collect();

        let lost = known.working.difference(&working).next().is_some();
        let changed = known.working != working;
        known.working = working;
        known.buried = seen.iter().filter_map(|node| Some((node.id, node.buried_at? + LEASE_MS))).collect();
        known.looks = known.looks.wrapping_add(1);
        (lost, changed || known.looks.is_multiple_of(SEARCH_EVERY))
    }

    /// This node could not look: nobody's silence counts.
    fn forget_looks(&self) {
        self.seen().counts.clear();
    }

    fn overdue(&self, now: Timestamp) -> Vec<(NodeId, Timestamp)> {
        self.seen().buried.iter().copied().filter(|(_, until)| *until <= now).collect()
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().expect("nothing panics while it holds the neighbours")
    }
}

impl Mending {
    pub(crate) fn add(&self, jams: impl IntoIterator<Item = JamId>) {
        self.jams().extend(jams);
    }

    fn next(&self) -> Option<JamId> {
        self.jams().pop_first()
    }

    fn jams(&self) -> MutexGuard<'_, BTreeSet<JamId>> {
        self.0.lock().expect("nothing panics while it holds the list")
    }
}

impl Services {
    /// This node works, and looks for those that do not. The first call finds what was left behind. It is short whatever
    /// it finds, so that the others do not take this one for dead; [`Services::mend`] does the work.
    pub async fn beat(&self) -> Result<()> {
        let looked = self.look_around().await;

        if looked.is_err() {
            self.neighbours.forget_looks();
        }
        looked
    }

    async fn look_around(&self) -> Result<()> {
        let now = self.now();
        let mut seen = self.ports.presence.beat(self.node, now).await?;

        for silent in self.neighbours.look(&seen, self.node) {
            // What it said is believed for a lease from when it was last heard of.
            let at = silent.beaten_at.unwrap_or(now);
            if self.ports.presence.bury(silent, at).await? {
                seen.iter_mut().filter(|node| node.id == silent.id).for_each(|node| node.buried_at = Some(at));
            }
        }

        let (lost, search) = self.neighbours.settle(&seen);
        if lost {
            // Tabs of the lost one may have shown Jams of this one.
            self.mending.add(self.jams.owned(self.node));
        }
        if search {
            let working: Vec<_> = seen.iter().filter(|node| node.buried_at.is_none()).map(|node| node.id).collect();
            self.adopt_jams(&working).await?;
        }
        Ok(())
    }

    /// Does what was found by looking around: Jams go on, and what dead nodes said ends with its leases. What fails is
    /// found again, or tried again.
    pub async fn mend(&self) {
        let mut failed = Vec::new();
        while let Some(jam) = self.mending.next() {
            match self.resume_jam(jam).await {
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(error) => {
                    tracing::warn!(%jam, %error, "a Jam could not be brought up to date yet");
                    failed.push(jam);
                }
            }
        }
        self.mending.add(failed);

        for (node, until) in self.neighbours.overdue(self.now()) {
            if let Err(error) = self.end_what_was_said_at(node, until).await {
                tracing::warn!(%error, "what a dead node said could not be ended yet");
            }
        }
    }

    async fn end_what_was_said_at(&self, node: NodeId, until: Timestamp) -> Result<()> {
        self.expire_sounding_at(node, until).await?;

        Ok(self.ports.presence.forget(node).await?)
    }

    /// How much is going on at this node.
    pub fn present(&self) -> Present {
        Present {
            sounding: self.leases.sounding(),
            jams: self.jams.owned(self.node).len(),
            nodes: self.neighbours.working(),
        }
    }

    /// This node stops: the others need not wait until they notice.
    pub async fn leave(&self) -> Result<()> {
        let now = self.now();
        let seen = self.ports.presence.beat(self.node, now).await?;

        if let Some(own) = seen.into_iter().find(|node| node.id == self.node) {
            self.ports.presence.bury(own, now).await?;
        }
        Ok(())
    }

    /// Takes what only one node may do, or keeps it. Answers whether this node has it.
    pub async fn hold(&self, lease: &str) -> Result<bool> {
        Ok(self.ports.presence.hold(lease, self.node).await?)
    }
}
