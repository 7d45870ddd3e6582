//! The Jam on this page: the shared state, predicted and corrected, and the sound that follows it.
//!
//! Commands show at once, as `domain::jam` decides them here; the server's events replace that. Sound follows only what the
//! server said, so that no start is heard twice.

mod buffers;
mod follow;
mod output;
mod prediction;
mod source;

use std::{cell::Cell, collections::HashMap};

use domain::{
    JamId, MemberId, Refusal, RowId, TrackId,
    account::Person,
    jam::{Command, Event, State},
    library::Track,
    wire::ClientFrame,
};
use leptos::prelude::*;

use super::{Live, Player, page};
pub(super) use follow::{set_volume, silence, sounds};

const KEY: &str = "earshot-jam";

thread_local! {
    static HANDLE: Cell<Option<JamRoom>> = const { Cell::new(None) };
}

/// How this tab sounds against the shared instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Sync {
    /// No sound here: not in a Jam, or another tab of mine sounds, or nothing plays.
    Silent,
    /// The browser wants a gesture first.
    NeedsTap,
    /// Loading, or not yet in time.
    Aligning,
    /// Truly sounds in time; heard minus expected in milliseconds.
    InSync(f32),
}

/// The Jam that this page is in.
#[derive(Clone, Copy)]
pub struct JamRoom {
    /// The Jam in which I have a seat, as the socket says; a banner offers the way back.
    pub seat: RwSignal<Option<JamId>>,
    /// What is shared, as this page believes it now; none until it was told.
    pub state: RwSignal<Option<State>>,
    /// Display names.
    pub people: RwSignal<HashMap<MemberId, String>>,
    /// The tracks of the queue.
    pub tracks: RwSignal<HashMap<TrackId, Track>>,
    /// How far each member is from the shared instant, in milliseconds.
    pub offsets: RwSignal<HashMap<MemberId, Option<f32>>>,
    /// How this tab sounds.
    pub sync: RwSignal<Sync>,
    /// Why the last command was refused.
    pub refusal: RwSignal<Option<Refusal>>,
    live: Live,
    player: Player,
}

impl JamRoom {
    /// The handle of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// The same outside of components.
    pub(super) fn handle() -> Self {
        Self::try_handle().expect("the handle is made before the socket opens")
    }

    pub(super) fn try_handle() -> Option<Self> {
        HANDLE.get()
    }

    pub(super) fn provide(live: Live, player: Player) {
        let room = Self {
            seat: RwSignal::default(),
            state: RwSignal::default(),
            people: RwSignal::default(),
            tracks: RwSignal::default(),
            offsets: RwSignal::default(),
            sync: RwSignal::new(Sync::Silent),
            refusal: RwSignal::default(),
            live,
            player,
        };
        provide_context(room);

        if page::IN_BROWSER {
            HANDLE.set(Some(room));
            page::listen(&window(), "pagehide", move |_| {
                if let Some(jam) = prediction::id().filter(|_| follow::is_on()) {
                    page::keep(KEY, &jam.to_string());
                }
            });
        }
    }

    /// Comes into a Jam that I have a seat in, by my own act: it sounds in this tab (R3).
    pub fn join(self, jam: JamId) {
        self.enter(jam);
        self.sound_here();
    }

    /// Shows a Jam that I have a seat in. It sounds in this tab, unless it does in another tab of mine.
    pub fn enter(self, jam: JamId) {
        if prediction::id() == Some(jam) {
            return;
        }
        prediction::enter(jam);
        if self.player.hears_elsewhere(jam) {
            self.say_here(jam);
        } else {
            self.sound_here();
        }
        follow::run(self);
    }

    /// Gives up the seat, after which the page is out of the Jam.
    pub fn leave(self) {
        self.command(Command::Leave);
        self.go_out();
        self.seat.set(None);
    }

    /// Does something in it: shown at once, decided by the server.
    pub fn command(self, command: Command) {
        self.refusal.set(None);
        self.say(command);
    }

    /// The same without anybody having pressed anything.
    fn say(self, command: Command) {
        if let (Some(jam), Some(nonce)) = (prediction::id(), prediction::add(&command)) {
            self.live.send(&ClientFrame::Jam { jam, nonce, command });
            self.show();
            // What nobody answered is no longer believed then, and no longer shown.
            page::after(prediction::BELIEVED_MS as u32 + 100, move || self.show());
        }
    }

    /// Puts a track at the end of the queue, or right after the current one.
    pub fn add(self, track: Track, next: bool) {
        self.add_row(&track, next);
    }

    /// Plays a track now for everyone. Answers whether this page is in a Jam at all.
    pub(super) fn play_now(self, track: &Track) -> bool {
        if prediction::id().is_none() {
            return false;
        }
        let row = self.add_row(track, true);
        self.command(Command::Jump(row));
        true
    }

    /// Leaves the loaded row for the next.
    pub(super) fn skip(self) {
        if let Some(row) = self.loaded_row() {
            self.command(Command::Skip { from: row });
        }
    }

    /// The start of the loaded row, or the one before.
    pub(super) fn back(self) {
        if let Some(row) = self.loaded_row() {
            self.command(Command::Back { from: row });
        }
    }

    /// Goes to a position of the loaded row.
    pub(super) fn seek(self, position_ms: u32) {
        if let Some(row) = self.loaded_row() {
            self.command(Command::Seek { row, position_ms });
        }
    }

    /// Within a click: lets the browser sound, in time.
    pub fn tap(self) {
        follow::tap(self);
        self.player.needs_tap.set(false);
    }

    /// Lets this tab sound instead of another of mine, or of what it played alone.
    pub(super) fn sound_here(self) {
        if follow::is_on() {
            return;
        }
        self.player.rest();
        follow::begin();
        if let Some(jam) = prediction::id() {
            self.say_here(jam);
        }
    }

    /// Where the shared music is now, in milliseconds, while something is loaded.
    pub fn position_ms(self) -> Option<i64> {
        let now = self.live.server_now();
        self.state.with_untracked(|state| state.as_ref()?.at(now)).map(|loaded| loaded.position_ms)
    }

    fn add_row(self, track: &Track, next: bool) -> RowId {
        let row = RowId(page::new_id());
        self.tracks.update(|tracks| drop(tracks.insert(track.id, track.clone())));
        self.command(Command::Add { row, track: track.id, duration_ms: track.duration_ms, next });

        row
    }

    fn loaded_row(self) -> Option<RowId> {
        let now = self.live.server_now();
        self.state.with_untracked(|state| state.as_ref()?.at(now)).map(|loaded| loaded.row)
    }

    fn say_here(self, jam: JamId) {
        self.live.send(&ClientFrame::JamHere { jam, listening: follow::is_on() && !output::is_suspended() });
    }

    /// Whether the server knows that I have a row decoded.
    fn is_known_loaded(self, row: RowId) -> bool {
        let Some(me) = self.live.me.with_untracked(|me| me.as_ref().map(|me| me.id)) else { return true };
        let known = prediction::confirmed(|state| state.member(me).is_none_or(|member| member.loaded.contains(&row)));

        known.unwrap_or(true)
    }

    /// Shows what is believed now.
    fn show(self) {
        let me = self.live.me.with_untracked(|me| me.as_ref().map(|me| me.id));
        self.state.set(prediction::believed(me, self.live.server_now()));
    }

    fn go_out(self) {
        if let Some(jam) = prediction::id() {
            self.live.send(&ClientFrame::JamGone { jam });
        }
        prediction::leave();
        follow::end();
        self.state.set(None);
        self.sync.set(Sync::Silent);
        self.offsets.update(HashMap::clear);
        self.player.playing.set(false);
        self.player.needs_tap.set(false);
        self.player.report_silence();
    }

    fn learn(self, people: Vec<Person>, tracks: Vec<Track>) {
        self.people.update(|all| all.extend(people.into_iter().map(|person| (person.id, person.name))));
        self.tracks.update(|all| all.extend(tracks.into_iter().map(|track| (track.id, track))));
    }

    /// The server's word has changed.
    fn heard(self) {
        let me = self.live.me.with_untracked(|me| me.as_ref().map(|me| me.id));
        let out =
            prediction::confirmed(|state| state.ended_at.is_some() || me.is_some_and(|me| state.member(me).is_none()));
        if out == Some(true) {
            let ended = prediction::confirmed(|state| state.ended_at.is_some()) == Some(true);
            self.go_out();
            self.seat.set(None);
            self.refusal.set(Some(if ended { Refusal::JamEnded } else { Refusal::NotInJam }));
        } else {
            self.show();
            follow::look(self);
        }
    }
}

/// The connection is there, anew or again: back into the Jam that this tab was in.
pub(super) fn welcome(room: JamRoom, seat: Option<JamId>) {
    room.seat.set(seat);

    let was_in = prediction::id().or_else(|| page::take(KEY).and_then(|text| text.parse().ok()));
    match (was_in, seat) {
        (Some(was_in), Some(seat)) if was_in == seat && prediction::id().is_none() => room.enter(seat),
        (Some(was_in), Some(seat)) if was_in == seat => room.say_here(seat),
        (Some(_), _) if prediction::id().is_some() => room.go_out(),
        _ => {}
    }
}

/// All of a Jam.
pub(super) fn told(room: JamRoom, state: State, people: Vec<Person>, tracks: Vec<Track>) {
    room.seat.set(Some(state.id));
    room.learn(people, tracks);
    if prediction::confirm(state) {
        room.heard();
    }
}

/// What happened in a Jam.
pub(super) fn happened(
    room: JamRoom,
    jam: JamId,
    revision: u64,
    events: &[Event],
    people: Vec<Person>,
    tracks: Vec<Track>,
) {
    if prediction::id() != Some(jam) {
        return;
    }
    room.learn(people, tracks);
    if prediction::follow(revision, events) {
        room.heard();
    } else {
        room.live.send(&ClientFrame::JamAgain { jam });
    }
}

/// This tab came to a Jam that is over or in which I have no seat, or missed that it became so.
pub(super) fn shut_out(room: JamRoom, jam: JamId, refusal: Refusal) {
    if prediction::id() == Some(jam) {
        room.go_out();
        room.seat.set(None);
        room.refusal.set(Some(refusal));
    }
}

/// A command was not followed.
pub(super) fn refused(room: JamRoom, nonce: u32, refusal: Refusal) {
    if prediction::id().is_some() && matches!(refusal, Refusal::NotInJam | Refusal::JamUnknown | Refusal::JamEnded) {
        room.go_out();
        room.seat.set(None);
    } else {
        prediction::drop_command(nonce);
        room.show();
    }
    room.refusal.set(Some(refusal));
}
