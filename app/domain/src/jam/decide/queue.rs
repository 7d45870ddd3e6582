//! The one queue of all: adding, removing, reordering, shuffling (J5, J7, J9).

use super::Draft;
use crate::{
    Refusal, RowId,
    jam::{Actor, Event, Playback, ROWS, Row, Settings, shuffle::shuffle},
};

impl Draft {
    pub(super) fn add(&mut self, row: Row, next: bool) -> Result<(), Refusal> {
        if self.state.row(row.id).is_some() {
            return Ok(());
        }
        if self.state.queue.len() >= ROWS {
            return Err(Refusal::QueueFull { limit: ROWS as u32 });
        }

        let end = self.state.queue.len();
        let after_current = self.unplayed().map_or(end, |place| if next { place } else { end });
        self.happen(Event::Added { at: after_current as u32, rows: vec![row] });

        // Who adds to silence wants to hear it, and a queue that ran out goes on with what comes; for that nobody needs
        // to control the playback (J7).
        if self.state.playback == Playback::Silent {
            self.begin(row.id, 0);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, actor: Actor, id: RowId) -> Result<(), Refusal> {
        let Some(row) = self.state.row(id) else {
            return Ok(());
        };
        if actor != Actor::Member(row.added_by) {
            self.controlled_by(actor)?;
        }

        if self.current(id).is_some() {
            self.leave_row(id);
        }
        self.happen(Event::Removed(id));
        Ok(())
    }

    pub(super) fn put(&mut self, actor: Actor, row: RowId, to: u32) -> Result<(), Refusal> {
        self.controlled_by(actor)?;
        let place = self.state.place(row).ok_or(Refusal::RowUnknown)?;

        let to = (to as usize).min(self.state.queue.len() - 1);
        if to != place {
            self.happen(Event::Moved(row, to as u32));
        }
        Ok(())
    }

    pub(super) fn shuffle(&mut self, actor: Actor, on: bool, seed: u64) -> Result<(), Refusal> {
        self.controlled_by(actor)?;
        if self.state.settings.shuffle == on {
            return Ok(());
        }

        self.set(Settings { shuffle: on, ..self.state.settings })?;
        if on && let Some(unplayed) = self.unplayed() {
            self.order(unplayed..self.state.queue.len(), seed);
        }
        Ok(())
    }

    /// Shuffles the rows in these places; the others stay where they are.
    pub(super) fn order(&mut self, places: std::ops::Range<usize>, seed: u64) {
        let mut order: Vec<RowId> = self.state.queue.iter().map(|row| row.id).collect();

        if places.len() > 1 {
            shuffle(&mut order[places], seed);
            self.happen(Event::Ordered(order));
        }
    }

    /// Goes on to what comes after a row that is about to be removed; a paused Jam stays paused.
    fn leave_row(&mut self, id: RowId) {
        let after = self.state.after_current().filter(|after| after.id != id);

        match (self.state.playback, after) {
            (Playback::Paused { .. }, Some(row)) => self.plays(Playback::Paused { row: row.id, position_ms: 0 }),
            _ => self.begin_or_fall_silent(after),
        }
    }

    /// The place of the first row that has not been played; none in silence, where all have been.
    fn unplayed(&self) -> Option<usize> {
        let current = self.state.playback.row()?;

        self.state.place(current).map(|place| place + 1)
    }
}
