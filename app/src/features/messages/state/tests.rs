//! The reducer, event by event.

use domain::{JamRequestId, account::Person, jam_request::JAM_REQUEST_LIFE_MS, relations::Relation};
use uuid::Uuid;

use super::*;

const NOW: Timestamp = Timestamp(1_773_410_709_000);

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn me() -> MemberId {
    id(1)
}

fn ana() -> Person {
    Person { id: id(2), name: "Ana".into() }
}

fn myself() -> Person {
    Person { id: me(), name: "Me".into() }
}

fn message(conversation: u128, seq: i64, sender: MemberId) -> MessageView {
    MessageView {
        id: id(1_000 * conversation + seq as u128),
        conversation: id(conversation),
        sender,
        seq,
        sent_at: NOW + seq * 1_000,
        body: BodyView::Text(format!("number {seq}")),
    }
}

fn conversation(n: u128) -> ConversationView {
    ConversationView { id: id(n), with: ana(), last: None, unread: 0, open: true, activity: None, jam_request: None }
}

fn inbox(conversations: &[u128]) -> Inbox {
    Inbox { conversations: conversations.iter().copied().map(conversation).collect(), ..Inbox::default() }
}

fn ids(inbox: &Inbox) -> Vec<u128> {
    inbox.conversations.iter().map(|conversation| conversation.id.0.as_u128()).collect()
}

#[test]
fn m10_unread_conversations_come_first_then_the_newest() {
    let mut inbox = inbox(&[10, 11, 12]);

    take(&mut inbox, me(), &InboxEvent::Message(message(12, 5, me())));
    take(&mut inbox, me(), &InboxEvent::Message(message(11, 1, ana().id)));

    assert_eq!(ids(&inbox), [11, 12, 10]);
    assert_eq!(inbox.conversations[0].unread, 1);
}

#[test]
fn m10_a_conversation_that_has_just_been_opened_is_newer_than_an_old_message() {
    // A UUIDv7 of a minute later.
    let opened = ((NOW.0 as u128 + 60_000) << 80) | 0x7000_8000_0000_0000_0001;
    let mut inbox = inbox(&[10, opened]);

    take(&mut inbox, me(), &InboxEvent::Message(message(10, 1, me())));

    assert_eq!(ids(&inbox), [opened, 10]);
}

#[test]
fn a_message_counts_as_unread_once_however_often_it_is_read() {
    let mut inbox = inbox(&[10]);

    for _ in 0..3 {
        take(&mut inbox, me(), &InboxEvent::Message(message(10, 1, ana().id)));
    }

    assert_eq!(inbox.conversations[0].unread, 1);
}

#[test]
fn m10_reading_on_another_device_clears_the_count_up_to_the_marker() {
    let mut inbox = inbox(&[10]);
    for seq in 1..=3 {
        take(&mut inbox, me(), &InboxEvent::Message(message(10, seq, ana().id)));
    }

    take(&mut inbox, me(), &InboxEvent::Read { conversation: id(10), up_to: 2 });
    assert_eq!(inbox.conversations[0].unread, 1);

    take(&mut inbox, me(), &InboxEvent::Read { conversation: id(10), up_to: 3 });
    assert_eq!(inbox.conversations[0].unread, 0);
}

#[test]
fn m2_a_request_is_listed_by_its_direction_and_goes_when_it_is_answered() {
    let mut inbox = inbox(&[]);
    let mut request = ChatRequestView {
        id: id(50),
        from: ana(),
        to: myself(),
        relation: Relation::Invite(id(60)),
        sent_at: NOW,
        state: RequestState::Open,
        conversation: None,
    };

    take(&mut inbox, me(), &InboxEvent::ChatRequest(request.clone()));
    take(&mut inbox, me(), &InboxEvent::ChatRequest(request.clone()));
    assert_eq!((inbox.requests.len(), inbox.pending.len()), (1, 0));

    request.state = RequestState::Accepted;
    request.conversation = Some(id(10));
    let accepted = InboxEvent::ChatRequest(request.clone());
    take(&mut inbox, me(), &accepted);
    assert!(is_news(&inbox, &accepted), "it opens a conversation that is not here yet");
    take(&mut inbox, me(), &InboxEvent::Conversation(conversation(10)));
    assert!(!is_news(&inbox, &accepted));
    assert!(inbox.requests.is_empty());
    assert_eq!(ids(&inbox), [10]);

    (request.from, request.to, request.state) = (myself(), ana(), RequestState::Open);
    take(&mut inbox, me(), &InboxEvent::ChatRequest(request));
    assert_eq!((inbox.requests.len(), inbox.pending.len()), (0, 1));
}

#[test]
fn an_older_view_of_a_conversation_does_not_take_messages_back() {
    let mut inbox = inbox(&[10]);
    take(&mut inbox, me(), &InboxEvent::Message(message(10, 4, ana().id)));

    take(&mut inbox, me(), &InboxEvent::Conversation(ConversationView { open: false, ..conversation(10) }));

    let shown = &inbox.conversations[0];
    assert_eq!((shown.open, shown.unread, shown.last.as_ref().map(|last| last.seq)), (false, 1, Some(4)));
}

#[test]
fn r4_a_jam_request_is_there_until_it_is_answered_or_gone() {
    let mut inbox = inbox(&[10]);
    let mut request = JamRequestView {
        id: id::<JamRequestId>(70),
        conversation: id(10),
        from: ana(),
        to: myself(),
        expires_at: NOW + JAM_REQUEST_LIFE_MS,
        state: JamRequestState::Open,
    };

    take(&mut inbox, me(), &InboxEvent::JamRequest(request.clone()));
    assert!(inbox.conversations[0].jam_request.is_some());

    let other = JamRequestView { id: id(71), state: JamRequestState::Gone, ..request.clone() };
    take(&mut inbox, me(), &InboxEvent::JamRequest(other));
    assert!(inbox.conversations[0].jam_request.is_some(), "that was about another");

    request.state = JamRequestState::Gone;
    take(&mut inbox, me(), &InboxEvent::JamRequest(request));
    assert!(inbox.conversations[0].jam_request.is_none());
}

#[test]
fn m15_messages_stand_once_and_in_the_order_of_their_places() {
    let mut thread = Thread::new(id(10));

    for seq in [3, 5, 4, 3, 5] {
        thread.put(message(10, seq, ana().id));
    }
    thread.put(message(11, 1, ana().id));

    let places: Vec<_> = thread.messages.iter().map(|message| message.seq).collect();
    assert_eq!(places, [3, 4, 5]);
    assert_eq!((thread.earlier_than(), thread.end()), (Some(3), 5));
}

#[test]
fn lines_are_grouped_by_person_and_minute_and_divided_by_days() {
    let mut thread = Thread::new(id(10));
    let at = |seq, sender, sent_at| MessageView { sent_at, ..message(10, seq, sender) };
    thread.put(at(1, ana().id, Timestamp(0)));
    thread.put(at(2, ana().id, Timestamp(30_000)));
    thread.put(at(3, me(), Timestamp(40_000)));
    thread.put(at(4, me(), Timestamp(24 * 60 * MINUTE)));
    let waiting = Outgoing {
        id: id(99),
        conversation: id(10),
        body: BodyView::Text("on its way".into()),
        at: Timestamp(24 * 60 * MINUTE + 1_000),
        refused: None,
    };

    let shape: Vec<_> = lines(&thread, &[waiting], me(), 0)
        .iter()
        .map(|line| (line.opens_day, line.first, line.last, line.standing.clone()))
        .collect();

    assert_eq!(
        shape,
        [
            (true, true, false, Standing::Sent),
            (false, false, true, Standing::Sent),
            (false, true, true, Standing::Sent),
            (true, true, false, Standing::Sent),
            (false, false, true, Standing::Sending),
        ]
    );
}

#[test]
fn what_is_on_the_screen_does_not_move() {
    assert_eq!(steady(&[1, 2, 3], &[3, 4, 1]), [1, 3, 4]);
    assert_eq!(steady(&[], &[2, 1]), [2, 1]);
}
