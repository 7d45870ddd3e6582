//! Jam requests and Jams.

use domain::{
    ConversationId, JamId, MemberId, Refusal,
    jam::{Event, Member, Settings, State},
    jam_request::{JAM_REQUEST_LIFE_MS, JamRequestState},
    relations::Relation,
};

use super::makers::{NOW, assert_refused, befriend, id, people, sorted};
use crate::ports::{
    NodeId,
    store::{InboxSubject, JamMark, Store, StoredJam, StoredJamRequest},
};

/// The node that writes in these stories.
const NODE: NodeId = NodeId(uuid::Uuid::from_u128(1));

/// In either direction; the same id again is harmless.
pub async fn r2_a_conversation_has_one_open_request(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    let first = request(1, conversation, ana, bo);

    assert_eq!(sorted(store.add_jam_request(&first).await.expect("nothing is open")), [(ana, 3), (bo, 3)]);
    assert_eq!(store.add_jam_request(&first).await.expect("a retry is harmless"), []);
    let crossing = store.add_jam_request(&request(2, conversation, bo, ana)).await;
    assert_refused(crossing, Refusal::JamRequestAlreadyOpen);

    assert_eq!(store.jam_request(id(1)).await.expect("a read"), Some(first.clone()));
    assert_eq!(store.jam_request(id(2)).await.expect("a read"), None);
    for member in [ana, bo] {
        assert_eq!(store.open_jam_requests(member, NOW).await.expect("a read"), std::slice::from_ref(&first));
        let told = store.inbox(member, 2, 9).await.expect("a read");
        assert_eq!(told.iter().map(|entry| entry.subject).collect::<Vec<_>>(), [InboxSubject::JamRequest(id(1))]);
    }

    let heads = store.close_jam_request(id(1), JamRequestState::Declined, NOW + 5).await.expect("it is open");
    assert_eq!(sorted(heads), [(ana, 4), (bo, 4)]);
    let again = store.close_jam_request(id(1), JamRequestState::Gone, NOW + 6).await;
    assert_refused(again, Refusal::JamRequestGone);
    store.add_jam_request(&request(3, conversation, bo, ana)).await.expect("nothing is open any more");
}

/// An old one does not stand in the way of another.
pub async fn r4_a_request_that_is_too_old_can_only_go(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    store.add_jam_request(&request(1, conversation, ana, bo)).await.expect("nothing is open");
    let over = NOW + JAM_REQUEST_LIFE_MS;

    assert_eq!(store.overdue_jam_requests(over - 1).await.expect("a read"), []);
    assert_eq!(store.overdue_jam_requests(over).await.expect("a read"), [id(1)]);
    assert_eq!(store.open_jam_requests(bo, over).await.expect("a read"), []);
    let late = store.close_jam_request(id(1), JamRequestState::Accepted(id(9)), over).await;
    assert_refused(late, Refusal::JamRequestGone);
    let next = StoredJamRequest { sent_at: over, expires_at: over + 1, ..request(2, conversation, bo, ana) };
    store.add_jam_request(&next).await.expect("nothing is open any more");

    store.close_jam_request(id(1), JamRequestState::Gone, over).await.expect("an old one may go");
    assert_eq!(store.overdue_jam_requests(over).await.expect("a read"), []);
    assert_eq!(store.jam_request(id(1)).await.expect("a read").expect("it is known").state, JamRequestState::Gone);
    let unknown = store.close_jam_request(id(9), JamRequestState::Gone, over).await;
    assert_refused(unknown, Refusal::JamRequestGone);
}

/// Both are told where it led.
pub async fn r3_a_jam_begins_with_its_request_closed(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    store.add_jam_request(&request(1, conversation, ana, bo)).await.expect("nothing is open");
    let (state, events) = joined(fresh(5, bo), &[ana]);

    let heads = store.add_jam(&owned(state.clone()), &events, Some(id(1)), NOW).await.expect("the request is open");

    assert_eq!(sorted(heads), [(ana, 4), (bo, 4)]);
    assert_eq!(store.jam(id(5)).await.expect("a read"), Some(owned(state)));
    let closed = store.jam_request(id(1)).await.expect("a read").expect("it is known");
    assert_eq!(closed.state, JamRequestState::Accepted(id(5)));
}

/// Nothing of it is stored.
pub async fn r3_a_request_that_has_gone_starts_no_jam(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    store.add_jam_request(&request(1, conversation, ana, bo)).await.expect("nothing is open");
    let (state, events) = joined(fresh(5, bo), &[ana]);

    let late = store.add_jam(&owned(state.clone()), &events, Some(id(1)), NOW + JAM_REQUEST_LIFE_MS).await;

    assert_refused(late, Refusal::JamRequestGone);
    assert_eq!(store.jam(id(5)).await.expect("a read"), None);
    assert_eq!(store.live_jams().await.expect("a read"), []);
    assert_eq!(store.jams_of(bo).await.expect("a read"), []);
}

/// Its state, its seats, and whether it lives.
pub async fn j8_a_jam_is_found_as_it_was_left(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let seat = async |member| store.jams_of(member).await.expect("a read").into_iter().next();
    let (state, events) = joined(fresh(5, ana), &[bo]);
    store.add_jam(&owned(state.clone()), &events, None, NOW).await.expect("it is new");
    assert_eq!((seat(ana).await, seat(bo).await, seat(cy).await), (Some(id(5)), Some(id(5)), None));

    let state = append(store, state, &[Event::Joined(Member::seated(cy, true, NOW)), Event::Left(bo)]).await;
    assert_eq!(store.jam(id(5)).await.expect("a read"), Some(owned(state.clone())));
    assert_eq!((seat(bo).await, seat(cy).await), (None, Some(id(5))));

    let (newer, events) = joined(State { started_at: NOW + 50, ..fresh(6, cy) }, &[]);
    store.add_jam(&owned(newer.clone()), &events, None, NOW + 50).await.expect("it is new");
    assert_eq!(seat(cy).await, Some(id(6)), "the newest counts");
    let mut live = store.live_jams().await.expect("a read");
    live.sort();
    assert_eq!(live, [id(5), id(6)]);

    let ended = append(store, state, &[Event::Ended(NOW + 60)]).await;
    assert_eq!(store.live_jams().await.expect("a read"), [id(6)]);
    assert_eq!(seat(ana).await, None);
    assert_eq!(store.jam(id(5)).await.expect("a read"), Some(owned(ended)));
    assert_eq!(store.jam(id(9)).await.expect("a read"), None);
}

/// Nor events that skip some: two who think they own it cannot both go on.
pub async fn j9_a_jam_that_has_moved_on_takes_no_late_events(store: &dyn Store) {
    let [ana] = people(store).await;
    let (state, events) = joined(fresh(5, ana), &[]);
    store.add_jam(&owned(state.clone()), &events, None, NOW).await.expect("it is new");
    let settings = Event::Set(Settings { shuffle: true, ..Settings::default() });
    let moved = append(store, state.clone(), &[settings, Event::IdleSince(None)]).await;

    let late = applied(state, &[Event::EmptySince(None)]);
    let appended = async |state: State, event| store.append_jam(&owned(state), &[event], NOW).await.expect("a write");
    assert!(!appended(late, Event::EmptySince(None)).await);
    let skipped = applied(moved.clone(), &[Event::EmptySince(None), Event::EmptySince(Some(NOW))]);
    assert!(!appended(skipped, Event::EmptySince(Some(NOW))).await);
    let unknown = applied(fresh(9, ana), &[Event::EmptySince(None)]);
    assert!(!appended(unknown, Event::EmptySince(None)).await);

    assert_eq!(store.jam(id(5)).await.expect("a read"), Some(owned(moved)));
}

/// Whoever writes owns it; what nobody owns who works goes to one node only.
pub async fn j9_a_jam_of_a_dead_node_gets_one_new_owner(store: &dyn Store) {
    let (other, third) = (NodeId(id(2)), NodeId(id(3)));
    let [ana] = people(store).await;
    let (state, events) = joined(fresh(5, ana), &[]);
    store.add_jam(&owned(state.clone()), &events, None, NOW).await.expect("it is new");
    let owner = async || store.jam(id(5)).await.expect("a read").expect("it is there").owner;

    assert_eq!(store.adopt_jams(other, &[NODE, other]).await.expect("a write"), [], "its owner works");
    assert_eq!(store.adopt_jams(other, &[other, third]).await.expect("a write"), [id(5)]);
    assert_eq!(store.adopt_jams(third, &[other, third]).await.expect("a write"), [], "it has an owner again");
    assert_eq!(owner().await, other);

    let moved = applied(state, &[Event::IdleSince(None)]);
    let written = StoredJam { state: moved.clone(), owner: third };
    assert!(store.append_jam(&written, &[Event::IdleSince(None)], NOW).await.expect("a write"));
    assert_eq!(owner().await, third);
    assert_eq!(store.adopt_jams(third, &[other, third]).await.expect("a write"), [id(5)], "all that it owns");
    let revisions = store.jam_revisions(&[id(5), id(6)]).await.expect("a read");
    assert_eq!(revisions, [JamMark { jam: id(5), revision: moved.revision, ended: false }]);

    let revision = moved.revision + 1;
    append(store, moved, &[Event::Ended(NOW + 5)]).await;
    let revisions = store.jam_revisions(&[id(5)]).await.expect("a read");
    assert_eq!(revisions, [JamMark { jam: id(5), revision, ended: true }]);
    assert_eq!(store.adopt_jams(other, &[other]).await.expect("a write"), [], "it is over");
}

/// It stays one after they left.
pub async fn j15_having_been_in_one_jam_is_a_relation(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let (state, events) = joined(fresh(5, ana), &[bo]);
    store.add_jam(&owned(state.clone()), &events, None, NOW).await.expect("it is new");
    append(store, state, &[Event::Left(bo), Event::Ended(NOW + 5)]).await;
    let relations = async |from, to| store.asking(from, to, NOW + 9).await.expect("a read").relations;

    assert_eq!(relations(ana, bo).await, [Relation::Jam(id(5))]);
    assert_eq!(relations(bo, ana).await, [Relation::Jam(id(5))]);
    assert_eq!(relations(ana, cy).await, []);
}

fn request(number: u128, conversation: ConversationId, from: MemberId, to: MemberId) -> StoredJamRequest {
    StoredJamRequest {
        id: id(number),
        conversation,
        from,
        to,
        sent_at: NOW,
        expires_at: NOW + JAM_REQUEST_LIFE_MS,
        state: JamRequestState::Open,
    }
}

fn fresh(number: u128, host: MemberId) -> State {
    State::new(id::<JamId>(number), Member::seated(host, true, NOW), NOW)
}

fn joined(state: State, guests: &[MemberId]) -> (State, Vec<Event>) {
    let events: Vec<_> = guests.iter().map(|guest| Event::Joined(Member::seated(*guest, true, NOW))).collect();

    (applied(state, &events), events)
}

fn applied(mut state: State, events: &[Event]) -> State {
    events.iter().for_each(|event| state.apply(event));
    state
}

async fn append(store: &dyn Store, state: State, events: &[Event]) -> State {
    let state = applied(state, events);
    let appended = store.append_jam(&owned(state.clone()), events, NOW + 10).await.expect("a write");
    assert!(appended, "the revision fits");
    state
}

fn owned(state: State) -> StoredJam {
    StoredJam { state, owner: NODE }
}
