//! Which tabs show which Jam, on all nodes; members stand by the best of theirs.
//!
//! A node knows its own tabs by their sockets and writes them down for the others. What is written may lack something, or
//! hold too much, after the store was away or this node was taken for dead; then it is put right.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use domain::{
    JamId, MemberId, TabId,
    jam::{Actor, Command},
};

use super::live::{self, Live};
use crate::{Result, Services, ports::JamTab};

/// The tabs with sockets at this node, and whether they sound.
#[derive(Default)]
pub(crate) struct Shown(Mutex<BTreeMap<(JamId, MemberId, TabId), bool>>);

impl Shown {
    pub(super) fn put(&self, jam: JamId, JamTab { member, tab, sounds }: JamTab) {
        self.all().insert((jam, member, tab), sounds);
    }

    /// Answers whether it was there.
    fn take(&self, jam: JamId, member: MemberId, tab: TabId) -> bool {
        self.all().remove(&(jam, member, tab)).is_some()
    }

    fn holds(&self, jam: JamId, tab: &JamTab) -> bool {
        self.all().contains_key(&(jam, tab.member, tab.tab))
    }

    fn list(&self) -> Vec<(JamId, JamTab)> {
        let one =
            |(&(jam, member, tab), &sounds): (&(JamId, MemberId, TabId), &bool)| (jam, JamTab { member, tab, sounds });

        self.all().iter().map(one).collect()
    }

    fn all(&self) -> MutexGuard<'_, BTreeMap<(JamId, MemberId, TabId), bool>> {
        self.0.lock().expect("nothing panics while it holds the tabs")
    }
}

impl Services {
    /// A tab shows a Jam no longer, or its socket closed. The seat is kept.
    pub async fn jam_gone(&self, member: MemberId, id: JamId, tab: TabId) {
        if !self.jams.shown.take(id, member, tab) {
            return;
        }
        let gone = async {
            if self.ports.presence.hide_jam(self.node, id, member, tab).await? {
                let mut live = self.live_jam(id).await?;
                self.stand(&mut live, [member]).await?;
            }
            Ok(())
        };

        live::log(id, gone.await);
    }

    /// Puts right what is written of this node's tabs. The server calls this every second.
    pub async fn settle_tabs(&self) -> Result<()> {
        let presence = &self.ports.presence;
        // Read first: what comes or goes meanwhile writes itself down.
        let written = presence.jam_tabs_at(self.node).await?;

        for (jam, tab) in &written {
            if !self.jams.shown.holds(*jam, tab) && presence.hide_jam(self.node, *jam, tab.member, tab.tab).await? {
                self.mending.add([*jam]);
            }
        }
        for (jam, tab) in self.jams.shown.list() {
            let known = written.iter().any(|(of, known)| (*of, known.member, known.tab) == (jam, tab.member, tab.tab));
            if !known && presence.show_jam_again(self.node, jam, tab).await? {
                self.mending.add([jam]);
            }
        }
        Ok(())
    }

    /// Members stand by the best of their tabs, on whichever nodes those are.
    pub(super) async fn stand(
        &self,
        live: &mut Live,
        members: impl IntoIterator<Item = MemberId> + Send,
    ) -> Result<()> {
        let tabs = self.ports.presence.jam_tabs(live.state().id).await?;

        for member in members.into_iter().collect::<Vec<_>>() {
            if live.state().ended_at.is_some() {
                return Ok(());
            }
            let theirs = || tabs.iter().filter(|tab| tab.member == member);
            let (listening, present) = (theirs().any(|tab| tab.sounds), theirs().next().is_some());
            self.follow(live, Actor::Owner, Command::Standing { member, listening, present }).await?;
        }
        Ok(())
    }
}
