//! The inbox: an ordered stream that can be read again from any position.

use domain::{
    ConversationId, JamRequestId, MessageId,
    account::Switch,
    inbox::{InboxEntry, InboxEvent, Missed, Position},
    jam_request::{JAM_REQUEST_LIFE_MS, JamRequestState},
    messages::MessageBody,
    relations::RequestState,
    wire::ENTRIES_PER_FRAME,
};
use services::{Principal, contract::World};

async fn say(world: &World, who: &Principal, to: ConversationId, words: &str) {
    let id = MessageId(world.services.fresh_id());
    world.services.send(who, id, to, MessageBody::Text(words.into())).await.unwrap();
}

/// What a reader at this position is told.
async fn missed(world: &World, who: &Principal, seq: i64) -> (Vec<InboxEntry>, Position) {
    let epoch = world.services.head(who.id()).await.unwrap().epoch;

    match world.services.missed(who, Some(Position { epoch, seq })).await.unwrap() {
        Missed::Entries { entries, head } => (entries, head),
        Missed::StartOver { .. } => panic!("the position is a good one"),
    }
}

#[tokio::test]
async fn m10_every_missed_entry_comes_in_order_and_without_holes() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    let start = world.services.head(bo.id()).await.unwrap().seq;
    let count = ENTRIES_PER_FRAME + 5;
    for number in 0..count {
        say(&world, &ana, conversation, &number.to_string()).await;
    }

    let (mut entries, head) = missed(&world, &bo, start).await;
    assert_eq!(entries.len(), ENTRIES_PER_FRAME);
    let (rest, _) = missed(&world, &bo, entries.last().unwrap().seq).await;
    entries.extend(rest);

    assert!(entries.iter().map(|entry| entry.seq).eq(start + 1..=head.seq));
    let told = entries.iter().map(|entry| match &entry.event {
        InboxEvent::Message(message) => message.seq,
        other => panic!("not a message: {other:?}"),
    });
    assert!(told.eq(1..=count as i64));
    assert_eq!(missed(&world, &bo, head.seq).await, (Vec::new(), head));
}

#[tokio::test]
async fn a_position_that_means_nothing_here_starts_over() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let head = world.services.head(ana.id()).await.unwrap();

    let strange = [
        Position { epoch: head.epoch.wrapping_add(1), seq: 0 },
        Position { seq: head.seq + 1, ..head },
        Position { seq: -1, ..head },
        Position { seq: i64::MAX, ..head },
    ];
    for position in strange {
        assert_eq!(world.services.missed(&ana, Some(position)).await.unwrap(), Missed::StartOver { head });
    }
}

#[tokio::test]
async fn without_a_position_the_stream_begins_at_its_head() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    world.contacts(&ana, &bo).await;

    let told = world.services.missed(&ana, None).await.unwrap();

    let head = world.services.head(ana.id()).await.unwrap();
    assert!(head.seq > 0);
    assert_eq!(told, Missed::Entries { entries: Vec::new(), head });
}

#[tokio::test]
async fn m2_entries_tell_the_present_state_of_what_they_are_about() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;

    let (entries, _) = missed(&world, &ana, 0).await;

    let accepted = entries.iter().filter_map(|entry| match &entry.event {
        InboxEvent::ChatRequest(request) => Some((request.state, request.conversation)),
        _ => None,
    });
    assert!(accepted.clone().count() > 0);
    assert!(accepted.into_iter().all(|state| state == (RequestState::Accepted, Some(conversation))));
}

#[tokio::test]
async fn m10_a_read_marker_reaches_only_my_own_devices() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    say(&world, &ana, conversation, "hi").await;
    let (of_ana, of_bo) =
        (world.services.head(ana.id()).await.unwrap().seq, world.services.head(bo.id()).await.unwrap().seq);

    world.services.mark_read(&bo, conversation, 1).await.unwrap();

    let (entries, _) = missed(&world, &bo, of_bo).await;
    assert_eq!(entries, [InboxEntry { seq: of_bo + 1, event: InboxEvent::Read { conversation, up_to: 1 } }]);
    assert_eq!(missed(&world, &ana, of_ana).await.0, []);
}

#[tokio::test]
async fn r4_a_jam_request_that_is_too_old_reads_as_gone() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    let start = world.services.head(bo.id()).await.unwrap().seq;
    let id = JamRequestId(world.services.fresh_id());
    world.services.request_jam(&ana, id, conversation).await.unwrap();
    let state = |entries: &[InboxEntry]| match &entries[0].event {
        InboxEvent::JamRequest(request) => request.state,
        other => panic!("not a Jam request: {other:?}"),
    };

    assert_eq!(state(&missed(&world, &bo, start).await.0), JamRequestState::Open);
    world.clock.advance(JAM_REQUEST_LIFE_MS);
    assert_eq!(state(&missed(&world, &bo, start).await.0), JamRequestState::Gone);
}

#[tokio::test]
async fn m12_a_block_tells_both_that_the_conversation_has_changed() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    world.contacts(&ana, &bo).await;
    let start = world.services.head(ana.id()).await.unwrap().seq;

    world.services.block(&bo, ana.id()).await.unwrap();

    let (entries, _) = missed(&world, &ana, start).await;
    assert!(matches!(&entries[..], [InboxEntry { event: InboxEvent::Conversation(view), .. }] if !view.open));
}

#[tokio::test]
async fn m13_behind_a_closed_gate_the_stream_goes_on_and_says_nothing() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    say(&world, &ana, conversation, "hi").await;
    world.services.set_switch(&bo, Switch::Messages, false).await.unwrap();

    let (entries, head) = missed(&world, &world.fresh(&bo).await, 0).await;

    assert!(entries.iter().map(|entry| entry.seq).eq(1..=head.seq));
    assert!(entries.iter().all(|entry| entry.event == InboxEvent::Nothing));
}

#[tokio::test]
async fn the_stream_survives_a_restart() {
    let mut world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    say(&world, &ana, conversation, "hi").await;
    let before = missed(&world, &bo, 0).await;

    world.restart();

    assert_eq!(missed(&world, &bo, 0).await, before);
}
