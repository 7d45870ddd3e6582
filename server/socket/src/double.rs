//! A stream in memory that takes and gives as a test wants it.

use std::{
    collections::VecDeque,
    io::{self, ErrorKind},
    sync::{Mutex, MutexGuard},
};

use crate::Stream;

/// What one call of a stream does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Takes so many bytes at most.
    Takes(usize),
    /// Gives these bytes.
    Gives(Vec<u8>),
    Blocks,
    Breaks,
    /// The other side has ended.
    Ends,
}

/// When the steps are through, it takes everything and gives nothing more.
#[derive(Default)]
pub(crate) struct Double(Mutex<State>);

#[derive(Default)]
struct State {
    writes: VecDeque<Step>,
    reads: VecDeque<Step>,
    written: Vec<u8>,
    broken: bool,
}

impl Double {
    pub(crate) fn writing(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(Mutex::new(State { writes: steps.into_iter().collect(), ..State::default() }))
    }

    pub(crate) fn reading(steps: impl IntoIterator<Item = Step>) -> Self {
        Self(Mutex::new(State { reads: steps.into_iter().collect(), ..State::default() }))
    }

    pub(crate) fn written(&self) -> Vec<u8> {
        self.state().written.clone()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

impl Stream for Double {
    fn try_read(&self, room: &mut [u8]) -> io::Result<usize> {
        let mut state = self.state();

        match state.reads.pop_front() {
            Some(Step::Gives(mut bytes)) => {
                let rest = bytes.split_off(bytes.len().min(room.len()));
                room[..bytes.len()].copy_from_slice(&bytes);
                if !rest.is_empty() {
                    state.reads.push_front(Step::Gives(rest));
                }
                Ok(bytes.len())
            }
            Some(Step::Ends) => Ok(0),
            Some(Step::Breaks) => Err(ErrorKind::ConnectionReset.into()),
            _ => Err(ErrorKind::WouldBlock.into()),
        }
    }

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.state();
        assert!(!state.broken, "a broken stream is left alone");

        let taken = match state.writes.pop_front() {
            Some(Step::Takes(most)) => bytes.len().min(most.max(1)),
            Some(Step::Blocks) => return Err(ErrorKind::WouldBlock.into()),
            Some(Step::Breaks) => {
                state.broken = true;
                return Err(ErrorKind::BrokenPipe.into());
            }
            _ => bytes.len(),
        };
        state.written.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    async fn readable(&self) -> io::Result<()> {
        if self.state().reads.is_empty() {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    /// Whoever waits has to wait once at least, and may be given up then.
    async fn writable(&self) -> io::Result<()> {
        tokio::task::yield_now().await;
        Ok(())
    }
}
