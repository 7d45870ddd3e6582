//! Invite links, chat requests, contacts and blocks.

use domain::{
    MemberId, Refusal,
    jam_request::{JAM_REQUEST_LIFE_MS, JamRequestState},
    relations::{InviteLife, OPEN_REQUESTS, REQUEST_LIFE_MS, Relation, RequestState},
    time::DAY,
};
use futures::future::join_all;

use super::makers::{NOW, assert_refused, befriend, id, people, request, sorted};
use crate::ports::store::{InboxSubject, Store, StoredChatRequest, StoredInvite, StoredJamRequest};

/// Its token finds it even then, so that the page can say what became of it.
pub async fn m4_an_invite_lives_until_it_expires_or_its_maker_revokes_it(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let invite = |number: u128, days: i64| StoredInvite {
        id: id(number),
        maker: ana,
        token_hash: [number as u8; 32],
        track: Some(id(77)),
        created_at: NOW + number as i64,
        life: InviteLife { expires_at: NOW + days * DAY, revoked_at: None },
    };
    for invite in [invite(1, 7), invite(2, 7), invite(3, 1)] {
        store.add_invite(&invite).await.expect("an invite can be made");
    }
    let live = async |after: i64| -> Vec<_> {
        let invites = store.live_invites(ana, NOW + after).await.expect("a read");
        invites.into_iter().map(|invite| invite.id).collect()
    };

    assert_eq!(store.invite(&[1; 32]).await.expect("a read"), Some(invite(1, 7)));
    assert_eq!(store.invite(&[9; 32]).await.expect("a read"), None);
    assert_eq!(live(0).await, [id(3), id(2), id(1)]);
    assert_eq!(live(DAY).await, [id(2), id(1)]);
    assert_eq!(store.live_invites(bo, NOW).await.expect("a read"), []);

    assert!(!store.revoke_invite(bo, id(2), NOW).await.expect("a write"));
    assert!(store.revoke_invite(ana, id(2), NOW + 5).await.expect("a write"));
    assert!(store.revoke_invite(ana, id(2), NOW + 9).await.expect("a second time is harmless"));
    assert_eq!(live(DAY).await, [id(1)]);
    let revoked = store.invite(&[2; 32]).await.expect("a read").expect("it is still known");
    assert_eq!(revoked.life.revoked_at, Some(NOW + 5));
}

/// The same id again changes nothing and says nothing.
pub async fn m2_a_request_reaches_both_inboxes_once(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;

    let heads = store.add_chat_request(&request(1, ana, bo)).await.expect("nothing is open");
    let again = store.add_chat_request(&request(1, ana, bo)).await.expect("a retry is harmless");

    assert_eq!(sorted(heads), [(ana, 1), (bo, 1)]);
    assert_eq!(again, []);
    assert_eq!(store.chat_request(id(1)).await.expect("a read"), Some(request(1, ana, bo)));
    for member in [ana, bo] {
        assert_eq!(open(store, member, 0).await, [request(1, ana, bo)]);
        let entries = store.inbox(member, 0, 9).await.expect("a read");
        assert_eq!(entries.iter().map(|entry| entry.subject).collect::<Vec<_>>(), [InboxSubject::ChatRequest(id(1))]);
    }
    assert_eq!(open(store, cy, 0).await, []);
}

/// Not even when both ask at once.
pub async fn m2_two_members_have_one_open_request_whoever_asked(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let (one, other) = (request(1, ana, bo), request(2, bo, ana));

    let (one, other) = tokio::join!(store.add_chat_request(&one), store.add_chat_request(&other));

    assert!(one.is_ok() != other.is_ok(), "one of the two is stored: {one:?}, {other:?}");
    assert_refused(if one.is_ok() { other } else { one }, Refusal::RequestAlreadyOpen);
    assert_refused(store.add_chat_request(&request(3, ana, bo)).await, Refusal::RequestAlreadyOpen);
    assert_eq!(store.inbox_head(ana).await.expect("a read"), 1, "a refused request leaves no entry");
    store.add_chat_request(&request(4, ana, cy)).await.expect("others can be asked");
}

/// Not even when they ask everybody at once; what is answered or too old makes room.
pub async fn m3_a_member_has_so_many_open_requests_out_and_no_more(store: &dyn Store) {
    const MORE: usize = OPEN_REQUESTS as usize + 4;
    let people = people::<{ MORE + 1 }>(store).await;
    let (ana, others) = people.split_first().expect("there are some");
    let ask = |(number, other): (u128, &MemberId)| request(number, *ana, *other);
    let requests: Vec<_> = (1..).zip(others).map(ask).collect();

    let answers = join_all(requests.iter().map(|request| store.add_chat_request(request))).await;

    let (stored, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((stored.len(), refused.len()), (OPEN_REQUESTS as usize, 4));
    refused.into_iter().for_each(|no| assert_refused(no, Refusal::TooManyRequests { limit: OPEN_REQUESTS }));
    let one = open(store, *ana, 0).await[0].id;
    store.close_chat_request(one, RequestState::Withdrawn, id(900), NOW).await.expect("it is open");
    let asked = open(store, *ana, 0).await;
    let unasked =
        others.iter().find(|other| asked.iter().all(|request| request.to != **other)).expect("some were refused");
    store.add_chat_request(&request(901, *ana, *unasked)).await.expect("there is room again");
    let later = StoredChatRequest { sent_at: NOW + REQUEST_LIFE_MS, ..request(902, *ana, others[0]) };
    store.add_chat_request(&later).await.expect("the others are too old");
}

/// Accepting again says the same; anything else comes too late.
pub async fn m3_acceptance_opens_one_conversation_for_both(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    store.add_chat_request(&request(1, ana, bo)).await.expect("nothing is open");

    let (accepted, heads) =
        store.close_chat_request(id(1), RequestState::Accepted, id(50), NOW + 5).await.expect("it is open");
    let (again, silent) =
        store.close_chat_request(id(1), RequestState::Accepted, id(51), NOW + 9).await.expect("a retry is harmless");

    let expected = StoredChatRequest {
        state: RequestState::Accepted,
        closed_at: Some(NOW + 5),
        conversation: Some(id(50)),
        ..request(1, ana, bo)
    };
    assert_eq!((&accepted, &again), (&expected, &expected));
    assert_eq!((sorted(heads), silent), (vec![(ana, 2), (bo, 2)], vec![]));
    for (member, other) in [(ana, bo), (bo, ana)] {
        let contacts = store.contacts(member).await.expect("a read");
        assert_eq!(contacts.iter().map(|contact| contact.member.id).collect::<Vec<_>>(), [other]);
        assert_eq!(store.contact(member, other).await.expect("a read").as_ref(), contacts.first());
        assert_eq!(contacts[0].conversation, id(50));
        assert_eq!(open(store, member, 9).await, []);
    }
    assert_eq!(store.contact(ana, id(9)).await.expect("a read"), None);
    let late = store.close_chat_request(id(1), RequestState::Withdrawn, id(52), NOW + 9).await;
    assert_refused(late, Refusal::RequestGone);
    let unknown = store.close_chat_request(id(9), RequestState::Accepted, id(53), NOW + 9).await;
    assert_refused(unknown, Refusal::RequestGone);
}

/// Two members never have two.
pub async fn m3_a_second_acceptance_finds_the_first_conversation(store: &dyn Store) {
    let [ana, bo] = people(store).await;

    let first = befriend(store, 1, ana, bo).await;
    let second = befriend(store, 2, bo, ana).await;

    assert_eq!(first, second);
    assert_eq!(store.contacts(ana).await.expect("a read").len(), 1);
}

/// A "no" is silent: no entry, and the request stays in their list until it would have expired.
pub async fn m3_a_declined_request_stays_open_for_its_sender(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    store.add_chat_request(&request(1, ana, bo)).await.expect("nothing is open");

    let (declined, heads) =
        store.close_chat_request(id(1), RequestState::Declined, id(50), NOW + 5).await.expect("it is open");

    assert_eq!((declined.state, declined.conversation), (RequestState::Declined, None));
    assert_eq!(heads, [(bo, 2)]);
    assert_eq!(store.inbox_head(ana).await.expect("a read"), 1);
    assert_eq!(open(store, bo, 9).await, []);
    assert_eq!(open(store, ana, 9).await, [declined]);
    assert_eq!(open(store, ana, REQUEST_LIFE_MS).await, []);
}

/// Only its sender is told, as of a withdrawn one; twice is once, and after its time it is too late.
pub async fn m3_a_declined_request_can_be_taken_back_by_its_sender(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    store.add_chat_request(&request(1, ana, bo)).await.expect("nothing is open");
    store.close_chat_request(id(1), RequestState::Declined, id(50), NOW + 5).await.expect("it is open");
    let take_back =
        async |after: i64| store.close_chat_request(id(1), RequestState::Withdrawn, id(51), NOW + after).await;

    assert_refused(take_back(REQUEST_LIFE_MS).await, Refusal::RequestGone);
    let (taken_back, heads) = take_back(9).await.expect("it looks open");
    let (again, silent) = take_back(10).await.expect("a retry is harmless");

    assert_eq!((taken_back.state, taken_back.taken_back_at), (RequestState::Declined, Some(NOW + 9)));
    assert_eq!((again, heads, silent), (taken_back, vec![(ana, 2)], vec![]));
    assert_eq!(open(store, ana, 9).await, []);
    let past = store.asking(ana, bo, NOW + 9).await.expect("a read").past;
    assert!(past[0].taken_back && past[0].closed_at == Some(NOW + 5));
    let late = store.close_chat_request(id(1), RequestState::Accepted, id(52), NOW + 9).await;
    assert_refused(late, Refusal::RequestGone);
}

/// As when somebody asks again who does not know of the "no".
pub async fn m3_a_request_that_is_declined_from_its_beginning_reaches_its_sender_only(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let silent = StoredChatRequest { state: RequestState::Declined, ..request(1, ana, bo) };

    let heads = store.add_chat_request(&silent).await.expect("nothing is open");
    store.add_chat_request(&request(2, bo, ana)).await.expect("it stands in nobody's way");

    assert_eq!(heads, [(ana, 1)]);
    assert_eq!(store.inbox_head(bo).await.expect("a read"), 1);
    assert_eq!(open(store, bo, 9).await, [request(2, bo, ana)]);
    assert!(open(store, ana, 9).await.contains(&silent));
}

/// It can be answered no more, and does not stand in the way of another.
pub async fn m3_a_request_is_over_after_thirty_days(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    store.add_chat_request(&request(1, ana, bo)).await.expect("nothing is open");

    assert_eq!(open(store, ana, REQUEST_LIFE_MS - 1).await.len(), 1);
    assert_eq!(open(store, ana, REQUEST_LIFE_MS).await, []);
    let late = store.close_chat_request(id(1), RequestState::Accepted, id(50), NOW + REQUEST_LIFE_MS).await;
    assert_refused(late, Refusal::RequestGone);
    let next = StoredChatRequest { sent_at: NOW + REQUEST_LIFE_MS, ..request(2, bo, ana) };
    store.add_chat_request(&next).await.expect("nothing is open any more");
}

/// Every fact that `may_ask` needs from a store.
pub async fn m1_asking_knows_what_is_between_the_two(store: &dyn Store) {
    let [ana, bo, cy, di] = people(store).await;
    let asking = async |from, to| store.asking(from, to, NOW + 9).await.expect("a read");

    let strangers = asking(ana, bo).await;
    assert!(!strangers.contacts && !strangers.blocked && !strangers.asked_by_them);
    assert!(strangers.relations.is_empty() && strangers.past.is_empty());

    store.add_chat_request(&request(1, ana, bo)).await.expect("nothing is open");
    store.add_chat_request(&request(2, ana, cy)).await.expect("nothing is open");
    assert_eq!(asking(ana, di).await.open_requests, 2);
    let asked = asking(bo, ana).await;
    assert!(asked.asked_by_them && asked.past.is_empty());
    assert_eq!(asked.relations, [Relation::Invite(id(1_001))], "a past relation counts for both");

    store.close_chat_request(id(1), RequestState::Declined, id(50), NOW + 5).await.expect("it is open");
    let declined = asking(ana, bo).await;
    assert_eq!(declined.open_requests, 1);
    assert_eq!(declined.past.len(), 1);
    let past = declined.past[0];
    assert_eq!((past.sent_at, past.state, past.closed_at), (NOW, RequestState::Declined, Some(NOW + 5)));
    assert!(!asking(bo, ana).await.asked_by_them);

    store.close_chat_request(id(2), RequestState::Accepted, id(51), NOW + 5).await.expect("it is open");
    assert!(asking(ana, cy).await.contacts && asking(cy, ana).await.contacts);
    store.set_block(di, ana, Some(NOW)).await.expect("a write");
    assert!(asking(ana, di).await.blocked && asking(di, ana).await.blocked);
}

/// It can be undone, and what it ended stays ended.
pub async fn m12_a_block_ends_what_waits_and_tells_both(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    let jam_request = StoredJamRequest {
        id: id(5),
        conversation,
        from: bo,
        to: ana,
        sent_at: NOW,
        expires_at: NOW + JAM_REQUEST_LIFE_MS,
        state: JamRequestState::Open,
    };
    store.add_jam_request(&jam_request).await.expect("nothing is open");
    store.add_chat_request(&request(2, ana, cy)).await.expect("nothing is open");
    let head = store.inbox_head(bo).await.expect("a read");

    let heads = store.set_block(ana, bo, Some(NOW + 5)).await.expect("a write");
    let silent = store.set_block(ana, cy, Some(NOW + 6)).await.expect("a write");

    assert_eq!(heads.len(), 2);
    assert_eq!(silent.iter().map(|(member, _)| *member).collect::<Vec<_>>(), [ana], "of a request, only who blocks");
    let told = store.inbox(bo, head, 9).await.expect("a read");
    assert_eq!(told.iter().map(|entry| entry.subject).collect::<Vec<_>>(), [InboxSubject::Conversation(conversation)]);
    assert!(store.blocked(ana, bo).await.expect("a read") && store.blocked(bo, ana).await.expect("a read"));
    assert!(!store.blocked(bo, cy).await.expect("a read"));
    let mut blocked = store.blocked_by(ana).await.expect("a read");
    blocked.sort();
    assert_eq!(blocked, [bo, cy]);
    assert_eq!(store.blocked_by(bo).await.expect("a read"), []);
    assert_eq!(open(store, cy, 9).await, []);
    assert_eq!(store.open_jam_requests(ana, NOW + 9).await.expect("a read"), []);
    assert!(store.contact(bo, ana).await.expect("a read").expect("the history stays").blocked);

    assert_eq!(store.set_block(ana, bo, None).await.expect("a write").len(), 2);
    assert!(!store.blocked(bo, ana).await.expect("a read"));
    assert_eq!(store.open_jam_requests(ana, NOW + 9).await.expect("a read"), []);
}

/// From whom something is hidden sees only that, and may show their own.
pub async fn l2_hiding_goes_one_way(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    befriend(store, 1, ana, bo).await;
    let flags = async |member, other| {
        let contact = store.contact(member, other).await.expect("a read").expect("they are contacts");
        (contact.hidden_by_me, contact.hides_from_me)
    };

    store.set_hidden(ana, bo, true).await.expect("a write");
    store.set_hidden(ana, bo, true).await.expect("a second time is harmless");
    assert_eq!(flags(ana, bo).await, (true, false));
    assert_eq!(flags(bo, ana).await, (false, true));

    store.set_hidden(ana, bo, false).await.expect("a write");
    assert_eq!(flags(ana, bo).await, (false, false));
}

async fn open(store: &dyn Store, member: MemberId, after: i64) -> Vec<StoredChatRequest> {
    store.open_chat_requests(member, NOW + after).await.expect("a read")
}
