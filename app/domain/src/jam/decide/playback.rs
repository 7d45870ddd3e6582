//! Playing, pausing and moving about, and the start that everyone hears together (J7, J10).

use super::Draft;
use crate::{
    MemberId, Refusal, RowId,
    jam::{Actor, Event, GATHER_MS, LEAD_MS, Playback, Row},
    time::SECOND,
};

/// Within so many milliseconds of a row's start, going back leads to the row before it.
const BACK_MS: u32 = 3 * SECOND as u32;

impl Draft {
    pub(super) fn loaded(&mut self, id: MemberId, row: RowId) -> Result<(), Refusal> {
        let known = self.state.member(id).is_none_or(|member| member.loaded.contains(&row));

        // A row that was removed while it loaded is nothing that anybody waits for.
        if !known && self.state.row(row).is_some() {
            self.happen(Event::HasLoaded(id, row));
        }
        Ok(())
    }

    pub(super) fn play(&mut self, actor: Actor) -> Result<(), Refusal> {
        self.controlled_by(actor)?;

        match self.state.playback {
            Playback::Playing { .. } | Playback::Gathering { .. } => {}
            Playback::Paused { row, position_ms } => self.begin(row, position_ms),
            Playback::Silent => {
                let first = self.state.queue.first().ok_or(Refusal::NothingToPlay)?.id;
                self.begin(first, 0);
            }
        }
        Ok(())
    }

    pub(super) fn pause(&mut self, actor: Actor) -> Result<(), Refusal> {
        self.controlled_by(actor)?;

        if let Some(row) = self.state.playback.row() {
            self.plays(Playback::Paused { row, position_ms: self.position_ms() });
        }
        Ok(())
    }

    pub(super) fn seek(&mut self, actor: Actor, row: RowId, position_ms: u32) -> Result<(), Refusal> {
        self.controlled_by(actor)?;

        if let Some(current) = self.current(row) {
            let position_ms = position_ms.min(current.duration_ms);
            match self.state.playback {
                Playback::Paused { .. } => self.plays(Playback::Paused { row, position_ms }),
                _ => self.begin(row, position_ms),
            }
        }
        Ok(())
    }

    pub(super) fn skip(&mut self, actor: Actor, from: RowId) -> Result<(), Refusal> {
        self.controlled_by(actor)?;

        if self.current(from).is_some() {
            self.begin_or_fall_silent(self.state.after_current());
        }
        Ok(())
    }

    pub(super) fn back(&mut self, actor: Actor, from: RowId) -> Result<(), Refusal> {
        self.controlled_by(actor)?;

        let before = self.state.place(from).and_then(|place| place.checked_sub(1)).map(|place| self.state.queue[place]);
        match before {
            Some(row) if self.current(from).is_some() && self.position_ms() < BACK_MS => self.begin(row.id, 0),
            _ => self.seek(actor, from, 0)?,
        }
        Ok(())
    }

    pub(super) fn jump(&mut self, actor: Actor, row: RowId) -> Result<(), Refusal> {
        self.controlled_by(actor)?;
        self.state.row(row).ok_or(Refusal::RowUnknown)?;

        self.begin(row, 0);
        Ok(())
    }

    /// Starts a row a little ahead of now, or waits for those who listen to load it (J10).
    pub(super) fn begin(&mut self, row: RowId, position_ms: u32) {
        let until = match self.state.playback {
            // Seeking about while a row loads must not keep the others waiting for ever.
            Playback::Gathering { row: gathering, until, .. } if gathering == row => until,
            _ => self.now + GATHER_MS,
        };

        match self.state.is_ready(row) {
            true => self.start(row, position_ms),
            false => self.plays(Playback::Gathering { row, position_ms, until }),
        }
    }

    pub(super) fn start(&mut self, row: RowId, position_ms: u32) {
        let from = self.now + LEAD_MS;

        self.plays(Playback::Playing { row, zero_at: from - i64::from(position_ms), from });
    }

    pub(super) fn begin_or_fall_silent(&mut self, row: Option<Row>) {
        match row {
            Some(row) => self.begin(row.id, 0),
            None => self.plays(Playback::Silent),
        }
    }

    pub(super) fn plays(&mut self, playback: Playback) {
        if self.state.playback != playback {
            self.happen(Event::Plays(playback));
        }
    }

    /// The row, while it is the one that everyone hears.
    pub(super) fn current(&self, row: RowId) -> Option<Row> {
        self.state.current_row().filter(|current| current.id == row)
    }

    /// Where the current row is. A start that lies ahead counts as made, so that pausing before it loses nothing.
    fn position_ms(&self) -> u32 {
        match self.state.playback {
            Playback::Silent => 0,
            Playback::Gathering { position_ms, .. } | Playback::Paused { position_ms, .. } => position_ms,
            Playback::Playing { zero_at, from, .. } => {
                let duration_ms = self.state.current_row().map_or(0, |row| row.duration_ms);
                let position_ms = self.now.max(from).since(zero_at).clamp(0, duration_ms.into());

                u32::try_from(position_ms).unwrap_or(duration_ms)
            }
        }
    }
}
