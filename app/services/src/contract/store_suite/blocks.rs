//! What a block keeps away (M12), whatever is under way at the same moment.

use domain::{
    ConversationId, MemberId, Refusal,
    jam_request::{JAM_REQUEST_LIFE_MS, JamRequestState},
    relations::RequestState,
};
use futures::future::{join, join_all};

use super::makers::{NOW, assert_refused, befriend, id, message, people, request};
use crate::ports::store::{Appended, InboxSubject, Store, StoreError, StoreResult, StoredJamRequest};

/// Pairs that meet at the same moment, and how often each does.
const PAIRS: usize = 6;
const ROUNDS: u128 = 12;

/// In neither direction. What was stored before is acknowledged again, and when the block goes, everything goes on.
pub async fn m12_nothing_passes_while_one_has_blocked_the_other(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    let before = message(7, conversation, bo);
    store.append_message(&before).await.expect("nothing is blocked yet");
    for whom in [bo, cy] {
        store.set_block(ana, whom, Some(NOW)).await.expect("a write");
    }
    let heads = async || {
        let heads = [ana, bo, cy].map(async |member| store.inbox_head(member).await.expect("a read"));
        join_all(heads).await
    };
    let blocked = heads().await;

    for (number, one, other) in [(1, ana, bo), (2, bo, ana)] {
        assert_refused(store.append_message(&message(number, conversation, one)).await, Refusal::NotReachable);
        let jam = jam_request(number, conversation, one, other);
        assert_refused(store.add_jam_request(&jam).await, Refusal::NotReachable);
        assert_eq!(store.jam_request(id(number)).await.expect("a read"), None);
    }
    for (number, one, other) in [(3, ana, cy), (4, cy, ana)] {
        assert_refused(store.add_chat_request(&request(number, one, other)).await, Refusal::NotReachable);
        assert_eq!(store.chat_request(id(number)).await.expect("a read"), None);
    }
    assert_eq!(heads().await, blocked, "nobody was told of anything");
    assert!(matches!(store.append_message(&before).await, Ok(Appended::Known(_))));

    store.set_block(ana, bo, None).await.expect("a write");
    let next = store.append_message(&message(8, conversation, bo)).await.expect("the block is gone");
    let Appended::New(next, _) = next else { panic!("{next:?} should be new") };
    assert_eq!(next.seq, 2, "what was refused took no place");
    store.add_jam_request(&jam_request(5, conversation, bo, ana)).await.expect("the block is gone");
}

/// Nothing reaches an inbox after the entry of the block, and nothing stays open.
pub async fn m12_what_crosses_a_block_stands_before_it_or_not_at_all(store: &dyn Store) {
    let members = people::<{ 3 * PAIRS }>(store).await;
    let cross = async |place: usize| {
        let [ana, bo, cy] = [0, 1, 2].map(|side| members[3 * place + side]);
        let conversation = befriend(store, place as u128 + 1, ana, bo).await;
        for round in 0..ROUNDS {
            let number = 1_000 + 100 * (place as u128 * ROUNDS + round);
            let start = store.inbox_head(bo).await.expect("a read");

            let write = async |step: u128| {
                may_be_refused(store.append_message(&message(number + step, conversation, bo)).await);
            };
            let ask = async {
                may_be_refused(store.add_jam_request(&jam_request(number, conversation, bo, ana)).await);
                may_be_refused(store.add_chat_request(&request(number, cy, ana)).await);
            };
            let block = async {
                tokio::task::yield_now().await;
                store.set_block(ana, bo, Some(NOW)).await.expect("nobody stands in its way");
                store.set_block(ana, cy, Some(NOW)).await.expect("nobody stands in its way");
            };
            join(join_all((0..4).map(write)), join(ask, block)).await;

            let entries = store.inbox(bo, start, 99).await.expect("a read");
            let last = entries.last().map(|entry| entry.subject);
            assert_eq!(last, Some(InboxSubject::Conversation(conversation)), "the block comes last");
            assert_eq!(store.open_jam_requests(ana, NOW).await.expect("a read"), []);
            assert_eq!(store.open_chat_requests(ana, NOW).await.expect("a read"), []);

            store.set_block(ana, bo, None).await.expect("a write");
            store.set_block(ana, cy, None).await.expect("a write");
        }
    };

    join_all((0..PAIRS).map(cross)).await;
}

/// Each is done or comes too late; none fails.
pub async fn m12_blocks_and_answers_that_cross_never_wait_in_a_circle(store: &dyn Store) {
    let members = people::<{ 3 * PAIRS }>(store).await;
    let cross = async |place: usize| {
        let [ana, bo, cy] = [0, 1, 2].map(|side| members[3 * place + side]);
        let conversation = befriend(store, place as u128 + 1, ana, bo).await;
        for round in 0..ROUNDS {
            let number = 1_000 + place as u128 * ROUNDS + round;
            store.add_jam_request(&jam_request(number, conversation, bo, ana)).await.expect("nothing is open");
            store.add_chat_request(&request(number, ana, cy)).await.expect("nothing is open");

            let blocks = [(ana, bo), (bo, ana), (cy, ana)]
                .map(async |(by, whom)| store.set_block(by, whom, Some(NOW)).await.map(drop));
            let answer = async |state| may_be_refused(store.close_jam_request(id(number), state, NOW).await);
            let answers = [JamRequestState::Gone, JamRequestState::Declined].map(answer);
            let withdraw = async {
                may_be_refused(store.close_chat_request(id(number), RequestState::Withdrawn, id(number), NOW).await);
            };
            let (blocks, _) = join(join_all(blocks), join(join_all(answers), withdraw)).await;

            assert!(blocks.iter().all(Result::is_ok), "{blocks:?}");
            for (by, whom) in [(ana, bo), (bo, ana), (cy, ana)] {
                store.set_block(by, whom, None).await.expect("a write");
            }
        }
    };

    join_all((0..PAIRS).map(cross)).await;
}

/// Whoever comes too late is refused; nothing else may go wrong.
#[track_caller]
fn may_be_refused<T>(done: StoreResult<T>) {
    if let Err(StoreError::Unavailable(error)) = done {
        panic!("neither done nor refused: {error}");
    }
}

fn jam_request(number: u128, conversation: ConversationId, from: MemberId, to: MemberId) -> StoredJamRequest {
    let expires_at = NOW + JAM_REQUEST_LIFE_MS;

    StoredJamRequest { id: id(number), conversation, from, to, sent_at: NOW, expires_at, state: JamRequestState::Open }
}
