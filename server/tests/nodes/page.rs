//! A member and an open page of theirs, as far as a server can tell.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use domain::{
    JamId, MemberId, TabId,
    activity::ActivityView,
    inbox::{InboxEntry, InboxEvent, Missed, Position},
    jam::{Command, State},
    messages::BodyView,
    player::PlayerReport,
    wire::{self, ClientFrame, ServerFrame},
};
use futures::{SinkExt, StreamExt};
use reqwest::{Response, header::SET_COOKIE};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use uuid::Uuid;

use crate::cluster::Node;

/// Many times what anything here takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Somebody who has logged in.
#[derive(Clone)]
pub struct Person {
    name: String,
    cookie: String,
}

impl Person {
    /// Signs somebody up at a node.
    pub async fn sign_up(name: &str, node: &Node) -> Self {
        let form = [
            ("username", name),
            ("display_name", name),
            ("password", "a quiet kitchen at six"),
            ("date_of_birth", "1990-01-31"),
            ("country", "SE"),
        ];
        let answer = post(node, "", "sign_up", &form).await.expect("the node answers");
        assert_eq!(answer.status(), 200, "{name} signs up");
        let cookie = answer.headers()[SET_COOKIE].to_str().expect("a cookie is text");

        Self { name: name.into(), cookie: cookie.split(';').next().expect("a cookie has a value").into() }
    }

    /// Sends a form of ours. Answers its status, or nothing when there was no answer.
    pub async fn post(&self, node: &Node, command: &str, form: &[(&str, &str)]) -> Option<u16> {
        Some(post(node, &self.cookie, command, form).await?.status().as_u16())
    }

    /// The same, which must work.
    pub async fn does(&self, node: &Node, command: &str, form: &[(&str, &str)]) {
        assert_eq!(self.post(node, command, form).await, Some(200), "{} does {command}", self.name);
    }
}

async fn post(node: &Node, cookie: &str, command: &str, form: &[(&str, &str)]) -> Option<Response> {
    let url = format!("http://{}/api/{command}", node.address);

    reqwest::Client::new().post(url).header("cookie", cookie).form(form).send().await.ok()
}

/// An open page.
pub struct Page {
    person: Person,
    tab: TabId,
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    /// Who this is.
    pub me: MemberId,
    position: Position,
    /// Every entry that came, in order.
    pub entries: Vec<InboxEntry>,
    /// What contacts play.
    pub activity: BTreeMap<MemberId, ActivityView>,
    /// The Jam on the screen.
    pub jam: Option<State>,
    /// What commands were refused with.
    pub refused: Vec<String>,
    offset_ms: i64,
}

impl Page {
    /// Opens a page at a node.
    pub async fn open(person: &Person, node: &Node) -> Self {
        let mut page = Self {
            person: person.clone(),
            tab: TabId(Uuid::now_v7()),
            socket: None,
            me: MemberId(Uuid::nil()),
            position: Position::default(),
            entries: Vec::new(),
            activity: BTreeMap::new(),
            jam: None,
            refused: Vec::new(),
            offset_ms: 0,
        };
        page.connect(node, None).await;
        page
    }

    /// The same page comes back by a node, as after its own has died.
    pub async fn reopen(&mut self, node: &Node) {
        let position = self.position;
        self.connect(node, Some(position)).await;
    }

    async fn connect(&mut self, node: &Node, position: Option<Position>) {
        let mut request = format!("ws://{}/ws", node.address).into_client_request().expect("an address");
        let origin = format!("http://{}", node.address);
        request.headers_mut().insert("origin", origin.parse().expect("an address"));
        request.headers_mut().insert("cookie", self.person.cookie.parse().expect("a cookie is text"));

        let (socket, _) = connect_async(request).await.expect("the node answers");
        self.socket = Some(socket);
        self.send(&ClientFrame::Hello { tab: self.tab, position }).await;
        self.hear().await;
        if let Some(jam) = self.jam.as_ref().map(|jam| jam.id) {
            self.send(&ClientFrame::JamHere { jam, listening: true }).await;
        }
    }

    /// Plays a track from its start, outside of a Jam.
    pub async fn play(&mut self, track: domain::TrackId) {
        let report = PlayerReport { track: Some(track), playing: true, position_ms: 0, jam: None };
        self.send(&ClientFrame::Player(report)).await;
    }

    /// Shows a Jam and sounds.
    pub async fn enter(&mut self, jam: JamId) {
        self.send(&ClientFrame::JamHere { jam, listening: true }).await;
        self.until("the Jam is shown", |page| page.jam.as_ref().is_some_and(|shown| shown.id == jam)).await;
    }

    /// Presses a button of the Jam.
    pub async fn command(&mut self, command: Command) {
        let jam = self.jam.as_ref().expect("a Jam is shown").id;
        self.send(&ClientFrame::Jam { jam, nonce: 1, command }).await;
    }

    /// Hears frames until something is so; answers how long that took.
    pub async fn until(&mut self, what: &str, so: impl Fn(&Self) -> bool) -> Duration {
        let begun = Instant::now();

        while !so(self) {
            let left = PATIENCE.checked_sub(begun.elapsed()).unwrap_or_default();
            if tokio::time::timeout(left, self.hear()).await.is_err() {
                panic!("{}: {what} did not happen; {}", self.person.name, self.describe());
            }
        }
        begun.elapsed()
    }

    /// Hears frames for some time.
    pub async fn listen(&mut self, time: Duration) {
        let end = Instant::now() + time;

        while let Some(left) = end.checked_duration_since(Instant::now()) {
            let _ = tokio::time::timeout(left, self.hear()).await;
        }
    }

    /// The messages that came, in order.
    pub fn messages(&self) -> Vec<String> {
        let said = self.entries.iter().filter_map(|entry| match &entry.event {
            InboxEvent::Message(message) => match &message.body {
                BodyView::Text(text) => Some(text.clone()),
                _ => None,
            },
            _ => None,
        });
        said.collect()
    }

    /// The server's time, roughly.
    pub fn now(&self) -> domain::Timestamp {
        domain::Timestamp(wall_ms() + self.offset_ms)
    }

    fn describe(&self) -> String {
        let jam = self.jam.as_ref().map(|jam| (jam.revision, jam.playback, jam.next, jam.queue.len(), &jam.members));
        let open = self.socket.is_some();
        format!(
            "open {open}, messages {:?}, activity {:?}, Jam {jam:?}, refused {:?}",
            self.messages(),
            self.activity,
            self.refused
        )
    }

    async fn send(&mut self, frame: &ClientFrame) {
        let socket = self.socket.as_mut().expect("the page is open");
        let _ = socket.send(Message::binary(wire::encode(frame))).await;
    }

    async fn hear(&mut self) {
        let Some(socket) = self.socket.as_mut() else { return std::future::pending().await };

        match socket.next().await {
            Some(Ok(Message::Binary(bytes))) => {
                let frame = wire::decode(&bytes).expect("the server sends frames");
                self.take(frame).await;
            }
            Some(Ok(Message::Close(_)) | Err(_)) | None => self.socket = None,
            Some(Ok(_)) => {}
        }
    }

    async fn take(&mut self, frame: ServerFrame) {
        match frame {
            ServerFrame::Welcome { now, me, missed, activity, .. } => {
                self.offset_ms = now.0 - wall_ms();
                self.me = me.id;
                self.activity = activity.into_iter().collect();
                self.take_missed(missed);
            }
            ServerFrame::Missed(missed) => self.take_missed(missed),
            ServerFrame::Activity { member, activity: Some(view) } => drop(self.activity.insert(member, view)),
            ServerFrame::Activity { member, activity: None } => drop(self.activity.remove(&member)),
            ServerFrame::Jam { state, .. } => {
                self.jam = Some(*state);
                self.load().await;
            }
            ServerFrame::JamEvents { revision, events, .. } => {
                let Some(jam) = self.jam.as_mut() else { return };
                let first = revision - events.len() as u64;
                if revision <= jam.revision {
                    return;
                }
                if first != jam.revision {
                    let jam = jam.id;
                    return self.send(&ClientFrame::JamAgain { jam }).await;
                }
                events.iter().for_each(|event| jam.apply(event));
                self.load().await;
            }
            ServerFrame::JamRefused { refusal, .. } => self.refused.push(refusal.to_string()),
            ServerFrame::Refused(refusal) | ServerFrame::JamShut { refusal, .. } => {
                self.refused.push(refusal.to_string())
            }
            _ => {}
        }
    }

    /// Says what it can start, as a page does once it has the bytes.
    async fn load(&mut self) {
        let jam = self.jam.as_ref().expect("a Jam is shown");
        let Some(own) = jam.member(self.me) else { return };
        let wanted = [jam.current_row(), jam.following()].into_iter().flatten();
        let missing: Vec<_> = wanted.map(|row| row.id).filter(|row| !own.loaded.contains(row)).collect();

        for row in missing {
            self.command(Command::Loaded(row)).await;
        }
    }

    /// Entries come without holes and without twins, whatever happened in between.
    fn take_missed(&mut self, missed: Missed) {
        let Missed::Entries { entries, head } = missed else { panic!("{}: the stream began anew", self.person.name) };
        if self.position == Position::default() && entries.is_empty() {
            self.position = head;
        }
        for entry in entries {
            if entry.seq <= self.position.seq {
                continue;
            }
            assert_eq!(entry.seq, self.position.seq + 1, "{}: a hole in the stream", self.person.name);
            self.position.seq = entry.seq;
            self.entries.push(entry);
        }
    }
}

fn wall_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);

    since.expect("the clock stands after 1970").as_millis() as i64
}
