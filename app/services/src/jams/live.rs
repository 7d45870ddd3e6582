//! A running Jam: its state behind a lock, and the tabs that show it.
//!
//! A command is decided on a copy. Only when the store has committed its events do they become the state and are told to
//! all; whatever fails before that changes nothing.

use std::collections::BTreeMap;

use domain::{
    JamId, MemberId, Refusal, TabId, Timestamp,
    jam::{Actor, Command, Event, State},
};
use tokio::sync::OwnedMutexGuard;

use crate::{Error, Result, Services, keyed::Keyed, ports::Note};

/// The Jams that this node owns. Those that end leave it.
#[derive(Default)]
pub struct LiveJams {
    running: Keyed<JamId, Live>,
    /// Held by whoever gives a member a seat of their own, so that nobody gets two at once.
    openings: Keyed<MemberId, ()>,
}

/// Members whose locks are kept while nobody holds them.
const IDLE_LOCKS: usize = 256;

/// One of them.
pub(crate) struct Live {
    state: State,
    /// The tabs that show it, and whether each sounds. A tab whose socket ends or is replaced leaves it, so sockets bound
    /// their number.
    tabs: BTreeMap<(MemberId, TabId), bool>,
    /// An append was begun of which it is not known whether it was committed.
    unsure: bool,
}

impl LiveJams {
    pub(super) fn add(&self, state: State) {
        self.running.add(state.id, Live { state, tabs: BTreeMap::new(), unsure: false });
    }

    pub(super) async fn find(&self, id: JamId) -> Option<OwnedMutexGuard<Live>> {
        self.running.find(id).await
    }

    pub(super) fn free(&self, id: JamId) -> Option<OwnedMutexGuard<Live>> {
        self.running.free(id)
    }

    pub(super) fn keys(&self) -> Vec<JamId> {
        self.running.keys()
    }

    pub(super) fn contains(&self, id: JamId) -> bool {
        self.running.contains(id)
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
        &self.state
    }

    pub(super) fn check_seat(&self, member: MemberId) -> Result<()> {
        if self.state.ended_at.is_some() {
            return Err(Refusal::JamEnded.into());
        }

        self.state.member(member).map(drop).ok_or(Refusal::NotInJam.into())
    }

    pub(super) fn show(&mut self, member: MemberId, tab: TabId, listening: bool) {
        self.tabs.insert((member, tab), listening);
    }

    /// Answers whether the tab had shown it.
    pub(super) fn hide(&mut self, member: MemberId, tab: TabId) -> bool {
        self.tabs.remove(&(member, tab)).is_some()
    }

    /// How a member stands, by the best of their tabs.
    pub(super) fn standing(&self, member: MemberId) -> Command {
        let tabs = || self.tabs.iter().filter(|((owner, _), _)| *owner == member).map(|(_, listening)| *listening);

        Command::Standing { member, listening: tabs().any(|listening| listening), present: tabs().next().is_some() }
    }

    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        self.unsure || self.state.wake_at().is_some_and(|at| at <= now)
    }

    /// Whether the last append failed, and was told about then.
    pub(super) fn is_troubled(&self) -> bool {
        self.unsure
    }

    fn take(&mut self, state: State) {
        self.state = state;
        self.unsure = false;

        let seated: Vec<_> = self.state.members.iter().map(|member| member.id).collect();
        self.tabs.retain(|(member, _), _| seated.contains(member));
    }
}

impl Services {
    /// A running Jam, once nobody else does something in it.
    pub(super) async fn live_jam(&self, id: JamId) -> Result<OwnedMutexGuard<Live>> {
        if let Some(live) = self.jams.find(id).await {
            return Ok(live);
        }
        let stored = self.ports.store.jam(id).await?.ok_or(Refusal::JamUnknown)?;
        if stored.ended_at.is_some() {
            return Err(Refusal::JamEnded.into());
        }

        // Its opening was committed, and given up before it was taken in here.
        self.jams.add(stored);
        Ok(self.jams.find(id).await.ok_or(Refusal::JamEnded)?)
    }

    /// Follows a command: decided, committed, told.
    pub(super) async fn follow(&self, live: &mut Live, actor: Actor, command: Command) -> Result<()> {
        match self.follow_once(live, actor, &command).await {
            // The log is longer than was known here: decide again on what it says.
            Err(Error::Refused(Refusal::JamUnknown)) if live.unsure => self.follow_once(live, actor, &command).await,
            answer => answer,
        }
    }

    async fn follow_once(&self, live: &mut Live, actor: Actor, command: &Command) -> Result<()> {
        if live.unsure {
            self.read_again(live).await?;
        }
        let now = self.now();
        let mut state = live.state.clone();
        let events = step(&mut state, now, actor, command)?;
        if events.is_empty() {
            return Ok(());
        }

        let (people, tracks) = self.newly_named(&events).await?;
        // Until the store has answered, nobody knows: it may fail after the commit, and this call may be given up.
        live.unsure = true;
        self.ports.store.append_jam(&state, &events, now).await?;
        live.take(state);

        let Live { state, .. } = live;
        if state.ended_at.is_some() {
            self.jams.remove(state.id);
        }
        self.ports.bus.publish(Note::Jam { jam: state.id, revision: state.revision, events, people, tracks }).await;
        Ok(())
    }

    /// Takes what the store holds. Members who know an older revision find a gap in the note, and ask for everything.
    async fn read_again(&self, live: &mut Live) -> Result<()> {
        let state = self.ports.store.jam(live.state.id).await?.ok_or(Refusal::JamUnknown)?;
        live.take(state);

        let Live { state, .. } = live;
        if state.ended_at.is_some() {
            self.jams.remove(state.id);
        }
        let (jam, revision) = (state.id, state.revision);
        let (events, people, tracks) = (Vec::new(), Vec::new(), Vec::new());
        self.ports.bus.publish(Note::Jam { jam, revision, events, people, tracks }).await;
        Ok(())
    }
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
