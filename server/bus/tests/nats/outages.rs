//! NATS goes and comes back: readers are told, in this order, and the node itself goes on.

use std::time::{Duration, Instant};

use rig::Nats;

use crate::{assert_silent, connected_to, eventually, heard, inbox, soon, subject, topic, two_nodes, watching};
use bus::BusMetrics;
use services::ports::{Bus, Delivery};

#[tokio::test]
async fn a_server_that_is_stopped_and_started_again_is_told_of() {
    let (here, there, mut server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(1)]).await;
    let mut other = watching(&here, &[topic(9)]).await;
    let mut far = there.subscribe().await;

    server.stop();
    for reader in [&mut reader, &mut other, &mut far] {
        assert_eq!(heard(&mut **reader).await, Delivery::Interrupted);
    }
    assert!(!here.connected());

    server.start_again().await;
    for reader in [&mut reader, &mut other, &mut far] {
        assert_eq!(heard(&mut **reader).await, Delivery::Lost);
    }
    assert!(here.connected());

    there.publish(inbox(1, 1)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 1)), "an old topic is heard again");

    reader.watch(&[topic(2)]).await;
    there.publish(inbox(2, 1)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(2, 1)), "a new topic is heard");
}

#[tokio::test]
async fn during_an_outage_the_node_hears_itself_and_nobody_waits() {
    let (here, there, mut server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(1)]).await;
    let mut far = watching(&there, &[topic(1)]).await;

    server.stop();
    assert_eq!(heard(&mut *reader).await, Delivery::Interrupted);
    assert_eq!(heard(&mut *far).await, Delivery::Interrupted);

    here.publish(inbox(1, 1)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 1)));
    assert_eq!(here.metrics(), BusMetrics { dropped: 1, ..BusMetrics::default() });

    reader.watch(&[topic(2)]).await;
    here.publish(inbox(2, 1)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(2, 1)));
    reader.unwatch(topic(2));

    let mut late = watching(&here, &[topic(3)]).await;
    assert_eq!(heard(&mut *late).await, Delivery::Interrupted, "a new reader learns of it too");

    server.start_again().await;
    assert_eq!(heard(&mut *reader).await, Delivery::Lost);
    assert_eq!(heard(&mut *late).await, Delivery::Lost);
    assert_eq!(heard(&mut *far).await, Delivery::Lost);
    assert_silent(&mut *far).await;

    there.publish(inbox(3, 1)).await;
    assert_eq!(heard(&mut *late).await, Delivery::Note(inbox(3, 1)), "what was watched meanwhile is heard");
    let wanted = [subject(1), subject(1), subject(3)];
    eventually(async || server.subjects().await, |subjects| *subjects == wanted).await;
}

#[tokio::test]
async fn what_was_said_before_the_loss_is_heard_before_it() {
    let (here, there, mut server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(1)]).await;

    here.publish(inbox(1, 1)).await;
    server.stop();
    eventually(async || here.connected() || there.connected(), |connected| !connected).await;
    here.publish(inbox(1, 2)).await;
    server.start_again().await;
    eventually(async || here.connected() && there.connected(), |connected| *connected).await;
    there.publish(inbox(1, 3)).await;

    let expected = [
        Delivery::Note(inbox(1, 1)),
        Delivery::Interrupted,
        Delivery::Note(inbox(1, 2)),
        Delivery::Lost,
        Delivery::Note(inbox(1, 3)),
    ];
    for delivery in expected {
        assert_eq!(heard(&mut *reader).await, delivery);
    }
}

#[tokio::test]
async fn many_outages_in_a_row_are_told_one_by_one() {
    let (here, there, mut server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(1)]).await;

    let mut far = there.subscribe().await;

    for outage in 1..=5 {
        server.stop();
        for reader in [&mut reader, &mut far] {
            assert_eq!(heard(&mut **reader).await, Delivery::Interrupted, "outage {outage}");
        }

        server.start_again().await;
        for reader in [&mut reader, &mut far] {
            assert_eq!(heard(&mut **reader).await, Delivery::Lost, "outage {outage}");
        }
        there.publish(inbox(1, outage)).await;
        assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, outage)));
    }
    eventually(async || server.connections().await, |connections| *connections == 4).await;
}

#[tokio::test]
async fn a_frozen_server_is_noticed() {
    let (here, there, server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(1)]).await;

    let mut far = there.subscribe().await;

    server.freeze().await;
    let frozen = Instant::now();
    let waiting = reader.watch(&[topic(2)]);
    soon(waiting).await;
    let waited = frozen.elapsed();
    here.publish(inbox(1, 1)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 1)), "the node hears itself");
    assert_eq!(heard(&mut *reader).await, Delivery::Interrupted);
    let noticed = frozen.elapsed();
    assert_eq!(heard(&mut *far).await, Delivery::Interrupted);
    println!("watching was given up after {waited:?}, the interruption noticed after {noticed:?}");

    tokio::time::sleep(Duration::from_secs(5).saturating_sub(noticed)).await;
    server.thaw();
    assert_eq!(heard(&mut *reader).await, Delivery::Lost);
    assert_eq!(heard(&mut *far).await, Delivery::Lost);
    there.publish(inbox(2, 1)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(2, 1)), "the topic of meanwhile is heard");
}

/// Frozen for longer than anyone waits, but not so long that the connection ends: on a busy machine that may take
/// more than one attempt.
#[tokio::test]
async fn whoever_waited_in_vain_is_told_of_a_loss_without_an_interruption() {
    let server = Nats::start().await;
    let bus = connected_to(&server).await;
    let mut reader = bus.subscribe().await;

    for attempt in 1..=5 {
        server.freeze().await;
        soon(reader.watch(&[topic(attempt)])).await;
        server.thaw();

        if heard(&mut *reader).await == Delivery::Lost {
            assert!(server.subjects().await.contains(&subject(attempt)));
            return;
        }
        assert_eq!(heard(&mut *reader).await, Delivery::Lost, "the connection ended after all");
    }
    panic!("the connection ended five times");
}

#[tokio::test]
async fn a_bus_that_is_gone_says_so_and_leaves_nothing_behind() {
    let (here, there, server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(1)]).await;
    let mut far = watching(&there, &[topic(1)]).await;
    let clone = here.clone();

    drop(here);
    clone.publish(inbox(1, 1)).await;
    drop(clone);

    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 1)));
    assert_eq!(heard(&mut *reader).await, Delivery::Closed);
    assert_eq!(heard(&mut *far).await, Delivery::Note(inbox(1, 1)), "the last note is still sent");
    eventually(async || server.connections().await, |connections| *connections == 2).await;

    soon(reader.watch(&[topic(2)])).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Closed);
}

#[tokio::test]
async fn a_bus_that_goes_during_an_outage_ends_its_tasks() {
    let mut server = Nats::start().await;
    let before = tasks();
    let bus = connected_to(&server).await;
    let mut reader = watching(&bus, &[topic(1), topic(2)]).await;
    assert!(tasks() > before);

    server.stop();
    assert_eq!(heard(&mut *reader).await, Delivery::Interrupted);
    drop(bus);

    assert_eq!(heard(&mut *reader).await, Delivery::Closed);
    eventually(async || tasks(), |tasks| *tasks == before).await;
}

fn tasks() -> usize {
    tokio::runtime::Handle::current().metrics().num_alive_tasks()
}
