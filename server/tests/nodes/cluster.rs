//! Several real servers over one PostgreSQL and one NATS.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rig::{Nats, Postgres};
use tempfile::TempDir;

/// 32 bytes in base64, the same for all nodes.
const KEY: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

/// Two nodes, and what they stand on.
pub struct Cluster {
    pub postgres: Postgres,
    pub nats: Nats,
    pub nodes: [Node; 2],
    _folder: TempDir,
}

/// A server in a process of its own.
pub struct Node {
    child: Child,
    /// Host and port.
    pub address: String,
}

impl Cluster {
    /// Starts everything, with two tracks of these seconds.
    pub async fn start(track_seconds: [u32; 2]) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the test");
        let music = folder.path().join("music");
        fs::create_dir(&music).expect("a folder in it");
        for (name, seconds) in ["first.wav", "second.wav"].iter().zip(track_seconds) {
            fs::write(music.join(name), silence(seconds)).expect("a file in it");
        }
        let (postgres, nats) = (Postgres::start(), Nats::start().await);

        let node = |name: &str| Node::start(&folder.path().join(name), &music, &postgres.url(), &nats.url());
        let nodes = [node("one"), node("two")];
        for node in &nodes {
            node.is_ready().await;
        }
        Self { postgres, nats, nodes, _folder: folder }
    }
}

impl Node {
    fn start(data: &Path, music: &PathBuf, database: &str, bus: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_earshot"))
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .arg("--library")
            .arg(music)
            .env("EARSHOT_DATABASE_URL", database)
            .env("EARSHOT_BUS_URL", bus)
            .env("EARSHOT_KEYS_MASTER", KEY)
            .env("RUST_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server was built with its tests");
        let mut said = String::new();
        let mut stdout = BufReader::new(child.stdout.take().expect("it was asked for"));
        stdout.read_line(&mut said).expect("a server says where it is");
        let address = said.trim().rsplit('/').next().expect("an address ends what it says").to_owned();

        Self { child, address }
    }

    async fn is_ready(&self) {
        let begun = Instant::now();
        let ready = async || {
            reqwest::get(format!("http://{}/readyz", self.address)).await.is_ok_and(|answer| answer.status() == 200)
        };

        while !ready().await {
            assert!(begun.elapsed() < Duration::from_secs(60), "{} is not ready", self.address);
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Takes it down at once, as if its machine had gone.
    pub fn kill(&mut self) {
        self.child.kill().expect("it runs");
        self.child.wait().expect("a child can be waited for");
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A WAV file of nothing: 8,000 samples of 16 bits a second.
fn silence(seconds: u32) -> Vec<u8> {
    let size = seconds * 16_000;
    let numbers = |numbers: &[u32]| numbers.iter().flat_map(|number| number.to_le_bytes()).collect::<Vec<_>>();

    [
        b"RIFF".as_slice(),
        &numbers(&[36 + size]),
        b"WAVEfmt ",
        &numbers(&[16, 0x0001_0001, 8_000, 16_000, 0x0010_0002]),
        b"data",
        &numbers(&[size]),
        &vec![0; size as usize],
    ]
    .concat()
}
