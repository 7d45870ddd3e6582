//! A NATS server of a test's own.

use std::{
    fs,
    process::{Child, Command, Stdio},
    time::Duration,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::free_port;

/// Debian puts it where only root looks.
const PROGRAMS: [&str; 2] = ["nats-server", "/usr/sbin/nats-server"];
/// Another process may take a port between the moment when it was free and the moment when it is used.
const ATTEMPTS: usize = 5;

/// A running server, or one that was stopped for a while.
#[derive(Debug)]
pub struct Nats {
    child: Option<Child>,
    port: u16,
    monitoring_port: u16,
    arguments: Vec<String>,
    folder: TempDir,
}

impl Nats {
    /// Starts one and waits until it listens.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// Starts with more arguments for its command line.
    ///
    /// # Panics
    /// When there is no nats-server.
    pub async fn start_with(arguments: &[&str]) -> Self {
        for _ in 0..ATTEMPTS {
            let mut server = Self {
                child: None,
                port: free_port(),
                monitoring_port: free_port(),
                arguments: arguments.iter().map(ToString::to_string).collect(),
                folder: tempfile::tempdir().expect("a temporary folder"),
            };
            if server.run().await {
                return server;
            }
        }
        panic!("nats-server did not start {ATTEMPTS} times");
    }

    /// Its process.
    ///
    /// # Panics
    /// While it is stopped.
    pub fn id(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    /// Its address, as the setting bus.url takes it.
    pub fn url(&self) -> String {
        self.url_as("")
    }

    /// With something before the host, such as `user:password@`.
    pub fn url_as(&self, login: &str) -> String {
        format!("nats://{login}{}", self.address())
    }

    /// Host and port.
    pub fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Stops it, so that its connections are closed.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts it again on its old port.
    pub async fn start_again(&mut self) {
        assert!(self.run().await, "nats-server does not start again");
    }

    /// Stops its execution; its connections stay open.
    pub async fn freeze(&self) {
        self.signal("STOP");

        // A signal is sent before it has worked, and each thread stops by itself.
        while self.thread_states().iter().any(|state| *state != 'T') {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    /// The subjects that clients are subscribed to, in order, as the server itself tells.
    pub async fn subjects(&self) -> Vec<String> {
        let page = self.monitoring("/subsz?subs=1&limit=1000000").await;
        let found = page.split("\"subject\": \"").skip(1).filter_map(|rest| rest.split('"').next());

        let mut subjects: Vec<String> = found.map(ToString::to_string).collect();
        subjects.retain(|subject| subject.starts_with("earshot.") && !subject.contains(".echo."));
        subjects.sort();
        subjects
    }

    /// How many clients are connected.
    pub async fn connections(&self) -> usize {
        self.monitoring("/connz").await.matches("\"cid\"").count()
    }

    async fn monitoring(&self, path: &str) -> String {
        let mut page = String::new();

        let mut stream = TcpStream::connect(("127.0.0.1", self.monitoring_port)).await.expect("the monitoring port");
        stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await.expect("a request");
        stream.read_to_string(&mut page).await.expect("an answer");
        page
    }

    /// Whether it runs and listens.
    async fn run(&mut self) -> bool {
        let mut child = self.spawn();

        while child.try_wait().expect("a child can be asked").is_none() {
            if listens(self.port).await && listens(self.monitoring_port).await {
                self.child = Some(child);
                return true;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        false
    }

    fn spawn(&self) -> Child {
        let log = self.folder.path().join("log");
        let found = PROGRAMS.iter().find(|program| Command::new(program).arg("--version").output().is_ok());
        let program = found.expect("nats-server cannot be run: script/bootstrap --test installs what tests need");

        // A test that is killed leaves no server behind.
        Command::new("setpriv")
            .args(["--pdeathsig", "KILL", "--", program, "--addr", "127.0.0.1", "--port", &self.port.to_string()])
            .args(["--http_port", &self.monitoring_port.to_string(), "--log"])
            .arg(log)
            .args(&self.arguments)
            .current_dir(self.folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("setpriv is on every Debian")
    }

    /// One letter for each thread, as Linux tells it.
    fn thread_states(&self) -> Vec<char> {
        let threads = fs::read_dir(format!("/proc/{}/task", self.process())).expect("Linux tells it");
        let stats = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("stat")).ok());

        // The letter stands behind the name, which is in brackets.
        stats.filter_map(|stat| stat.rsplit_once(") ")?.1.chars().next()).collect()
    }

    fn process(&self) -> u32 {
        self.child.as_ref().expect("it runs").id()
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.process().to_string()]).status();

        assert!(status.is_ok_and(|status| status.success()), "kill -s {name} failed");
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        self.stop();
    }
}

async fn listens(port: u16) -> bool {
    TcpStream::connect(("127.0.0.1", port)).await.is_ok()
}
