//! A Jam on a hand-moved clock. Every step checks what must hold in every state.

use domain::{
    jam::{Actor, Command, Event, Member, Playback, Row, State},
    *,
};

use crate::support::{id, ms};

pub const ANA: u128 = 1;
pub const BEN: u128 = 2;
pub const CLEO: u128 = 3;
/// The length of a test row.
pub const LONG_MS: u32 = 60_000;

pub struct Table {
    pub state: State,
    pub now: Timestamp,
}

impl Table {
    /// Ana hosts; she listens and nothing plays.
    pub fn new() -> Self {
        let mut table = Self { state: State::new(id(100), Member::seated(id(ANA), true, ms(0)), ms(0)), now: ms(0) };
        table.listens(ANA);
        table
    }

    /// The same with guests who listen: Ben may host, Cleo may not.
    pub fn with_guests() -> Self {
        let mut table = Self::new();
        for (guest, may_host) in [(CLEO, false), (BEN, true)] {
            table.joins(guest, may_host).unwrap();
            table.listens(guest);
        }
        table
    }

    /// The same with rows 10, 11, ... of Ana; the first plays and its beginning is now.
    pub fn playing(rows: u128) -> Self {
        let mut table = Self::with_guests();
        table.adds(ANA, 10).unwrap();
        table.all_load(10);
        for row in 11..10 + rows {
            table.adds(ANA, row).unwrap();
        }
        table.now = table.now + jam::LEAD_MS;
        table
    }

    pub fn takes(&mut self, actor: Actor, command: Command) -> Result<Vec<Event>, Refusal> {
        let events = self.state.decide(self.now, &actor, &command)?;
        let before = self.state.revision;

        for event in &events {
            self.state.apply(event);
        }
        assert_eq!(self.state.revision, before + events.len() as u64);
        check(&self.state);
        Ok(events)
    }

    pub fn owner(&mut self, command: Command) -> Result<Vec<Event>, Refusal> {
        self.takes(Actor::Owner, command)
    }

    pub fn by(&mut self, member: u128, command: Command) -> Result<Vec<Event>, Refusal> {
        self.takes(Actor::Member(id(member)), command)
    }

    pub fn joins(&mut self, member: u128, may_host: bool) -> Result<Vec<Event>, Refusal> {
        self.owner(Command::Join { member: id(member), may_host })
    }

    pub fn stands(&mut self, member: u128, listening: bool, present: bool) {
        self.owner(Command::Standing { member: id(member), listening, present }).unwrap();
    }

    pub fn listens(&mut self, member: u128) {
        self.stands(member, true, true);
    }

    pub fn is_lost(&mut self, member: u128) {
        self.stands(member, false, false);
    }

    pub fn adds(&mut self, member: u128, row: u128) -> Result<Vec<Event>, Refusal> {
        self.by(member, add(row, false))
    }

    pub fn all_load(&mut self, row: u128) {
        let listening: Vec<_> = self.state.members.iter().map(|member| member.id).collect();
        for member in listening {
            self.takes(Actor::Member(member), Command::Loaded(id(row))).unwrap();
        }
    }

    /// Lets time pass, with one Tick at its end.
    pub fn passes(&mut self, ms: i64) -> Vec<Event> {
        self.now = self.now + ms;
        self.owner(Command::Tick { seed: 7 }).unwrap_or_default()
    }

    pub fn current(&self) -> Option<u128> {
        self.state.current_row().map(|row| number(row.id))
    }

    pub fn order(&self) -> Vec<u128> {
        self.state.queue.iter().map(|row| number(row.id)).collect()
    }

    /// Position of what sounds, in milliseconds.
    pub fn position(&self) -> Option<i64> {
        self.state.at(self.now).map(|loaded| loaded.position_ms)
    }
}

pub fn add(row: u128, next: bool) -> Command {
    Command::Add { row: id(row), track: id(row + 1_000), duration_ms: LONG_MS, next }
}

pub fn number(row: RowId) -> u128 {
    row.0.as_u128()
}

/// What every state that decisions lead to keeps.
pub fn check(state: &State) {
    let mut rows: Vec<_> = state.queue.iter().map(|row: &Row| row.id).collect();
    rows.sort_unstable();
    rows.dedup();
    assert_eq!(rows.len(), state.queue.len(), "a row stands twice in the queue");
    assert!(state.queue.len() <= jam::ROWS);

    let mut members: Vec<_> = state.members.iter().map(|member| member.id).collect();
    members.sort_unstable();
    members.dedup();
    assert_eq!(members.len(), state.members.len(), "a member sits on two seats");
    assert!(state.members.len() <= jam::SEATS);
    assert!(state.members.iter().all(|member| member.loaded.len() <= 4));
    assert!(state.members.iter().flat_map(|member| &member.loaded).all(|row| state.row(*row).is_some()));

    assert!(state.ended_at.is_some() || state.member(state.host).is_some(), "a Jam without its host");
    assert_eq!(state.playback.row().is_some(), state.current_row().is_some(), "the current row is in the queue");
    assert!(state.playback == Playback::Silent || state.ended_at.is_none());

    if let Some(next) = state.next {
        let current = state.current_row().expect("something precedes what is next");
        let Playback::Playing { zero_at, .. } = state.playback else { panic!("next without a playing row") };
        assert_eq!(Some(next.row), state.following().map(|row| row.id));
        assert_eq!(next.at, zero_at + i64::from(current.duration_ms));
    }
}
