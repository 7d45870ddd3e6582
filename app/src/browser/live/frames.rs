//! What each frame of the server changes on the page.

use domain::{
    Refusal,
    inbox::{InboxEntry, Missed, Position},
    wire::{ClientFrame, ENTRIES_PER_FRAME, ServerFrame},
};
use leptos::prelude::*;

use super::{
    super::{JamRoom, Player, jam, page, player},
    Live, Reacted, clock, socket,
};

/// How many reactions are kept for the screen.
const REACTIONS: usize = 12;

/// Takes one frame in.
pub(super) fn take(live: Live, frame: ServerFrame) {
    match frame {
        ServerFrame::Welcome { now: _, me, missed, player, activity, jam } => {
            live.me.set(Some(me));
            // A scan that still runs says so again.
            live.scan.set(None);
            live.activity.set(activity.into_iter().collect());
            take_missed(live, missed);
            player::welcome(Player::handle(), player);
            jam::welcome(JamRoom::handle(), jam);
        }
        ServerFrame::Missed(missed) => take_missed(live, missed),
        ServerFrame::Clock { sent, received, answered } => clock::answered(sent, received, answered),
        ServerFrame::Me(me) => live.me.set(Some(me)),
        ServerFrame::Player(view) => player::elsewhere(Player::handle(), view),
        ServerFrame::Control(control) => player::controlled(Player::handle(), control),
        ServerFrame::HandOver(queue) => player::handed_over(Player::handle(), queue),
        ServerFrame::Activity { member, activity } => live.activity.update(|all| match activity {
            Some(activity) => drop(all.insert(member, activity)),
            None => drop(all.remove(&member)),
        }),
        ServerFrame::Reacted { from, to, track, reaction } => live.reactions.update(|all| {
            let nth = all.last().map_or(0, |last| last.nth + 1);
            all.push(Reacted { nth, from, to, track, reaction });
            if all.len() > REACTIONS {
                all.remove(0);
            }
        }),
        ServerFrame::Jam { state, people, tracks } => jam::told(JamRoom::handle(), *state, people, tracks),
        ServerFrame::JamEvents { jam, revision, events, people, tracks } => {
            jam::happened(JamRoom::handle(), jam, revision, &events, people, tracks);
        }
        ServerFrame::JamRefused { nonce, refusal } => jam::refused(JamRoom::handle(), nonce, refusal),
        ServerFrame::JamOffsets { jam: _, offsets } => JamRoom::handle().offsets.update(|all| all.extend(offsets)),
        ServerFrame::Scan(progress) => live.scan.set(Some(progress)),
        ServerFrame::LibraryChanged => live.library_version.update(|version| *version += 1),
        ServerFrame::JamShut { jam, refusal } => jam::shut_out(JamRoom::handle(), jam, refusal),
        ServerFrame::Refused(refusal) => leptos::logging::warn!("{refusal}"),
        ServerFrame::GoingAway => socket::hang_up(),
    }
}

fn take_missed(live: Live, missed: Missed) {
    match missed {
        Missed::StartOver { head } => {
            socket::set_read(head);
            live.start_over.update(|times| *times += 1);
        }
        Missed::Entries { entries, head } => {
            let full = entries.len() >= ENTRIES_PER_FRAME;
            let read = socket::read();
            if read.is_none_or(|read| read.epoch != head.epoch) {
                // The first position of a page that was rendered without one.
                socket::set_read(Position { seq: entries.first().map_or(head.seq, |first| first.seq - 1), ..head });
            }
            for entry in entries {
                if !take_entry(live, head.epoch, &entry) {
                    return ask_again();
                }
            }
            if full {
                ask_again();
            }
        }
    }
}

/// Takes the next entry; an old one changes nothing, and one too far answers false.
fn take_entry(live: Live, epoch: i64, entry: &InboxEntry) -> bool {
    let read = socket::read().map_or(0, |read| read.seq);
    if entry.seq <= read {
        return true;
    }
    if entry.seq > read + 1 {
        return false;
    }

    socket::set_read(Position { epoch, seq: entry.seq });
    live.tell(&entry.event);
    true
}

fn ask_again() {
    if let Some(position) = socket::read() {
        // Not in the same breath: a server that cannot fill the gap must not be asked without end.
        page::after(50, move || socket::send(&ClientFrame::Missed { position }));
    }
}
