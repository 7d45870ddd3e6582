//! How an event changes a state. Every event is taken in, whoever sent it, so that a replica never stops half-way.

use std::collections::BTreeMap;

use super::{Event, Member, Playback, Standing, State};
use crate::{MemberId, RowId};

/// Rows that a member is remembered to have loaded.
const LOADED: usize = 4;

impl State {
    /// Takes in what happened. The revision counts every event.
    pub fn apply(&mut self, event: &Event) {
        self.revision += 1;

        match event {
            Event::Joined(member) => self.seat(member),
            Event::Left(id) => self.members.retain(|member| member.id != *id),
            Event::Stands(id, standing) => self.change(*id, |member| member.stand(*standing)),
            Event::HasLoaded(id, row) => self.change(*id, |member| member.load(*row)),
            Event::HostIs(id) => self.host = *id,
            Event::Added { at, rows } => {
                let at = (*at as usize).min(self.queue.len());
                self.queue.splice(at..at, rows.iter().copied());
            }
            Event::Removed(row) => self.forget(*row),
            Event::Moved(row, to) => self.put(*row, *to as usize),
            Event::Ordered(order) => self.order(order),
            Event::Plays(playback) => {
                self.playback = *playback;
                self.next = None;
            }
            Event::Next(next) => self.next = *next,
            Event::Set(settings) => self.settings = *settings,
            Event::IdleSince(since) => self.idle_since = *since,
            Event::EmptySince(since) => self.empty_since = *since,
            Event::Ended(at) => {
                self.ended_at = Some(*at);
                self.playback = Playback::Silent;
                self.next = None;
            }
        }
    }

    fn seat(&mut self, member: &Member) {
        match self.members.iter_mut().find(|seated| seated.id == member.id) {
            Some(seated) => *seated = member.clone(),
            None => self.members.push(member.clone()),
        }
    }

    fn change(&mut self, id: MemberId, change: impl FnOnce(&mut Member)) {
        if let Some(member) = self.members.iter_mut().find(|member| member.id == id) {
            change(member);
        }
    }

    fn forget(&mut self, row: RowId) {
        self.queue.retain(|kept| kept.id != row);
        for member in &mut self.members {
            member.loaded.retain(|loaded| *loaded != row);
        }
    }

    fn put(&mut self, row: RowId, to: usize) {
        if let Some(from) = self.place(row) {
            let row = self.queue.remove(from);
            self.queue.insert(to.min(self.queue.len()), row);
        }
    }

    /// Rows that the order does not name keep theirs behind it.
    fn order(&mut self, order: &[RowId]) {
        let places: BTreeMap<_, _> = order.iter().enumerate().map(|(place, id)| (*id, place)).collect();

        self.queue.sort_by_key(|row| places.get(&row.id).copied().unwrap_or(usize::MAX));
    }
}

impl Member {
    /// A tab that is gone has nothing loaded when it comes back.
    fn stand(&mut self, standing: Standing) {
        self.standing = standing;
        if !self.is_here() {
            self.loaded.clear();
        }
    }

    fn load(&mut self, row: RowId) {
        self.loaded.retain(|loaded| *loaded != row);
        self.loaded.push(row);

        let surplus = self.loaded.len().saturating_sub(LOADED);
        self.loaded.drain(..surplus);
    }
}
