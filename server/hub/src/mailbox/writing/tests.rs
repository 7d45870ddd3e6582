//! Dispatcher and writer take turns as chance has it; the page still reads what was put in, in that order.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Wake, Waker},
};

use domain::MemberId;
use proptest::{collection::vec, prelude::*};
use services::ports::Topic;
use tokio::sync::Notify;
use uuid::Uuid;

use super::*;
use crate::{Limits, Shortcut, mailbox::ClockQuestion};

const TOPIC: Topic = Topic::Member(MemberId(Uuid::nil()));

/// A connection that insists on one writer at a time.
#[derive(Default)]
struct Line {
    state: Mutex<Traffic>,
    room: Notify,
}

#[derive(Default)]
struct Traffic {
    sent: Vec<Bytes>,
    /// Nothing goes out: what is taken waits in the line.
    full: bool,
    /// Something waits in it.
    waits: bool,
    /// The connection's own writer is between the start and the end of a write.
    writer: bool,
}

impl Line {
    fn state(&self) -> MutexGuard<'_, Traffic> {
        self.state.lock().unwrap()
    }

    fn set_full(&self, full: bool) {
        self.state().full = full;
        self.room.notify_one();
    }

    async fn write(&self, frames: Vec<Bytes>) {
        {
            let mut state = self.state();
            state.sent.extend(frames);
            state.writer = true;
        }
        while self.state().full {
            self.room.notified().await;
        }

        let mut state = self.state();
        state.waits = false;
        state.writer = false;
    }
}

impl Shortcut for Line {
    fn write_now(&self, frames: &[Bytes]) -> io::Result<bool> {
        let mut state = self.state();
        assert!(!state.writer, "the connection writes");
        assert!(!state.waits, "the writer has to finish first");

        state.sent.extend_from_slice(frames);
        state.waits = state.full;
        Ok(!state.full)
    }
}

/// The connection's writer, run only when something has woken it: a lost wake-up leaves frames behind.
struct Writer {
    run: Pin<Box<dyn Future<Output = ()>>>,
    woken: Arc<Woken>,
}

struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

impl Writer {
    fn new(mailbox: Arc<Mailbox>, line: Arc<Line>) -> Self {
        let run = async move {
            loop {
                match mailbox.work().await {
                    Work::Write { clock, frames } => {
                        let answers = clock.iter().map(|question| Bytes::from(format!("clock {}", question.sent)));
                        line.write(answers.chain(frames).collect()).await;
                    }
                    Work::Ping => line.write(vec![Bytes::from_static(b"ping")]).await,
                    Work::Close(_) => return,
                }
            }
        };

        Self { run: Box::pin(run), woken: Arc::new(Woken(AtomicBool::new(true))) }
    }

    fn run(&mut self) {
        while self.woken.0.swap(false, SeqCst) {
            let waker = Waker::from(self.woken.clone());
            assert!(self.run.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        }
    }
}

#[derive(Clone, Debug)]
enum Act {
    /// The dispatcher puts a frame in; others of its kind follow, or it is the last.
    Post(bool),
    Dispatch,
    /// The desk answers.
    Send,
    Clock,
    Hold,
    Release,
    /// Something that may not be shown any more: held back until it is released.
    Permissions,
    Full(bool),
    RunWriter,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => any::<bool>().prop_map(Act::Post),
        3 => Just(Act::Dispatch),
        2 => Just(Act::Send),
        1 => Just(Act::Clock),
        1 => Just(Act::Hold),
        2 => Just(Act::Release),
        1 => Just(Act::Permissions),
        3 => any::<bool>().prop_map(Act::Full),
        4 => Just(Act::RunWriter),
    ]
}

/// A mailbox with its line, and what the page should read in the end.
struct Stage {
    mailbox: Arc<Mailbox>,
    line: Arc<Line>,
    writer: Writer,
    due: Vec<Bytes>,
    held: Vec<Bytes>,
    holding: bool,
    laden: bool,
}

impl Stage {
    fn new() -> Self {
        let line = Arc::<Line>::default();
        let mailbox = Arc::new(Mailbox::new(&Limits::default(), Some(line.clone())));
        let writer = Writer::new(mailbox.clone(), line.clone());

        Self { mailbox, line, writer, due: Vec::new(), held: Vec::new(), holding: false, laden: false }
    }

    fn perform(&mut self, number: usize, act: &Act) {
        let frame = Bytes::from(format!("frame {number}"));

        match act {
            Act::Post(last) => {
                if self.holding { &mut self.held } else { &mut self.due }.push(frame.clone());
                self.laden |= self.mailbox.post(TOPIC, &frame, *last);
            }
            Act::Dispatch => self.dispatch(),
            Act::Send => {
                self.due.push(frame.clone());
                assert!(self.mailbox.try_send(&frame), "there is room");
            }
            Act::Clock => self.mailbox.answer_clock(ClockQuestion { sent: number as f64, received: 0.0 }),
            Act::Hold => {
                self.mailbox.hold();
                self.holding = true;
            }
            Act::Release => self.release(),
            Act::Permissions => {
                self.mailbox.signal(|signals| signals.permissions = true);
                self.holding = true;
            }
            Act::Full(full) => self.line.set_full(*full),
            Act::RunWriter => self.writer.run(),
        }
    }

    /// As the dispatcher does for mailboxes that are laden.
    fn dispatch(&mut self) {
        if std::mem::take(&mut self.laden) {
            self.mailbox.dispatch(&mut Vec::new());
        }
    }

    /// As the desk does when it has looked.
    fn release(&mut self) {
        let _ = std::mem::take(&mut self.mailbox.state().signals);
        self.mailbox.release(|_| true);
        self.due.append(&mut self.held);
        self.holding = false;
    }

    /// What the page has read, clock answers and pings apart.
    fn read(&self) -> Vec<Bytes> {
        self.line.state().sent.iter().filter(|frame| frame.starts_with(b"frame")).cloned().collect()
    }

    fn end(&mut self) {
        self.dispatch();
        self.line.set_full(false);
        self.writer.run();
    }
}

proptest! {
    #[test]
    fn dispatcher_and_writer_keep_one_order_and_leave_nothing_behind(acts in vec(act(), 1..80)) {
        let mut stage = Stage::new();

        for (number, act) in acts.iter().enumerate() {
            stage.perform(number, act);
            prop_assert!(stage.due.starts_with(&stage.read()), "in order, and nothing that is held back: {:?}", stage.read());
        }
        stage.end();

        prop_assert!(!stage.line.state().waits, "nobody came to finish what the dispatcher began");
        prop_assert_eq!(&stage.read(), &stage.due);
        let clocks = acts.iter().filter(|act| matches!(act, Act::Clock)).count();
        prop_assert_eq!(stage.line.state().sent.len() - stage.due.len(), clocks, "each question is answered");
    }
}

#[test]
fn without_anything_in_its_way_the_last_frame_goes_out_by_itself() {
    let mut stage = Stage::new();
    stage.writer.run();

    stage.perform(1, &Act::Post(true));

    assert_eq!(stage.read(), stage.due, "nobody else was needed");
    assert!(!stage.laden && !stage.writer.woken.0.load(SeqCst));
}

#[test]
fn clock_answers_go_before_all_that_waits() {
    let mut stage = Stage::new();
    for (number, act) in [Act::Post(false), Act::Send, Act::Clock].iter().enumerate() {
        stage.perform(number, act);
    }

    stage.end();

    assert_eq!(stage.line.state().sent, ["clock 2", "frame 0", "frame 1"]);
}

#[test]
fn what_is_held_back_takes_no_room_from_the_answer_that_it_waits_for() {
    let mut stage = Stage::new();
    stage.perform(0, &Act::Hold);
    (1..=Limits::default().waiting_frames).for_each(|number| stage.perform(number, &Act::Post(true)));

    stage.perform(1_000, &Act::Send);
    stage.release();
    stage.end();

    assert_eq!(stage.read(), stage.due);
    assert_eq!(stage.due[0], "frame 1000");
}

#[test]
fn a_socket_that_is_over_lets_go_of_its_connection() {
    let stage = Stage::new();
    let with_mailbox = Arc::strong_count(&stage.line);

    stage.mailbox.part();

    assert_eq!(Arc::strong_count(&stage.line), with_mailbox - 1);
    assert!(!stage.mailbox.post(TOPIC, &Bytes::from_static(b"late"), true));
}

#[test]
fn a_broken_connection_is_left_to_the_writer() {
    struct Broken;
    impl Shortcut for Broken {
        fn write_now(&self, _: &[Bytes]) -> io::Result<bool> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }
    let mailbox = Mailbox::new(&Limits::default(), Some(Arc::new(Broken)));

    assert!(!mailbox.post(TOPIC, &Bytes::from_static(b"lost"), true));

    assert!(matches!(mailbox.take_work(), Some(Work::Write { .. })), "it writes, and is told");
}
