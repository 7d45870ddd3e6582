//! The present in memory: gone when it is dropped, as the present is.

use std::{
    collections::{BTreeMap, HashMap, btree_map::Entry},
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use domain::{JamId, MemberId, TabId, Timestamp};

use crate::ports::{JamTab, NodeId, Presence, SeenNode, StoreError, StoreResult, StoredListening};

/// What is true at this moment, for all nodes that share it.
#[derive(Default)]
pub struct MemoryPresence {
    present: Mutex<Present>,
    /// Whether beats and the ends of tabs get no answer.
    fails: AtomicBool,
}

#[derive(Default)]
struct Present {
    nodes: BTreeMap<NodeId, SeenNode>,
    leases: HashMap<String, NodeId>,
    listening: BTreeMap<MemberId, StoredListening>,
    jam_tabs: BTreeMap<(JamId, MemberId, TabId), (NodeId, bool)>,
}

impl MemoryPresence {
    /// From now on nodes cannot say that they work, nor that a tab has gone, or can again.
    pub fn fail(&self, fail: bool) {
        self.fails.store(fail, Ordering::SeqCst);
    }

    fn answer(&self) -> StoreResult<()> {
        match self.fails.load(Ordering::SeqCst) {
            true => Err(StoreError::Unavailable("it was told to fail".into())),
            false => Ok(()),
        }
    }

    fn present(&self) -> MutexGuard<'_, Present> {
        self.present.lock().expect("no method panics while it holds the present")
    }
}

#[async_trait]
impl Presence for MemoryPresence {
    async fn beat(&self, node: NodeId, now: Timestamp) -> StoreResult<Vec<SeenNode>> {
        self.answer()?;
        let mut present = self.present();
        let new = SeenNode { id: node, beats: 0, beaten_at: None, buried_at: None };
        let seen = present.nodes.entry(node).or_insert(new);
        seen.beats += 1;
        seen.beaten_at = Some(now);
        seen.buried_at = None;

        Ok(present.nodes.values().copied().collect())
    }

    async fn bury(&self, node: SeenNode, at: Timestamp) -> StoreResult<bool> {
        let mut present = self.present();
        let Some(seen) = present.nodes.get_mut(&node.id) else { return Ok(false) };
        if seen.beats != node.beats || seen.buried_at.is_some() {
            return Ok(false);
        }

        seen.buried_at = Some(at);
        present.jam_tabs.retain(|_, (owner, _)| *owner != node.id);
        Ok(true)
    }

    async fn forget(&self, node: NodeId) -> StoreResult<()> {
        self.present().nodes.retain(|id, seen| *id != node || seen.buried_at.is_none());
        Ok(())
    }

    async fn hold(&self, lease: &str, node: NodeId) -> StoreResult<bool> {
        let mut present = self.present();
        let holder = present.leases.get(lease).copied();
        let works = |id| present.nodes.get(&id).is_some_and(|seen| seen.buried_at.is_none());
        if holder.is_some_and(|holder| holder != node && works(holder)) {
            return Ok(false);
        }

        present.leases.insert(lease.into(), node);
        Ok(true)
    }

    async fn listening(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, StoredListening)>> {
        // As in a real store, others have a turn between this question and what follows from its answer.
        tokio::task::yield_now().await;
        let present = self.present();

        Ok(members.iter().filter_map(|member| Some((*member, present.listening.get(member)?.clone()))).collect())
    }

    async fn listening_revisions(&self, members: &[MemberId]) -> StoreResult<Vec<(MemberId, i64)>> {
        let present = self.present();

        Ok(members.iter().filter_map(|member| Some((*member, present.listening.get(member)?.revision))).collect())
    }

    async fn put_listening(&self, member: MemberId, before: i64, after: &StoredListening) -> StoreResult<bool> {
        tokio::task::yield_now().await;
        let mut present = self.present();
        if present.listening.get(&member).map_or(0, |stored| stored.revision) != before {
            return Ok(false);
        }

        present.listening.insert(member, after.clone());
        Ok(true)
    }

    async fn forget_silent_until(&self, revision: i64) -> StoreResult<()> {
        self.present().listening.retain(|_, stored| stored.sounds || stored.revision > revision);
        Ok(())
    }

    async fn sounding_at(&self, node: NodeId) -> StoreResult<Vec<MemberId>> {
        let present = self.present();
        let theirs = present.listening.iter().filter(|(_, stored)| stored.node == node && stored.sounds);

        Ok(theirs.map(|(member, _)| *member).collect())
    }

    async fn show_jam(&self, node: NodeId, jam: JamId, tab: JamTab) -> StoreResult<()> {
        self.present().jam_tabs.insert((jam, tab.member, tab.tab), (node, tab.sounds));
        Ok(())
    }

    async fn show_jam_again(&self, node: NodeId, jam: JamId, tab: JamTab) -> StoreResult<bool> {
        match self.present().jam_tabs.entry((jam, tab.member, tab.tab)) {
            Entry::Vacant(place) => {
                place.insert((node, tab.sounds));
                Ok(true)
            }
            Entry::Occupied(_) => Ok(false),
        }
    }

    async fn hide_jam(&self, node: NodeId, jam: JamId, member: MemberId, tab: TabId) -> StoreResult<bool> {
        self.answer()?;
        let mut present = self.present();
        let key = (jam, member, tab);
        let here = present.jam_tabs.get(&key).is_some_and(|(owner, _)| *owner == node);

        if here {
            present.jam_tabs.remove(&key);
        }
        Ok(here)
    }

    async fn jam_tabs_at(&self, node: NodeId) -> StoreResult<Vec<(JamId, JamTab)>> {
        let present = self.present();
        let theirs = present.jam_tabs.iter().filter(|(_, (owner, _))| *owner == node);

        Ok(theirs
            .map(|((jam, member, tab), (_, sounds))| (*jam, JamTab { member: *member, tab: *tab, sounds: *sounds }))
            .collect())
    }

    async fn jam_tabs(&self, jam: JamId) -> StoreResult<Vec<JamTab>> {
        let present = self.present();
        let tabs = present.jam_tabs.iter().filter(|((shown, ..), _)| *shown == jam);

        Ok(tabs.map(|((_, member, tab), (_, sounds))| JamTab { member: *member, tab: *tab, sounds: *sounds }).collect())
    }
}
