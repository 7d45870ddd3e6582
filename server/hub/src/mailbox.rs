//! What waits for one socket, and what its connection has been told to look at.
//!
//! Frames leave in the order in which they were put in. While the connection reads a snapshot (a Jam, the watch list),
//! frames of topics are held back and follow it, so that no change falls between the reading and the watching. A hint
//! that permissions changed holds them back, too: nothing of others is shown until it has been read what may be.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use bytes::Bytes;
use services::ports::Topic;
use tokio::{sync::Notify, time::Instant};

use crate::{Ending, Limits, Shortcut};

/// Clock questions that wait. More go unanswered: a late answer would be a wrong one.
const CLOCK_QUESTIONS: usize = 64;
mod writing;

pub(crate) use writing::Work;

/// The bounded mailbox of one connection.
pub(crate) struct Mailbox {
    state: Mutex<State>,
    life: Mutex<Life>,
    for_writer: Notify,
    for_desk: Notify,
    /// For the reader: no frame is accepted any more.
    closing: Notify,
    /// For the writer while it writes: not even those that wait are to be written.
    cut: Notify,
    /// For a newer socket of the same tab: the desk has given up what the tab showed.
    left: Notify,
    frames: usize,
    bytes: usize,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Parcel>,
    /// As long as the connection is open.
    shortcut: Option<Arc<dyn Shortcut>>,
    /// The connection's writer is at work, or has to be: nobody else may write now.
    writing: bool,
    /// The shortcut has taken more than went out: the writer has to go on with it.
    unfinished: bool,
    /// The connection waits for room.
    crowded: bool,
    held: VecDeque<Parcel>,
    bytes: usize,
    clock: Vec<ClockQuestion>,
    ping: bool,
    holding: bool,
    signals: Signals,
    ending: Option<Ending>,
    cut: bool,
    barred: bool,
    left: bool,
}

/// For the heartbeat.
#[derive(Clone, Copy)]
struct Life {
    /// The last sign of life of the page.
    alive_at: Instant,
    pinged_at: Instant,
}

/// Says that the desk has left, whatever happened there.
pub(crate) struct Leaving<'a>(&'a Mailbox);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        self.0.state().left = true;
        self.0.left.notify_one();
    }
}

struct Parcel {
    topic: Option<Topic>,
    bytes: Bytes,
}

/// What the connection should look at. Signals of one kind melt into one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Signals {
    /// The inbox reaches up to here.
    pub(crate) head: Option<i64>,
    /// What the member may do or see has changed.
    pub(crate) permissions: bool,
    /// Notes may have been lost.
    pub(crate) lost: bool,
    /// A ping was answered.
    pub(crate) pong: bool,
}

/// A clock question: the page's instant, and ours of its arrival.
pub(crate) struct ClockQuestion {
    pub(crate) sent: f64,
    pub(crate) received: f64,
}

impl Mailbox {
    pub(crate) fn new(limits: &Limits, shortcut: Option<Arc<dyn Shortcut>>) -> Self {
        Self {
            state: Mutex::new(State { shortcut, ..State::default() }),
            life: Mutex::new(Life { alive_at: Instant::now(), pinged_at: Instant::now() }),
            for_writer: Notify::new(),
            for_desk: Notify::new(),
            closing: Notify::new(),
            cut: Notify::new(),
            left: Notify::new(),
            frames: limits.waiting_frames,
            bytes: limits.waiting_bytes,
        }
    }

    /// Puts in a frame of a topic. When the mailbox is full the socket is closed as too slow. Answers whether it has to
    /// be sent on its way with [`Mailbox::dispatch`]; further frames may be put in before that, and go with it. When
    /// none will follow soon, `last`, it goes by itself.
    #[must_use]
    pub(crate) fn post(&self, topic: Topic, bytes: &Bytes, last: bool) -> bool {
        let mut state = self.state();
        if state.ending.is_some() {
            return false;
        }
        if last && self.write_now(&mut state, bytes) {
            return false;
        }
        if !self.has_room(&state, bytes.len()) {
            self.hand_over(&mut state, &mut Vec::new());
        }
        if !self.has_room(&state, bytes.len()) {
            drop(state);
            self.close_at_once(Ending::TooSlow);
            return false;
        }

        state.bytes += bytes.len();
        let parcel = Parcel { topic: Some(topic), bytes: bytes.clone() };
        if state.holding {
            state.held.push_back(parcel);
            return false;
        }
        state.ready.push_back(parcel);
        state.ready.len() == 1
    }

    /// Puts in an answer of the connection itself, as soon as there is room. It is never held back.
    pub(crate) async fn send(&self, bytes: Bytes) {
        loop {
            if self.try_send(&bytes) {
                return;
            }
            self.for_desk.notified().await;
        }
    }

    fn try_send(&self, bytes: &Bytes) -> bool {
        let mut state = self.state();
        if state.ending.is_some() {
            return true;
        }
        // What is held back waits for this answer: it must not be in its way.
        if !self.has_room(&state, bytes.len()) && !state.ready.is_empty() {
            state.crowded = true;
            return false;
        }

        state.bytes += bytes.len();
        state.ready.push_back(Parcel { topic: None, bytes: bytes.clone() });
        self.for_writer.notify_one();
        true
    }

    /// An empty mailbox takes any frame: the bound is for rows of them.
    fn has_room(&self, state: &State, bytes: usize) -> bool {
        let waiting = state.ready.len() + state.held.len();

        waiting == 0 || (waiting < self.frames && state.bytes + bytes <= self.bytes)
    }

    /// Holds frames of topics back until [`Mailbox::release`].
    pub(crate) fn hold(&self) {
        self.state().holding = true;
    }

    /// Lets go of the frames that were held back, without those of topics that are watched no longer.
    /// They stay when permissions have changed meanwhile.
    pub(crate) fn release(&self, watches: impl Fn(Topic) -> bool) {
        let mut state = self.state();
        let kept = |parcel: &Parcel| parcel.topic.is_none_or(&watches);

        state.ready.retain(kept);
        state.held.retain(kept);
        state.bytes = state.ready.iter().chain(&state.held).map(|parcel| parcel.bytes.len()).sum();

        if !state.signals.withhold() {
            state.holding = false;
            let mut held = std::mem::take(&mut state.held);
            state.ready.append(&mut held);
            self.for_writer.notify_one();
        }
    }

    /// Answers a clock question before everything else that waits.
    pub(crate) fn answer_clock(&self, question: ClockQuestion) {
        let mut state = self.state();

        if state.ending.is_none() && state.clock.len() < CLOCK_QUESTIONS {
            state.clock.push(question);
            self.for_writer.notify_one();
        }
    }

    /// The page has given a sign of life.
    pub(crate) fn note_life(&self) {
        self.life().alive_at = Instant::now();
        self.signal(|signals| signals.pong = true);
    }

    /// When the page last gave a sign of life.
    pub(crate) fn alive_at(&self) -> Instant {
        self.life().alive_at
    }

    /// Asks the page for a sign of life, if that was not done since `every`.
    pub(crate) fn ping_since(&self, now: Instant, every: Duration) {
        let mut life = self.life();

        if now.duration_since(life.pinged_at) >= every {
            life.pinged_at = now;
            self.state().ping = true;
            self.for_writer.notify_one();
        }
    }

    /// Tells the connection to look at something.
    pub(crate) fn signal(&self, raise: impl FnOnce(&mut Signals)) {
        let mut state = self.state();
        raise(&mut state.signals);
        state.holding |= state.signals.withhold();

        self.for_desk.notify_one();
    }

    /// Waits for signals and takes them. Safe to cancel.
    pub(crate) async fn signals(&self) -> Signals {
        loop {
            let signals = std::mem::take(&mut self.state().signals);
            if signals != Signals::default() {
                return signals;
            }
            self.for_desk.notified().await;
        }
    }

    /// Ends the socket after what waits; a last frame goes with it.
    pub(crate) fn close(&self, last: Option<Bytes>, ending: Ending) {
        let mut state = self.state();
        if state.ending.is_some() {
            return;
        }

        state.ending = Some(ending);
        state.ready.extend(last.map(|bytes| Parcel { topic: None, bytes }));
        drop(state);
        self.wake_all();
    }

    /// Ends the socket now; what waits is dropped.
    pub(crate) fn close_at_once(&self, ending: Ending) {
        let mut state = self.state();
        state.ending.get_or_insert(ending);
        state.cut = true;
        state.barred |= ending.bars();
        state.ready.clear();
        state.held.clear();
        state.clock.clear();
        drop(state);

        self.cut.notify_one();
        self.wake_all();
    }

    /// The connection is over. It must not stay open because the desk still works or the dispatcher still knows us.
    pub(crate) fn part(&self) {
        self.close_at_once(Ending::GoingAway);
        self.state().shortcut = None;
    }

    /// Whether what the page has sent is not to be carried out any more.
    pub(crate) fn is_barred(&self) -> bool {
        self.state().barred
    }

    fn wake_all(&self) {
        self.closing.notify_one();
        self.for_writer.notify_one();
        self.for_desk.notify_one();
    }

    /// Answers when no frame is accepted any more.
    pub(crate) async fn closing(&self) {
        while self.state().ending.is_none() {
            self.closing.notified().await;
        }
    }

    /// Answers when even a half-written batch is to be given up.
    pub(crate) async fn cut(&self) {
        while !self.state().cut {
            self.cut.notified().await;
        }
    }

    /// Until this is dropped, the desk has not left.
    pub(crate) fn leaving(&self) -> Leaving<'_> {
        Leaving(self)
    }

    /// Answers when the desk has left.
    pub(crate) async fn left(&self) {
        while !self.state().left {
            self.left.notified().await;
        }
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().expect("nothing panics while it holds a life")
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds a mailbox")
    }
}

impl Signals {
    /// Whether frames of topics have to wait until the connection has looked.
    fn withhold(self) -> bool {
        self.permissions || self.lost
    }
}
