//! What watching and saying something costs. Run by hand:
//! `cargo nextest run -p bus --run-ignored only --no-capture`.

use std::time::{Duration, Instant};

use services::ports::{Bus, Delivery};

use rig::Nats;

use crate::{connected_to, heard, inbox, topic, two_nodes, watching};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures, and proves nothing"]
async fn memory_per_watched_topic_and_an_outage_with_many() {
    let mut server = Nats::start().await;
    let bus = connected_to(&server).await;
    let mut reader = bus.subscribe().await;

    for (from, to) in [(0, 1_000), (1_000, 10_000), (10_000, 100_000)] {
        let topics: Vec<_> = (from..to).map(topic).collect();
        let (before, began) = (resident_bytes(), Instant::now());
        reader.watch(&topics).await;

        let each = (resident_bytes() - before) / topics.len();
        println!("{to} topics: {each} bytes for each of the last {}, {:?}", topics.len(), began.elapsed());
    }
    println!("{} subjects at the server, {} MB here", server.subjects().await.len(), resident_bytes() / 1_000_000);

    let stopped = Instant::now();
    server.stop();
    assert_eq!(heard(&mut *reader).await, Delivery::Interrupted);
    println!("interrupted after {:?}", stopped.elapsed());
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("{} MB during the outage", resident_bytes() / 1_000_000);

    let started = Instant::now();
    server.start_again().await;
    assert_eq!(heard(&mut *reader).await, Delivery::Lost);
    println!("all heard again after {:?}, {} MB", started.elapsed(), resident_bytes() / 1_000_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures, and proves nothing"]
async fn time_of_a_note_between_nodes_and_of_watching() {
    const TIMES: u32 = 2_000;
    let (here, there, _server) = two_nodes().await;
    let mut reader = watching(&here, &[topic(0)]).await;
    let (mut notes, mut watches) = (Vec::new(), Vec::new());

    for time in 1..=TIMES {
        let began = Instant::now();
        there.publish(inbox(0, time.into())).await;
        assert_eq!(heard(&mut *reader).await, Delivery::Note(inbox(0, time.into())));
        notes.push(began.elapsed());

        let began = Instant::now();
        reader.watch(&[topic(time.into())]).await;
        watches.push(began.elapsed());
    }

    for (name, mut times) in [("a note", notes), ("watching", watches)] {
        times.sort();
        println!("{name}: median {:?}, 99 of 100 within {:?}", times[times.len() / 2], times[times.len() * 99 / 100]);
    }
}

fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux tells it");
    let resident: usize = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("the second number");

    resident * 4096
}
