//! A PostgreSQL server of a test's own.

use std::{
    fs::{self, File},
    net::Ipv4Addr,
    os::unix::fs::{PermissionsExt, chown},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{free_port, missing, run};

/// How long it may take to accept connections, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// Fast, and not safe against power cuts, which no test here is about.
const SETTINGS: [&str; 7] = [
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=16MB",
    "max_connections=100",
    "unix_socket_directories=",
    "listen_addresses=127.0.0.1",
    "log_min_messages=fatal",
];

/// A running server with an empty database. It ends when this is dropped.
#[derive(Debug)]
pub struct Postgres {
    folder: TempDir,
    port: u16,
    server: Option<Child>,
}

impl Postgres {
    /// Starts one and waits until it answers.
    ///
    /// # Panics
    /// When PostgreSQL's programs are missing or do not work.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        open_to(folder.path());
        run(as_user("cp").arg("-a").arg(template()).arg(folder.path().join("data")));
        let mut postgres = Self { folder, port: free_port(), server: None };

        postgres.resume();
        postgres
    }

    /// Its process, whose children do the work.
    ///
    /// # Panics
    /// While it is stopped.
    pub fn id(&self) -> u32 {
        self.server.as_ref().expect("it runs").id()
    }

    /// The address of its database.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    /// The address of one of its databases.
    pub fn url_of(&self, database: &str) -> String {
        format!("postgres://earshot@{}:{}/{database}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// Makes another empty database and answers its address.
    pub fn database(&self, name: &str) -> String {
        self.psql("postgres", &format!("CREATE DATABASE {name}"));
        self.url_of(name)
    }

    /// Carries a statement out on one of its databases and answers what is printed.
    pub fn psql(&self, database: &str, statement: &str) -> String {
        let mut command = Command::new(program("psql"));
        let ran = run(command
            .args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", &self.url_of(database), "-c"])
            .arg(statement));

        String::from_utf8_lossy(&ran.stdout).trim().to_owned()
    }

    /// Takes the server down at once, as if its machine had gone.
    pub fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            // Its parts are told to end at once by the first of them, which the signal reaches.
            run(Command::new("kill").arg("-QUIT").arg(server.id().to_string()));
            server.wait().expect("a child can be waited for");
        }
    }

    /// Starts it again with what it held, on the same port.
    pub fn resume(&mut self) {
        let mut command = as_user(program("postgres"));
        command.arg("-D").arg(self.folder.path().join("data")).arg("-p").arg(self.port.to_string());
        SETTINGS.iter().for_each(|setting| {
            command.args(["-c", setting]);
        });
        let log = File::options().append(true).create(true).open(self.log()).expect("a file in the folder of the test");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);

        self.server = Some(command.spawn().unwrap_or_else(|error| panic!("{}", missing(&command, &error))));
        self.wait();
    }

    fn wait(&mut self) {
        let begun = Instant::now();
        let mut ask = Command::new(program("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &self.port.to_string()]);

        while !ask.status().unwrap_or_else(|error| panic!("{}", missing(&ask, &error))).success() {
            let ended = self.server.as_mut().and_then(|server| server.try_wait().expect("a child can be asked"));
            let log = || fs::read_to_string(self.log()).unwrap_or_default();
            assert!(ended.is_none(), "PostgreSQL ended at once: {}", log());
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL does not answer: {}", log());
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An empty cluster, made once on a machine and copied for each test.
fn template() -> PathBuf {
    static TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
        let version = run(Command::new(program("postgres")).arg("--version")).stdout;
        let version: String = String::from_utf8_lossy(&version).chars().filter(char::is_ascii_digit).collect();
        let place = std::env::temp_dir().join(format!("earshot-rig-postgres-{version}-{}", user_id()));
        let lock = File::create(place.with_extension("lock")).expect("a file in the temporary folder");
        lock.lock().expect("a file can be locked");

        let done = place.join("done");
        if !done.exists() {
            let _ = fs::remove_dir_all(&place);
            fs::create_dir(&place).expect("a folder in the temporary folder");
            open_to(&place);
            let words = ["-U", "earshot", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "--no-sync", "-D"];
            run(as_user(program("initdb")).args(words).arg(place.join("data")));
            File::create(done).expect("a file in the folder");
        }
        place.join("data")
    });

    TEMPLATE.clone()
}

/// A program as a user that PostgreSQL accepts: it refuses to be root, and Debian makes one for it.
fn as_user(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]).current_dir("/");
    }
    // A test that is killed leaves no server behind.
    command.args(["--pdeathsig", "QUIT", "--"]).arg(program);
    command
}

fn open_to(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).expect("the folder is ours");
    if is_root() {
        chown(folder, Some(user_id()), None).expect("root may give a folder away");
    }
}

fn is_root() -> bool {
    static ROOT: LazyLock<bool> = LazyLock::new(|| id(&[]) == 0);

    *ROOT
}

/// Whoever PostgreSQL runs as.
fn user_id() -> u32 {
    if is_root() { id(&["postgres"]) } else { id(&[]) }
}

fn id(of: &[&str]) -> u32 {
    let said = run(Command::new("id").arg("-u").args(of)).stdout;

    String::from_utf8_lossy(&said).trim().parse().expect("id prints a number")
}

/// A program of PostgreSQL: where Debian keeps the newest, or on the path.
fn program(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut places: Vec<_> = versions.map(|version| version.path().join("bin").join(name)).collect();
    places.sort();

    places.into_iter().rev().find(|place| place.exists()).unwrap_or_else(|| name.into())
}
