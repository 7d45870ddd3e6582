//! Bad settings and bad circumstances: one sentence, exit code 1, no trace.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use domain::account::Tier;
use server::{Config, cli::Options};
use services::{
    ports::store::{AccountStore, MessageStore},
    settings::SignUps,
};
use store::SqlStore;

use crate::test_app::{TestApp, befriend};

#[test]
fn a_port_in_use_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();

    let said = refused(earshot(folder.path()).args(["--listen", &address]));

    assert!(said.contains("Another program already listens on") && said.contains(&address), "{said}");
}

#[cfg(unix)]
#[test]
fn a_data_folder_that_is_a_file_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data"), "").unwrap();

    let said = refused(&mut earshot(folder.path()));

    assert!(said.contains("data folder") && said.contains("cannot be used"), "{said}");
}

#[test]
fn a_music_folder_that_is_not_there_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::remove_dir(folder.path().join("music")).ok();

    let said = refused(earshot_without_music(folder.path()).args(["--library", "/no/such/folder"]));

    assert!(said.contains("/no/such/folder") && said.contains("music folders"), "{said}");
}

#[test]
fn a_wrong_setting_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let table = [
        ("EARSHOT_ACCOUNTS_SIGN_UPS", "sometimes", "accounts.sign_ups"),
        ("EARSHOT_LIMITS_SOCKETS", "many", "limits.sockets"),
        ("EARSHOT_SITE_PUBLIC_URL", "music", "site.public_url"),
        ("EARSHOT_SITE_PUBLIC_URL", "http://music.example.org", "allow_plain_http"),
        ("EARSHOT_SITE_COLOUR", "red", "colour"),
        ("EARSHOT_SERVER_LISTEN", "0.0.0.0:0", "site.public_url"),
        ("EARSHOT_BUS_URL", "http://localhost", "bus.url"),
        ("EARSHOT_DATABASE_URL", "mysql://localhost/earshot", "database.url"),
        ("EARSHOT_DATABASE_URL", "postgres://", "database.url"),
        ("EARSHOT_KEYS_MASTER", "c2hvcnQ=", "keys.master"),
    ];

    for (name, value, named) in table {
        let said = refused(earshot(folder.path()).env(name, value));
        assert!(said.contains(named), "{name}={value}: {said}");
        assert!(!said.contains("c2hvcnQ="), "no key is ever printed");
    }
}

/// It is waited for, which is said once, and the end of that has a time and an exit code.
#[test]
fn a_database_or_bus_that_does_not_answer_is_waited_for_and_then_named() {
    let folder = tempfile::tempdir().unwrap();
    let port = rig::free_port();
    let table = [
        ("EARSHOT_DATABASE_URL", format!("postgres://ana:s3cret@127.0.0.1:{port}/earshot"), "database.url"),
        ("EARSHOT_BUS_URL", format!("nats://ana:s3cret@127.0.0.1:{port}"), "bus.url"),
    ];

    for (name, value, named) in table {
        let ended = earshot(folder.path()).env(name, value).env("EARSHOT_SERVER_WAIT_S", "1").output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);

        assert_eq!(ended.status.code(), Some(1), "{said}");
        let lines: Vec<_> = said.lines().filter(|line| line.contains(named)).collect();
        assert_eq!(lines.len(), 2, "once when it begins to wait, once at the end: {said}");
        assert!(lines[0].contains("tries again for 1 seconds") && lines[1].contains("gives up"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

/// Each would take what it keeps in memory for all there is.
#[tokio::test]
async fn a_second_server_on_the_same_file_is_turned_away() {
    let app = TestApp::new().await;

    let said = refused(&mut earshot(app.folder.path()));

    assert!(said.contains("Another Earshot already runs") && said.contains("PostgreSQL"), "{said}");
    app.stop().await.unwrap();
}

#[test]
fn a_settings_file_that_cannot_be_read_is_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Leptos.toml"), "[site\nthis is no TOML").unwrap();

    let said = refused(&mut earshot(folder.path()));
    assert!(said.contains("Leptos.toml"), "{said}");

    let said = refused(earshot(folder.path()).args(["--config", "other.toml"]));
    assert!(said.contains("other.toml is not there"), "{said}");
}

#[test]
fn the_demo_stays_on_this_machine() {
    let folder = tempfile::tempdir().unwrap();

    let said = refused(earshot_without_music(folder.path()).args(["--demo", "--listen", "0.0.0.0:3000"]));

    assert!(said.contains("this machine only"), "{said}");
}

#[tokio::test]
async fn m14_a_key_file_that_is_missing_stops_the_server() {
    let app = TestApp::new().await.with_member("ana").await;
    let key = app.folder.path().join("data/master.key");
    let folder = app.end().await.0;

    fs::remove_file(&key).unwrap();
    let said = refused(&mut earshot(folder.path()));
    assert!(said.contains("master.key is missing"), "{said}");

    fs::write(&key, "c2hvcnQ=").unwrap();
    let said = refused(&mut earshot(folder.path()));
    assert!(said.contains("damaged"), "{said}");
}

/// As when a database is put back from a backup, and another key with it.
#[tokio::test]
async fn m14_a_key_that_opens_nothing_of_the_database_stops_the_server() {
    let app = TestApp::new().await.with_member("ana").await.with_member("ben").await;
    let folder = app.end().await.0;
    let database = format!("sqlite:{}", folder.path().join("data/earshot.db").display());
    let store = SqlStore::open(&database).await.unwrap();
    let (ana, _) = store.credentials("ana").await.unwrap().unwrap();
    let (ben, _) = store.credentials("ben").await.unwrap().unwrap();
    let conversation = befriend(&store, ana, ben).await;
    store.add_data_key(conversation, ana, b"sealed by another master key").await.unwrap();
    store.close().await;

    let said = refused(&mut earshot(folder.path()));
    assert!(said.contains("not the key"), "{said}");
}

#[test]
fn the_demo_signs_its_members_up_whatever_the_settings_say() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("Leptos.toml"),
        "[accounts]\nsign_ups = \"closed\"\ntier = \"free\"\nsign_ups_an_hour = 1\n",
    )
    .unwrap();

    let config =
        Config::load(&Options { demo: true, config: Some(folder.path().join("Leptos.toml")), ..Options::default() });

    let use_cases = config.unwrap().use_cases();
    assert_eq!((use_cases.sign_ups, use_cases.tier), (SignUps::Open, Tier::Premium));
    assert!(use_cases.sign_ups_an_hour > 3);
}

#[tokio::test]
async fn a7_an_administrator_is_made_on_the_command_line() {
    let app = TestApp::new().await.with_member("ana").await.with_member("ben").await;
    let folder = app.end().await.0;

    let granted = earshot(folder.path()).args(["admin", "grant", "Ben"]).output().unwrap();
    assert!(granted.status.success(), "{granted:?}");

    let said = refused(earshot(folder.path()).args(["admin", "grant", "nobody"]));
    assert!(said.contains("There is no member"), "{said}");
}

/// The program with a music folder.
fn earshot(folder: &Path) -> Command {
    let music = folder.join("music");
    fs::create_dir_all(&music).unwrap();
    let mut command = earshot_without_music(folder);

    command.arg("--library").arg(music);
    command
}

fn earshot_without_music(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earshot"));

    command.current_dir(folder).arg("--data").arg(folder.join("data")).env("EARSHOT_SERVER_LISTEN", "127.0.0.1:0");
    command
}

/// What the program said when it would not start.
fn refused(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();

    assert_eq!(status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "one sentence: {said}");
    assert!(!said.contains("panicked") && !said.contains("Error {"), "{said}");
    said
}
