//! What a backup is made of, and which are put back. The stories of the program are with the server.

use std::path::{Path, PathBuf};

use domain::FolderId;
use services::ports::store::{AccountStore, LibraryStore};
use sqlx::{Connection, Executor, SqliteConnection, sqlite::SqliteConnectOptions};
use store::{
    OpenError, SqlStore,
    backup::{BackupError, back_up, restore},
};
use tempfile::{TempDir, tempdir};
use uuid::Uuid;

#[tokio::test]
async fn what_is_put_back_is_what_was_there_in_another_life() {
    let (folder, backup) = backed_up().await;
    let old = SqlStore::open(&url(&folder.path().join("earshot.db"))).await.expect("it is there");

    let size_bytes = restore(&url(&folder.path().join("new.db")), &backup).await.expect("the place is free");

    assert_eq!(size_bytes, std::fs::metadata(&backup).expect("it is there").len());
    let new = SqlStore::open(&url(&folder.path().join("new.db"))).await.expect("it is there");
    assert_ne!(new.epoch().await.expect("a read"), old.epoch().await.expect("a read"));
    assert_eq!(new.folder("/music", id(9)).await.expect("a read"), id(1));
    assert_eq!(new.key_check(b"another").await.expect("a read"), b"sealed");
}

/// SQLite's own program makes backups in the mode of the database.
#[tokio::test]
async fn a_copy_of_the_file_of_a_server_that_has_ended_can_be_put_back() {
    let (folder, _) = backed_up().await;
    let copy = folder.path().join("copy.db");
    std::fs::copy(folder.path().join("earshot.db"), &copy).expect("it is there");

    restore(&url(&folder.path().join("new.db")), &copy).await.expect("the place is free");

    let names: Vec<_> =
        std::fs::read_dir(folder.path()).expect("it is there").flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(names.len(), 5, "nothing is left but the lock: {names:?}");
}

/// Those who upgraded their program and want the day before back.
#[tokio::test]
async fn a_backup_of_an_older_program_is_put_back_and_one_of_a_newer_is_refused() {
    let (folder, backup) = backed_up().await;
    let place = url(&folder.path().join("new.db"));

    change(&backup, "INSERT INTO migrations (version) VALUES (999)").await;
    let newer = restore(&place, &backup).await.expect_err("it is too new");
    assert!(matches!(newer, BackupError::Open(OpenError::Newer { found: 999, .. })), "{newer:?}");

    change(&backup, "DELETE FROM migrations WHERE version > 6").await;
    restore(&place, &backup).await.expect("it is older");
}

#[tokio::test]
async fn a_backup_in_which_something_refers_to_nothing_is_refused() {
    let (folder, backup) = backed_up().await;
    let lost = "PRAGMA foreign_keys = OFF; INSERT INTO problems VALUES (x'07', 'a', 1, 1, '')";
    change(&backup, lost).await;

    let refused = restore(&url(&folder.path().join("new.db")), &backup).await.expect_err("it does not add up");

    assert!(matches!(refused, BackupError::Damaged { .. }), "{refused:?}");
    assert!(!folder.path().join("new.db").exists());
}

/// A single byte, in an index: everything could be read, and a folder would not be found any more.
#[tokio::test]
async fn a_backup_in_which_one_byte_is_another_is_refused() {
    let (folder, backup) = backed_up().await;
    let mut bytes = std::fs::read(&backup).expect("it is there");
    let places: Vec<_> = (0..bytes.len()).filter(|place| bytes[*place..].starts_with(b"/music")).collect();
    assert_eq!(places.len(), 2, "the table has it and the index");
    bytes[places[1] + 3] = b'z';
    std::fs::write(&backup, bytes).expect("a file can be written");

    let refused = restore(&url(&folder.path().join("new.db")), &backup).await.expect_err("it is damaged");

    assert!(matches!(refused, BackupError::Damaged { .. }), "{refused:?}");
}

async fn backed_up() -> (TempDir, PathBuf) {
    let folder = tempdir().expect("a folder for the test");
    let place = url(&folder.path().join("earshot.db"));
    let backup = folder.path().join("backup.db");
    let store = SqlStore::open(&place).await.expect("the file is made");
    store.folder("/music", id(1)).await.expect("a write");
    store.key_check(b"sealed").await.expect("a write");

    back_up(&place, &backup).await.expect("a backup is made while the store is open");
    store.close().await;
    (folder, backup)
}

async fn change(file: &Path, statements: &'static str) {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("the file is there");

    connection.execute(statements).await.expect("a write");
    connection.close().await.expect("it closes");
}

fn url(file: &Path) -> String {
    format!("sqlite:{}", file.display())
}

fn id(number: u128) -> FolderId {
    Uuid::from_u128(number).into()
}
