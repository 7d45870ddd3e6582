//! Conversations and messages, as stories.

use domain::{
    ConversationId, JamId, MessageId, Refusal, TrackId,
    account::Switch,
    inbox::Missed,
    messages::{BodyView, Card, MessageBody, MessageView},
    time::{MINUTE, SECOND},
};
use services::{
    Principal, Result,
    contract::{World, world::refused},
    ports::{Note, store::MessageStore},
};

fn text(text: &str) -> MessageBody {
    MessageBody::Text(text.into())
}

/// Sends with a fresh id.
async fn send(world: &World, who: &Principal, to: ConversationId, body: MessageBody) -> Result<MessageView> {
    world.services.send(who, MessageId(world.services.fresh_id()), to, body).await
}

async fn pair(world: &World) -> (Principal, Principal, ConversationId) {
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;

    (ana, bo, conversation)
}

#[tokio::test]
async fn m8_a_message_arrives_as_it_was_written() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;

    let sent = send(&world, &ana, conversation, text("  Listen to this 🎧\n ")).await.unwrap();
    let read = world.services.messages(&bo, conversation, None).await.unwrap();

    assert_eq!(sent.body, BodyView::Text("Listen to this 🎧".into()));
    assert_eq!((sent.seq, sent.sender), (1, ana.id()));
    assert_eq!(read, [sent]);
}

#[tokio::test]
async fn m8_empty_and_overlong_messages_are_refused() {
    let world = World::new().await;
    let (ana, _, conversation) = pair(&world).await;
    let longest = "é".repeat(2_000);

    assert_eq!(refused(send(&world, &ana, conversation, text(" \n")).await), Refusal::MessageEmpty);
    let long = text(&format!("{longest}é"));
    assert_eq!(refused(send(&world, &ana, conversation, long).await), Refusal::MessageTooLong { limit: 2_000 });
    send(&world, &ana, conversation, text(&longest)).await.unwrap();
}

#[tokio::test]
async fn m8_a_card_shows_what_it_points_to_and_must_point_to_something() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let track = world.services.track(&ana, world.track("Harbour lights", 120).await).await.unwrap();
    let album = track.album_id.unwrap();
    let card = MessageBody::Card;

    send(&world, &ana, conversation, card(Card::Track(track.id))).await.unwrap();
    send(&world, &ana, conversation, card(Card::Album(album))).await.unwrap();
    let read = world.services.messages(&bo, conversation, None).await.unwrap();
    assert_eq!(read[0].body, BodyView::Track(track));
    assert!(matches!(&read[1].body, BodyView::Album(shown) if shown.id == album));

    let id = world.services.fresh_id();
    let gone = card(Card::Track(TrackId(id)));
    assert_eq!(refused(send(&world, &ana, conversation, gone).await), Refusal::TrackUnknown);
    let gone = card(Card::Album(domain::AlbumId(id)));
    assert_eq!(refused(send(&world, &ana, conversation, gone).await), Refusal::AlbumUnknown);
    let gone = card(Card::Jam(JamId(id)));
    assert_eq!(refused(send(&world, &ana, conversation, gone).await), Refusal::JamUnknown);
}

#[tokio::test]
async fn m8_a_jam_card_comes_from_somebody_in_it_and_ends_with_it() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let jam = world.services.start_jam(&ana, Vec::new()).await.unwrap();
    let card = MessageBody::Card(Card::Jam(jam));

    assert_eq!(refused(send(&world, &bo, conversation, card.clone()).await), Refusal::NotInJam);
    let sent = send(&world, &ana, conversation, card).await.unwrap();
    assert_eq!(sent.body, BodyView::Jam(jam));

    world.services.jam_command(&ana, jam, domain::jam::Command::End).await.unwrap();
    let read = world.services.messages(&bo, conversation, None).await.unwrap();
    assert_eq!(read[0].body, BodyView::Gone);
}

#[tokio::test]
async fn m15_the_same_message_twice_is_stored_once_and_acknowledged_again() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let id = MessageId(world.services.fresh_id());

    let first = world.services.send(&ana, id, conversation, text("hi")).await.unwrap();
    world.bus.notes();
    world.clock.advance(MINUTE);
    let again = world.services.send(&ana, id, conversation, text("hi")).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(world.services.messages(&bo, conversation, None).await.unwrap().len(), 1);
    assert_eq!(world.bus.notes(), []);
}

#[tokio::test]
async fn m15_a_message_that_was_stored_is_acknowledged_whatever_happened_since() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let id = MessageId(world.services.fresh_id());
    world.services.send(&ana, id, conversation, text("hi")).await.unwrap();

    world.services.block(&bo, ana.id()).await.unwrap();

    world.services.send(&ana, id, conversation, text("hi")).await.unwrap();
    assert_eq!(refused(send(&world, &ana, conversation, text("hi?")).await), Refusal::NotReachable);
}

#[tokio::test]
async fn m15_an_id_with_other_content_or_in_other_hands_is_refused() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let cleo = world.member("cleo").await;
    let other = world.contacts(&ana, &cleo).await;
    let id = MessageId(world.services.fresh_id());
    world.services.send(&ana, id, conversation, text("hi")).await.unwrap();

    for (who, to, words) in [(&ana, conversation, "hello"), (&ana, other, "hi"), (&bo, conversation, "hi")] {
        assert_eq!(refused(world.services.send(who, id, to, text(words)).await), Refusal::IdTaken);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn m15_two_who_write_at_once_see_one_order_without_holes() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;

    let tasks = [ana.clone(), bo.clone()].map(|who| {
        let services = world.services.clone();
        tokio::spawn(async move {
            for number in 0..25 {
                let id = MessageId(services.fresh_id());
                services.send(&who, id, conversation, text(&format!("{number}"))).await.unwrap();
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }

    let seen = world.services.messages(&ana, conversation, None).await.unwrap();
    assert_eq!(seen, world.services.messages(&bo, conversation, None).await.unwrap());
    assert_eq!(seen.iter().map(|message| message.seq).collect::<Vec<_>>(), (1..=50).collect::<Vec<_>>());
    for who in [&ana, &bo] {
        let own = seen.iter().filter(|message| message.sender == who.id()).map(|message| message.body.clone());
        assert!(own.eq((0..25).map(|number| BodyView::Text(number.to_string()))));
    }
}

#[tokio::test]
async fn m10_reading_backwards_goes_through_everything_once() {
    let world = World::new().await;
    let (ana, _, conversation) = pair(&world).await;
    for number in 0..60 {
        send(&world, &ana, conversation, text(&number.to_string())).await.unwrap();
    }

    let newest = world.services.messages(&ana, conversation, None).await.unwrap();
    let older = world.services.messages(&ana, conversation, Some(newest[0].seq)).await.unwrap();
    let none = world.services.messages(&ana, conversation, Some(1)).await.unwrap();

    assert_eq!((newest.len(), older.len(), none.len()), (50, 10, 0));
    assert_eq!(older.last().unwrap().seq + 1, newest[0].seq);
}

#[tokio::test]
async fn m10_unread_conversations_come_first_and_reading_syncs_between_devices() {
    let world = World::new().await;
    let (ana, bo, with_bo) = pair(&world).await;
    let cleo = world.member("cleo").await;
    let with_cleo = world.contacts(&ana, &cleo).await;
    send(&world, &bo, with_bo, text("one")).await.unwrap();
    send(&world, &bo, with_bo, text("two")).await.unwrap();
    world.clock.advance(SECOND);
    send(&world, &ana, with_cleo, text("three")).await.unwrap();

    let rows = world.services.inbox_page(&ana).await.unwrap().conversations;
    assert_eq!(rows.iter().map(|row| (row.id, row.unread)).collect::<Vec<_>>(), [(with_bo, 2), (with_cleo, 0)]);
    assert_eq!(rows[0].with.name, "bo");
    assert_eq!(rows[0].last.as_ref().unwrap().body, BodyView::Text("two".into()));
    assert!(rows[0].open);

    world.bus.notes();
    world.services.mark_read(&ana, with_bo, 1_000).await.unwrap();
    assert!(matches!(world.bus.notes()[..], [Note::Inbox { member, .. }] if member == ana.id()));
    world.services.mark_read(&ana, with_bo, 1).await.unwrap();
    assert_eq!(world.bus.notes(), [], "a marker never goes back");

    let rows = world.services.inbox_page(&ana).await.unwrap().conversations;
    assert_eq!(rows.iter().map(|row| (row.id, row.unread)).collect::<Vec<_>>(), [(with_cleo, 0), (with_bo, 0)]);
}

#[tokio::test]
async fn m10_the_inbox_tells_requests_to_me_from_requests_of_mine() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let token = world.services.make_invite(&bo, None).await.unwrap();
    let id = domain::ChatRequestId(world.services.fresh_id());
    world.services.ask_by_invite(&ana, id, &token).await.unwrap();

    let (of_ana, of_bo) =
        (world.services.inbox_page(&ana).await.unwrap(), world.services.inbox_page(&bo).await.unwrap());

    assert_eq!((of_ana.requests.len(), of_ana.pending.len()), (0, 1));
    assert_eq!((of_bo.requests.len(), of_bo.pending.len()), (1, 0));
}

#[tokio::test]
async fn m12_a_block_closes_the_conversation_and_keeps_what_was_said() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    send(&world, &ana, conversation, text("hi")).await.unwrap();

    world.services.block(&bo, ana.id()).await.unwrap();

    for who in [&ana, &bo] {
        assert_eq!(refused(send(&world, who, conversation, text("hey")).await), Refusal::NotReachable);
        assert!(!world.services.conversation(who, conversation).await.unwrap().open);
        assert_eq!(world.services.messages(who, conversation, None).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn m12_a_block_looks_like_messages_off() {
    let world = World::new().await;
    let (ana, bo, with_bo) = pair(&world).await;
    let cleo = world.member("cleo").await;
    let with_cleo = world.contacts(&ana, &cleo).await;
    world.services.block(&bo, ana.id()).await.unwrap();
    world.services.set_switch(&cleo, Switch::Messages, false).await.unwrap();

    let blocked = refused(send(&world, &ana, with_bo, text("hi")).await);
    let off = refused(send(&world, &ana, with_cleo, text("hi")).await);

    assert_eq!((blocked, off), (Refusal::NotReachable, Refusal::NotReachable));
    let rows = world.services.inbox_page(&ana).await.unwrap().conversations;
    assert!(rows.iter().all(|row| !row.open));
}

#[tokio::test]
async fn m13_with_messages_off_the_pages_are_closed_and_come_back() {
    let world = World::new().await;
    let (ana, _, conversation) = pair(&world).await;
    send(&world, &ana, conversation, text("hi")).await.unwrap();

    world.services.set_switch(&ana, Switch::Messages, false).await.unwrap();
    let off = world.fresh(&ana).await;
    assert_eq!(refused(world.services.inbox_page(&off).await), Refusal::MessagesOff);
    assert_eq!(refused(world.services.messages(&off, conversation, None).await), Refusal::MessagesOff);
    assert_eq!(refused(send(&world, &off, conversation, text("hi")).await), Refusal::MessagesOff);

    world.services.set_switch(&off, Switch::Messages, true).await.unwrap();
    let on = world.fresh(&ana).await;
    assert_eq!(world.services.messages(&on, conversation, None).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a1_under_16_messages_are_refused() {
    let world = World::new().await;
    let kim = world.young_member("kim").await;
    let conversation = ConversationId(world.services.fresh_id());

    assert_eq!(refused(world.services.inbox_page(&kim).await), Refusal::TooYoung);
    assert_eq!(refused(send(&world, &kim, conversation, text("hi")).await), Refusal::TooYoung);
}

#[tokio::test]
async fn nobody_reads_or_writes_in_the_conversation_of_others() {
    let world = World::new().await;
    let (ana, _, conversation) = pair(&world).await;
    let cleo = world.member("cleo").await;
    send(&world, &ana, conversation, text("hi")).await.unwrap();

    let unknown = Refusal::ConversationUnknown;
    assert_eq!(refused(world.services.conversation(&cleo, conversation).await), unknown);
    assert_eq!(refused(world.services.messages(&cleo, conversation, None).await), unknown);
    assert_eq!(refused(world.services.mark_read(&cleo, conversation, 1).await), unknown);
    assert_eq!(refused(send(&world, &cleo, conversation, text("hi")).await), unknown);
}

#[tokio::test]
async fn m14_what_is_stored_never_contains_the_words() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let words = "the lighthouse keeper hums";

    let sent = send(&world, &ana, conversation, text(words)).await.unwrap();

    let stored = world.store.message(sent.id).await.unwrap().unwrap().sealed;
    assert!(!stored.windows(words.len()).any(|window| window == words.as_bytes()));
    assert!(!stored.windows(10).any(|window| window == b"lighthouse"));
    let read = world.services.messages(&bo, conversation, None).await.unwrap();
    assert_eq!(read[0].body, BodyView::Text(words.into()));
}

#[tokio::test]
async fn m17_after_a_burst_of_120_there_is_one_message_every_two_seconds() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    for _ in 0..120 {
        send(&world, &ana, conversation, text("la")).await.unwrap();
    }

    assert_eq!(refused(send(&world, &ana, conversation, text("la")).await), Refusal::TooFast { retry_s: 2 });
    send(&world, &bo, conversation, text("each has a bucket of their own")).await.unwrap();

    world.clock.advance(2 * SECOND);
    send(&world, &ana, conversation, text("la")).await.unwrap();
    assert_eq!(refused(send(&world, &ana, conversation, text("la")).await), Refusal::TooFast { retry_s: 2 });
}

#[tokio::test]
async fn m17_a_refused_message_can_be_sent_later_with_the_same_id() {
    let settings = services::Settings { messages_a_minute: 60, message_burst: 1, ..Default::default() };
    let world = World::with(settings).await;
    let (ana, _, conversation) = pair(&world).await;
    send(&world, &ana, conversation, text("first")).await.unwrap();
    let id = MessageId(world.services.fresh_id());

    let early = world.services.send(&ana, id, conversation, text("second")).await;
    assert_eq!(refused(early), Refusal::TooFast { retry_s: 1 });
    world.clock.advance(SECOND);
    assert_eq!(world.services.send(&ana, id, conversation, text("second")).await.unwrap().seq, 2);
}

#[tokio::test]
async fn both_are_told_after_the_commit() {
    let world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let (before_ana, before_bo) =
        (world.services.head(ana.id()).await.unwrap().seq, world.services.head(bo.id()).await.unwrap().seq);
    world.bus.notes();

    send(&world, &ana, conversation, text("hi")).await.unwrap();

    let notes = world.bus.notes();
    assert_eq!(notes.len(), 2);
    assert!(notes.contains(&Note::Inbox { member: ana.id(), head: before_ana + 1 }));
    assert!(notes.contains(&Note::Inbox { member: bo.id(), head: before_bo + 1 }));
}

/// The rest of the conversation, the inbox and the stream go on.
#[tokio::test]
async fn m14_a_damaged_message_is_shown_as_gone_and_takes_nothing_else_along() {
    let mut world = World::new().await;
    let (ana, bo, conversation) = pair(&world).await;
    let start = world.services.head(bo.id()).await.unwrap();
    send(&world, &ana, conversation, text("first")).await.unwrap();
    let damaged = send(&world, &ana, conversation, text("second")).await.unwrap().id;
    world.store.spoil_message(damaged);

    for keys_are_damaged in [false, true] {
        if keys_are_damaged {
            world.store.spoil_keys_of(ana.id());
            world.restart();
        }
        let first = if keys_are_damaged { BodyView::Gone } else { BodyView::Text("first".into()) };

        let read = world.services.messages(&bo, conversation, None).await.unwrap();
        let bodies: Vec<_> = read.into_iter().map(|message| message.body).collect();
        assert_eq!(bodies[..2], [first, BodyView::Gone]);
        let inbox = world.services.inbox_page(&bo).await.unwrap();
        assert!(inbox.conversations[0].last.is_some());
        let missed = world.services.missed(&bo, Some(start)).await.unwrap();
        assert!(matches!(missed, Missed::Entries { entries, .. } if entries.len() >= 2));
        send(&world, &bo, conversation, text("is that all?")).await.unwrap();
        let again = refused(world.services.send(&ana, damaged, conversation, text("second")).await);
        assert_eq!(again, Refusal::IdTaken, "what cannot be compared is not the same");
    }
}
