//! A client of NATS that is not Earshot: it says what it likes.

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use rig::Nats;

pub struct Foreigner(BufReader<TcpStream>);

impl Foreigner {
    pub async fn connect(server: &Nats) -> Self {
        let stream = TcpStream::connect(server.address()).await.expect("the server listens");
        let mut foreigner = Self(BufReader::new(stream));

        foreigner.write(b"CONNECT {\"verbose\":false}\r\n").await;
        foreigner
    }

    pub async fn subscribe(&mut self, subject: &str) {
        self.write(format!("SUB {subject} 1\r\n").as_bytes()).await;
        self.settle().await;
    }

    /// The next subject on which something is said.
    pub async fn hears_on(&mut self) -> String {
        loop {
            let line = self.line().await;
            if let Some(rest) = line.strip_prefix("MSG ") {
                return rest.split(' ').next().expect("a subject").into();
            }
        }
    }

    pub async fn publish(&mut self, subject: &str, payload: &[u8]) {
        self.write(&message(subject, payload)).await;
    }

    pub async fn write(&mut self, bytes: &[u8]) {
        self.0.write_all(bytes).await.expect("the server takes it");
    }

    /// Resolves when the server has worked off everything so far.
    pub async fn settle(&mut self) {
        self.write(b"PING\r\n").await;
        while self.line().await != "PONG" {}
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        let length = self.0.read_line(&mut line).await.expect("the server speaks text here");

        assert!(length > 0, "the server has closed the connection");
        line.trim_end().into()
    }
}

pub fn message(subject: &str, payload: &[u8]) -> Vec<u8> {
    [format!("PUB {subject} {}\r\n", payload.len()).as_bytes(), payload, b"\r\n"].concat()
}
