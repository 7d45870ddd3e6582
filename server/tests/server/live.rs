//! `/ws` over a real WebSocket.

use std::time::Duration;

use domain::{
    Refusal, TabId,
    wire::{self, ClientFrame, ServerFrame},
};
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};
use uuid::Uuid;

use crate::test_app::TestApp;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

#[tokio::test]
async fn a_member_is_welcomed_and_their_clock_questions_answered() {
    let app = TestApp::new().await.with_member("ana").await;
    let mut socket = open(&app, "ana").await;

    send(&mut socket, &ClientFrame::Clock { sent: 2.5 }).await;

    let ServerFrame::Clock { sent, received, answered } = frame(&mut socket).await else { panic!("no answer") };
    assert_eq!(sent, 2.5);
    assert!(received <= answered);
    app.stop().await.unwrap();
}

#[tokio::test]
async fn sockets_are_for_members_from_pages_of_ours() {
    let app = TestApp::new().await.with_member("ana").await;

    assert_eq!(refused(&app, None, &app.origin()).await, 401);
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        assert_eq!(refused(&app, Some("ana"), origin).await, 403, "{origin}");
    }
}

#[tokio::test]
async fn a_frame_that_is_no_frame_is_answered_with_a_sentence_and_a_code() {
    let app = TestApp::new().await.with_member("ana").await;
    let table = [
        (Message::binary(vec![wire::VERSION, 250]), Refusal::FrameMalformed),
        (Message::binary(vec![0; wire::CLIENT_FRAME_BYTES + 1]), Refusal::FrameTooLarge),
        (Message::text("hello"), Refusal::FrameMalformed),
    ];

    for (message, refusal) in table {
        let mut socket = open(&app, "ana").await;
        socket.send(message).await.unwrap();

        assert_eq!(frame(&mut socket).await, ServerFrame::Refused(refusal));
        assert_eq!(closed(&mut socket).await, Some(4002));
    }
}

#[tokio::test]
async fn a4_logging_out_closes_the_open_socket() {
    let app = TestApp::new().await.with_member("ana").await;
    let mut socket = open(&app, "ana").await;

    let answer = app.post("/api/log_out").header("cookie", app.cookie("ana")).send().await.unwrap();

    assert_eq!(answer.status(), 200);
    assert_eq!(closed(&mut socket).await, Some(4001));
}

#[tokio::test]
async fn a_stopping_server_says_good_bye() {
    let app = TestApp::new().await.with_member("ana").await;
    let mut socket = open(&app, "ana").await;

    app.ask_to_stop();

    assert_eq!(frame(&mut socket).await, ServerFrame::GoingAway);
    assert_eq!(closed(&mut socket).await, Some(1001));
    app.stop().await.unwrap();
}

/// Kept from scripts and from every other path.
#[tokio::test]
async fn a4_a_socket_gets_a_ticket_and_the_next_one_comes_back_with_it() {
    let app = TestApp::new().await.with_member("ana").await;
    let log_in = app.cookie("ana").to_owned();

    let (_, ticket) = handshake(&app, Some(&log_in), &app.origin()).await.unwrap();
    let ticket = ticket.expect("the first socket gets a ticket");
    for attribute in ["Path=/ws", "HttpOnly", "SameSite=Strict", "Secure"] {
        assert!(ticket.contains(attribute), "{ticket}");
    }
    let ticket = ticket.split(';').next().unwrap();
    let (_, another) = handshake(&app, Some(&format!("{log_in}; {ticket}")), &app.origin()).await.unwrap();
    assert_eq!(another, None, "the ticket was good, and stays so");
    let (_, another) = handshake(&app, Some(&format!("{log_in}; {ticket}x")), &app.origin()).await.unwrap();
    assert!(another.is_some(), "a damaged one is replaced");

    for cookies in [ticket.to_owned(), format!("{ticket}; __Host-earshot=abc")] {
        assert!(handshake(&app, Some(&cookies), &app.origin()).await.is_err(), "{cookies}");
    }
    app.stop().await.unwrap();
}

async fn open(app: &TestApp, name: &str) -> Socket {
    let mut socket = connect(app, Some(name), &app.origin()).await.unwrap();
    send(&mut socket, &ClientFrame::Hello { tab: TabId(Uuid::now_v7()), position: None }).await;
    let welcome = frame(&mut socket).await;
    assert!(matches!(welcome, ServerFrame::Welcome { .. }), "{welcome:?}");
    socket
}

async fn connect(app: &TestApp, name: Option<&str>, origin: &str) -> Result<Socket, Error> {
    handshake(app, name.map(|name| app.cookie(name)), origin).await.map(|(socket, _)| socket)
}

/// A connection, and the ticket that came with it.
async fn handshake(app: &TestApp, cookies: Option<&str>, origin: &str) -> Result<(Socket, Option<String>), Error> {
    let mut request = format!("ws://{}/ws", app.address).into_client_request().unwrap();
    request.headers_mut().insert("origin", origin.parse().unwrap());
    if let Some(cookies) = cookies {
        request.headers_mut().insert("cookie", cookies.parse().unwrap());
    }

    let (socket, answer) = connect_async(request).await?;
    let ticket = answer.headers().get("set-cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
    Ok((socket, ticket))
}

async fn refused(app: &TestApp, name: Option<&str>, origin: &str) -> u16 {
    match connect(app, name, origin).await {
        Err(Error::Http(answer)) => answer.status().as_u16(),
        other => panic!("it should have been refused: {other:?}"),
    }
}

async fn send(socket: &mut Socket, frame: &ClientFrame) {
    socket.send(Message::binary(wire::encode(frame))).await.unwrap();
}

/// The next frame that is not about the scan, which runs meanwhile.
async fn frame(socket: &mut Socket) -> ServerFrame {
    loop {
        match next(socket).await {
            Some(Message::Binary(bytes)) => match wire::decode(&bytes).unwrap() {
                ServerFrame::Scan(_) | ServerFrame::LibraryChanged => {}
                frame => return frame,
            },
            Some(Message::Ping(_) | Message::Pong(_)) => {}
            other => panic!("no frame: {other:?}"),
        }
    }
}

async fn closed(socket: &mut Socket) -> Option<u16> {
    loop {
        if let Message::Close(close) = next(socket).await? {
            return close.map(|close| close.code.into());
        }
    }
}

async fn next(socket: &mut Socket) -> Option<Message> {
    let next = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.expect("something comes");
    next.and_then(Result::ok)
}
