//! What a watched topic costs. Run by hand: `cargo nextest run -p bus --run-ignored only --no-capture`.

use std::time::Instant;

use rig::Nats;

use crate::{connected_to, topic};
use services::ports::Bus;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "prints figures, and proves nothing"]
async fn memory_per_watched_topic() {
    let server = Nats::start().await;
    let bus = connected_to(&server).await;
    let mut reader = bus.subscribe().await;

    for (from, to) in [(0, 1_000), (1_000, 10_000), (10_000, 100_000)] {
        let topics: Vec<_> = (from..to).map(topic).collect();
        let (before, began) = (resident_bytes(), Instant::now());
        reader.watch(&topics).await;

        let each = (resident_bytes() - before) / topics.len();
        println!("{to} topics: {each} bytes for each of the last {}, {:?}", topics.len(), began.elapsed());
    }
    println!(
        "{} subjects at the server, {} MB in this process",
        server.subjects().await.len(),
        resident_bytes() / 1_000_000
    );
}

fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").expect("Linux tells it");
    let resident: usize = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).expect("the second number");

    resident * 4096
}
