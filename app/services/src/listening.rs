//! What members play at this moment, as every node finds it.
//!
//! One value per member in `Presence`. Whoever changes it decides on what is stored, and decides again when another node
//! was faster; what came of it is told to the member's tabs and to those who watch. How long a tab is believed (L5) is
//! known only to the node that hears its pongs, so leases are this node's own.

#[cfg(test)]
mod layout;

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Mutex, MutexGuard},
};

use domain::{
    MemberId, TabId, Timestamp,
    activity::{ActivityView, LAST_PLAYED_MS, LEASE_MS, LastPlayed, Listener},
    player::{PlayerControl, PlayerView},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Result, Services,
    keyed::Keyed,
    ports::{NodeId, Note, StoredListening},
};

/// How often a change is decided anew because other nodes are faster, before it counts as failed.
const ATTEMPTS: usize = 20;
/// Members whose turns are kept while nobody waits for them.
const IDLE_TURNS: usize = 1_024;

/// What one member plays. It is stored as JSON, which nodes of two versions read: a field that is added later needs
/// `#[serde(default)]`, here and in what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Listening {
    /// Whose socket the sounding tab has.
    pub(crate) node: NodeId,
    /// The tab that sounds, or stands paused.
    pub(crate) sounding: Option<Sounding>,
    /// What contacts see, if the member shares it.
    pub(crate) listener: Listener,
}

/// The tab that sounds, or stands paused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sounding {
    pub(crate) view: PlayerView,
    /// Its socket closed: any other tab that has something to say takes its place.
    #[serde(default)]
    pub(crate) gone: bool,
}

/// What else is known when a change is decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    /// Whether any contact at all could see what the member plays.
    pub(crate) shares: bool,
}

/// The turns and leases of this node.
#[derive(Default)]
pub struct Leases {
    /// Changes of one member in this node, one after the other.
    turns: Keyed<MemberId, ()>,
    due: Mutex<HashMap<MemberId, Due>>,
    /// Members of whom something is stored that cannot be read, and of whom the log knows.
    unreadable: Mutex<HashSet<MemberId>>,
}

/// When something of a member is true no longer.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Due {
    /// The tab that is believed until then; without one, what was played last is remembered until then.
    tab: Option<TabId>,
    at: Timestamp,
}

impl Listening {
    pub(crate) fn sounding_tab(&self) -> Option<TabId> {
        self.sounding.as_ref().map(|sounding| sounding.view.tab)
    }

    fn player(&self) -> Option<&PlayerView> {
        self.sounding.as_ref().map(|sounding| &sounding.view)
    }
}

impl Leases {
    /// The socket of a tab answered a ping: it is believed for longer.
    pub(crate) fn touch(&self, member: MemberId, tab: TabId, now: Timestamp) {
        if let Some(due) = self.due().get_mut(&member).filter(|due| due.tab == Some(tab)) {
            due.at = now + LEASE_MS;
        }
    }

    /// Notes when something of this will be true no longer, as far as this node has to look after it.
    fn note(&self, member: MemberId, listening: &Listening, here: bool, now: Timestamp) {
        let last = || listening.listener.last_played().map(|last| Due { tab: None, at: last.at + LAST_PLAYED_MS });
        let due = match listening.sounding_tab() {
            Some(tab) => here.then_some(Due { tab: Some(tab), at: now + LEASE_MS }),
            None => last(),
        };

        match due {
            Some(due) => self.due().insert(member, due),
            None => self.due().remove(&member),
        };
    }

    /// What was played last is to be forgotten some day, unless more is known of the member by now.
    fn remember(&self, member: MemberId, played_at: Timestamp) {
        self.due().entry(member).or_insert(Due { tab: None, at: played_at + LAST_PLAYED_MS });
    }

    /// Members whose sounding tab is here.
    pub(crate) fn sounding(&self) -> usize {
        self.due().values().filter(|due| due.tab.is_some()).count()
    }

    fn overdue(&self, now: Timestamp) -> Vec<(MemberId, Due)> {
        self.due().iter().filter(|(_, due)| due.at <= now).map(|(member, due)| (*member, *due)).collect()
    }

    fn settled(&self, member: MemberId, due: Due) {
        if self.due().get(&member) == Some(&due) {
            self.due().remove(&member);
        }
    }

    /// What is stored of a member. A damaged row, or one of a later version, hides nobody else: it counts as nothing known,
    /// and whoever changes it next overwrites it.
    fn read(&self, member: MemberId, stored: &StoredListening) -> Option<Listening> {
        let read = serde_json::from_str(&stored.state);

        if let Err(error) = &read
            && self.unreadable.lock().expect("nothing panics while it holds these members").insert(member)
        {
            // Not in the words of the error: they may quote what was played.
            tracing::warn!(%member, sign = error.column(), "what a member plays cannot be read and counts as nothing");
        }
        read.ok()
    }

    fn due(&self) -> MutexGuard<'_, HashMap<MemberId, Due>> {
        self.due.lock().expect("nothing panics while it holds the leases")
    }
}

impl Services {
    /// What these members play; for those who are silent, what they played last.
    pub(crate) async fn listening_of(&self, members: &[MemberId]) -> Result<BTreeMap<MemberId, Listening>> {
        let now = self.now();
        let mut listening = BTreeMap::new();
        if members.is_empty() {
            return Ok(listening);
        }
        let stored = self.ports.presence.listening(members).await?;
        for (member, stored) in stored {
            listening.extend(self.leases.read(member, &stored).map(|read| (member, read)));
        }

        let silent: Vec<_> = members.iter().copied().filter(|member| !listening.contains_key(member)).collect();
        listening.extend(self.recall(&silent).await?);
        for listening in listening.values_mut() {
            listening.listener.expire(now);
        }
        Ok(listening)
    }

    /// What one member plays.
    pub(crate) async fn listening(&self, member: MemberId) -> Result<Listening> {
        Ok(self.listening_of(&[member]).await?.remove(&member).expect("there is an answer for everybody"))
    }

    /// Changes what a member plays, and tells whom it concerns. `decide` changes a copy and answers something; when it
    /// answers nothing, nothing happens. It may be asked several times.
    pub(crate) async fn change_listening<T: Send>(
        &self,
        member: MemberId,
        decide: impl Fn(&mut Listening, Moment) -> Option<T> + Send + Sync,
    ) -> Result<Option<T>> {
        self.leases.turns.shed(IDLE_TURNS, |()| true);
        let _turn = self.leases.turns.hold(member).await;

        for _ in 0..ATTEMPTS {
            let stored = self.ports.presence.listening(&[member]).await?.pop().map(|(_, stored)| stored);
            let before = match stored.as_ref().and_then(|stored| self.leases.read(member, stored)) {
                Some(read) => read,
                None => self.recall(&[member]).await?.remove(&member).expect("there is an answer for everybody"),
            };
            // Read after what is stored: a report that overtakes the switch being turned off is decided anew, because
            // turning it off changes what is stored.
            let moment = Moment { shares: self.shares(member).await?, now: self.now() };
            let mut after = before.clone();
            let Some(answer) = decide(&mut after, moment) else { return Ok(None) };

            let known = stored.map_or(0, |stored| stored.revision);
            let put = write(&after, known, moment.now)?;
            if self.ports.presence.put_listening(member, known, &put).await? {
                self.leases.note(member, &after, after.node == self.node, moment.now);
                self.tell(member, &before, &after, put.revision, moment.shares).await;
                self.keep_last_played(member, &before, &after).await?;
                return Ok(Some(answer));
            }
        }
        Err(Error::Unavailable("other nodes change what a member plays all the time".into()))
    }

    /// Lets leases run out (L5), and forgets what was played long ago.
    pub(crate) async fn expire_listening(&self) {
        for (member, due) in self.leases.overdue(self.now()) {
            let expired = self.change_listening(member, |listening, moment| match due.tab {
                Some(tab) if listening.node == self.node && listening.sounding_tab() == Some(tab) => {
                    listening.silence(due.at);
                    listening.listener.expire(moment.now);
                    Some(())
                }
                Some(_) => None,
                None => listening.listener.expire(moment.now).then_some(()),
            });

            match expired.await {
                Ok(_) => self.leases.settled(member, due),
                Err(error) => tracing::warn!(%error, "what a member plays could not be brought to its end"),
            }
        }
    }

    /// The node that heard these members has been gone for as long as a lease: what it said is true no longer.
    pub(crate) async fn expire_sounding_at(&self, node: NodeId, at: Timestamp) -> Result<()> {
        for member in self.ports.presence.sounding_at(node).await? {
            self.change_listening(member, |listening, _| (listening.node == node).then(|| listening.silence(at)))
                .await?;
        }
        Ok(())
    }

    /// Shows what a member plays to those who watch. Of two, the one with the greater revision is true.
    pub(crate) async fn show(&self, member: MemberId, revision: i64, activity: Option<ActivityView>) {
        self.ports.bus.publish(Note::Activity { member, revision, activity }).await;
    }

    /// What these members played last, from before anything is known of them at this moment.
    async fn recall(&self, members: &[MemberId]) -> Result<BTreeMap<MemberId, Listening>> {
        let mut listening: BTreeMap<_, _> = members.iter().map(|member| (*member, self.silent(None))).collect();
        if members.is_empty() {
            return Ok(listening);
        }

        let last = self.ports.store.last_played(members).await?;
        let tracks: Vec<_> = last.iter().map(|(_, track, _)| *track).collect();
        let tracks = if tracks.is_empty() { Vec::new() } else { self.ports.store.tracks_by_id(&tracks).await? };
        for (member, track, at) in last {
            if let Some(track) = tracks.iter().find(|known| known.id == track).cloned() {
                let recalled = self.silent(Some(LastPlayed { track, at }));
                self.leases.remember(member, at);
                listening.insert(member, recalled);
            }
        }
        Ok(listening)
    }

    fn silent(&self, last: Option<LastPlayed>) -> Listening {
        Listening { node: self.node, sounding: None, listener: Listener::with_last(last) }
    }

    async fn tell(&self, member: MemberId, before: &Listening, after: &Listening, revision: i64, shares: bool) {
        let silenced =
            before.sounding_tab().filter(|tab| after.sounding_tab().is_some_and(|sounding| sounding != *tab));

        if let Some(tab) = silenced {
            self.ports.bus.publish(Note::Control { member, tab, control: PlayerControl::Silence }).await;
        }
        if before.player() != after.player() {
            self.ports.bus.publish(Note::Player { member, player: after.player().cloned() }).await;
        }
        if before.listener != after.listener {
            self.show(member, revision, after.listener.view().filter(|_| shares)).await;
        }
    }

    async fn keep_last_played(&self, member: MemberId, before: &Listening, after: &Listening) -> Result<()> {
        let last = after.listener.last_played();
        if last == before.listener.last_played() {
            return Ok(());
        }

        Ok(self.ports.store.set_last_played(member, last.map(|last| (last.track.id, last.at))).await?)
    }
}

impl Listening {
    /// No tab sounds any more, from this instant on.
    fn silence(&mut self, at: Timestamp) {
        self.sounding = None;
        self.listener.stop(at);
    }
}

/// The revision is an instant where that is greater, so that it also grows when everything was forgotten in between.
fn write(listening: &Listening, before: i64, now: Timestamp) -> Result<StoredListening> {
    let state = serde_json::to_string(listening).map_err(|error| Error::Unavailable(error.into()))?;
    let sounds = listening.sounding.is_some();

    Ok(StoredListening { revision: now.0.max(before + 1), node: listening.node, sounds, state })
}
