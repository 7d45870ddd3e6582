//! Who writes what a mailbox holds.
//!
//! The connection's writer asks for [`Work`] and is `writing` until it asks again. In between, and only then, the
//! dispatcher may write through the shortcut. Whatever that leaves unfinished makes the writer `writing` at once, so at
//! every moment one of the two may write, and frames leave in the order in which they were put in.

use bytes::Bytes;

use super::{ClockQuestion, Mailbox, State};
use crate::Ending;

/// Bytes that are handed to the transport at once.
const BATCH_BYTES: usize = 64 * 1024;

/// What the writer does next.
pub(crate) enum Work {
    Write { clock: Vec<ClockQuestion>, frames: Vec<Bytes> },
    Ping,
    Close(Ending),
}

impl Mailbox {
    /// Writes what was put in, as far as that goes without waiting; the connection's writer does the rest.
    /// `batch` is empty before and after; it is only lent.
    pub(crate) fn dispatch(&self, batch: &mut Vec<Bytes>) {
        let mut state = self.state();

        self.hand_over(&mut state, batch);
        if !state.ready.is_empty() {
            self.for_writer.notify_one();
        }
    }

    /// Writes a frame without putting it in, if nothing waits before it.
    pub(super) fn write_now(&self, state: &mut State, bytes: &Bytes) -> bool {
        let goes = state.is_free() && state.ready.is_empty() && !state.holding;

        if goes {
            self.hand_to_shortcut(std::slice::from_ref(bytes), state);
        }
        goes
    }

    /// Writes what is ready until the writer has to go on with it.
    pub(super) fn hand_over(&self, state: &mut State, batch: &mut Vec<Bytes>) {
        while state.is_free() && !state.ready.is_empty() {
            self.take_batch(state, batch);
            self.hand_to_shortcut(batch, state);
            batch.clear();
        }
    }

    /// What does not go out at once is for the writer. It notices a broken connection, too.
    fn hand_to_shortcut(&self, frames: &[Bytes], state: &mut State) {
        let done = state.shortcut.as_ref().is_some_and(|shortcut| shortcut.write_now(frames).unwrap_or(false));

        if !done {
            state.writing = true;
            state.unfinished = true;
            self.for_writer.notify_one();
        }
    }

    /// What to write next, after what was written before. Safe to cancel.
    pub(crate) async fn work(&self) -> Work {
        self.rest();

        loop {
            if let Some(work) = self.take_work() {
                return work;
            }
            self.for_writer.notified().await;
        }
    }

    fn take_work(&self) -> Option<Work> {
        let mut state = self.state();
        let unfinished = std::mem::take(&mut state.unfinished);

        let work = if unfinished || !state.clock.is_empty() || !state.ready.is_empty() {
            let mut frames = Vec::new();
            self.take_batch(&mut state, &mut frames);
            // Most sockets are idle from here on, and then keep no memory for frames.
            state.ready.shrink_to_fit();
            Some(Work::Write { clock: std::mem::take(&mut state.clock), frames })
        } else if let Some(ending) = state.ending {
            Some(Work::Close(ending))
        } else {
            std::mem::take(&mut state.ping).then_some(Work::Ping)
        };
        state.writing = work.is_some();
        work
    }

    /// What was written before is out.
    fn rest(&self) {
        let mut state = self.state();

        state.writing = state.unfinished;
    }

    fn take_batch(&self, state: &mut State, batch: &mut Vec<Bytes>) {
        if std::mem::take(&mut state.crowded) {
            self.for_desk.notify_one();
        }

        state.take_batch(batch);
    }
}

impl State {
    /// Whether the dispatcher may write. Clock answers go before everything else, so it leaves them their turn.
    fn is_free(&self) -> bool {
        self.shortcut.is_some() && !self.writing && self.clock.is_empty() && self.ending.is_none()
    }

    fn take_batch(&mut self, batch: &mut Vec<Bytes>) {
        let mut size = 0;

        while size < BATCH_BYTES
            && let Some(parcel) = self.ready.pop_front()
        {
            size += parcel.bytes.len();
            batch.push(parcel.bytes);
        }
        self.bytes = self.bytes.saturating_sub(size);
    }
}

#[cfg(test)]
mod tests;
