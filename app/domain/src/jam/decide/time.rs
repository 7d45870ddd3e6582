//! What happens by itself: rows end and follow each other, starts stop waiting, hosts are replaced, a Jam ends (J8 to J10).

use super::Draft;
use crate::jam::{EMPTY_MS, Event, FIX_NEXT_MS, IDLE_MS, Member, Playback, Repeat, Start};

impl Draft {
    /// Does all that is due. A second call at the same instant does nothing.
    ///
    /// With a seed (a Tick's) it also fixes what comes next; without one it only corrects what is fixed already.
    pub(super) fn pass_time(&mut self, seed: Option<u64>) {
        if self.state.ended_at.is_none() {
            self.move_on();
            self.agree_on_next(seed);
            self.note_silence();
            self.end_if_left_alone();
        }
        if self.state.ended_at.is_none() {
            self.replace_host();
        }
    }

    fn move_on(&mut self) {
        if let Some(Start { row, at }) = self.state.next.filter(|next| next.at <= self.now) {
            self.plays(Playback::Playing { row, zero_at: at, from: at });
        }

        // Over without a fixed next: the last row, or the owner slept through it. Then the next row starts afresh rather
        // than in the middle, as though it had been playing to nobody.
        if self.state.over_at().is_some_and(|over| over <= self.now) {
            self.begin_or_fall_silent(self.state.following());
        }

        if let Playback::Gathering { row, position_ms, until } = self.state.playback
            && (until <= self.now || self.state.is_ready(row))
        {
            self.start(row, position_ms);
        }
    }

    /// Keeps `next` true: it is what follows the current row, at the instant at which that is over.
    fn agree_on_next(&mut self, seed: Option<u64>) {
        let over_at = self.state.over_at().filter(|over| *over <= self.now + FIX_NEXT_MS);

        if let Some(seed) = seed
            && over_at.is_some()
            && self.state.next.is_none()
            && self.begins_anew()
        {
            self.order(0..self.state.queue.len() - 1, seed);
        }

        let next = over_at.and_then(|at| self.state.following().map(|row| Start { row: row.id, at }));
        if next != self.state.next && (seed.is_some() || self.state.next.is_some()) {
            self.happen(Event::Next(next));
        }
    }

    /// Whether a shuffled queue is at its last row and starts over: the new round gets an order of its own (J9).
    fn begins_anew(&self) -> bool {
        let settings = self.state.settings;
        let last = self.state.queue.last().map(|row| row.id);

        settings.shuffle && settings.repeat == Repeat::All && last == self.state.playback.row()
    }

    fn note_silence(&mut self) {
        let idle = matches!(self.state.playback, Playback::Silent | Playback::Paused { .. });
        if idle != self.state.idle_since.is_some() {
            self.happen(Event::IdleSince(idle.then_some(self.now)));
        }

        let empty = !self.state.members.iter().any(Member::is_here);
        if empty != self.state.empty_since.is_some() {
            self.happen(Event::EmptySince(empty.then_some(self.now)));
        }
    }

    fn end_if_left_alone(&mut self) {
        let idle = self.state.idle_since.is_some_and(|since| since + IDLE_MS <= self.now);
        let empty = self.state.empty_since.is_some_and(|since| since + EMPTY_MS <= self.now);

        if idle || empty {
            self.happen(Event::Ended(self.now));
        }
    }
}
