//! Others on the same NATS say what they like, and harm nothing.

use std::time::Duration;

use bus::BusMetrics;
use services::ports::{Bus, Delivery, Note, Subscription};

use crate::{
    foreign::{Foreigner, message},
    heard, inbox, subject, topic, two_nodes, watching,
};

#[tokio::test]
async fn garbage_is_dropped_and_counted() {
    let (here, there, server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(1), topic(2)]).await;
    let mut foreigner = Foreigner::connect(&server).await;
    there.publish(inbox(2, 5)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(2, 5)));

    let note_of_another = [&[1, 0, 16][..], &[0; 15], &[2, 10]].concat();
    let another_version = [&[2, 0, 16][..], &[0; 15], &[1, 10]].concat();
    let long_text = [&[1, 8][..], &[255; 9]].concat();
    let large = vec![1; 1024 * 1024];
    let garbage: [&[u8]; 7] = [b"", b"\x01", b"hello", &note_of_another, &another_version, &long_text, &large];
    for payload in garbage {
        foreigner.publish(&subject(1), payload).await;
    }
    foreigner.write(b"PUB earshot.test.member.nobody 2\r\nhi\r\n").await;
    foreigner.settle().await;
    there.publish(inbox(1, 1)).await;

    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(1, 1)));
    assert_eq!(here.metrics(), BusMetrics { received: 2, undecodable: garbage.len() as u64, ..BusMetrics::default() });
    assert!(here.connected());
}

#[tokio::test]
async fn garbage_where_a_node_listens_for_itself_is_ignored() {
    let (here, there, server) = two_nodes().await;
    let mut foreigner = Foreigner::connect(&server).await;
    foreigner.subscribe("earshot.test.echo.*").await;
    let mut reader = watching(&here, &[topic(1)]).await;
    let echo = foreigner.hears_on().await;

    for payload in [&b""[..], b"hello", b"123456789"] {
        foreigner.publish(&echo, payload).await;
    }
    foreigner.settle().await;

    reader.watch(&[topic(2)]).await;
    there.publish(inbox(2, 1)).await;
    assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(2, 1)));
}

/// More than the inlet of a topic holds, as fast as NATS can bring it: what is missing is told after what is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flood_is_heard_to_its_end_or_its_loss_is_told_last() {
    flood().await;
}

/// The one thread has read everything before anybody looks.
#[tokio::test]
async fn a_flood_on_one_thread_is_heard_to_its_end_or_its_loss_is_told_last() {
    flood().await;
}

async fn flood() {
    const NOTES: i64 = 100_000;
    let (here, _there, server) = two_nodes().await;
    let reader = watching(&here, &[topic(1)]).await;
    let mut foreigner = Foreigner::connect(&server).await;
    let flood: Vec<u8> = (1..=NOTES).flat_map(|head| message(&subject(1), &encoded(head))).collect();

    let reading = tokio::spawn(read_to_the_end(reader));
    foreigner.write(&flood).await;
    foreigner.settle().await;

    let (last, lost_after) = reading.await.expect("it reads on");
    let received = here.metrics().received;
    println!("{received} of {NOTES} came in, the last was {last}, the last loss was told after {lost_after:?}");
    assert!(last == NOTES || lost_after == Some(last), "after {last} nobody said that more was lost");
    assert!(here.connected());
}

/// Until nothing has come for a while. Answers with the last note, and the note before the last loss.
async fn read_to_the_end(mut reader: Box<dyn Subscription>) -> (i64, Option<i64>) {
    let (mut last, mut lost_after) = (0, None);
    let mut next = heard(&mut *reader).await;

    loop {
        match next {
            Delivery::Note(Note::Inbox { head, .. }) => {
                assert!(head > last, "{head} came after {last}");
                assert!(head == last + 1 || lost_after.is_some(), "between {last} and {head} nothing was told");
                last = head;
            }
            Delivery::Lost => lost_after = Some(last),
            other => panic!("{other:?} is no part of a flood"),
        }

        next = match tokio::time::timeout(Duration::from_secs(2), reader.next()).await {
            Ok(next) => next,
            Err(_) => return (last, lost_after),
        };
    }
}

/// `Note::Inbox` of member 1 as it travels.
fn encoded(head: i64) -> Vec<u8> {
    let mut bytes = [&[1, 0, 16][..], &[0; 15], &[1]].concat();

    let mut rest = head as u64 * 2;
    while rest > 127 {
        bytes.push(rest as u8 | 128);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}
