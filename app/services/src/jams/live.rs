//! A running Jam as this node last knew it, behind a lock.
//!
//! A command is decided on a copy. Only when the store has committed its events do they become the state and are told to
//! all; whatever fails before that changes nothing. When another node was faster, its events are taken in and the command
//! is decided again on what they led to.

use domain::{
    JamId, MemberId, Refusal, Timestamp,
    jam::{Actor, Command, Event, State},
};
use tokio::sync::OwnedMutexGuard;

use super::tabs::Shown;
use crate::{
    Error, Result, Services,
    keyed::Keyed,
    ports::{NodeId, Note, store::StoredJam},
};

/// The Jams that this node owns, and others that it has just had to do with. Those that end leave it.
#[derive(Default)]
pub struct LiveJams {
    running: Keyed<JamId, Live>,
    /// Held by whoever gives a member a seat of their own, so that this node gives nobody two at once.
    openings: Keyed<MemberId, ()>,
    /// The tabs of this node that show one.
    pub(super) shown: Shown,
}

/// Members whose locks are kept while nobody holds them.
const IDLE_LOCKS: usize = 256;
/// Jams of other nodes that are remembered.
const OTHERS: usize = 256;
/// How often a command is decided again because other nodes are faster, before it counts as failed.
const ATTEMPTS: usize = 20;

/// One of them.
pub(crate) struct Live {
    jam: StoredJam,
    /// An append was begun of which it is not known whether it was committed.
    unsure: bool,
}

impl LiveJams {
    pub(super) fn add(&self, jam: StoredJam) {
        self.running.add(jam.state.id, Live { jam, unsure: false });
    }

    pub(super) async fn find(&self, id: JamId) -> Option<OwnedMutexGuard<Live>> {
        self.running.find(id).await
    }

    pub(super) fn free(&self, id: JamId) -> Option<OwnedMutexGuard<Live>> {
        self.running.free(id)
    }

    pub(crate) fn keys(&self) -> Vec<JamId> {
        self.running.keys()
    }

    /// Those that this node owns; those that somebody is busy with count as if it did.
    pub(crate) fn owned(&self, node: NodeId) -> Vec<JamId> {
        let ids = self.running.keys();

        ids.into_iter().filter(|id| self.running.free(*id).is_none_or(|live| live.jam.owner == node)).collect()
    }

    /// Lets go of what others own.
    pub(super) fn let_go(&self, node: NodeId) {
        self.running.shed(OTHERS, |live| live.jam.owner != node && !live.unsure);
    }

    fn remove(&self, id: JamId) {
        self.running.remove(id);
    }

    /// Keeps every other opening for these members waiting while the answer is held.
    pub(super) async fn hold_openings(&self, mut members: Vec<MemberId>) -> Vec<OwnedMutexGuard<()>> {
        self.openings.shed(IDLE_LOCKS, |()| true);
        // In one order, so that two openings for the same two never wait for each other.
        members.sort_unstable();
        members.dedup();

        let mut held = Vec::with_capacity(members.len());
        for member in members {
            held.push(self.openings.hold(member).await);
        }
        held
    }
}

impl Live {
    pub(super) fn state(&self) -> &State {
        &self.jam.state
    }

    pub(super) fn check_seat(&self, member: MemberId) -> Result<()> {
        if self.state().ended_at.is_some() {
            return Err(Refusal::JamEnded.into());
        }

        self.state().member(member).map(drop).ok_or(Refusal::NotInJam.into())
    }

    /// Whether this node has to let time pass.
    pub(super) fn is_due(&self, now: Timestamp, node: NodeId) -> bool {
        self.unsure || (self.jam.owner == node && self.state().wake_at().is_some_and(|at| at <= now))
    }

    /// Whether the last append failed, and was told about then.
    pub(super) fn is_troubled(&self) -> bool {
        self.unsure
    }

    fn take(&mut self, jam: StoredJam) {
        self.jam = jam;
        self.unsure = false;
    }
}

impl Services {
    /// A running Jam as it is now, once nobody else here does something in it.
    pub(super) async fn live_jam(&self, id: JamId) -> Result<OwnedMutexGuard<Live>> {
        if let Some(mut live) = self.jams.find(id).await {
            self.catch_up(&mut live).await?;
            return Ok(live);
        }
        let stored = self.ports.store.jam(id).await?.ok_or(Refusal::JamUnknown)?;
        if stored.state.ended_at.is_some() {
            return Err(Refusal::JamEnded.into());
        }

        self.jams.add(stored);
        Ok(self.jams.find(id).await.ok_or(Refusal::JamEnded)?)
    }

    /// Follows a command: decided, committed, told.
    pub(super) async fn follow(&self, live: &mut Live, actor: Actor, command: Command) -> Result<()> {
        for _ in 0..ATTEMPTS {
            if self.follow_once(live, actor, &command).await? {
                return Ok(());
            }
            self.read_again(live).await?;
        }
        Err(Error::Unavailable("other nodes change a Jam all the time".into()))
    }

    /// Answers `false` when another node was faster.
    async fn follow_once(&self, live: &mut Live, actor: Actor, command: &Command) -> Result<bool> {
        if live.unsure {
            self.read_again(live).await?;
        }
        let now = self.now();
        let mut state = live.state().clone();
        let events = step(&mut state, now, actor, command)?;
        if events.is_empty() {
            return Ok(true);
        }

        let (people, tracks) = self.newly_named(&events).await?;
        let jam = StoredJam { state, owner: self.node };
        // Until the store has answered, nobody knows: it may fail after the commit, and this call may be given up.
        live.unsure = true;
        if !self.ports.store.append_jam(&jam, &events, now).await? {
            live.unsure = false;
            return Ok(false);
        }
        live.take(jam);

        let state = live.state();
        if state.ended_at.is_some() {
            self.jams.remove(state.id);
        }
        self.ports.bus.publish(Note::Jam { jam: state.id, revision: state.revision, events, people, tracks }).await;
        Ok(true)
    }

    /// Takes in what another node has done.
    async fn catch_up(&self, live: &mut Live) -> Result<()> {
        let state = live.state();
        let revision = state.revision;
        let stored = self.ports.store.jam_revisions(&[state.id]).await?;

        match live.unsure || stored.first().is_none_or(|mark| mark.revision != revision) {
            true => self.read_again(live).await,
            false => Ok(()),
        }
    }

    /// Takes what the store holds. After an append that nobody is sure of, members who know an older revision find a gap
    /// in the note, and ask for everything.
    async fn read_again(&self, live: &mut Live) -> Result<()> {
        let was_unsure = live.unsure;
        let jam = self.ports.store.jam(live.state().id).await?.ok_or(Refusal::JamUnknown)?;
        live.take(jam);

        let state = live.state();
        if state.ended_at.is_some() {
            self.jams.remove(state.id);
        }
        if was_unsure {
            self.ports.bus.publish(at_revision(state.id, state.revision)).await;
        }
        Ok(())
    }
}

/// Says how far a Jam is and not what happened: whoever knows less asks for everything.
pub(crate) fn at_revision(jam: JamId, revision: u64) -> Note {
    Note::Jam { jam, revision, events: Vec::new(), people: Vec::new(), tracks: Vec::new() }
}

/// Decides a command and takes its events in.
pub(super) fn step(state: &mut State, now: Timestamp, actor: Actor, command: &Command) -> Result<Vec<Event>> {
    let events = state.decide(now, &actor, command)?;
    for event in &events {
        state.apply(event);
    }

    Ok(events)
}

/// For what nobody waits for: a refusal is no failure, the Jam has moved on.
pub(super) fn log(id: JamId, followed: Result<()>) {
    if let Err(Error::Unavailable(error)) = followed {
        tracing::warn!(jam = %id, %error, "a Jam could not move on");
    }
}
