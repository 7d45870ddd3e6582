//! The sound of this tab: follows the shared instant as the server gives it, in a closed loop.
//!
//! Ten times a second it compares what is heard with what should be heard, and corrects by a rate nobody hears, or, when far off,
//! by a faded start at a fresh position (J10). Track changes are scheduled on the audio clock ahead, so that there is no gap
//! and a throttled page keeps time.

use std::cell::{Cell, RefCell};

use domain::{
    RowId, Timestamp, TrackId,
    jam::{Command, Playback, Start, State},
    sync::{Correction, HeardFilter},
    wire::ClientFrame,
};
use leptos::prelude::*;

use super::{
    super::{live, page},
    JamRoom, Sync,
    buffers::{self, Buffer},
    output::{self, Heard, Output},
    prediction,
    source::Source,
};

/// How often it compares, in milliseconds.
const EVERY_MS: u32 = 100;
/// A start that cannot be met is placed so far ahead, in seconds.
const SOON_S: f64 = 0.06;
/// Within this error, in milliseconds, two people in two rooms are in time.
const IN_SYNC_MS: f64 = 20.0;
/// How often the error is told to the others, in rounds.
const TELL_EVERY: u64 = 20;
/// A row that the server does not know to be ready is said to be so again after this long, in milliseconds.
const SAY_AGAIN_MS: f64 = 2_000.0;

thread_local! {
    static FOLLOWER: RefCell<Option<Follower>> = const { RefCell::new(None) };
    /// Rises with every Jam that is entered, so that the rounds of an old one stop.
    static ROUNDS: Cell<u32> = const { Cell::new(0) };
}

#[derive(Default)]
struct Follower {
    current: Option<Source>,
    upcoming: Option<Source>,
    filter: HeardFilter,
    /// The rows that were said to be ready a moment ago, and when.
    said: Vec<(RowId, f64)>,
    /// A wanted track does not play here, and that was told.
    troubled: bool,
    round: u64,
    suspended: bool,
    shown: Option<(RowId, bool, i64)>,
}

/// Looks after the Jam that was just entered, ten times a second, until another is entered or none.
pub(super) fn run(room: JamRoom) {
    ROUNDS.set(ROUNDS.get() + 1);
    round(room, ROUNDS.get());
}

/// This tab sounds from now on, as soon as the browser lets it.
pub(super) fn begin() {
    FOLLOWER.set(Some(Follower { suspended: true, ..Follower::default() }));
    output::resume();
}

/// This tab sounds no longer, and lets its memory go.
pub(super) fn end() {
    silence();
    buffers::clear();
}

/// This tab sounds no longer; another tab of the member does.
pub(in crate::browser) fn silence() {
    if let Some(mut follower) = FOLLOWER.take()
        && let Some(output) = output::get()
    {
        follower.stop(&output);
        JamRoom::handle().sync.set(Sync::Silent);
        if let Some(jam) = prediction::id() {
            JamRoom::handle().live.send(&ClientFrame::JamHere { jam, listening: false });
        }
    }
}

/// Whether this tab is the one that sounds, or would after a tap.
pub(super) fn is_on() -> bool {
    FOLLOWER.with_borrow(Option::is_some)
}

/// Whether it sounds at this moment.
pub(in crate::browser) fn sounds() -> bool {
    FOLLOWER.with_borrow(|follower| follower.as_ref().is_some_and(|follower| follower.current.is_some()))
}

/// Within a click: lets the browser sound.
pub(super) fn tap(room: JamRoom) {
    output::resume();
    look(room);
}

/// Sets the volume, 0 to 1.
pub(in crate::browser) fn set_volume(to: f64) {
    output::set_volume(to);
}

/// Something has changed: do not wait for the next round.
pub(super) fn look(room: JamRoom) {
    // Taken out for the time of the call: what it sets on the page may ask about it.
    if let (Some(mut follower), Some(output)) = (FOLLOWER.take(), output::get()) {
        let sync = follower.follow(room, &output);
        FOLLOWER.set(Some(follower));
        if room.sync.get_untracked() != sync {
            room.sync.set(sync);
        }
        room.player.needs_tap.set(sync == Sync::NeedsTap);
    }
    show(room);
}

fn round(room: JamRoom, rounds: u32) {
    if prediction::id().is_some() && ROUNDS.get() == rounds {
        look(room);
        page::after(EVERY_MS, move || round(room, rounds));
    }
}

/// Shows the shared music in the player of this page, and reports it where it sounds.
fn show(room: JamRoom) {
    let now = room.live.server_now();
    let Some(Some((loaded, track))) = room.state.with_untracked(|state| {
        state.as_ref().map(|state| state.at(now).map(|loaded| (loaded, state.row(loaded.row).map(|row| row.track))))
    }) else {
        return;
    };
    let player = room.player;
    let track = track.and_then(|id| room.tracks.with_untracked(|tracks| tracks.get(&id).cloned()));

    if player.track.with_untracked(|shown| shown.as_ref().map(|track| track.id)) != track.as_ref().map(|track| track.id)
    {
        player.track.set(track);
    }
    if player.playing.get_untracked() != loaded.playing {
        player.playing.set(loaded.playing);
    }
    let position_s = loaded.position_ms.max(0) as f64 / 1e3;
    if (player.position_s.get_untracked() - position_s).abs() > 0.2 {
        player.position_s.set(position_s);
    }

    // A new row, a pause, or a seek: the instant of position 0 has moved.
    let zero_ms = if loaded.playing { now.0 - loaded.position_ms } else { loaded.position_ms };
    let changed = FOLLOWER.with_borrow_mut(|follower| {
        let follower = follower.as_mut()?;
        let changed = follower.shown.is_none_or(|(row, playing, zero)| {
            row != loaded.row || playing != loaded.playing || (zero - zero_ms).abs() > 300
        });
        follower.shown = Some((loaded.row, loaded.playing, zero_ms));
        Some(changed)
    });
    if changed == Some(true) {
        player.report();
    }
}

impl Follower {
    fn follow(&mut self, room: JamRoom, output: &Output) -> Sync {
        self.round += 1;
        let suspended = output::is_suspended();
        if suspended != self.suspended {
            self.suspended = suspended;
            if let Some(jam) = prediction::id() {
                room.live.send(&ClientFrame::JamHere { jam, listening: !suspended });
            }
        }
        if suspended {
            self.stop(output);
        }

        let plan = prediction::confirmed(|state| Plan::of(state, room.live.server_now()));
        let Some(plan) = plan else {
            return Sync::Aligning;
        };
        let wanted = plan.wanted.into_iter().flatten();
        let loaded: Vec<_> = wanted.clone().map(|(row, track)| self.load(room, output, row, track)).collect();
        buffers::keep(&wanted.map(|(_, track)| track).collect::<Vec<_>>());
        self.tell_trouble(room, &loaded);
        if suspended {
            return Sync::NeedsTap;
        }

        let Some(start) = plan.sounds else {
            self.stop(output);
            return if plan.loads { Sync::Aligning } else { Sync::Silent };
        };
        let Some(heard) = output.heard() else {
            return Sync::Aligning;
        };
        self.keep_current(room, output, heard, start);
        self.keep_upcoming(room, output, heard, plan.next);
        let sync = self.correct(output, heard);
        self.tell(room, sync);
        sync
    }

    /// Fetches a row and says that it is ready, until the server knows: it forgets when the connection is lost.
    fn load(&mut self, room: JamRoom, output: &Output, row: RowId, track: TrackId) -> Buffer {
        let buffer = buffers::get(&output.context, track, move || look(room));

        let now = page::monotonic_ms();
        self.said.retain(|(_, at)| now - at < SAY_AGAIN_MS);
        let just_said = self.said.iter().any(|(said, _)| *said == row);
        if matches!(buffer, Buffer::Here(_)) && !just_said && !room.is_known_loaded(row) {
            self.said.push((row, now));
            room.say(Command::Loaded(row));
        }
        buffer
    }

    /// Says once that a wanted track does not play here, and takes it back when all of them do after all. One that is tried
    /// again changes nothing meanwhile.
    fn tell_trouble(&mut self, room: JamRoom, wanted: &[Buffer]) {
        let fails = wanted.iter().any(|buffer| matches!(buffer, Buffer::Failed));
        let plays = wanted.iter().all(|buffer| matches!(buffer, Buffer::Here(_)));
        let words = "This track does not play here. The others hear it; trying again.";

        if fails && !self.troubled || plays && self.troubled {
            self.troubled = fails;
            room.player.trouble.set(fails.then(|| words.into()));
        }
    }

    /// Lets the row sound that should, from the instant that the server gave, or from now on when that has passed.
    fn keep_current(&mut self, room: JamRoom, output: &Output, heard: Heard, start: Sounds) {
        if self.current.as_ref().is_some_and(|source| source.is(start.row, start.zero_at)) {
            return;
        }
        let now = output.context.current_time();
        if let Some(old) = self.current.take() {
            old.end(now);
        }
        self.filter.start_over();
        if self.upcoming.as_ref().is_some_and(|source| source.is(start.row, start.zero_at)) {
            self.current = self.upcoming.take();
            return;
        }

        let Buffer::Here(buffer) = buffers::get(&output.context, start.track, move || look(room)) else {
            return;
        };
        let (Some(from), Some(zero)) = (context_at(heard, start.from), context_at(heard, start.zero_at)) else {
            return;
        };
        let at = from.max(now + SOON_S);
        if at - zero < buffer.duration() {
            self.current = Source::start(output, &buffer, (start.row, start.zero_at), at, (at - zero).max(0.0));
        }
    }

    /// Schedules the row that follows on the audio clock.
    fn keep_upcoming(&mut self, room: JamRoom, output: &Output, heard: Heard, next: Option<(Start, TrackId)>) {
        let stays = match (&self.upcoming, next) {
            (Some(source), Some((start, _))) => source.is(start.row, start.at),
            (Some(_), None) => false,
            (None, _) => true,
        };
        if !stays && let Some(old) = self.upcoming.take() {
            old.end(output.context.current_time());
        }

        if let (None, Some((start, track))) = (&self.upcoming, next)
            && !self.current.as_ref().is_some_and(|source| source.is(start.row, start.at))
            && let Buffer::Here(buffer) = buffers::get(&output.context, track, move || look(room))
            && let Some(at) = context_at(heard, start.at)
            && at > output.context.current_time()
        {
            self.upcoming = Source::start(output, &buffer, (start.row, start.at), at, 0.0);
        }
    }

    /// Compares what is heard with what should be.
    fn correct(&mut self, output: &Output, heard: Heard) -> Sync {
        let Some(source) = self.current.as_mut().filter(|source| source.has_started(heard.context_s)) else {
            return Sync::Aligning;
        };
        let Some(server_ms) = live::server_ms_at(heard.page_ms) else {
            return Sync::Aligning;
        };
        let expected_ms = server_ms - source.zero_at.0 as f64;
        let late_ms = expected_ms - source.position_s(heard.context_s) * 1e3;

        match self.filter.feed(heard.page_ms, late_ms) {
            Correction::None => source.set_rate(output.context.current_time(), 1.0),
            Correction::Rate(rate) => source.set_rate(output.context.current_time(), rate),
            Correction::Jump => {
                if let Some(old) = self.current.take() {
                    old.end(output.context.current_time());
                }
            }
        }
        match self.filter.error_ms() {
            Some(error_ms) if error_ms.abs() < IN_SYNC_MS => Sync::InSync(-error_ms as f32),
            _ => Sync::Aligning,
        }
    }

    fn tell(&self, room: JamRoom, sync: Sync) {
        if let Some(jam) = prediction::id().filter(|_| self.round.is_multiple_of(TELL_EVERY)) {
            let offset_ms = if let Sync::InSync(offset_ms) = sync { Some(offset_ms) } else { None };
            room.live.send(&ClientFrame::JamOffset { jam, offset_ms });
        }
    }

    fn stop(&mut self, output: &Output) {
        let now = output.context.current_time();
        for source in [self.current.take(), self.upcoming.take()].into_iter().flatten() {
            source.end(now);
        }
        self.filter.start_over();
    }
}

/// What the server's word means for the sound at an instant.
struct Plan {
    /// What sounds, or will.
    sounds: Option<Sounds>,
    /// What follows, once it is fixed.
    next: Option<(Start, TrackId)>,
    /// What should be decoded: the row that is loaded, and the one after.
    wanted: [Option<(RowId, TrackId)>; 2],
    /// Whether everyone waits for a row to be ready.
    loads: bool,
}

/// A row, the instant of its position 0, and the instant before which it is silent.
#[derive(Clone, Copy)]
struct Sounds {
    row: RowId,
    track: TrackId,
    zero_at: Timestamp,
    from: Timestamp,
}

impl Plan {
    fn of(state: &State, now: Timestamp) -> Self {
        let track = |row: RowId| state.row(row).map(|row| row.track);
        let fixed = state.next.filter(|next| next.at <= now);
        let sounds = match (fixed, state.playback) {
            (Some(Start { row, at }), _) => track(row).map(|track| Sounds { row, track, zero_at: at, from: at }),
            (None, Playback::Playing { row, zero_at, from }) => {
                track(row).map(|track| Sounds { row, track, zero_at, from })
            }
            _ => None,
        };
        let loaded = state.at(now).and_then(|loaded| state.row(loaded.row));
        let following = state.next.and_then(|next| state.row(next.row)).or_else(|| state.following());

        Self {
            sounds,
            next: state.next.filter(|next| next.at > now).and_then(|next| track(next.row).map(|track| (next, track))),
            wanted: [loaded, following].map(|row| row.map(|row| (row.id, row.track))),
            loads: matches!(state.playback, Playback::Gathering { .. }),
        }
    }
}

/// The instant of the context at which it is this time at the server.
fn context_at(heard: Heard, server: Timestamp) -> Option<f64> {
    live::monotonic_ms_at(server.0 as f64).map(|page_ms| heard.context_at(page_ms))
}

impl Source {
    fn is(&self, row: RowId, zero_at: Timestamp) -> bool {
        self.row == row && self.zero_at == zero_at
    }
}
