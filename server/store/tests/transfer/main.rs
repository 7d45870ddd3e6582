//! Moving everything from one database into another.

mod answers;
mod town;

use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use answers::{answers, found};
use domain::library::{Order, Slice};
use rig::Postgres;
use services::ports::{
    NodeId, Presence,
    store::{AccountStore, LibraryStore, ScannedTrack},
};
use sqlx::{Connection, Executor, Row, SqliteConnection, sqlite::SqliteConnectOptions};
use store::{
    OpenError, SqlStore,
    alone::alone,
    transfer::{Doing, Moved, Step, TransferError, transfer},
};
use tempfile::{TempDir, tempdir};
use tokio::sync::Notify;
use town::{NOW, TRACKS, id};

#[tokio::test]
async fn everything_moves_to_postgres_and_back() {
    let (old, server) = (Filled::new().await, Postgres::start());
    // Its order of texts is none of their bytes.
    server.psql("postgres", "CREATE DATABASE town TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US'");
    let (there, back) = (server.url_of("town"), old.place("back.db"));

    let moved = transfer(&old.url(), &there, &|_| ()).await.expect("the new database is empty");
    let again = transfer(&there, &url(&back), &|_| ()).await.expect("the new database is empty");

    assert_eq!(moved, again);
    assert_eq!(moved.len(), tables(&old.file).await.len());
    assert!(moved.iter().all(|table| table.rows > 0), "{moved:?}");
    assert!(moved.contains(&Moved { table: "tracks", rows: TRACKS as u64 - 2 }));

    let mut stores = Vec::new();
    for address in [old.url(), there, url(&back)] {
        stores.push(SqlStore::open(&address).await.expect("it is there"));
    }
    let (expected, finds) = (answers(&stores[0]).await, found(&stores[0]).await);
    assert!(finds.len() > 1_000, "{}", finds.len());
    for store in &stores[1..] {
        let answered = answers(store).await;
        expected.iter().zip(&answered).for_each(|(expected, answered)| assert_eq!(answered, expected));
        assert_eq!(found(store).await, finds);
    }
    assert_eq!(differences(&old.file, &back).await, Vec::<String>::new());
}

/// In the town there is something in every table and every column, and in every column that may be empty nothing, too.
#[tokio::test]
async fn the_town_leaves_nothing_out() {
    let old = Filled::new().await;
    let mut raw = raw(&old.file).await;
    // One row only, and an owner since there are several nodes.
    let never_empty = [("server", "key_check"), ("jams", "owner")];

    for table in tables(&old.file).await {
        let columns = format!("SELECT name, \"notnull\" AS full FROM pragma_table_info('{table}')");
        for column in raw.fetch_all(sqlx::AssertSqlSafe(columns)).await.expect("a read") {
            let (name, full): (String, i64) = (column.get("name"), column.get("full"));
            let ask = format!("SELECT count({name}) AS full, count(*) - count({name}) AS empty FROM {table}");
            let counts = raw.fetch_one(sqlx::AssertSqlSafe(ask)).await.expect("a read");
            assert!(counts.get::<i64, _>("full") > 0, "{table}.{name}");
            let empty = full == 1 || never_empty.contains(&(&table, &name)) || counts.get::<i64, _>("empty") > 0;
            assert!(empty, "{table}.{name} is never empty");
        }
    }
}

#[tokio::test]
async fn a_moved_library_goes_on() {
    let (old, server) = (Filled::new().await, Postgres::start());
    transfer(&old.url(), &server.url(), &|_| ()).await.expect("the new database is empty");
    let store = SqlStore::open(&server.url()).await.expect("the server runs");
    let folder = store.folder("/music", id(1)).await.expect("a read");

    let fresh = ScannedTrack { title: "Xylophone".into(), ..town::track(700) };
    store.put_tracks(folder, &[fresh, town::track(5)], NOW + 9).await.expect("a write");

    assert_eq!(store.search("xylo", 5).await.expect("a read").tracks.len(), 1);
    let all = store.tracks(Order::Newest, Slice { offset: 0, limit: 1_000 }).await.expect("a read");
    assert_eq!(all.len() as u128, TRACKS);
    let numbers = server.psql("postgres", "SELECT max(nr) >= 620 AND min(nr) = 1 FROM tracks");
    assert_eq!(numbers, "t");
}

#[tokio::test]
async fn an_interrupted_transfer_leaves_the_new_database_empty() {
    let (old, server) = (Filled::new().await, Postgres::start());
    let (source, targets) = (old.url(), [server.url(), url(&old.place("new.db"))]);

    for target in &targets {
        let there = Notify::new();
        let report = |step: Step| {
            if (step.doing, step.table, step.rows) == (Doing::Indexing, "tracks", 500) {
                there.notify_one();
            }
        };
        tokio::select! {
            ended = transfer(&source, target, &report) => panic!("it was to be interrupted: {ended:?}"),
            () = there.notified() => {}
        }

        let store = SqlStore::open(target).await.expect("it is there");
        assert_eq!(store.member_count().await.expect("a read"), 0);
        assert_eq!(store.library_size().await.expect("a read").tracks, 0);
        store.close().await;
        transfer(&old.url(), target, &|_| ()).await.expect("nothing stands in the way");
    }
}

#[tokio::test]
async fn a_difference_is_found_wherever_it_is() {
    let (old, server) = (Filled::new().await, Postgres::start());
    let plants = [
        ("messages", "UPDATE messages SET sealed = set_byte(sealed, 0, 1) WHERE seq = 519"),
        ("inbox_entries", "DELETE FROM inbox_entries WHERE seq = 520"),
        ("tracks", "UPDATE tracks SET genre = '' WHERE genre IS NULL AND nr > 610"),
        ("server", "UPDATE server SET epoch = epoch + 1"),
        ("last_played", "UPDATE last_played SET at = at + 1"),
    ];

    for (place, (table, plant)) in plants.into_iter().enumerate() {
        let database = format!("plant{place}");
        let target = server.database(&database);
        let planted = AtomicBool::new(false);
        let report = |step: Step| {
            if step.doing == Doing::Comparing && !planted.swap(true, Ordering::Relaxed) {
                server.psql(&database, plant);
            }
        };

        let refused = transfer(&old.url(), &target, &report).await.expect_err("they differ");

        assert!(matches!(refused, TransferError::Different { table: found, .. } if found == table), "{refused:?}");
        assert!(refused.to_string().contains("do not use the new database"), "{refused}");
    }
}

#[tokio::test]
async fn a_database_with_something_in_it_is_no_target() {
    let (old, server) = (Filled::new().await, Postgres::start());
    let target = server.url();
    let store = SqlStore::open(&target).await.expect("the server runs");
    let epoch = store.epoch().await.expect("a read");
    store.folder("/music", id(5)).await.expect("a write");

    let refused = transfer(&old.url(), &target, &|_| ()).await.expect_err("it is not empty");

    assert!(matches!(refused, TransferError::NotEmpty { table: "folders", .. }), "{refused:?}");
    assert!(refused.to_string().contains("is not empty"), "{refused}");
    assert_eq!(store.epoch().await.expect("a read"), epoch);
    assert_eq!(store.member_count().await.expect("a read"), 0);
    let same = transfer(&target, &target, &|_| ()).await.expect_err("there is only one");
    assert!(matches!(same, TransferError::Same), "{same:?}");
}

#[tokio::test]
async fn a_text_that_postgres_does_not_take_is_named() {
    let (old, server) = (Filled::new().await, Postgres::start());
    let store = SqlStore::open(&old.url()).await.expect("it is there");
    let folder = store.folder("/music", id(1)).await.expect("a read");
    let odd = ScannedTrack { genre: Some("Ja\0zz".into()), ..town::track(600) };
    store.put_tracks(folder, &[odd], NOW).await.expect("SQLite takes it");
    store.close().await;

    let refused = transfer(&old.url(), &server.url(), &|_| ()).await.expect_err("PostgreSQL does not take it");

    assert!(matches!(refused, TransferError::Nul { table: "tracks", column: "genre", .. }), "{refused:?}");
    assert!(refused.to_string().starts_with("a track has the sign NUL in its text"), "{refused}");
    assert_eq!(server.psql("postgres", "SELECT count(*) FROM members"), "0");
    transfer(&old.url(), &url(&old.place("new.db")), &|_| ()).await.expect("another SQLite takes it as well");
}

#[tokio::test]
async fn nothing_is_moved_while_a_server_works() {
    let (old, server) = (Filled::new().await, Postgres::start());
    let there = server.url();

    let held = alone(&old.url()).expect("nobody has it");
    let refused = transfer(&old.url(), &there, &|_| ()).await.expect_err("it is in use");
    assert!(matches!(refused, TransferError::Taken(_)), "{refused:?}");
    drop(held);

    let node = SqlStore::open(&there).await.expect("the server runs");
    let working = async || {
        loop {
            node.beat(NodeId(id(1)), town::NOW).await.expect("a write");
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    };
    for (from, to) in [(old.url(), there.clone()), (there.clone(), url(&old.place("new.db")))] {
        tokio::select! {
            moved = transfer(&from, &to, &|_| ()) => {
                let refused = moved.expect_err("a node works");
                assert!(matches!(refused, TransferError::Works { .. }), "{refused:?}");
            }
            () = working() => {}
        }
    }

    // It ended without a word; its row is still there.
    transfer(&old.url(), &there, &|_| ()).await.expect("nobody works any more");
}

#[tokio::test]
async fn the_old_database_is_only_read() {
    let (old, server) = (Filled::new().await, Postgres::start());
    let before = std::fs::read(&old.file).expect("it is there");

    transfer(&old.url(), &server.url(), &|_| ()).await.expect("the new database is empty");

    assert!(std::fs::read(&old.file).expect("it is there") == before, "not a byte is another");
}

#[tokio::test]
async fn only_tables_of_this_program_are_moved() {
    let (old, folder) = (Filled::new().await, tempdir().expect("a folder for the test"));
    let target = url(&folder.path().join("new.db"));
    let refused = async |from: &str| match transfer(from, &target, &|_| ()).await {
        Err(TransferError::Open(error)) => error,
        other => panic!("it cannot be opened: {other:?}"),
    };

    let missing = refused(&url(&folder.path().join("none.db"))).await;
    assert!(matches!(missing, OpenError::NoFile { .. }), "{missing:?}");
    assert!(!folder.path().join("none.db").exists(), "nothing is made");

    let mut other = raw(&old.file).await;
    other.execute("DELETE FROM migrations WHERE version = 7").await.expect("a write");
    let older = refused(&old.url()).await;
    assert!(matches!(older, OpenError::Older { found: 6, .. }), "{older:?}");

    other.execute("INSERT INTO migrations (version) VALUES (999)").await.expect("a write");
    let newer = refused(&old.url()).await;
    assert!(matches!(newer, OpenError::Newer { found: 999, .. }), "{newer:?}");

    other.execute("DROP TABLE migrations").await.expect("a write");
    let foreign = refused(&old.url()).await;
    assert!(matches!(foreign, OpenError::Foreign { .. }), "{foreign:?}");
}

/// A file with the town in it.
struct Filled {
    folder: TempDir,
    file: PathBuf,
}

impl Filled {
    async fn new() -> Self {
        let folder = tempdir().expect("a folder for the test");
        let file = folder.path().join("old.db");
        let store = SqlStore::open(&url(&file)).await.expect("the file is made");

        town::fill(&store).await;
        store.close().await;
        Self { folder, file }
    }

    fn url(&self) -> String {
        url(&self.file)
    }

    fn place(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

async fn raw(file: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(file)).await.expect("the file is there")
}

/// Those that hold what must survive.
async fn tables(file: &Path) -> Vec<String> {
    let all = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%\\_words%' ESCAPE '\\'
                   AND name NOT IN ('migrations') ORDER BY name";
    let rows = raw(file).await.fetch_all(all).await.expect("a read");

    rows.iter().map(|row| row.get("name")).collect()
}

/// Tables and indexes of words in which two files differ, found by SQLite itself.
async fn differences(one: &Path, other: &Path) -> Vec<String> {
    let mut raw = raw(one).await;
    let attach = format!("ATTACH '{}' AS other", other.display());
    raw.execute(sqlx::AssertSqlSafe(attach)).await.expect("the file is there");
    let mut compared = tables(one).await;
    for index in ["track_words", "album_words", "artist_words"] {
        for place in ["main", "other"] {
            let look = format!("CREATE VIRTUAL TABLE temp.{place}_{index} USING fts5vocab({place}, {index}, instance)");
            raw.execute(sqlx::AssertSqlSafe(look)).await.expect("the index can be looked into");
        }
        compared.push(index.into());
    }

    let mut different = Vec::new();
    for table in compared {
        let (here, there) = match table.ends_with("_words") {
            true => (format!("temp.main_{table}"), format!("temp.other_{table}")),
            false => (format!("main.{table}"), format!("other.{table}")),
        };
        let ask = format!(
            "SELECT (SELECT count(*) FROM (SELECT * FROM {here} EXCEPT SELECT * FROM {there}))
                  + (SELECT count(*) FROM (SELECT * FROM {there} EXCEPT SELECT * FROM {here}))
                  + (SELECT count(*) = 0 FROM {here}) AS rows"
        );
        let rows: i64 = raw.fetch_one(sqlx::AssertSqlSafe(ask)).await.expect("a read").get("rows");
        if rows > 0 {
            different.push(table);
        }
    }
    different
}
