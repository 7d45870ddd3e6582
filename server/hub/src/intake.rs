//! Frames of a page on their way from the reader to the desk, which work in the same task.
//!
//! A channel would do. This takes a tenth of its memory while it is empty, which it nearly always is.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard},
};

use domain::wire::ClientFrame;
use tokio::sync::Notify;

/// Frames that wait for the desk. When there are so many, the page's next frames wait in its socket.
const WAITING_FRAMES: usize = 64;

/// What the reader has taken in and the desk has not looked at yet.
#[derive(Default)]
pub(crate) struct Intake {
    state: Mutex<State>,
    arrived: Notify,
    room: Notify,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Box<ClientFrame>>,
    /// The reader puts nothing in any more.
    ended: bool,
    /// The desk takes nothing out any more.
    left: bool,
}

impl Intake {
    /// Puts a frame in as soon as there is room. Answers whether the desk is still there.
    pub(crate) async fn put(&self, frame: Box<ClientFrame>) -> bool {
        while self.is_full() {
            self.room.notified().await;
        }

        let mut state = self.state();
        if !state.left {
            state.frames.push_back(frame);
            self.arrived.notify_one();
        }
        !state.left
    }

    /// Nothing more comes.
    pub(crate) fn end(&self) {
        self.state().ended = true;
        self.arrived.notify_one();
    }

    /// The next frame; none when nothing more comes. Safe to cancel.
    pub(crate) async fn take(&self) -> Option<Box<ClientFrame>> {
        loop {
            if let Some(taken) = self.try_take() {
                return taken;
            }
            self.arrived.notified().await;
        }
    }

    fn try_take(&self) -> Option<Option<Box<ClientFrame>>> {
        let mut state = self.state();

        match state.frames.pop_front() {
            Some(frame) => {
                self.room.notify_one();
                Some(Some(frame))
            }
            None => state.ended.then_some(None),
        }
    }

    /// The desk has gone.
    pub(crate) fn leave(&self) {
        let mut state = self.state();
        state.left = true;
        state.frames.clear();

        self.room.notify_one();
    }

    fn is_full(&self) -> bool {
        let state = self.state();

        !state.left && state.frames.len() >= WAITING_FRAMES
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds the intake")
    }
}
