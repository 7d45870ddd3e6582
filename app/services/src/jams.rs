//! Running Jams (rules J1 to J10): a command is decided by `domain::jam`, appended to the Jam's log, and told to its members.
//!
//! Any node may do that; the log takes only events that follow its last one, so there is one order whoever writes. The
//! node that wrote last owns the Jam: it moves it on when nobody does anything. When it dies, another takes it over.
//!
//! Seats are given by Jam requests and by starting a Jam; joining by link is not here yet.

mod live;
mod names;
mod opening;
mod tabs;

use domain::{
    JamId, MemberId, Refusal, TabId, TrackId,
    account::Person,
    jam::{Actor, Command, State},
    library::Track,
};

use crate::{
    Principal, Result, Services,
    ports::{JamTab, NodeId, Note},
};

pub use live::LiveJams;
pub(crate) use live::at_revision;
pub(crate) use opening::{Beginning, Opening};

/// Tracks that a Jam can start with (J1).
const FIRST_TRACKS: usize = 200;

/// A Jam with the names of what it holds.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "named by their types")]
pub struct JamView {
    pub state: State,
    pub people: Vec<Person>,
    pub tracks: Vec<Track>,
}

impl Services {
    /// Starts a Jam with these tracks, at most 200 (J1). Leaves the one that the member was in, and lets their open Jam
    /// requests fall (R5).
    pub async fn start_jam(&self, who: &Principal, mut tracks: Vec<TrackId>) -> Result<JamId> {
        if !who.social {
            return Err(Refusal::TooYoung.into());
        }
        if !who.may_host() {
            return Err(Refusal::PremiumNeeded.into());
        }
        tracks.truncate(FIRST_TRACKS);
        let found = self.ports.store.tracks_by_id(&tracks).await?;
        if found.is_empty() && !tracks.is_empty() {
            return Err(Refusal::TrackUnknown.into());
        }

        let beginning = Beginning::Tracks(found);
        self.begin_jam(&Opening { host: who.id(), guest: None, beginning, request: None }).await
    }

    /// All of a Jam, for those who have a seat.
    pub async fn jam(&self, who: &Principal, id: JamId) -> Result<JamView> {
        let live = self.live_jam(id).await?;
        live.check_seat(who.id())?;

        self.jam_view(live.state()).await
    }

    /// The Jam in which this member has a seat.
    pub async fn own_jam(&self, who: &Principal) -> Result<Option<JamId>> {
        Ok(self.ports.store.jams_of(who.id()).await?.into_iter().next())
    }

    /// Does something in a Jam: decided, committed, then told to all. For `Add` the duration is read from the library.
    /// Owner's commands are refused here.
    pub async fn jam_command(&self, who: &Principal, id: JamId, command: Command) -> Result<()> {
        let command = match command {
            Command::Add { row, track, next, .. } => {
                Command::Add { row, track, duration_ms: self.track(who, track).await?.duration_ms, next }
            }
            Command::Shuffle { on, .. } => Command::Shuffle { on, seed: self.seed() },
            command => command,
        };

        let mut live = self.live_jam(id).await?;
        self.follow(&mut live, Actor::Member(who.id()), command).await
    }

    /// A tab of this member shows the Jam and sounds or not. The member stands by the best of their tabs.
    pub async fn jam_here(&self, who: &Principal, id: JamId, tab: TabId, listening: bool) -> Result<JamView> {
        let here = self.jam_shown(who, id, JamTab { member: who.id(), tab, sounds: listening }).await;

        if here.is_err() {
            self.jam_gone(who.id(), id, tab).await;
        }
        here
    }

    async fn jam_shown(&self, who: &Principal, id: JamId, tab: JamTab) -> Result<JamView> {
        let member = who.id();
        let mut live = self.live_jam(id).await?;
        live.check_seat(member)?;
        self.jams.shown.put(id, tab);
        self.ports.presence.show_jam(self.node, id, tab).await?;

        // A tier may have changed since the seat was taken (A2).
        self.follow(&mut live, Actor::Owner, Command::Join { member, may_host: who.may_host() }).await?;
        self.stand(&mut live, [member]).await?;

        self.jam_view(live.state()).await
    }

    /// How far a tab is from the shared instant; passed on to the others, never stored.
    pub async fn jam_offset(&self, who: &Principal, id: JamId, offset_ms: Option<f32>) -> Result<()> {
        self.check_seat(who, id).await?;
        let offset_ms = offset_ms.filter(|offset_ms| offset_ms.is_finite());
        self.ports.bus.publish(Note::JamOffset { jam: id, member: who.id(), offset_ms }).await;

        Ok(())
    }

    /// Lets time pass in every Jam of this node. The server calls this every 100 ms.
    pub async fn tick_jams(&self) {
        for id in self.jams.keys() {
            // Who is busy lets time pass anyway.
            if let Some(mut live) = self.jams.free(id)
                && live.is_due(self.now(), self.node)
            {
                let silent = live.is_troubled();
                let followed = self.follow(&mut live, Actor::Owner, Command::Tick { seed: self.seed() }).await;
                if !silent {
                    live::log(id, followed);
                }
            }
        }
        self.jams.let_go(self.node);
    }

    /// Takes over the Jams that none of these nodes owns; those are brought up to date by and by.
    pub(crate) async fn adopt_jams(&self, working: &[NodeId]) -> Result<()> {
        let ours = self.ports.store.adopt_jams(self.node, working).await?;
        let known = self.jams.keys();

        self.mending.add(ours.into_iter().filter(|id| !known.contains(id)));
        Ok(())
    }

    /// What came due while nobody moved it on happens first, and may be the end of it. Members whose tabs are gone are
    /// away until they come back.
    pub(crate) async fn resume_jam(&self, id: JamId) -> Result<()> {
        let mut live = self.live_jam(id).await?;
        self.follow(&mut live, Actor::Owner, Command::Tick { seed: self.seed() }).await?;

        let members: Vec<_> = live.state().members.iter().map(|member| member.id).collect();
        self.stand(&mut live, members).await
    }

    /// A blocked guest leaves the blocker's Jam (M12).
    pub(crate) async fn part_in_jam(&self, blocker: MemberId, blocked: MemberId) -> Result<()> {
        let Some(id) = self.ports.store.jams_of(blocker).await?.into_iter().next() else {
            return Ok(());
        };
        let mut live = self.live_jam(id).await?;
        if live.state().host != blocker {
            return Ok(());
        }

        self.follow(&mut live, Actor::Owner, Command::Expel(blocked)).await
    }

    /// Refuses those who have no seat in a running Jam.
    pub(crate) async fn check_seat(&self, who: &Principal, id: JamId) -> Result<()> {
        self.live_jam(id).await?.check_seat(who.id())
    }

    fn seed(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.ports.random.secret();

        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}
