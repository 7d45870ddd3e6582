//! What a database answers to what the server asks, so that two can be compared from outside.

use std::fmt::Debug;

use domain::library::{Order, Slice};
use services::ports::store::{AccountStore, ContactStore, JamStore, LibraryStore, MessageStore, StoreResult};
use store::SqlStore;

use crate::town::{self, NOW, id};

/// Answers with what was asked.
pub async fn answers(store: &SqlStore) -> Vec<String> {
    let mut answers = Vec::new();
    let mut note = |question: &str, answer: String| answers.push(format!("{question}: {answer}"));

    note("epoch", shown(store.epoch().await));
    note("key", shown(store.key_check(b"another").await));
    note("members", shown(store.member_count().await));
    for member in town::members() {
        note("member", shown(store.member(member).await));
        note("hash", shown(store.password_hash(member).await));
        note("sessions", shown(store.sessions(member).await));
        note("invites", shown(store.live_invites(member, NOW + 50).await));
        note("requests", shown(store.open_chat_requests(member, NOW + 50).await));
        note("contacts", sorted(store.contacts(member).await));
        note("blocked", sorted(store.blocked_by(member).await));
        note("conversations", shown(store.conversations(member).await));
        note("inbox", shown(store.inbox(member, 0, 5_000).await));
        note("marks", shown(store.marks(&[member]).await));
        note("jam requests", shown(store.open_jam_requests(member, NOW + 50).await));
        note("jams", shown(store.jams_of(member).await));
        note("saved", shown(store.saved(member, 0).await));
        note("last", shown(store.last_played(&[member]).await));
    }
    for conversation in town::conversations() {
        note("messages", shown(store.messages(conversation, i64::MAX, 1_000).await));
        note("data key", shown(store.data_key(conversation, id(1)).await));
    }
    for jam in [301, 302] {
        note("jam", shown(store.jam(id(jam)).await));
    }
    for request in [201, 202, 203] {
        note("jam request", shown(store.jam_request(id(request)).await));
    }
    for order in [Order::Title, Order::Artist, Order::Newest] {
        note("tracks", shown(store.tracks(order, ALL).await));
        note("albums", shown(store.albums(order, ALL).await));
    }
    note("artists", shown(store.artists(ALL).await));
    note("problems", shown(store.problems(ALL).await));
    note("size", shown(store.library_size().await));
    answers
}

const ALL: Slice = Slice { offset: 0, limit: 1_000 };

/// What is found, in an order that says nothing of the engine.
pub async fn found(store: &SqlStore) -> Vec<String> {
    let mut found = Vec::new();

    for text in ["moon", "blue moon", "зелёный", "kunst 7", "record 33", "the", "song 61", "unders", "red künstler 12"]
    {
        let all = store.search(text, 2_000).await.expect("a read");
        let mut names: Vec<_> = all.tracks.iter().map(|track| format!("{text}: {}", track.id)).collect();
        names.extend(all.albums.iter().map(|album| format!("{text}: {}", album.id)));
        names.extend(all.artists.iter().map(|artist| format!("{text}: {}", artist.id)));
        names.sort();
        found.extend(names);
    }
    found
}

fn shown(answer: StoreResult<impl Debug>) -> String {
    format!("{:?}", answer.expect("the store answers"))
}

fn sorted(answer: StoreResult<Vec<impl Debug>>) -> String {
    let mut all: Vec<_> = answer.expect("the store answers").iter().map(|one| format!("{one:?}")).collect();

    all.sort();
    format!("{all:?}")
}
