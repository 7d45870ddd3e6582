//! The connection itself: opens, reads, writes, comes back with full-jitter waits.

use std::cell::{Cell, RefCell};

use domain::{
    clock::reconnect_delay_ms,
    inbox::Position,
    wire::{self, ClientFrame, ServerFrame},
};
use futures::{SinkExt, StreamExt, channel::mpsc};
use gloo_net::websocket::{Message, futures::WebSocket};
use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{super::page, Link, Live, clock, frames};

/// Frames that wait for the socket; a live signal that finds no place is dropped, and the next one says more.
const OUTGOING_FRAMES: usize = 256;
/// A visible page whose socket says nothing for so long, clock answers included, connects anew, in milliseconds.
const SILENT_MS: f64 = 25_000.0;

thread_local! {
    static OUTGOING: RefCell<Option<mpsc::Sender<Message>>> = const { RefCell::new(None) };
    /// How far the inbox was read.
    static READ: Cell<Option<Position>> = const { Cell::new(None) };
    static HEARD_AT: Cell<f64> = const { Cell::new(0.0) };
    /// Ends the wait before the next attempt.
    static HURRY: RefCell<Option<mpsc::Sender<()>>> = const { RefCell::new(None) };
}

/// Connects now and again whenever the connection is lost, for as long as the page lives.
pub(super) fn open(live: Live, read: Option<Position>) {
    READ.set(read);
    spawn_local(keep_connected(live));

    page::every(5_000, move || {
        let silent = page::monotonic_ms() - HEARD_AT.get() > SILENT_MS;
        if silent && !page::is_hidden() && live.link.get_untracked() == Link::Open {
            hang_up();
        }
    });
    page::listen(&window(), "online", move |_| hurry());
    page::listen(&document(), "visibilitychange", move |_| {
        if !page::is_hidden() {
            HEARD_AT.set(page::monotonic_ms());
            clock::hurry();
            hurry();
        }
    });
}

/// Sends a frame if there is a connection.
pub(super) fn send(frame: &ClientFrame) {
    OUTGOING.with_borrow_mut(|outgoing| {
        if let Some(outgoing) = outgoing {
            let _ = outgoing.try_send(Message::Bytes(wire::encode(frame)));
        }
    });
}

/// How far the inbox was read.
pub(super) fn read() -> Option<Position> {
    READ.get()
}

/// The inbox was read up to here.
pub(super) fn set_read(position: Position) {
    READ.set(Some(position));
}

/// Ends this connection; the next one follows.
pub(super) fn hang_up() {
    OUTGOING.with_borrow_mut(Option::take);
}

async fn keep_connected(live: Live) {
    let mut attempt = 0;
    loop {
        if connection(live).await {
            attempt = 0;
        }
        live.link.set(Link::Lost);

        wait(reconnect_delay_ms(attempt, page::random())).await;
        attempt += 1;
    }
}

/// One connection from its handshake to its end. Answers whether it was ever open.
async fn connection(live: Live) -> bool {
    let url = format!("{}/ws", page::origin().replacen("http", "ws", 1));
    let Ok(socket) = WebSocket::open(&url) else {
        return false;
    };
    let (mut sink, mut stream) = socket.split();
    let (outgoing, mut waiting) = mpsc::channel(OUTGOING_FRAMES);
    OUTGOING.set(Some(outgoing));
    send(&ClientFrame::Hello { tab: live.tab, position: READ.get() });

    // The writer owns the sink; when the sender is dropped it closes the socket, which ends the reader.
    spawn_local(async move {
        while let Some(message) = waiting.next().await {
            if sink.send(message).await.is_err() {
                break;
            }
        }
        let _ = sink.close().await;
    });

    let mut welcomed = false;
    while let Some(Ok(message)) = stream.next().await {
        HEARD_AT.set(page::monotonic_ms());
        let Message::Bytes(bytes) = message else {
            continue;
        };
        match wire::decode::<ServerFrame>(&bytes) {
            Ok(frame) => {
                if matches!(frame, ServerFrame::Welcome { .. }) {
                    welcomed = true;
                    live.link.set(Link::Open);
                    clock::begin();
                }
                frames::take(live, frame);
            }
            // The server is newer than this page: only a reload brings them together.
            Err(domain::Refusal::VersionUnknown) => page::reload(),
            Err(_) => break,
        }
    }

    clock::end();
    hang_up();
    welcomed
}

async fn wait(wait_ms: u32) {
    let (sender, mut woken) = mpsc::channel(1);
    HURRY.set(Some(sender.clone()));
    let mut sender = sender;
    page::after(wait_ms, move || {
        let _ = sender.try_send(());
    });

    woken.next().await;
    HURRY.set(None);
}

fn hurry() {
    HURRY.with_borrow_mut(|waiting| {
        if let Some(waiting) = waiting {
            let _ = waiting.try_send(());
        }
    });
}
