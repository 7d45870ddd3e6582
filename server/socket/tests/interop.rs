//! The socket beside an implementation of others, over real connections.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing::any};
use bytes::Bytes;
use futures::{SinkExt, StreamExt};
use hub::{Arrival, Incoming, Outgoing, Transport};
use socket::{Handshake, Socket};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

type Page = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Sends frames back; refuses text; pings and closes when it is asked to.
async fn echo(socket: Socket<TcpStream>) {
    let (mut reader, mut writer) = socket.split();
    let shortcut = writer.shortcut().expect("it has one");

    while let Some(arrival) = reader.next().await {
        match arrival {
            Arrival::Frame(bytes) if bytes == "ping" => writer.ping().await.unwrap(),
            Arrival::Frame(bytes) if bytes == "close" => writer.close(4001, "session ended").await,
            Arrival::Frame(bytes) if bytes == "flood" => {
                // Much more than a connection takes at once, in turns by both ways.
                for number in 0..400u32 {
                    let frame = Bytes::from(vec![number as u8; 10_000 + number as usize]);
                    match number % 2 {
                        0 if shortcut.write_now(std::slice::from_ref(&frame)).unwrap() => {}
                        0 => writer.write(vec![]).await.unwrap(),
                        _ => writer.write(vec![frame]).await.unwrap(),
                    }
                }
            }
            Arrival::Frame(bytes) => writer.write(vec![bytes]).await.unwrap(),
            Arrival::Pong => writer.write(vec![Bytes::from_static(b"alive")]).await.unwrap(),
            Arrival::Strange => writer.close(4002, "refused").await,
        }
    }
}

async fn serve() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let routes = Router::new().route("/ws", any(async |handshake: Handshake| handshake.accept(echo)));
    tokio::spawn(async move { axum::serve(listener, routes).await });

    address
}

async fn open() -> Page {
    connect_async(format!("ws://{}/ws", serve().await)).await.expect("it agrees").0
}

async fn next(page: &mut Page) -> Option<Message> {
    let next = tokio::time::timeout(Duration::from_secs(10), page.next()).await.expect("something comes");

    next.map(|message| message.expect("it is understood"))
}

fn closed(code: u16, reason: &'static str) -> Option<Message> {
    Some(Message::Close(Some(CloseFrame { code: CloseCode::from(code), reason: reason.into() })))
}

#[tokio::test]
async fn messages_of_all_lengths_go_both_ways() {
    let mut page = open().await;

    for length in [0, 1, 125, 126, 65_535, 65_536, 262_144] {
        let payload = Bytes::from_iter((0..length).map(|at| (at % 253) as u8));
        page.send(Message::Binary(payload.clone())).await.unwrap();
        assert_eq!(next(&mut page).await, Some(Message::Binary(payload)), "{length} bytes");
    }
}

#[tokio::test]
async fn a_reader_that_falls_behind_gets_everything_in_order() {
    let mut page = open().await;
    page.send(Message::Binary("flood".into())).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;

    for number in 0..400u32 {
        let Some(Message::Binary(frame)) = next(&mut page).await else { panic!("frame {number} is missing") };
        assert_eq!((frame.len(), frame[0]), (10_000 + number as usize, number as u8));
    }
}

#[tokio::test]
async fn pings_are_answered_on_both_sides() {
    let mut page = open().await;

    page.send(Message::Ping("there?".into())).await.unwrap();
    assert_eq!(next(&mut page).await, Some(Message::Pong("there?".into())));
    assert_eq!(next(&mut page).await, Some(Message::Binary("alive".into())), "a ping is a sign of life");

    page.send(Message::Binary("ping".into())).await.unwrap();
    assert_eq!(next(&mut page).await, Some(Message::Ping(Bytes::new())));
    assert_eq!(next(&mut page).await, Some(Message::Binary("alive".into())), "the answer has come");
}

#[tokio::test]
async fn text_is_refused() {
    let mut page = open().await;

    page.send(Message::Text("hello".into())).await.unwrap();

    assert_eq!(next(&mut page).await, closed(4002, "refused"));
    assert_eq!(next(&mut page).await, None);
}

#[tokio::test]
async fn whoever_closes_is_answered() {
    let mut page = open().await;
    page.send(Message::Binary("close".into())).await.unwrap();
    assert_eq!(next(&mut page).await, closed(4001, "session ended"));
    assert_eq!(next(&mut page).await, None, "the answer has come, and the server has let go");

    let mut page = open().await;
    let code = CloseCode::from(1000);
    page.close(Some(CloseFrame { code, reason: "done".into() })).await.unwrap();
    assert_eq!(next(&mut page).await, closed(1000, ""));
    assert_eq!(next(&mut page).await, None);
}

#[tokio::test]
async fn a_page_that_does_not_wait_for_the_handshake_is_heard() {
    let mut stream = TcpStream::connect(serve().await).await.unwrap();
    let request = b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\
        Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

    // An empty mask leaves the payload as it is.
    stream.write_all(&[&request[..], &[0x82, 0x85, 0, 0, 0, 0], b"early"].concat()).await.unwrap();

    let mut answer = Vec::new();
    let heard = async {
        while !answer.ends_with(b"\x82\x05early") {
            assert_ne!(stream.read_buf(&mut answer).await.unwrap(), 0, "it has ended");
        }
    };
    tokio::time::timeout(Duration::from_secs(10), heard).await.expect("it is heard");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(answer.starts_with("HTTP/1.1 101"), "{answer}");
    // The example of the RFC.
    assert!(answer.contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), "{answer}");
    assert!(answer.ends_with("early"), "{answer}");
}

#[tokio::test]
async fn who_asks_for_no_websocket_gets_none() {
    let mut stream = TcpStream::connect(serve().await).await.unwrap();
    stream.write_all(b"GET /ws HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();

    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();

    assert!(answer.starts_with("HTTP/1.1 4"), "{answer}");
}
