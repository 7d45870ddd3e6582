//! The bus over NATS keeps the contract of all buses, and its own promises, against a real nats-server.

mod figures;
mod foreign;
mod foreigners;
mod limits;
mod outages;
mod refusals;
mod subscriptions;

use std::{future::Future, time::Duration};

use bus::NatsBus;
use domain::MemberId;
use services::{
    bus_suite, bus_suite_across,
    ports::{Bus, Delivery, Note, Subscription, Topic},
};
use uuid::Uuid;

use rig::Nats;

bus_suite!(*one_node().await);
bus_suite_across!(two_nodes().await);

/// A bus with the server that it needs.
struct Node(NatsBus, #[allow(dead_code, reason = "it runs as long as the bus is tested")] Nats);

impl std::ops::Deref for Node {
    type Target = NatsBus;

    fn deref(&self) -> &NatsBus {
        &self.0
    }
}

async fn one_node() -> Node {
    let server = Nats::start().await;

    Node(connected_to(&server).await, server)
}

async fn two_nodes() -> (NatsBus, NatsBus, Nats) {
    let server = Nats::start().await;

    (connected_to(&server).await, connected_to(&server).await, server)
}

async fn connected_to(server: &Nats) -> NatsBus {
    NatsBus::connect(&server.url(), "test").await.expect("the server has just begun to listen")
}

async fn watching(bus: &NatsBus, topics: &[Topic]) -> Box<dyn Subscription> {
    let mut reader = bus.subscribe().await;
    reader.watch(topics).await;
    reader
}

/// What comes next. The bound is far above what anything here takes.
async fn heard(reader: &mut dyn Subscription) -> Delivery {
    soon(reader.next()).await
}

async fn soon<T>(coming: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(30), coming).await.expect("it comes within 30 seconds")
}

/// Asks again and again until the answer is as it should be, and shows the last one otherwise.
async fn eventually<T: std::fmt::Debug>(mut ask: impl AsyncFnMut() -> T, holds: impl Fn(&T) -> bool) {
    let mut last = None;

    let asking = async {
        loop {
            let answer = ask().await;
            if holds(&answer) {
                return;
            }
            last = Some(answer);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    if tokio::time::timeout(Duration::from_secs(30), asking).await.is_err() {
        panic!("after 30 seconds it is still {last:?}");
    }
}

async fn assert_silent(reader: &mut dyn Subscription) {
    let heard = tokio::time::timeout(Duration::from_millis(100), reader.next()).await;
    assert!(heard.is_err(), "nothing should be heard, but {heard:?} was");
}

fn topic(number: u128) -> Topic {
    Topic::Member(MemberId(Uuid::from_u128(number)))
}

fn subject(number: u128) -> String {
    format!("earshot.test.member.{:032x}", number)
}

fn inbox(number: u128, head: i64) -> Note {
    Note::Inbox { member: MemberId(Uuid::from_u128(number)), head }
}
