//! The in-process bus keeps the contract of all buses, and its own promise about its bound.

use bus::LocalBus;
use domain::MemberId;
use services::{
    bus_suite, bus_suite_across,
    ports::{Bus, Delivery, Note, Topic},
};

bus_suite!(LocalBus::new());
bus_suite_across!({
    let bus = LocalBus::new();
    (bus.clone(), bus)
});

#[tokio::test]
async fn a_full_queue_is_dropped_and_said_once() {
    let bus = LocalBus::new();
    let member = MemberId(uuid::Uuid::from_u128(1));
    let mut reader = bus.subscribe().await;
    reader.watch(&[Topic::Member(member)]).await;

    for head in 0..5_000 {
        bus.publish(Note::Inbox { member, head }).await;
    }

    assert_eq!(reader.next().await, Delivery::Lost);
    assert_eq!(
        reader.next().await,
        Delivery::Note(Note::Inbox { member, head: 4_097 }),
        "the first one after the loss"
    );
}

#[tokio::test]
async fn a_bus_that_is_gone_says_so_after_its_last_note() {
    let bus = LocalBus::new();
    let member = MemberId(uuid::Uuid::from_u128(1));
    let mut reader = bus.subscribe().await;
    reader.watch(&[Topic::Member(member)]).await;

    bus.publish(Note::Permissions(member)).await;
    drop(bus);

    assert_eq!(reader.next().await, Delivery::Note(Note::Permissions(member)));
    assert_eq!(reader.next().await, Delivery::Closed);
}
