//! A member alone with the companion sees everything live.

use std::time::Duration;

use domain::{ConversationId, JamRequestId, MessageId, account::Switch, jam::Standing, messages::MessageBody};
use services::contract::world::World;

use super::*;

struct Demo {
    world: World,
    ana: Principal,
    mira: MemberId,
    chat: ConversationId,
    track: TrackId,
    shutdown: CancellationToken,
}

/// Ana and a companion who listens.
async fn demo() -> Demo {
    let world = World::new().await;
    let (ana, mira) = (world.member("ana").await, world.member("mira").await);
    let chat = world.contacts(&mira, &ana).await;
    let track = world.track("Dusk", 180).await;
    world.services.set_switch(&mira, Switch::ListeningActivity, true).await.unwrap();
    let mira = world.fresh(&mira).await;

    let shutdown = CancellationToken::new();
    let companion = Companion::new(world.services.clone(), world.bus.clone(), mira.clone());
    tokio::spawn(companion.run(shutdown.clone()));
    tokio::time::sleep(Duration::from_secs(2)).await;
    Demo { world, ana, mira: mira.id(), chat, track, shutdown }
}

#[tokio::test(start_paused = true)]
async fn she_plays_with_her_activity_on() {
    let demo = demo().await;

    let seen = demo.world.services.activity_of(&demo.ana, demo.mira).await.unwrap().unwrap();

    assert_eq!((seen.track.id, seen.track.title.as_str()), (Some(demo.track), "Dusk"));
    assert!(matches!(seen.state, ActivityState::Playing { .. }));
}

#[tokio::test(start_paused = true)]
async fn she_answers_once_to_what_is_said_at_once() {
    let demo = demo().await;
    let services = &demo.world.services;

    for text in ["hello", "are you there?"] {
        let id = MessageId(services.fresh_id());
        services.send(&demo.ana, id, demo.chat, MessageBody::Text(text.into())).await.unwrap();
    }
    tokio::time::sleep(Duration::from_secs(10)).await;

    let messages = services.messages(&demo.ana, demo.chat, None).await.unwrap();
    let answers: Vec<_> = messages.iter().filter(|message| message.sender == demo.mira).collect();
    assert_eq!(answers.len(), 1);
    assert!(matches!(&answers[0].body, BodyView::Text(text) if text.contains("Dusk")), "{answers:?}");
}

#[tokio::test(start_paused = true)]
async fn r3_she_accepts_a_jam_is_ready_at_once_and_leaves_when_alone() {
    let demo = demo().await;
    let services = &demo.world.services;

    services.request_jam(&demo.ana, JamRequestId(services.fresh_id()), demo.chat).await.unwrap();
    tokio::time::sleep(Duration::from_secs(6)).await;

    let jam = services.own_jam(&demo.ana).await.unwrap().expect("she has accepted");
    let state = services.jam(&demo.ana, jam).await.unwrap().state;
    let own = state.member(demo.mira).unwrap();
    assert_eq!((state.host, own.standing), (demo.mira, Standing::Listening));
    assert!(state.current_row().is_some_and(|row| row.track == demo.track && own.loaded.contains(&row.id)));

    services.jam_command(&demo.ana, jam, domain::jam::Command::Leave).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    let mira = services.activity_of(&demo.ana, demo.mira).await.unwrap();
    assert!(mira.is_some(), "she goes on listening alone");
    demo.shutdown.cancel();
}
