//! What this page believes: the server's word, and on top of it the commands that it has not answered yet.

use std::cell::RefCell;

use domain::{
    JamId, MemberId, Timestamp,
    jam::{Actor, Command, Event, State},
};

use super::super::page;

/// A command that neither shows in the server's word nor was refused after so long is no longer believed, in milliseconds.
const BELIEVED_MS: f64 = 3_000.0;
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

        events.iter().for_each(|event| state.apply(event));
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

/// Commands whose effect hangs on the instant or on a seed are the server's to show.
fn repeats_harmlessly(command: &Command) -> bool {
    !matches!(command, Command::Back { .. } | Command::Shuffle { .. } | Command::Loaded(_) | Command::Leave)
}

fn change<T>(with: impl FnOnce(&mut Belief) -> T) -> Option<T> {
    BELIEF.with_borrow_mut(|belief| belief.as_mut().map(with))
}
