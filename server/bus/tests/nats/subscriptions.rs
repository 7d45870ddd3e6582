//! A node asks NATS for the topics that its readers watch, and for nothing else.

use bus::NatsBus;
use services::ports::{Bus, Delivery, Topic};

use rig::Nats;

use crate::{connected_to, eventually, foreign::Foreigner, heard, inbox, soon, subject, topic, watching};

#[tokio::test]
async fn only_what_is_watched_is_subscribed_and_once() {
    let server = Nats::start().await;
    let bus = connected_to(&server).await;
    assert_eq!(server.subjects().await, [""; 0], "nobody watches anything yet");

    let mut one = watching(&bus, &[topic(1), topic(2), topic(1)]).await;
    let other = watching(&bus, &[topic(2), Topic::Library]).await;
    assert_eq!(server.subjects().await, ["earshot.test.library", &subject(1), &subject(2)]);

    one.unwatch(topic(1));
    one.unwatch(topic(2));
    one.unwatch(topic(2));
    eventually(async || server.subjects().await, |all| *all == ["earshot.test.library", &subject(2)]).await;

    drop(other);
    eventually(async || server.subjects().await, Vec::is_empty).await;
    one.watch(&[topic(3)]).await;
    assert_eq!(server.subjects().await, [subject(3)]);
    drop(one);
    eventually(async || server.subjects().await, Vec::is_empty).await;
}

#[tokio::test]
async fn several_earshots_share_a_server_without_hearing_each_other() {
    let server = Nats::start().await;
    let (here, there) = (connected_to(&server).await, connected_to(&server).await);
    let elsewhere = NatsBus::connect(&server.url(), "other").await.expect("it listens");
    let mut reader = watching(&here, &[topic(1)]).await;
    let mut stranger = watching(&elsewhere, &[topic(1)]).await;

    elsewhere.publish(inbox(1, 1)).await;
    assert_eq!(heard(&mut *stranger).await, Delivery::Note(inbox(1, 1)));
    there.publish(inbox(1, 2)).await;

    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 2)));
    crate::assert_silent(&mut *stranger).await;
}

/// Somebody who listens to everything answers for everything, as far as NATS is concerned.
#[tokio::test]
async fn watching_is_certain_while_somebody_listens_to_everything() {
    let server = Nats::start().await;
    let (here, there) = (connected_to(&server).await, connected_to(&server).await);
    let mut spy = Foreigner::connect(&server).await;
    spy.subscribe(">").await;
    let mut reader = here.subscribe().await;

    for number in 1..=50 {
        soon(reader.watch(&[topic(number)])).await;
        there.publish(inbox(number, 1)).await;
        assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(number, 1)));
    }
}

#[tokio::test]
async fn a_note_is_said_once_on_the_subject_of_its_topic() {
    let server = Nats::start().await;
    let bus = connected_to(&server).await;
    let mut spy = Foreigner::connect(&server).await;
    spy.subscribe("earshot.test.member.*").await;

    for number in 1..=3 {
        bus.publish(inbox(number, 1)).await;
    }

    for number in 1..=3 {
        assert_eq!(soon(spy.hears_on()).await, subject(number));
    }
}
