//! The one task that hears the bus for all sockets of this process.
//!
//! It watches a topic as long as some connection does, encodes each frame once and never waits for a reader. It also
//! writes, where a connection takes that without waiting: no other task has to wake up for a delivery. Notes that have
//! come together are all put into the mailboxes before the first of them is written, so that one write carries them.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use domain::{
    JamId, MemberId, SessionId, jam,
    wire::{self, ServerFrame},
};
use services::{
    ports::{Delivery, Note, Subscription, Topic, Watching},
    rounds::{Mark, News},
};
use tokio::{
    sync::{Notify, mpsc},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use crate::{
    Ending,
    mailbox::Mailbox,
    seat::{Seat, SeatId},
};

mod delivery;
mod switchboard;

use switchboard::Request;
pub(crate) use switchboard::{Switchboard, Watched};

/// Notes that are put into mailboxes before these are dispatched.
const NOTES_AT_ONCE: usize = 64;
/// Offsets of a Jam travel together, this often at most.
const OFFSETS_EVERY: Duration = Duration::from_millis(500);

/// The mailbox of a seat.
type Watcher = (SeatId, Arc<Mailbox>);

/// The dispatcher's own state.
pub(crate) struct Dispatcher {
    subscription: Box<dyn Subscription>,
    requests: mpsc::Receiver<Request>,
    seats: HashMap<SeatId, (Seat, HashSet<Topic>)>,
    /// In the order in which they came: the system writes faster to sockets that lie next to each other.
    watchers: HashMap<Topic, Vec<Watcher>>,
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
    /// No other frame of the same topic waits behind the one at hand.
    last: bool,
    /// With frames to be dispatched.
    laden: Vec<Arc<Mailbox>>,
}

impl Dispatcher {
    /// `alarm` is rung when a round should be made at once.
    pub(crate) fn new(subscription: Box<dyn Subscription>, alarm: Arc<Notify>) -> (Switchboard, Self) {
        let (switchboard, requests) = Switchboard::new();
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
            last: true,
            laden: Vec::new(),
        };

        (switchboard, dispatcher)
    }

    /// Runs until told to stop, or until the bus is gone.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        loop {
            let due = self.offsets_due;
            tokio::select! {
                () = stop.cancelled() => break,
                Some(request) = self.requests.recv() => self.serve(request).await,
                delivery = self.subscription.next() => if !self.hear_all(delivery).await {
                    break;
                },
                () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.pass_offsets_on().await,
            }
            self.dispatch().await;
        }
    }

    /// Hears this and what waits behind it. Answers whether there can be more.
    async fn hear_all(&mut self, first: Delivery) -> bool {
        let mut heard = VecDeque::from([first]);
        while heard.len() < NOTES_AT_ONCE {
            tokio::select! {
                biased;
                next = self.subscription.next() => heard.push_back(next),
                () = std::future::ready(()) => break,
            }
        }

        while let Some(delivery) = heard.pop_front() {
            self.last = !heard.iter().any(|later| topic(later) == topic(&delivery));
            if !self.hear(delivery).await {
                return false;
            }
        }
        self.last = true;
        true
    }

    async fn hear(&mut self, delivery: Delivery) -> bool {
        match delivery {
            Delivery::Note(note) => self.pass_on(note).await,
            Delivery::Interrupted => self.set_interrupted(true),
            Delivery::Lost => {
                self.set_interrupted(false);
                self.tell_of_loss();
            }
            Delivery::Closed => return false,
        }
        true
    }

    async fn serve(&mut self, request: Request) {
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
            // What is known already may be older, because a note was lost: then the others are still to be told.
            Request::Read { topic, mark } => {
                if self.watchers.contains_key(&topic) {
                    self.marks.entry(topic).or_insert(mark);
                }
            }
            Request::Topics { answer } => {
                let topics = self.watchers.keys().map(|topic| (*topic, self.marks.get(topic).copied())).collect();
                let _ = answer.send(Watched { topics, interrupted: self.interrupted });
            }
            Request::Found(news) => self.take_in(news).await,
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
                let watchers = self.watchers.entry(*topic).or_default();
                if watched.insert(*topic) {
                    let place = watchers.partition_point(|(other, _)| *other < id);
                    watchers.insert(place, (id, seat.mailbox.clone()));
                }
            }
        }

        self.subscription.watch(topics)
    }

    fn unwatch(&mut self, id: SeatId, topic: Topic) {
        if let Some((_, topics)) = self.seats.get_mut(&id) {
            topics.remove(&topic);
        }

        let Some(watchers) = self.watchers.get_mut(&topic) else { return };
        if let Ok(place) = watchers.binary_search_by_key(&id, |(other, _)| *other) {
            watchers.remove(place);
        }
        if watchers.is_empty() {
            self.watchers.remove(&topic);
            self.marks.remove(&topic);
            self.subscription.unwatch(topic);
        }
    }

    async fn pass_on(&mut self, note: Note) {
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
            Note::Activity { member, activity, .. } => {
                self.post(topic, &ServerFrame::Activity { member, activity }).await
            }
            Note::Player { player, .. } => self.post(topic, &ServerFrame::Player(player)).await,
            Note::Control { tab, control, .. } => self.post_to_tab(topic, tab, &ServerFrame::Control(control)).await,
            Note::HandOver { tab, queue, .. } => self.post_to_tab(topic, tab, &ServerFrame::HandOver(queue)).await,
            Note::Reacted { from, to, track, reaction, .. } => {
                self.post(topic, &ServerFrame::Reacted { from, to, track, reaction }).await;
            }
            Note::Jam { jam, revision, events, people, tracks } => {
                let left = who_left(&events);
                self.post(topic, &ServerFrame::JamEvents { jam, revision, events, people, tracks }).await;
                self.cut_off(topic, &left);
            }
            Note::JamOffset { jam, member, offset_ms } => {
                self.offsets.entry(jam).or_default().insert(member, offset_ms);
                self.offsets_due.get_or_insert_with(|| Instant::now() + OFFSETS_EVERY);
            }
            Note::Rescan => {}
            Note::Scan(progress) => self.post(topic, &ServerFrame::Scan(progress)).await,
            Note::LibraryChanged { .. } => self.post(topic, &ServerFrame::LibraryChanged).await,
        }
    }

    fn set_interrupted(&mut self, interrupted: bool) {
        self.interrupted = interrupted;
        self.alarm.notify_one();
    }

    /// Takes in what a round has found. What was never heard of is only noted as long as no note can be missing.
    async fn take_in(&mut self, found: Option<Vec<News>>) {
        let Some(found) = found else { return self.hide_others().await };
        if std::mem::take(&mut self.blind) {
            self.tell_of_loss();
        }

        for News { topic, mark, notes } in found {
            if self.interrupted || self.marks.contains_key(&topic) {
                for note in notes {
                    self.pass_on(note).await;
                }
            }
            if self.watchers.contains_key(&topic) {
                self.marks.entry(topic).or_default().reach(mark);
            }
        }
    }

    /// What others play vanishes from every page until the store says again who may see it.
    async fn hide_others(&mut self) {
        if std::mem::replace(&mut self.blind, true) {
            return;
        }
        let topics: Vec<Topic> = self.watchers.keys().copied().collect();
        for topic in topics {
            if let Topic::Activity(member) = topic {
                self.post(topic, &ServerFrame::Activity { member, activity: None }).await;
            }
        }
    }

    async fn pass_offsets_on(&mut self) {
        self.offsets_due = None;

        for (jam, offsets) in std::mem::take(&mut self.offsets) {
            self.post(Topic::Jam(jam), &ServerFrame::JamOffsets { jam, offsets: offsets.into_iter().collect() }).await;
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

    fn signal(&self, topic: Topic, tell: impl Fn(&Seat)) {
        self.watching(topic).for_each(tell);
    }

    fn watching(&self, topic: Topic) -> impl Iterator<Item = &Seat> {
        let watchers = self.watchers.get(&topic).into_iter().flatten();

        watchers.filter_map(|(id, _)| Some(&self.seats.get(id)?.0))
    }
}

/// However the dispatcher has ended, by a fault of its own, too: nobody hears anything any more, so every page is asked
/// to come back.
impl Drop for Dispatcher {
    fn drop(&mut self) {
        for (seat, _) in self.seats.values() {
            seat.mailbox.close(Some(encoded(&ServerFrame::GoingAway)), Ending::GoingAway);
        }
    }
}

fn topic(delivery: &Delivery) -> Option<Topic> {
    match delivery {
        Delivery::Note(note) => Some(note.topic()),
        _ => None,
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
