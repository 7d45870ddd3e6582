//! What this page believes: the server's word, and on top of it the commands that it has not answered yet.

use std::cell::RefCell;

use domain::{
    JamId, MemberId, Timestamp,
    jam::{Actor, Command, Event, State},
};

use super::super::page;

/// A command that neither shows in the server's word nor was refused after so long is no longer believed, in milliseconds.
pub(super) const BELIEVED_MS: f64 = 3_000.0;
/// Commands on their way; above, the oldest is no longer believed.
const PENDING: usize = 64;

thread_local! {
    static BELIEF: RefCell<Option<Belief>> = const { RefCell::new(None) };
}

struct Belief {
    jam: JamId,
    confirmed: Option<State>,
    pending: Vec<Pending>,
    nonce: u32,
}

struct Pending {
    nonce: u32,
    command: Command,
    at: f64,
}

/// This page is in a Jam from now on.
pub(super) fn enter(jam: JamId) {
    BELIEF.set(Some(Belief { jam, confirmed: None, pending: Vec::new(), nonce: 0 }));
}

/// This page is in no Jam.
pub(super) fn leave() {
    BELIEF.set(None);
}

/// The Jam that this page is in.
pub(super) fn id() -> Option<JamId> {
    BELIEF.with_borrow(|belief| belief.as_ref().map(|belief| belief.jam))
}

/// Something of the server's word.
pub(super) fn confirmed<T>(read: impl FnOnce(&State) -> T) -> Option<T> {
    BELIEF.with_borrow(|belief| belief.as_ref()?.confirmed.as_ref().map(read))
}

/// Takes all of the server's word in. Answers whether it is about the Jam of this page.
pub(super) fn confirm(state: State) -> bool {
    change(|belief| {
        let mine = belief.jam == state.id;
        if mine {
            belief.confirmed = Some(state);
        }
        mine
    })
    .unwrap_or(false)
}

/// Takes events in. Answers false when some before them are missing.
pub(super) fn follow(revision: u64, events: &[Event]) -> bool {
    change(|belief| {
        let Some(state) = &mut belief.confirmed else {
            return true;
        };
        if revision <= state.revision {
            return true;
        }
        if state.revision + events.len() as u64 != revision {
            return false;
        }

        for event in events {
            state.apply(event);
            // The oldest that it answers is in the server's word now. Believed on, it would undo what others do after it.
            if let Some(answered) = belief.pending.iter().position(|pending| answers(event, &pending.command)) {
                belief.pending.remove(answered);
            }
        }
        true
    })
    .unwrap_or(true)
}

/// A command goes out. Answers the number under which a refusal will come back.
pub(super) fn add(command: &Command) -> Option<u32> {
    change(|belief| {
        belief.nonce += 1;
        belief.pending.push(Pending { nonce: belief.nonce, command: command.clone(), at: page::monotonic_ms() });
        if belief.pending.len() > PENDING {
            belief.pending.remove(0);
        }
        belief.nonce
    })
}

/// A command was refused.
pub(super) fn drop_command(nonce: u32) {
    change(|belief| belief.pending.retain(|pending| pending.nonce != nonce));
}

/// The server's word with the commands on their way: a command that has arrived changes nothing a second time.
pub(super) fn believed(me: Option<MemberId>, now: Timestamp) -> Option<State> {
    change(|belief| {
        let young = page::monotonic_ms() - BELIEVED_MS;
        belief.pending.retain(|pending| pending.at > young && repeats_harmlessly(&pending.command));

        let mut state = belief.confirmed.clone()?;
        for pending in &belief.pending {
            let actor = Actor::Member(me?);
            if let Ok(events) = state.decide(now, &actor, &pending.command) {
                events.iter().for_each(|event| state.apply(event));
            }
        }
        Some(state)
    })
    .flatten()
}

/// Whether an event is what a command leads to. It may be somebody else's; then the screen follows the server a little
/// earlier than it had to.
fn answers(event: &Event, command: &Command) -> bool {
    match (event, command) {
        (Event::Added { rows, .. }, Command::Add { row, .. }) => rows.iter().any(|added| added.id == *row),
        (Event::Removed(gone), Command::Remove(row)) => gone == row,
        (Event::Moved(moved, _), Command::Move { row, .. }) => moved == row,
        (Event::HostIs(host), Command::HandOver(to)) => host == to,
        (Event::Left(left), Command::Expel(member)) => left == member,
        (Event::Set(_), Command::GuestsControl(_) | Command::Repeat(_))
        | (Event::Ended(_), Command::End)
        | (
            Event::Plays(_),
            Command::Play | Command::Pause | Command::Seek { .. } | Command::Skip { .. } | Command::Jump(_),
        ) => true,
        _ => false,
    }
}

/// Commands whose effect hangs on the instant or on a seed are the server's to show.
fn repeats_harmlessly(command: &Command) -> bool {
    !matches!(command, Command::Back { .. } | Command::Shuffle { .. } | Command::Loaded(_) | Command::Leave)
}

fn change<T>(with: impl FnOnce(&mut Belief) -> T) -> Option<T> {
    BELIEF.with_borrow_mut(|belief| belief.as_mut().map(with))
}

#[cfg(test)]
mod tests {
    use domain::{RowId, TrackId, jam::Member};
    use uuid::Uuid;

    use super::*;

    const NOW: Timestamp = Timestamp(1_773_410_709_000);

    #[test]
    fn what_the_server_has_answered_does_not_undo_what_others_do_after_it() {
        let (jam, me, row) = (JamId(Uuid::from_u128(1)), MemberId(Uuid::from_u128(2)), RowId(Uuid::from_u128(3)));
        let mut server = State::new(jam, Member::seated(me, true, NOW), NOW);
        let mut say = |command: &Command| {
            let events = server.decide(NOW, &Actor::Member(me), command).expect("the host may");
            events.iter().for_each(|event| server.apply(event));
            (server.revision, events)
        };
        let add = Command::Add { row, track: TrackId(Uuid::from_u128(4)), duration_ms: 60_000, next: false };
        let rows = || believed(Some(me), NOW).map(|state| state.queue.len());

        enter(jam);
        confirm(State::new(jam, Member::seated(me, true, NOW), NOW));
        super::add(&add);
        assert_eq!(rows(), Some(1), "shown before the server has said anything");

        for command in [add, Command::Remove(row)] {
            let (revision, events) = say(&command);
            assert!(follow(revision, &events));
        }
        assert_eq!(rows(), Some(0));
    }
}
