//! Backups, putting them back, and moving to another database, as the program does it.

use std::{
    fs,
    io::{BufRead, BufReader, Read},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

use domain::{ConversationId, MemberId, Timestamp, library::Slice};
use reqwest::Client;
use rig::Postgres;
use services::ports::store::{AccountStore, LibraryStore, MessageStore, StoredMessage};
use store::SqlStore;
use tempfile::{TempDir, tempdir};
use uuid::Uuid;

use crate::test_app::{PASSWORD, TestApp, befriend};

#[tokio::test]
async fn a_backup_of_a_server_that_is_being_written_to_is_whole_and_starts() {
    let app = TestApp::new().await.with_member("ana").await.with_member("ben").await;
    let (data, elsewhere) = (app.folder.path().join("data"), tempdir().unwrap());
    let store = SqlStore::open(&url(&data)).await.unwrap();
    let [ana, ben] = ["ana", "ben"].map(async |name| store.credentials(name).await.unwrap().unwrap().0);
    let (ana, ben) = (ana.await, ben.await);
    let conversation = befriend(&store, ana, ben).await;
    let writing = tokio::spawn(async move {
        for number in 1_u64.. {
            send(&store, number, conversation, if number % 2 == 0 { ana } else { ben }).await;
        }
    });

    let mut backups = Vec::new();
    for number in 0..4 {
        let file = elsewhere.path().join(format!("{number}.db"));
        let (folder, wanted) = (app.folder.path().to_owned(), file.clone());
        let said = tokio::task::spawn_blocking(move || done(earshot(&folder).arg("backup").arg(wanted))).await.unwrap();
        assert!(said.contains("is made (") && said.contains("master.key"), "{said}");
        backups.push(file);
    }
    writing.abort();
    let epoch = epoch(&data).await;

    let mut counts = Vec::new();
    for backup in &backups {
        let new = tempdir().unwrap();
        let said = done(earshot(new.path()).arg("restore").arg(backup));
        assert!(said.contains("is put back") && said.contains("load anew"), "{said}");
        let restored = SqlStore::open(&url(&new.path().join("data"))).await.unwrap();
        assert_ne!(restored.epoch().await.unwrap(), epoch, "it is another life");
        counts.push(count_messages(&restored, conversation, ana).await);
        restored.close().await;

        let key_is_missing = refused(&mut earshot(new.path()));
        assert!(key_is_missing.contains("master.key is missing"), "{key_is_missing}");
        fs::copy(data.join("master.key"), new.path().join("data/master.key")).unwrap();
        let server = Server::start(&mut earshot(new.path())).await;
        server.lets_in("ana").await;
    }
    assert!(counts.is_sorted() && counts[0] < counts[3], "there was writing all the time: {counts:?}");
    app.stop().await.unwrap();
}

#[tokio::test]
async fn a_backup_takes_the_place_of_nothing() {
    let (folder, backup) = backed_up().await;

    let said = refused(earshot(folder.path()).arg("backup").arg(&backup));
    assert!(said.contains("There is a file") && said.contains("already"), "{said}");
    let said = refused(earshot(folder.path()).args(["backup", "data/earshot.db"]));
    assert!(said.contains("already"), "{said}");
    let said = refused(earshot(folder.path()).args(["backup", "no/such/folder/backup.db"]));
    assert!(said.contains("cannot be read or written"), "{said}");
    let said = refused(earshot(tempdir().unwrap().path()).args(["backup", "backup.db"]));
    assert!(said.contains("There is no file") && said.contains("earshot.db"), "{said}");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&backup).unwrap().permissions().mode() & 0o777, 0o600, "for its user only");
    }
    assert_eq!(names(folder.path()), ["backup.db", "data", "music"], "nothing else is left");
}

#[tokio::test]
async fn a_backup_is_put_back_only_where_no_database_is() {
    let (folder, backup) = backed_up().await;
    let data = folder.path().join("data");
    let before = fs::read(data.join("earshot.db")).unwrap();

    let said = refused(earshot(folder.path()).arg("restore").arg(&backup));
    assert!(said.contains("There is a database at this place already") && said.contains("move it away"), "{said}");
    assert!(fs::read(data.join("earshot.db")).unwrap() == before, "it is as it was");

    fs::rename(data.join("earshot.db"), data.join("old.db")).unwrap();
    fs::write(data.join("earshot.db-wal"), "a log of something else").unwrap();
    let said = refused(earshot(folder.path()).arg("restore").arg(&backup));
    assert!(said.contains("earshot.db-wal"), "{said}");

    fs::remove_file(data.join("earshot.db-wal")).unwrap();
    let kept = fs::read(&backup).unwrap();
    done(earshot(folder.path()).arg("restore").arg(&backup));
    assert!(fs::read(&backup).unwrap() == kept, "the backup stays as it is");
    assert!(names(&data).iter().all(|name| !name.contains("draft")), "{:?}", names(&data));
}

#[tokio::test]
async fn nothing_is_put_back_under_a_running_server() {
    let (folder, backup) = backed_up().await;
    let server = Server::start(&mut earshot(folder.path())).await;
    fs::rename(folder.path().join("data/earshot.db"), folder.path().join("data/old.db")).unwrap();

    let said = refused(earshot(folder.path()).arg("restore").arg(&backup));

    assert!(said.contains("already runs on the database") && said.contains("stop it"), "{said}");
    drop(server);
    for left in ["data/earshot.db-wal", "data/earshot.db-shm"] {
        fs::remove_file(folder.path().join(left)).ok();
    }
    done(earshot(folder.path()).arg("restore").arg(&backup));
}

#[tokio::test]
async fn a_backup_that_cannot_be_trusted_is_refused_and_leaves_nothing() {
    let (folder, backup) = backed_up().await;
    let whole = fs::read(&backup).unwrap();
    let data = folder.path().join("new");
    let restore = |bytes: &[u8]| {
        fs::write(folder.path().join("odd.db"), bytes).unwrap();
        let said = refused(earshot(folder.path()).arg("--data").arg(&data).args(["restore", "odd.db"]));
        assert_eq!(names(&data), ["earshot.db.lock"], "{said}");
        said
    };

    let mut torn = whole.clone();
    let half = torn.len() / 2;
    torn[half - 10_000..half + 10_000].fill(0x5a);
    for damaged in [&torn[..], &whole[..half], &b"Dear Bo, this is no database. ".repeat(50)[..]] {
        let said = restore(damaged);
        assert!(said.contains("odd.db is damaged or not a database"), "{said}");
    }
    let said = restore(b"");
    assert!(said.contains("The database odd.db is not one of Earshot"), "{said}");

    fs::write(folder.path().join("odd.db-wal"), "rows").unwrap();
    let said = restore(&whole);
    assert!(said.contains("only a part of a database") && said.contains("odd.db-wal"), "{said}");
}

#[test]
fn a_database_in_postgres_has_programs_of_its_own_for_this() {
    let folder = tempdir().unwrap();

    for command in ["backup", "restore"] {
        let mut asked = earshot(folder.path());
        asked.args([command, "backup.db"]).env("EARSHOT_DATABASE_URL", "postgres://ana:s3cret@127.0.0.1:1/earshot");
        let said = refused(&mut asked);
        assert!(said.contains("pg_dump and pg_restore") && said.contains("docs/operations.md"), "{said}");
        assert!(!said.contains("s3cret"), "{said}");
    }
}

#[tokio::test]
async fn an_instance_moves_to_postgres_with_its_members_logged_in() {
    let app = TestApp::new().await.with_member("ana").await;
    let (postgres, data) = (Postgres::start(), app.folder.path().join("data"));
    let cookie = app.cookie("ana").to_owned();
    let track = app.track().await;

    let running = refused(&mut migrate(&data, &postgres));
    assert!(running.contains("already runs on the database"), "{running}");
    let folder = app.end().await.0;
    let moved = migrate(&data, &postgres).output().unwrap();
    let (said, on_the_way) = (String::from_utf8_lossy(&moved.stdout), String::from_utf8_lossy(&moved.stderr));

    assert!(moved.status.success(), "{said}{on_the_way}");
    let row = |line: &str| line.split_whitespace().map(String::from).collect::<Vec<_>>();
    assert!(said.lines().any(|line| row(line) == ["members", "1", "verified"]), "{said}");
    assert!(said.contains("master.key") && said.contains("database.url"), "{said}");
    assert!(on_the_way.contains("members: 1 of 1 rows copied"), "{on_the_way}");
    assert!(on_the_way.contains("tracks: 1 of 1 rows indexed for searches"), "{on_the_way}");

    let server = Server::start(earshot(folder.path()).env("EARSHOT_DATABASE_URL", postgres.url())).await;
    let page = server.get("/library").header("cookie", &cookie).send().await.unwrap();
    assert_eq!(page.status(), 200, "the old log-in holds");
    let music = server.get(&format!("/media/{track}")).header("cookie", &cookie).send().await.unwrap();
    assert!(music.status().is_success(), "the old id leads to its file: {}", music.status());
    server.lets_in("ana").await;
}

/// It may be one of many, so that only a person lets music go.
#[tokio::test]
async fn t1_a_server_with_the_wrong_folder_empties_no_shared_library() {
    let app = TestApp::new().await.with_member("ana").await;
    let track = app.track().await;
    let (folder, postgres) = (app.end().await.0, Postgres::start());
    let music = folder.path().join("music");
    done(&mut migrate(&folder.path().join("data"), &postgres));
    let with_wrong_folder = || {
        let mut command = with_music(folder.path(), &folder.path().join("wrong"));
        command.env("EARSHOT_DATABASE_URL", postgres.url());
        command
    };
    let store = SqlStore::open(&postgres.url()).await.unwrap();
    let listed = async || store.tracks_by_id(&[track]).await.unwrap().len();

    let server = Server::start(&mut with_wrong_folder()).await;
    let begun = Instant::now();
    let all = Slice { offset: 0, limit: 9 };
    while !store.problems(all).await.unwrap().iter().any(|problem| problem.reason.contains("forget-folder")) {
        assert!(begun.elapsed() < Duration::from_secs(60), "an administrator is told");
        std::thread::sleep(Duration::from_millis(50));
    }
    let said = refused(with_wrong_folder().args(["admin", "forget-folder"]).arg(&music));
    assert!(said.contains("Stop every node first"), "{said}");
    drop(server);
    assert_eq!(listed().await, 1);

    let mut kept = earshot(folder.path());
    kept.env("EARSHOT_DATABASE_URL", postgres.url()).args(["admin", "forget-folder"]).arg(&music);
    let said = refused(&mut kept);
    assert!(said.contains("in these settings"), "{said}");
    let said = done(with_wrong_folder().args(["admin", "forget-folder"]).arg(&music));
    assert!(said.contains("are forgotten"), "{said}");
    assert_eq!(listed().await, 0);
    let said = refused(with_wrong_folder().args(["admin", "forget-folder"]).arg(&music));
    assert!(said.contains("There is no music folder") && said.contains("wrong"), "{said}");
}

/// While PostgreSQL is in the middle of it.
#[tokio::test]
async fn a_move_that_is_killed_leaves_the_new_database_empty() {
    let app = TestApp::new().await.with_member("ana").await;
    app.track().await;
    let (folder, postgres) = (app.end().await.0, Postgres::start());
    let data = folder.path().join("data");
    SqlStore::open(&postgres.url()).await.unwrap().close().await;
    postgres.psql(
        "postgres",
        "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(3); RETURN NULL; END';
         CREATE TRIGGER wait BEFORE INSERT ON tracks FOR EACH STATEMENT EXECUTE FUNCTION wait()",
    );

    let mut child = migrate(&data, &postgres).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap() == "folders: 1 of 1 rows copied"));
    std::thread::sleep(Duration::from_millis(500));
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());

    let left = "SELECT (SELECT count(*) FROM members) + (SELECT count(*) FROM folders) + (SELECT count(*) FROM tracks)";
    assert_eq!(postgres.psql("postgres", left), "0");
    let again = migrate(&data, &postgres).output().unwrap();
    assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
}

/// A folder with a server's data, which does not run, and a backup of it.
async fn backed_up() -> (TempDir, PathBuf) {
    let app = TestApp::new().await.with_member("ana").await;
    app.track().await;
    let folder = app.end().await.0;
    let backup = folder.path().join("backup.db");

    done(earshot(folder.path()).arg("backup").arg(&backup));
    (folder, backup)
}

async fn send(store: &SqlStore, number: u64, conversation: ConversationId, sender: MemberId) {
    let message = StoredMessage {
        id: Uuid::from_u128(number.into()).into(),
        conversation,
        sender,
        seq: 0,
        sent_at: Timestamp(number.cast_signed()),
        sealed: vec![7; 3_000],
    };

    store.append_message(&message).await.unwrap();
}

/// Every message has its place, and an entry in the inbox: both were written by one transaction.
async fn count_messages(store: &SqlStore, conversation: ConversationId, member: MemberId) -> usize {
    let messages = store.messages(conversation, i64::MAX, u32::MAX).await.unwrap();
    let entries = store.inbox(member, 0, u32::MAX).await.unwrap();

    assert!(messages.iter().enumerate().all(|(place, message)| message.seq == place as i64 + 1));
    assert_eq!(store.inbox_head(member).await.unwrap(), entries.len() as i64);
    // The request and its acceptance are the others.
    assert_eq!(entries.len(), messages.len() + 2);
    messages.len()
}

async fn epoch(data: &Path) -> i64 {
    SqlStore::open(&url(data)).await.unwrap().epoch().await.unwrap()
}

fn url(data: &Path) -> String {
    format!("sqlite:{}", data.join("earshot.db").display())
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();

    names.sort();
    names
}

/// The program with the data and the music of a folder.
fn earshot(folder: &Path) -> Command {
    with_music(folder, &folder.join("music"))
}

fn with_music(folder: &Path, music: &Path) -> Command {
    fs::create_dir_all(music).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_earshot"));

    command.current_dir(folder).env("EARSHOT_SERVER_DATA", folder.join("data")).arg("--library").arg(music);
    command.env("EARSHOT_SERVER_LISTEN", "127.0.0.1:0");
    command
}

fn migrate(data: &Path, to: &Postgres) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_earshot"));

    command.arg("migrate-store").args(["--from", &url(data), "--to", &to.url()]);
    command
}

/// What the program said when it had done what it was asked.
fn done(command: &mut Command) -> String {
    let Output { status, stdout, stderr } = command.output().unwrap();

    assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    String::from_utf8(stdout).unwrap()
}

/// What the program said when it refused.
fn refused(command: &mut Command) -> String {
    let Output { status, stderr, .. } = command.output().unwrap();
    let said = String::from_utf8(stderr).unwrap();

    assert_eq!(status.code(), Some(1), "{said}");
    assert_eq!(said.trim_end().lines().count(), 1, "one sentence: {said}");
    assert!(!said.contains("panicked") && !said.contains("Error {"), "{said}");
    said
}

/// A server in a process of its own.
struct Server {
    child: Child,
    address: String,
    http: Client,
}

impl Server {
    async fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut said).unwrap();
        let address = said.trim().rsplit('/').next().unwrap().to_owned();
        let mut server = Self { child, address, http: Client::new() };

        let begun = Instant::now();
        while !server.get("/readyz").send().await.is_ok_and(|answer| answer.status() == 200) {
            let mut trouble = String::new();
            if server.child.try_wait().unwrap().is_some() {
                server.child.stderr.take().unwrap().read_to_string(&mut trouble).unwrap();
                panic!("it has ended: {trouble}");
            }
            assert!(begun.elapsed() < Duration::from_secs(20), "it is not ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        server
    }

    fn get(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("http://{}{path}", self.address))
    }

    async fn lets_in(&self, name: &str) {
        let form = [("username", name), ("password", PASSWORD)];
        let answer = self.http.post(format!("http://{}/api/log_in", self.address)).form(&form).send().await.unwrap();

        assert!(answer.headers().contains_key("set-cookie"), "{}", answer.status());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
