//! Several nodes over one store: who works, who has died, what is taken over.
//!
//! A node counts up while it works. The others watch its count by their own clocks, so that no two clocks are compared.
//! One whose count has stood still is given up: its Jams get another owner, and what its sockets said ends when their
//! leases would have.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Mutex,
};

use domain::{JamId, MemberId, Timestamp, activity::LEASE_MS};

use crate::{
    Error, Result, Services,
    ports::{NodeId, SeenNode},
};

/// How often the server calls [`Services::beat`], in milliseconds.
pub const BEAT_MS: u64 = 400;
/// A node whose count stands still for so long is given up.
const SILENCE_MS: i64 = 1_800;

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
    /// The count of each, and since when it stands there.
    beats: BTreeMap<NodeId, (i64, Timestamp)>,
    working: BTreeSet<NodeId>,
}

impl Neighbours {
    fn working(&self) -> usize {
        self.0.lock().expect("nothing panics while it holds the neighbours").working.len()
    }

    /// Takes in what is seen now. Answers those that have been silent for too long, and whether the company has changed.
    fn look(&self, seen: &[SeenNode], own: NodeId, now: Timestamp) -> (Vec<SeenNode>, bool) {
        let mut known = self.0.lock().expect("nothing panics while it holds the neighbours");
        let working: BTreeSet<_> = seen.iter().filter(|node| node.buried_at.is_none()).map(|node| node.id).collect();
        known.beats.retain(|id, _| working.contains(id));

        let mut silent = Vec::new();
        for node in seen.iter().filter(|node| node.buried_at.is_none() && node.id != own) {
            let (beats, since) = known.beats.entry(node.id).or_insert((node.beats, now));
            if *beats != node.beats {
                (*beats, *since) = (node.beats, now);
            } else if now.since(*since) >= SILENCE_MS {
                silent.push(*node);
            }
        }
        let changed = known.working != working;
        known.working = working;
        (silent, changed)
    }
}

impl Services {
    /// This node works, and looks after those that do not. The first call takes over what was left behind.
    pub async fn beat(&self) -> Result<()> {
        let mut seen = self.ports.presence.beat(self.node).await?;
        let (silent, mut changed) = self.neighbours.look(&seen, self.node, self.now());

        for node in silent {
            if self.bury(node).await? {
                seen.retain(|other| other.id != node.id);
                changed = true;
            }
        }
        if changed {
            let working: Vec<_> = seen.iter().filter(|node| node.buried_at.is_none()).map(|node| node.id).collect();
            self.adopt_jams(&working).await?;
        }
        for node in seen {
            if let Some(at) = node.buried_at.map(|at| at + LEASE_MS).filter(|at| *at <= self.now()) {
                self.expire_sounding_at(node.id, at).await?;
                self.ports.presence.forget(node.id).await?;
            }
        }
        Ok(())
    }

    /// How much is going on at this node.
    pub fn present(&self) -> Present {
        Present { sounding: self.leases.sounding(), jams: self.jams.owned(self.node), nodes: self.neighbours.working() }
    }

    /// This node stops: the others need not wait until they notice.
    pub async fn leave(&self) -> Result<()> {
        let seen = self.ports.presence.beat(self.node).await?;

        match seen.into_iter().find(|node| node.id == self.node) {
            Some(own) => self.bury(own).await.map(drop),
            None => Ok(()),
        }
    }

    /// Takes what only one node may do, or keeps it. Answers whether this node has it.
    pub async fn hold(&self, lease: &str) -> Result<bool> {
        Ok(self.ports.presence.hold(lease, self.node).await?)
    }

    /// Gives a node up. Members whose tabs it had are away from their Jams until they come back by another.
    async fn bury(&self, node: SeenNode) -> Result<bool> {
        let Some(tabs) = self.ports.presence.bury(node, self.now()).await? else { return Ok(false) };

        let mut vanished = BTreeMap::<JamId, Vec<MemberId>>::new();
        for (jam, member) in tabs {
            vanished.entry(jam).or_default().push(member);
        }
        for (jam, members) in vanished {
            match self.tabs_vanished(jam, members).await {
                Ok(()) | Err(Error::Refused(_)) => {}
                Err(error) => tracing::warn!(%jam, %error, "a Jam was not told that tabs have vanished"),
            }
        }
        Ok(true)
    }
}
