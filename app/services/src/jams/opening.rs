//! How a Jam begins (J1, R3): who is seated, and from what it starts.

use domain::{
    JamId, JamRequestId, MemberId, Refusal, RowId, Timestamp,
    jam::{Actor, Command, Event, Member, State},
    library::Track,
    player::PlayerView,
};

use super::live::{self, step};
use crate::{Error, Result, Services, player::report_at, ports::store::StoredJam};

/// All that decides how a Jam begins.
pub(crate) struct Opening {
    /// Who decides in it; premium.
    pub(crate) host: MemberId,
    /// Who has the second seat, and whether they may host.
    pub(crate) guest: Option<(MemberId, bool)>,
    /// What is in the queue.
    pub(crate) beginning: Beginning,
    /// The request that is accepted by it.
    pub(crate) request: Option<JamRequestId>,
}

/// What a Jam begins with.
pub(crate) enum Beginning {
    /// These tracks, the first from its start.
    Tracks(Vec<Track>),
    /// What somebody plays, from where they are.
    Playing(Box<PlayerView>),
}

impl Services {
    /// Opens a Jam. Both leave the one that they were in, and the requests that they have sent fall (R5).
    pub(crate) async fn begin_jam(&self, opening: &Opening) -> Result<JamId> {
        let seated: Vec<_> =
            [Some(opening.host), opening.guest.map(|(guest, _)| guest)].into_iter().flatten().collect();
        let _held = self.jams.hold_openings(seated.clone()).await;

        let mut before = Vec::new();
        for member in &seated {
            before.push((*member, self.ports.store.jams_of(*member).await?));
        }

        let now = self.now();
        let (state, events) = self.first_state(opening, now)?;
        let id = state.id;
        let jam = StoredJam { state, owner: self.node };
        let heads = self.ports.store.add_jam(&jam, &events, opening.request, now).await?;
        self.jams.add(jam);
        self.hint(heads).await;

        // The Jam is there whatever happens now; a seat that is not given up runs empty by itself.
        for (member, before) in before {
            live::log(id, self.settle(member, id, &before).await);
        }
        Ok(id)
    }

    /// The music waits for its listeners as at any start: whose tab is ready is in time, and nobody waits longer than that.
    fn first_state(&self, opening: &Opening, now: Timestamp) -> Result<(State, Vec<Event>)> {
        let mut state = State::new(JamId(self.fresh_id()), Member::seated(opening.host, true, now), now);
        let mut events = Vec::new();
        let mut follow = |actor, command| step(&mut state, now, actor, &command).map(|more| events.extend(more));

        if let Some((member, may_host)) = opening.guest {
            follow(Actor::Owner, Command::Join { member, may_host })?;
        }
        let host = Actor::Member(opening.host);
        let (tracks, position_ms) = match &opening.beginning {
            Beginning::Tracks(tracks) => (tracks.iter().collect(), None),
            Beginning::Playing(player) => (Vec::from_iter(&player.track), Some(report_at(player, now).position_ms)),
        };
        let rows: Vec<_> = tracks.into_iter().map(|track| (RowId(self.fresh_id()), track)).collect();
        for (row, track) in &rows {
            follow(host, Command::Add { row: *row, track: track.id, duration_ms: track.duration_ms, next: false })?;
        }
        if let (Some((row, _)), Some(position_ms)) = (rows.first(), position_ms) {
            follow(host, Command::Seek { row: *row, position_ms })?;
        }

        Ok((state, events))
    }

    /// A member keeps the newest of their seats. Of two that another node and this one give at once, both nodes keep the
    /// same.
    async fn settle(&self, member: MemberId, opened: JamId, before: &[JamId]) -> Result<()> {
        self.drop_sent_jam_requests(member).await?;

        let seats = self.ports.store.jams_of(member).await?;
        let newest = *seats.iter().find(|jam| !before.contains(jam)).unwrap_or(&opened);
        for older in seats.iter().filter(|jam| **jam != newest) {
            self.leave_jam(member, *older).await?;
        }
        Ok(())
    }

    async fn leave_jam(&self, member: MemberId, id: JamId) -> Result<()> {
        let mut live = self.live_jam(id).await?;

        match self.follow(&mut live, Actor::Member(member), Command::Leave).await {
            Err(Error::Refused(Refusal::NotInJam | Refusal::JamEnded)) => Ok(()),
            answer => answer,
        }
    }
}
