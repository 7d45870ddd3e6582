//! A server on a port of its own, with a data folder that goes with it: `TestApp::new().await.with_member("ana").await`.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use domain::{
    ConversationId, MemberId, Timestamp, TrackId,
    library::{Order, Slice},
    relations::{Relation, RequestState},
};
use reqwest::{
    Client, Method, RequestBuilder, Response,
    header::{COOKIE, SET_COOKIE},
};
use server::{Config, cli::Options};
use services::ports::store::{ContactStore, LibraryStore, StoredChatRequest};
use store::SqlStore;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// The password of all members of stories.
pub const PASSWORD: &str = "a quiet kitchen at six";

/// A running server.
pub struct TestApp {
    pub address: SocketAddr,
    pub folder: TempDir,
    http: Client,
    cookies: BTreeMap<String, String>,
    shutdown: CancellationToken,
    running: JoinHandle<anyhow::Result<()>>,
}

impl TestApp {
    /// One with a short tone as its music.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// The same with other settings.
    pub async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let music = folder.path().join("music");
        fs::create_dir(&music).unwrap();
        fs::write(music.join("tone.wav"), tone()).unwrap();
        let mut config = config(folder.path());
        change(&mut config);

        Self::start(folder, config).await
    }

    async fn start(folder: TempDir, config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let running = tokio::spawn(server::run(config, listener, shutdown.clone()));
        let http = Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();

        let app = Self { address, folder, http, cookies: BTreeMap::new(), shutdown, running };
        app.wait_until_ready().await;
        app
    }

    /// Somebody signs up in a browser of their own.
    pub async fn with_member(mut self, name: &str) -> Self {
        let answer = self.sign_up(name).await;
        assert_eq!(answer.status(), 200);
        let cookie = answer.headers()[SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        self.cookies.insert(name.into(), cookie);
        self
    }

    /// The sign-up form, filled in and sent.
    pub async fn sign_up(&self, name: &str) -> Response {
        let form = [
            ("username", name),
            ("display_name", name),
            ("password", PASSWORD),
            ("date_of_birth", "1990-01-31"),
            ("country", "SE"),
        ];
        self.post("/api/sign_up").form(&form).send().await.unwrap()
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> RequestBuilder {
        self.request(Method::POST, path)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("http://{}{path}", self.address))
    }

    /// The same, by a member. No client but a browser sends secure cookies over http, so it is set by hand.
    pub fn get_as(&self, name: &str, path: &str) -> RequestBuilder {
        self.get(path).header(COOKIE, self.cookie(name))
    }

    pub fn cookie(&self, name: &str) -> &str {
        &self.cookies[name]
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The id of the tone, once the scan has found it.
    pub async fn track(&self) -> TrackId {
        let store = SqlStore::open(&database(self.folder.path())).await.unwrap();
        for _ in 0..200 {
            let found = store.tracks(Order::Title, Slice { offset: 0, limit: 1 }).await.unwrap();
            if let Some(track) = found.first() {
                return track.id;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the tone was not found in 20 seconds");
    }

    async fn wait_until_ready(&self) {
        for _ in 0..200 {
            if self.get("/readyz").send().await.is_ok_and(|answer| answer.status() == 200) {
                return;
            }
            assert!(!self.running.is_finished(), "the server has stopped");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the server was not ready in 10 seconds");
    }

    /// Stops the server and answers how it ended.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.end().await.1
    }

    /// The same server after a stop, on another port.
    pub async fn restart(self) -> Self {
        let (folder, ended) = self.end().await;
        ended.unwrap();
        let config = config(folder.path());

        Self::start(folder, config).await
    }

    /// Stops it and answers its folder as well.
    pub async fn end(self) -> (TempDir, anyhow::Result<()>) {
        self.shutdown.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(20), self.running).await;

        (self.folder, ended.expect("a server stops in time").expect("a server does not panic"))
    }

    /// Tells it to stop without waiting.
    pub fn ask_to_stop(&self) {
        self.shutdown.cancel();
    }
}

/// Settings for a server in this folder.
pub fn config(folder: &Path) -> Config {
    let options = Options {
        library: vec![folder.join("music")],
        data: Some(folder.join("data")),
        listen: Some(([127, 0, 0, 1], 0).into()),
        ..Options::default()
    };
    Config::for_test(&options).unwrap()
}

fn database(folder: &Path) -> String {
    let path: PathBuf = folder.join("data/earshot.db");
    format!("sqlite:{}", path.display())
}

/// One second of a quiet 440 Hz as a WAV file: 8,000 samples of 16 bits.
pub fn tone() -> Vec<u8> {
    const RATE: u32 = 8_000;
    let samples = (0..RATE).map(|at| (f64::from(at) * 440.0 / f64::from(RATE) * std::f64::consts::TAU).sin());
    let data: Vec<u8> = samples.flat_map(|sample| ((sample * 3_000.0) as i16).to_le_bytes()).collect();
    let size = data.len() as u32;

    [
        b"RIFF".as_slice(),
        &(36 + size).to_le_bytes(),
        b"WAVEfmt ",
        &16u32.to_le_bytes(),
        &1u16.to_le_bytes(),
        &1u16.to_le_bytes(),
        &RATE.to_le_bytes(),
        &(RATE * 2).to_le_bytes(),
        &2u16.to_le_bytes(),
        &16u16.to_le_bytes(),
        b"data",
        &size.to_le_bytes(),
        &data,
    ]
    .concat()
}

/// Makes two members contacts, as the use cases would leave it in the store.
pub async fn befriend(store: &SqlStore, one: MemberId, other: MemberId) -> ConversationId {
    let request = StoredChatRequest {
        id: Uuid::from_u128(1).into(),
        from: one,
        to: other,
        relation: Relation::Invite(Uuid::from_u128(2).into()),
        sent_at: Timestamp(1),
        state: RequestState::Open,
        closed_at: None,
        taken_back_at: None,
        conversation: None,
    };
    store.add_chat_request(&request).await.unwrap();

    let conversation = Uuid::from_u128(3).into();
    store.close_chat_request(request.id, RequestState::Accepted, conversation, Timestamp(2)).await.unwrap();
    conversation
}
