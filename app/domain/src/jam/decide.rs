//! What a command leads to: events or a refusal.
//!
//! Time passes first, then the command is followed, then time passes once more: what was due is never overtaken, and what
//! the command makes due (a start that waited for one listener) happens at once.

mod people;
mod playback;
mod queue;
mod time;

use super::{Actor, Command, Event, Settings, State};
use crate::{Refusal, Timestamp};

impl State {
    /// What this command leads to at this instant. Nothing changes here: [`State::apply`] takes the events in.
    ///
    /// A command that is already true, or that is about a row which everyone has left by now, leads to nothing of its own.
    pub fn decide(&self, now: Timestamp, actor: &Actor, command: &Command) -> Result<Vec<Event>, Refusal> {
        if let Actor::Member(id) = actor {
            self.member(*id).ok_or(Refusal::NotInJam)?;
        }
        let mut draft = Draft { now, state: self.clone(), events: Vec::new() };
        let seed = match command {
            Command::Tick { seed } => Some(*seed),
            _ => None,
        };

        draft.is_open()?;
        draft.pass_time(seed);
        draft.follow(*actor, command)?;
        draft.pass_time(seed);

        Ok(draft.events)
    }
}

/// A state in the making, with the events that led to it.
struct Draft {
    now: Timestamp,
    state: State,
    events: Vec<Event>,
}

impl Draft {
    fn happen(&mut self, event: Event) {
        self.state.apply(&event);
        self.events.push(event);
    }

    fn follow(&mut self, actor: Actor, command: &Command) -> Result<(), Refusal> {
        if let Command::Tick { .. } = command {
            return actor.is_owner();
        }
        self.is_open()?;

        match *command {
            Command::Tick { .. } => Ok(()),
            Command::Join { member, may_host } => self.join(actor, member, may_host),
            Command::Standing { member, listening, present } => self.stand(actor, member, listening, present),
            Command::Leave => self.leave(actor.member()?),
            Command::HandOver(to) => self.hand_over(actor, to),
            Command::Expel(member) => self.expel(actor, member),
            Command::End => self.end(actor),

            Command::Loaded(row) => self.loaded(actor.member()?, row),
            Command::Play => self.play(actor),
            Command::Pause => self.pause(actor),
            Command::Seek { row, position_ms } => self.seek(actor, row, position_ms),
            Command::Skip { from } => self.skip(actor, from),
            Command::Back { from } => self.back(actor, from),
            Command::Jump(row) => self.jump(actor, row),

            Command::Add { row, track, duration_ms, next } => {
                self.add(super::Row { id: row, track, duration_ms, added_by: actor.member()? }, next)
            }
            Command::Remove(row) => self.remove(actor, row),
            Command::Move { row, to } => self.put(actor, row, to),
            Command::Shuffle { on, seed } => self.shuffle(actor, on, seed),
            Command::Repeat(repeat) => {
                self.controlled_by(actor)?;
                self.set(Settings { repeat, ..self.state.settings })
            }
            Command::GuestsControl(guests_control) => {
                self.hosted_by(actor)?;
                self.set(Settings { guests_control, ..self.state.settings })
            }
        }
    }

    fn set(&mut self, settings: Settings) -> Result<(), Refusal> {
        if self.state.settings != settings {
            self.happen(Event::Set(settings));
        }
        Ok(())
    }

    fn is_open(&self) -> Result<(), Refusal> {
        if self.state.ended_at.is_some() { Err(Refusal::JamEnded) } else { Ok(()) }
    }

    /// J6: the host, and the owner in their place.
    fn hosted_by(&self, actor: Actor) -> Result<(), Refusal> {
        match actor {
            Actor::Member(id) if id != self.state.host => Err(Refusal::HostOnly),
            _ => Ok(()),
        }
    }

    /// J7: the host, guests while the host lets them, and the owner.
    fn controlled_by(&self, actor: Actor) -> Result<(), Refusal> {
        match actor {
            Actor::Member(id) if !self.state.may_control(id) => Err(Refusal::HostOnly),
            _ => Ok(()),
        }
    }
}
