//! What a state means at an instant: what sounds, what follows, and when something is due.

use super::{
    EMPTY_MS, FIX_NEXT_MS, HOST_LOST_MS, IDLE_MS, Loaded, Member, Playback, Repeat, Row, Standing, Start, State,
};
use crate::Timestamp;

impl State {
    /// What is loaded at this instant and where it is, so that everyone finds the same answer without being told.
    ///
    /// A fixed `next` counts from its own instant on, before any event says so: there is no gate between tracks.
    pub fn at(&self, now: Timestamp) -> Option<Loaded> {
        if let Some(Start { row, at }) = self.next.filter(|next| next.at <= now) {
            return self.row(row).map(|row| playing(row, at, now));
        }

        let row = self.current_row()?;
        match self.playback {
            Playback::Silent => None,
            Playback::Playing { zero_at, .. } => Some(playing(row, zero_at, now)),
            Playback::Gathering { position_ms, .. } | Playback::Paused { position_ms, .. } => {
                Some(Loaded { row: row.id, position_ms: position_ms.into(), playing: false })
            }
        }
    }

    /// What comes when the current row is over (J9).
    pub fn following(&self) -> Option<Row> {
        match self.settings.repeat {
            Repeat::One => self.current_row(),
            Repeat::Off | Repeat::All => self.after_current(),
        }
    }

    /// What comes when a member leaves the current row: repeating one row does not hold them in it.
    pub(super) fn after_current(&self) -> Option<Row> {
        let place = self.place(self.playback.row()?)?;
        let wrapped = || self.queue.first().filter(|_| self.settings.repeat != Repeat::Off);

        self.queue.get(place + 1).or_else(wrapped).copied()
    }

    /// When the current row is over, if it plays.
    pub(super) fn over_at(&self) -> Option<Timestamp> {
        match self.playback {
            Playback::Playing { zero_at, .. } => self.current_row().map(|row| zero_at + i64::from(row.duration_ms)),
            _ => None,
        }
    }

    /// The next instant at which a Tick would do something, so that the owner can sleep until then. It may have passed.
    pub fn wake_at(&self) -> Option<Timestamp> {
        if self.ended_at.is_some() {
            return None;
        }
        let fix = self.over_at().map(|over| if self.following().is_some() { over - FIX_NEXT_MS } else { over });
        let moves_on = self.next.map(|next| next.at).or(fix);
        let gathers = match self.playback {
            Playback::Gathering { until, .. } => Some(until),
            _ => None,
        };

        let idle = self.idle_since.map(|since| since + IDLE_MS);
        let empty = self.empty_since.map(|since| since + EMPTY_MS);

        [moves_on, gathers, self.host_given_up_at(), idle, empty].into_iter().flatten().min()
    }

    /// When a lost host loses the Jam to those who are here (J8). Alone, the host keeps it until it counts as empty.
    pub(super) fn host_given_up_at(&self) -> Option<Timestamp> {
        match self.member(self.host)?.standing {
            Standing::Lost { since } if self.members.iter().any(Member::is_here) => Some(since + HOST_LOST_MS),
            _ => None,
        }
    }
}

/// A row that is over stands at its end until an event says what comes.
fn playing(row: Row, zero_at: Timestamp, now: Timestamp) -> Loaded {
    let duration_ms = i64::from(row.duration_ms);
    let position_ms = now.since(zero_at).min(duration_ms);

    Loaded { row: row.id, position_ms, playing: position_ms < duration_ms }
}
