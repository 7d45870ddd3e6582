//! The one task that hears the bus for all sockets of this process.
//!
//! It watches a topic as long as some connection does, encodes each frame once and never waits for a reader.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use domain::{
    JamId, MemberId, SessionId, TabId, jam,
    wire::{self, ServerFrame},
};
use services::{
    ports::{Delivery, Note, Subscription, Topic, Watching},
    rounds::{Mark, News},
};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Ending,
    seat::{Seat, SeatId},
};

/// Requests of connections that wait for the dispatcher. A connection that finds the queue full waits.
const REQUESTS: usize = 1_024;
/// Offsets of a Jam travel together, this often at most.
const OFFSETS_EVERY: Duration = Duration::from_millis(500);

/// What connections ask of the dispatcher.
enum Request {
    Enter(Seat),
    Watch {
        id: SeatId,
        topics: Vec<Topic>,
        done: oneshot::Sender<()>,
    },
    Unwatch {
        id: SeatId,
        topic: Topic,
    },
    Leave(SeatId),
    Topics {
        answer: oneshot::Sender<Watched>,
    },
    /// What a round has found; nothing when the store did not answer.
    Found(Option<Vec<News>>),
}

/// What all connections watch together, with what was heard of it.
pub(crate) struct Watched {
    pub(crate) topics: Vec<(Topic, Option<Mark>)>,
    /// Whether notes of other nodes may be missing.
    pub(crate) interrupted: bool,
}

/// How connections reach the dispatcher. Once it has ended, nothing more is heard and nothing waits.
#[derive(Clone)]
pub(crate) struct Switchboard(mpsc::Sender<Request>);

impl Switchboard {
    /// Takes a seat, which watches nothing yet.
    pub(crate) async fn enter(&self, seat: Seat) {
        let _ = self.0.send(Request::Enter(seat)).await;
    }

    /// Hears these topics; when it answers, no later note is missed.
    pub(crate) async fn watch(&self, id: SeatId, topics: Vec<Topic>) {
        let (done, watched) = oneshot::channel();

        if self.0.send(Request::Watch { id, topics, done }).await.is_ok() {
            let _ = watched.await;
        }
    }

    /// Hears a topic no longer.
    pub(crate) async fn unwatch(&self, id: SeatId, topic: Topic) {
        let _ = self.0.send(Request::Unwatch { id, topic }).await;
    }

    /// What is watched at this moment.
    pub(crate) async fn watched(&self) -> Option<Watched> {
        let (answer, watched) = oneshot::channel();
        let _ = self.0.send(Request::Topics { answer }).await;

        watched.await.ok()
    }

    /// Passes on what a round has found; nothing when the store did not answer.
    pub(crate) async fn found(&self, news: Option<Vec<News>>) {
        let _ = self.0.send(Request::Found(news)).await;
    }

    /// Gives the seat up, with all that it watches.
    pub(crate) async fn leave(&self, id: SeatId) {
        let _ = self.0.send(Request::Leave(id)).await;
    }
}

/// The dispatcher's own state.
pub(crate) struct Dispatcher {
    subscription: Box<dyn Subscription>,
    requests: mpsc::Receiver<Request>,
    seats: HashMap<SeatId, (Seat, HashSet<Topic>)>,
    watchers: HashMap<Topic, HashMap<SeatId, Seat>>,
    /// What was heard of the topics that are watched.
    marks: HashMap<Topic, Mark>,
    /// Notes of other nodes may be missing.
    interrupted: bool,
    /// The store does not answer: nothing of others is shown, because it may not be permitted any more.
    blind: bool,
    /// Wakes the rounds.
    alarm: Arc<Notify>,
    offsets: BTreeMap<JamId, BTreeMap<MemberId, Option<f32>>>,
    offsets_due: Option<Instant>,
}

impl Dispatcher {
    /// `alarm` is rung when a round should be made at once.
    pub(crate) fn new(subscription: Box<dyn Subscription>, alarm: Arc<Notify>) -> (Switchboard, Self) {
        let (sender, requests) = mpsc::channel(REQUESTS);
        let dispatcher = Self {
            subscription,
            requests,
            seats: HashMap::new(),
            watchers: HashMap::new(),
            marks: HashMap::new(),
            interrupted: false,
            blind: false,
            alarm,
            offsets: BTreeMap::new(),
            offsets_due: None,
        };

        (Switchboard(sender), dispatcher)
    }

    /// Runs until told to stop, or until the bus is gone; then every socket is asked to come back.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            let due = self.offsets_due;
            tokio::select! {
                () = stop.cancelled() => break,
                Some(request) = self.requests.recv() => self.serve(request),
                delivery = self.subscription.next() => match delivery {
                    Delivery::Note(note) => self.pass_on(note),
                    Delivery::Interrupted => self.set_interrupted(true),
                    Delivery::Lost => {
                        self.set_interrupted(false);
                        self.tell_of_loss();
                    }
                    Delivery::Closed => break,
                },
                () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.pass_offsets_on(),
            }
        }

        for (seat, _) in self.seats.values() {
            seat.mailbox.close(Some(encoded(&ServerFrame::GoingAway)), Ending::GoingAway);
        }
    }

    fn serve(&mut self, request: Request) {
        match request {
            Request::Enter(seat) => {
                self.seats.insert(seat.id, (seat, HashSet::new()));
            }
            Request::Watch { id, topics, done } => {
                let watching = self.watch(id, &topics);
                tokio::spawn(async move {
                    watching.await;
                    let _ = done.send(());
                });
            }
            Request::Unwatch { id, topic } => self.unwatch(id, topic),
            Request::Topics { answer } => {
                let topics = self.watchers.keys().map(|topic| (*topic, self.marks.get(topic).copied())).collect();
                let _ = answer.send(Watched { topics, interrupted: self.interrupted });
            }
            Request::Found(news) => self.take_in(news),
            Request::Leave(id) => {
                let topics = self.seats.get(&id).map(|(_, topics)| topics.clone()).unwrap_or_default();
                for topic in topics {
                    self.unwatch(id, topic);
                }
                self.seats.remove(&id);
            }
        }
    }

    fn watch(&mut self, id: SeatId, topics: &[Topic]) -> Watching {
        if let Some((seat, watched)) = self.seats.get_mut(&id) {
            for topic in topics {
                watched.insert(*topic);
                self.watchers.entry(*topic).or_default().insert(id, seat.clone());
            }
        }

        self.subscription.watch(topics)
    }

    fn unwatch(&mut self, id: SeatId, topic: Topic) {
        if let Some((_, topics)) = self.seats.get_mut(&id) {
            topics.remove(&topic);
        }

        let Some(watchers) = self.watchers.get_mut(&topic) else { return };
        watchers.remove(&id);
        if watchers.is_empty() {
            self.watchers.remove(&topic);
            self.marks.remove(&topic);
            self.subscription.unwatch(topic);
        }
    }

    fn pass_on(&mut self, note: Note) {
        let topic = note.topic();
        if !self.watchers.contains_key(&topic) {
            return;
        }
        let mark = self.marks.entry(topic).or_default();
        if mark.is_past(&note) {
            return;
        }
        mark.hear(&note);

        match note {
            Note::Activity { .. } if self.blind => {}
            Note::Inbox { head, .. } => self.signal(topic, |seat| {
                seat.mailbox.signal(|signals| signals.head = signals.head.max(Some(head)));
            }),
            Note::Permissions(_) => self.signal(topic, |seat| {
                seat.mailbox.signal(|signals| signals.permissions = true);
            }),
            Note::SessionEnded { session, .. } => self.end_session(topic, session),
            Note::Activity { member, activity, .. } => self.post(topic, &ServerFrame::Activity { member, activity }),
            Note::Player { player, .. } => self.post(topic, &ServerFrame::Player(player)),
            Note::Control { tab, control, .. } => self.post_to_tab(topic, tab, &ServerFrame::Control(control)),
            Note::HandOver { tab, queue, .. } => self.post_to_tab(topic, tab, &ServerFrame::HandOver(queue)),
            Note::Reacted { from, to, track, reaction, .. } => {
                self.post(topic, &ServerFrame::Reacted { from, to, track, reaction });
            }
            Note::Jam { jam, revision, events, people, tracks } => {
                let left = who_left(&events);
                self.post(topic, &ServerFrame::JamEvents { jam, revision, events, people, tracks });
                self.cut_off(topic, &left);
            }
            Note::JamOffset { jam, member, offset_ms } => {
                self.offsets.entry(jam).or_default().insert(member, offset_ms);
                self.offsets_due.get_or_insert_with(|| Instant::now() + OFFSETS_EVERY);
            }
            Note::Rescan => {}
            Note::Scan(progress) => self.post(topic, &ServerFrame::Scan(progress)),
            Note::LibraryChanged { .. } => self.post(topic, &ServerFrame::LibraryChanged),
        }
    }

    fn set_interrupted(&mut self, interrupted: bool) {
        self.interrupted = interrupted;
        self.alarm.notify_one();
    }

    /// Takes in what a round has found. What was never heard of is only noted as long as no note can be missing.
    fn take_in(&mut self, found: Option<Vec<News>>) {
        let Some(found) = found else { return self.hide_others() };
        if std::mem::take(&mut self.blind) {
            self.tell_of_loss();
        }

        for News { topic, mark, notes } in found {
            if self.interrupted || self.marks.contains_key(&topic) {
                notes.into_iter().for_each(|note| self.pass_on(note));
            }
            if self.watchers.contains_key(&topic) {
                self.marks.entry(topic).or_default().reach(mark);
            }
        }
    }

    /// What others play vanishes from every page until the store says again who may see it.
    fn hide_others(&mut self) {
        if std::mem::replace(&mut self.blind, true) {
            return;
        }
        for topic in self.watchers.keys() {
            if let Topic::Activity(member) = topic {
                self.post(*topic, &ServerFrame::Activity { member: *member, activity: None });
            }
        }
    }

    fn pass_offsets_on(&mut self) {
        self.offsets_due = None;

        for (jam, offsets) in std::mem::take(&mut self.offsets) {
            self.post(Topic::Jam(jam), &ServerFrame::JamOffsets { jam, offsets: offsets.into_iter().collect() });
        }
    }

    fn tell_of_loss(&self) {
        for (seat, _) in self.seats.values() {
            seat.mailbox.signal(|signals| signals.lost = true);
        }
    }

    /// Who has left a Jam hears nothing more of it.
    fn cut_off(&mut self, topic: Topic, left: &[MemberId]) {
        if left.is_empty() {
            return;
        }
        let gone: Vec<SeatId> =
            self.watching(topic).filter(|seat| left.contains(&seat.member)).map(|seat| seat.id).collect();

        for id in gone {
            self.unwatch(id, topic);
        }
    }

    fn end_session(&self, topic: Topic, session: SessionId) {
        for seat in self.watching(topic).filter(|seat| seat.session == session) {
            seat.mailbox.close_at_once(Ending::SessionEnded);
        }
    }

    fn post(&self, topic: Topic, frame: &ServerFrame) {
        self.post_where(topic, frame, |_| true);
    }

    fn post_to_tab(&self, topic: Topic, tab: TabId, frame: &ServerFrame) {
        self.post_where(topic, frame, |seat| seat.tab == tab);
    }

    fn post_where(&self, topic: Topic, frame: &ServerFrame, chosen: impl Fn(&Seat) -> bool) {
        let mut seats = self.watching(topic).filter(|seat| chosen(seat)).peekable();
        if seats.peek().is_none() {
            return;
        }

        let bytes = encoded(frame);
        seats.for_each(|seat| seat.mailbox.post(topic, bytes.clone()));
    }

    fn signal(&self, topic: Topic, tell: impl Fn(&Seat)) {
        self.watching(topic).for_each(tell);
    }

    fn watching(&self, topic: Topic) -> impl Iterator<Item = &Seat> {
        self.watchers.get(&topic).into_iter().flat_map(HashMap::values)
    }
}

/// The bytes of a frame, to be shared.
pub(crate) fn encoded(frame: &ServerFrame) -> Bytes {
    wire::encode(frame).into()
}

fn who_left(events: &[jam::Event]) -> Vec<MemberId> {
    let left = events.iter().filter_map(|event| match event {
        jam::Event::Left(member) => Some(*member),
        _ => None,
    });

    left.collect()
}
