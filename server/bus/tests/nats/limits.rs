//! What a node cannot send is heard on the node itself, and counted.

use bus::BusMetrics;
use domain::{JamId, MemberId, account::Person};
use services::ports::{Bus, Delivery, Note, Topic};
use uuid::Uuid;

use rig::Nats;

use crate::{connected_to, eventually, heard, inbox, topic, two_nodes, watching};

#[tokio::test]
async fn a_note_that_is_too_large_stays_on_its_node() {
    let (here, there, _server) = two_nodes().await;
    let mut near = watching(&here, &[Topic::Jam(jam())]).await;
    let mut far = watching(&there, &[Topic::Jam(jam())]).await;
    let offset = Note::JamOffset { jam: jam(), member: MemberId(Uuid::nil()), offset_ms: None };

    here.publish(note_of(2_000_000)).await;
    here.publish(offset.clone()).await;

    assert_eq!(heard(&mut *near).await, Delivery::Note(note_of(2_000_000)));
    assert_eq!(heard(&mut *far).await, Delivery::Note(offset));
    assert_eq!(here.metrics(), BusMetrics { sent: 1, dropped: 1, ..BusMetrics::default() });
}

#[tokio::test]
async fn a_note_that_is_too_large_for_the_server_ends_no_connection() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let settings = folder.path().join("nats.conf");
    std::fs::write(&settings, "max_payload: 1000\n").expect("a file");
    let server = Nats::start_with(&["--config", &settings.display().to_string()]).await;
    let bus = connected_to(&server).await;
    let mut reader = watching(&bus, &[topic(1)]).await;

    bus.publish(note_of(2_000)).await;
    eventually(async || bus.metrics().dropped, |dropped| *dropped == 1).await;
    bus.publish(inbox(1, 1)).await;

    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 1)));
    eventually(async || bus.metrics().sent, |sent| *sent == 1).await;
    assert!(bus.connected());
}

/// One task publishes without a pause: on one thread, nothing is sent meanwhile.
#[tokio::test]
async fn a_full_outbox_drops_for_others_and_nobody_waits() {
    const NOTES: u64 = 3_000;
    let (here, there, _server) = two_nodes().await;
    let mut near = watching(&here, &[topic(1)]).await;
    let mut far = watching(&there, &[topic(1)]).await;

    for head in 1..=NOTES {
        here.publish(inbox(1, head as i64)).await;
    }

    for head in 1..=NOTES {
        assert_eq!(heard(&mut *near).await, Delivery::Note(inbox(1, head as i64)));
    }
    eventually(async || here.metrics(), |metrics| metrics.sent + metrics.dropped == NOTES).await;
    let sent = here.metrics().sent;
    println!("{sent} of {NOTES} notes in one go were sent");
    assert!((1_024..NOTES).contains(&sent), "the outbox holds 1,024 notes, but {sent} were sent");
    for head in 1..=sent {
        assert_eq!(heard(&mut *far).await, Delivery::Note(inbox(1, head as i64)));
    }
}

fn jam() -> JamId {
    JamId(Uuid::from_u128(1))
}

fn note_of(bytes: usize) -> Note {
    let person = Person { id: MemberId(Uuid::nil()), name: "a".repeat(bytes) };

    Note::Jam { jam: jam(), revision: 1, events: vec![], people: vec![person], tracks: vec![] }
}
