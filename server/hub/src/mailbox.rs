//! What waits for one socket, and what its connection has been told to look at.
//!
//! Frames leave in the order in which they were put in. While the connection reads a snapshot (a Jam, the watch list),
//! frames of topics are held back and follow it, so that no change falls between the reading and the watching. A hint
//! that permissions changed holds them back, too: nothing of others is shown until it has been read what may be.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
};

use bytes::Bytes;
use services::ports::Topic;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{Ending, Limits};

/// Clock questions that wait. More go unanswered: a late answer would be a wrong one.
const CLOCK_QUESTIONS: usize = 64;
/// Bytes that are handed to the transport at once.
const BATCH_BYTES: usize = 64 * 1024;

/// The bounded mailbox of one connection.
pub(crate) struct Mailbox {
    state: Mutex<State>,
    for_writer: Notify,
    for_desk: Notify,
    /// No frame is accepted any more.
    closing: CancellationToken,
    /// Not even those that wait are to be written.
    cut: CancellationToken,
    frames: usize,
    bytes: usize,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Parcel>,
    held: VecDeque<Parcel>,
    bytes: usize,
    clock: Vec<ClockQuestion>,
    ping: bool,
    holding: bool,
    signals: Signals,
    ending: Option<Ending>,
    barred: bool,
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

/// What the writer does next.
pub(crate) enum Work {
    Write { clock: Vec<ClockQuestion>, frames: Vec<Bytes> },
    Ping,
    Close(Ending),
}

impl Mailbox {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            state: Mutex::default(),
            for_writer: Notify::new(),
            for_desk: Notify::new(),
            closing: CancellationToken::new(),
            cut: CancellationToken::new(),
            frames: limits.waiting_frames,
            bytes: limits.waiting_bytes,
        }
    }

    /// Puts in a frame of a topic. When the mailbox is full the socket is closed as too slow.
    pub(crate) fn post(&self, topic: Topic, bytes: Bytes) {
        let mut state = self.state();
        if state.ending.is_some() {
            return;
        }
        if !self.has_room(&state, bytes.len()) {
            drop(state);
            return self.close_at_once(Ending::TooSlow);
        }

        state.bytes += bytes.len();
        let parcel = Parcel { topic: Some(topic), bytes };
        if state.holding {
            state.held.push_back(parcel);
        } else {
            state.ready.push_back(parcel);
            self.for_writer.notify_one();
        }
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
        if !self.has_room(&state, bytes.len()) {
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

    /// Asks the page for a sign of life.
    pub(crate) fn ping(&self) {
        self.state().ping = true;
        self.for_writer.notify_one();
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
        state.barred |= ending.bars();
        state.ready.clear();
        state.held.clear();
        state.clock.clear();
        drop(state);

        self.cut.cancel();
        self.wake_all();
    }

    /// Whether what the page has sent is not to be carried out any more.
    pub(crate) fn is_barred(&self) -> bool {
        self.state().barred
    }

    fn wake_all(&self) {
        self.closing.cancel();
        self.for_writer.notify_one();
        self.for_desk.notify_one();
    }

    /// Answers when no frame is accepted any more.
    pub(crate) async fn closing(&self) {
        self.closing.cancelled().await;
    }

    /// Answers when even a half-written batch is to be given up.
    pub(crate) async fn cut(&self) {
        self.cut.cancelled().await;
    }

    /// What to write next. Safe to cancel.
    pub(crate) async fn work(&self) -> Work {
        loop {
            if let Some(work) = self.take_work() {
                return work;
            }
            self.for_writer.notified().await;
        }
    }

    fn take_work(&self) -> Option<Work> {
        let mut state = self.state();

        if !state.clock.is_empty() || !state.ready.is_empty() {
            let work = Work::Write { clock: std::mem::take(&mut state.clock), frames: state.take_batch() };
            self.for_desk.notify_one();
            return Some(work);
        }
        if let Some(ending) = state.ending {
            return Some(Work::Close(ending));
        }
        std::mem::take(&mut state.ping).then_some(Work::Ping)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds a mailbox")
    }
}

impl State {
    fn take_batch(&mut self) -> Vec<Bytes> {
        let mut batch = Vec::new();
        let mut size = 0;

        while size < BATCH_BYTES
            && let Some(parcel) = self.ready.pop_front()
        {
            size += parcel.bytes.len();
            batch.push(parcel.bytes);
        }
        self.bytes = self.bytes.saturating_sub(size);
        batch
    }
}

impl Signals {
    /// Whether frames of topics have to wait until the connection has looked.
    fn withhold(self) -> bool {
        self.permissions || self.lost
    }
}
