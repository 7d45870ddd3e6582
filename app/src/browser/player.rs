//! The player of this member: sounds here, or shows and controls the tab that sounds (rule T3).
//!
//! Alone, one media element of this page sounds. In a Jam that element is silent, the buttons become commands of the
//! [`JamRoom`], and what is shown comes from the shared state.

mod element;
mod kept;
mod media_keys;
mod tabs;

use std::cell::Cell;

use domain::{
    JamId,
    jam::Command,
    library::Track,
    player::{PlayerControl, PlayerReport},
    wire::ClientFrame,
};
use leptos::prelude::*;

use super::{JamRoom, Live, page};
use crate::watch::watch;
pub(super) use tabs::{controlled, elsewhere, handed_over, welcome};

/// In the first seconds of a track, "previous" means the track before; later, its start.
const BACK_TO_START_S: f64 = 3.0;

thread_local! {
    static HANDLE: Cell<Option<Player>> = const { Cell::new(None) };
}

/// What the player bar and the now-playing sheet show and do.
#[derive(Clone, Copy)]
pub struct Player {
    /// What is loaded, here or in the tab that sounds.
    pub track: RwSignal<Option<Track>>,
    /// Whether it sounds.
    pub playing: RwSignal<bool>,
    /// Where in the track, in seconds; moves on by itself about four times a second.
    pub position_s: RwSignal<f64>,
    /// 0 to 1, of this device.
    pub volume: RwSignal<f64>,
    /// The queue of this tab. In a Jam it rests: the Jam has its own.
    pub queue: RwSignal<Vec<Track>>,
    /// Which row of the queue is loaded.
    pub index: RwSignal<usize>,
    /// What sounds comes from this tab; false while another tab of the member sounds.
    pub here: RwSignal<bool>,
    /// What followed was shuffled.
    pub shuffle: RwSignal<bool>,
    /// Start over after the last row.
    pub repeat: RwSignal<bool>,
    /// The browser wants a gesture before it sounds: show "Tap to listen".
    pub needs_tap: RwSignal<bool>,
    /// Why the last thing could not be played, as a sentence.
    pub trouble: RwSignal<Option<String>>,
    live: Live,
}

impl Player {
    /// The handle of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// The same outside of components.
    pub(super) fn handle() -> Self {
        HANDLE.get().expect("the handle is made before the socket opens")
    }

    /// Makes the handle and puts it into context.
    pub(super) fn provide(live: Live) -> Self {
        let player = Self {
            track: RwSignal::default(),
            playing: RwSignal::default(),
            position_s: RwSignal::default(),
            volume: RwSignal::new(kept::volume()),
            queue: RwSignal::default(),
            index: RwSignal::default(),
            here: RwSignal::new(true),
            shuffle: RwSignal::default(),
            repeat: RwSignal::default(),
            needs_tap: RwSignal::default(),
            trouble: RwSignal::default(),
            live,
        };
        provide_context(player);

        if page::IN_BROWSER {
            HANDLE.set(Some(player));
            // After hydration: what was kept over a reload is not what the server rendered.
            watch(move || player.begin());
        }
        player
    }

    fn begin(self) {
        element::begin(self);
        kept::restore(self);
        media_keys::begin(self);
        tabs::begin(self);
    }

    /// Plays these from `index`, in this tab. In a Jam, the one at `index` plays now for everyone.
    pub fn play_tracks(self, tracks: Vec<Track>, index: usize) {
        let Some(track) = tracks.get(index).cloned() else {
            return;
        };
        if self.jam().is_some_and(|jam| jam.play_now(&track)) {
            return;
        }

        self.queue.set(tracks);
        self.index.set(index);
        self.start(&track, 0.0, true);
    }

    /// Plays or pauses, wherever the music sounds.
    pub fn toggle(self) {
        if self.playing.get_untracked() { self.pause() } else { self.play() }
    }

    /// Plays on, wherever the music sounds.
    pub fn play(self) {
        if let Some(jam) = self.jam() {
            jam.command(Command::Play);
        } else if self.here.get_untracked() {
            self.resume();
        } else {
            self.ask(PlayerControl::Play);
        }
    }

    /// Pauses, wherever the music sounds.
    pub fn pause(self) {
        if let Some(jam) = self.jam() {
            jam.command(Command::Pause);
        } else if self.here.get_untracked() {
            element::pause();
        } else {
            self.ask(PlayerControl::Pause);
        }
    }

    /// The next row.
    pub fn next(self) {
        if let Some(jam) = self.jam() {
            jam.skip();
        } else if self.here.get_untracked() {
            self.step();
        } else {
            self.ask(PlayerControl::Next);
        }
    }

    /// The start of this row, or in its first three seconds the row before.
    pub fn previous(self) {
        if let Some(jam) = self.jam() {
            jam.back();
        } else if self.here.get_untracked() {
            self.step_back();
        } else {
            self.ask(PlayerControl::Previous);
        }
    }

    /// Goes to a place, in seconds.
    pub fn seek(self, to_s: f64) {
        let position_ms = (to_s.max(0.0) * 1e3) as u32;
        if let Some(jam) = self.jam() {
            jam.seek(position_ms);
        } else if self.here.get_untracked() {
            self.position_s.set(to_s);
            element::seek(to_s);
        } else {
            self.position_s.set(to_s);
            self.ask(PlayerControl::Seek { position_ms });
        }
    }

    /// Sets the volume of this device, 0 to 1.
    pub fn set_volume(self, to: f64) {
        let to = to.clamp(0.0, 1.0);
        self.volume.set(to);
        kept::keep_volume(to);
        element::set_volume(to);
        super::jam::set_volume(to);
    }

    /// Puts a track at the end of the queue; plays it when nothing was loaded. In a Jam, at the end of the shared queue.
    pub fn enqueue(self, track: Track) {
        if let Some(jam) = self.jam() {
            jam.add(track, false);
        } else if self.queue.with_untracked(Vec::is_empty) {
            self.play_tracks(vec![track], 0);
        } else {
            self.queue.update(|queue| queue.push(track));
        }
    }

    /// Takes a row out of the queue; the loaded one stays.
    pub fn remove(self, index: usize) {
        let loaded = self.index.get_untracked();
        if index == loaded || index >= self.queue.with_untracked(Vec::len) {
            return;
        }

        self.queue.update(|queue| drop(queue.remove(index)));
        if index < loaded {
            self.index.set(loaded - 1);
        }
    }

    /// Shuffles what follows the loaded row. Switching off leaves the order as it is.
    pub fn set_shuffle(self, on: bool) {
        self.shuffle.set(on);
        if on {
            let first = self.index.get_untracked() + 1;
            self.queue.update(|queue| shuffle(queue.get_mut(first..).unwrap_or_default()));
        }
    }

    /// Lets this tab sound instead of the other, from the same place.
    pub fn take_over(self) {
        match self.jam() {
            Some(jam) => jam.sound_here(),
            None => self.ask(PlayerControl::HandOver { to: self.live.tab }),
        }
    }

    /// Within a click: lets the browser sound.
    pub fn tap(self) {
        match self.jam() {
            Some(jam) => jam.tap(),
            None => self.resume(),
        }
    }

    /// The Jam that this page follows.
    fn jam(self) -> Option<JamRoom> {
        let room = use_context::<JamRoom>().or_else(JamRoom::try_handle)?;
        room.state.with_untracked(Option::is_some).then_some(room)
    }

    /// Takes the sound into this tab for a Jam: what this tab played alone stops.
    pub(super) fn rest(self) {
        self.here.set(true);
        element::pause();
    }

    /// Whether another tab of mine sounds this Jam.
    pub(super) fn hears_elsewhere(self, jam: JamId) -> bool {
        !self.here.get_untracked() && tabs::sounds(jam)
    }

    /// Loads a row of the queue and plays it, or waits.
    fn start(self, track: &Track, from_s: f64, play: bool) {
        self.here.set(true);
        self.trouble.set(None);
        self.track.set(Some(track.clone()));
        self.position_s.set(from_s);
        element::load(track, from_s, play);
    }

    fn resume(self) {
        if let Some(track) = self.track.get_untracked()
            && !element::is_loaded(&track)
        {
            return self.start(&track, self.position_s.get_untracked(), true);
        }
        element::play();
    }

    /// The next row. After the last there is silence, or the first again.
    fn step(self) {
        let next = self.index.get_untracked() + 1;
        let over = next >= self.queue.with_untracked(Vec::len);
        let goes_on = !over || self.repeat.get_untracked();

        self.go_to(if over { 0 } else { next }, goes_on);
        if !goes_on {
            self.report_silence();
        }
    }

    fn step_back(self) {
        let index = self.index.get_untracked();
        if self.position_s.get_untracked() > BACK_TO_START_S || index == 0 {
            self.seek(0.0);
        } else {
            self.go_to(index - 1, true);
        }
    }

    /// Loads this row of the queue.
    pub fn go_to(self, index: usize, play: bool) {
        if let Some(track) = self.queue.with_untracked(|queue| queue.get(index).cloned()) {
            self.index.set(index);
            self.start(&track, 0.0, play);
        }
    }

    /// Tells the server what sounds here; the same is the member's listening activity.
    pub(super) fn report(self) {
        if !self.here.get_untracked() {
            return;
        }
        self.live.send(&ClientFrame::Player(PlayerReport {
            track: self.track.with_untracked(|track| track.as_ref().map(|track| track.id)),
            playing: self.playing.get_untracked(),
            position_ms: (self.position_s.get_untracked() * 1e3) as u32,
            jam: self.jam().and_then(|jam| jam.state.with_untracked(|state| state.as_ref().map(|state| state.id))),
        }));
    }

    /// Tells the server that nothing is played any more, though something is loaded (L5: then it is the last played track).
    pub(super) fn report_silence(self) {
        if self.here.get_untracked() {
            self.live.send(&ClientFrame::Player(PlayerReport::default()));
        }
    }

    fn ask(self, control: PlayerControl) {
        self.live.send(&ClientFrame::Control(control));
    }
}

/// Fisher and Yates.
fn shuffle(rows: &mut [Track]) {
    for last in (1..rows.len()).rev() {
        rows.swap(last, (page::random() * (last + 1) as f64) as usize % (last + 1));
    }
}
