//! Opening databases: what comes back, and what is refused in which words.

use std::path::Path;

use domain::{
    MemberId, Refusal, Timestamp, TrackId,
    account::{DisplayName, Market, Role, Switches, Tier, Username},
    jam::{Member, State},
};
use rig::Postgres;
use services::ports::{
    NodeId,
    store::{
        AccountStore, ArtistTags, JamStore, KnownFile, LibraryStore, ScannedTrack, StoreError, StoredAge, StoredJam,
        StoredMember,
    },
};
use sqlx::{Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use store::{OpenError, SqlStore};
use tempfile::tempdir;
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_772_366_400_000);

#[tokio::test]
async fn a_reopened_database_keeps_everything() {
    let folder = tempdir().expect("a folder for the test");
    let place = folder.path().join("a library #1, 100%?.db");
    let store = open(&place).await.expect("the file is made");
    store.add_member(&ana(), "hash").await.expect("the name is free");
    let music = store.folder("/music", Uuid::from_u128(1).into()).await.expect("a write");
    store.put_tracks(music, &[song()], NOW).await.expect("a write");
    let epoch = store.epoch().await.expect("a read");
    store.close().await;

    let store = open(&place).await.expect("the file is there");

    assert!(place.exists(), "signs in the name are part of the name");
    assert_eq!(store.epoch().await.expect("a read"), epoch);
    let found = store.member(ana().id).await.expect("a read");
    assert_eq!(found, Some(StoredMember { role: Role::Administrator, ..ana() }));
    assert_eq!(store.search("so", 5).await.expect("a read").tracks.len(), 1);
}

#[tokio::test]
async fn a_second_life_has_another_epoch() {
    let (one, other) = (SqlStore::memory().await.expect("memory"), SqlStore::memory().await.expect("memory"));

    assert_ne!(one.epoch().await.expect("a read"), other.epoch().await.expect("a read"));
}

#[tokio::test]
async fn a_newer_database_is_refused_and_left_alone() {
    let folder = tempdir().expect("a folder for the test");
    let place = folder.path().join("earshot.db");
    open(&place).await.expect("the file is made").close().await;
    let mut other = raw(&place).await;
    other.execute("INSERT INTO migrations (version) VALUES (999)").await.expect("a write");
    other.close().await.expect("it closes");

    let refused = open(&place).await.expect_err("it is too new");

    assert!(matches!(refused, OpenError::Newer { found: 999, .. }), "{refused:?}");
    assert!(refused.to_string().contains("newer Earshot"), "{refused}");
}

#[tokio::test]
async fn what_cannot_be_opened_is_named_in_a_sentence() {
    let folder = tempdir().expect("a folder for the test");
    let missing = open(&folder.path().join("no such folder/earshot.db")).await.expect_err("there is no folder");
    assert!(matches!(missing, OpenError::Unreachable { .. }), "{missing:?}");
    assert!(missing.to_string().contains("check that its folder exists"), "{missing}");

    let text = folder.path().join("letter.txt");
    std::fs::write(&text, "Dear Bo, this is no database, but it is long enough to look like a file. ".repeat(20))
        .expect("a file can be written");
    let damaged = open(&text).await.expect_err("it is no database");
    assert!(matches!(damaged, OpenError::Damaged { .. }), "{damaged:?}");

    for address in ["", "earshot.db", "sqlite:", "sqlite::memory:", "mysql://somewhere"] {
        let odd = SqlStore::open(address).await.expect_err("it is no address of ours");
        assert!(matches!(odd, OpenError::Address), "{odd:?}");
    }
}

#[tokio::test]
async fn a_database_that_stopped_working_is_unavailable() {
    let folder = tempdir().expect("a folder for the test");
    let place = folder.path().join("earshot.db");
    let store = open(&place).await.expect("the file is made");
    let mut other = raw(&place).await;
    other.execute("DROP TABLE sessions").await.expect("a write");

    let unavailable = store.sessions(ana().id).await.expect_err("the table is gone");
    assert!(matches!(unavailable, StoreError::Unavailable(_)), "{unavailable:?}");

    store.close().await;
    let closed = store.member_count().await.expect_err("it is closed");
    assert!(matches!(closed, StoreError::Unavailable(_)), "{closed:?}");
}

async fn open(place: &Path) -> Result<SqlStore, OpenError> {
    SqlStore::open(&format!("sqlite:{}", place.display())).await
}

#[tokio::test]
async fn j8_a_jam_that_cannot_be_read_is_one_that_nobody_knows() {
    let folder = tempdir().expect("a folder for the test");
    let place = folder.path().join("earshot.db");
    let store = open(&place).await.expect("the file is made");
    store.add_member(&ana(), "hash").await.expect("the name is free");
    let [good, bad] =
        [7, 8].map(|number| State::new(Uuid::from_u128(number).into(), Member::seated(ana().id, true, NOW), NOW));
    let owned = |state: &State| StoredJam { state: state.clone(), owner: NodeId(Uuid::from_u128(1)) };
    for jam in [&good, &bad] {
        store.add_jam(&owned(jam), &[], None, NOW).await.expect("a write");
    }
    let mut other = raw(&place).await;
    other
        .execute("UPDATE jams SET state = '{\"torn' WHERE id = x'00000000000000000000000000000008'")
        .await
        .expect("a write");
    other.close().await.expect("it closes");

    let unreadable = store.jam(bad.id).await;

    assert!(matches!(unreadable, Err(StoreError::Refused(Refusal::JamUnknown))), "{unreadable:?}");
    assert_eq!(store.jam(good.id).await.expect("a read"), Some(owned(&good)));
    assert_eq!(store.live_jams().await.expect("a read").len(), 2);
}

#[tokio::test]
async fn a_postgres_that_cannot_be_used_is_named_in_a_sentence_without_its_secrets() {
    let mut server = Postgres::start();
    let refused = async |url: &str| SqlStore::open(url).await.expect_err("it cannot be used");
    let named = |error: &OpenError| {
        let words = error.to_string();
        assert!(!words.contains("s3cret"), "{words}");
        words
    };

    let missing = refused(&server.url_of("nowhere").replace("earshot@", "earshot:s3cret@")).await;
    assert!(matches!(missing, OpenError::Missing { .. }) && !missing.may_pass(), "{missing:?}");
    assert!(named(&missing).contains("createdb"), "{missing}");

    server.psql("postgres", "CREATE DATABASE odd ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    let odd = refused(&server.url_of("odd")).await;
    assert!(named(&odd).contains("UTF8"), "{odd}");

    server.stop();
    let silent = refused(&server.url().replace("earshot@", "earshot:s3cret@")).await;
    assert!(silent.may_pass(), "{silent:?}");
    assert!(named(&silent).contains("database.url"), "{silent}");
}

#[tokio::test]
async fn a_newer_postgres_database_is_refused_and_two_that_open_it_at_once_make_its_tables_once() {
    let server = Postgres::start();
    let url = server.url();

    let opened = tokio::join!(SqlStore::open(&url), SqlStore::open(&url), SqlStore::open(&url));
    let epochs = [opened.0, opened.1, opened.2].map(|store| store.expect("the tables are made"));
    assert_eq!(epochs[0].epoch().await.expect("a read"), epochs[2].epoch().await.expect("a read"));

    server.psql("postgres", "INSERT INTO migrations (version) VALUES (999)");
    let refused = SqlStore::open(&url).await.expect_err("it is too new");
    assert!(matches!(refused, OpenError::Newer { found: 999, .. }), "{refused:?}");
}

/// Without a restart of ours; what was asked meanwhile failed and changed nothing.
#[tokio::test]
async fn a_postgres_that_went_away_is_used_again_when_it_is_back() {
    let mut server = Postgres::start();
    let store = SqlStore::open(&server.url()).await.expect("the server runs");
    store.add_member(&ana(), "hash").await.expect("the name is free");

    server.stop();
    let away = store.set_role("ana", Role::Moderator).await.expect_err("nobody is there");
    assert!(matches!(away, StoreError::Unavailable(_)), "{away:?}");
    server.resume();

    // Its connections have been idle for longer than they are trusted without a question.
    tokio::time::sleep(std::time::Duration::from_millis(1_200)).await;
    for _ in 0..40 {
        let member = store.member(ana().id).await.expect("it is back").expect("nothing was lost");
        assert_eq!(member.role, Role::Administrator);
    }
}

/// The file as another program sees it.
async fn raw(place: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(place)).await.expect("the file is there")
}

fn ana() -> StoredMember {
    StoredMember {
        id: MemberId(Uuid::from_u128(1)),
        username: Username::parse("Ana").expect("a good name"),
        display_name: DisplayName::parse("Ana").expect("a good name"),
        role: Role::Member,
        tier: Tier::Premium,
        market: Market::parse("PT").expect("a country"),
        age: StoredAge::Open(jiff::civil::date(2026, 3, 1)),
        switches: Switches::default(),
        created_at: NOW,
    }
}

fn song() -> ScannedTrack {
    ScannedTrack {
        id: TrackId(Uuid::from_u128(1)),
        file: KnownFile { path: "song.ogg".into(), size_bytes: 1, modified_ms: 1 },
        mime: "audio/ogg".into(),
        title: "Song".into(),
        artist: ArtistTags { id: Uuid::from_u128(2).into(), name: "Ana".into() },
        album: None,
        disc: None,
        number: None,
        duration_ms: 1_000,
        genre: None,
        year: None,
        artwork: None,
    }
}
