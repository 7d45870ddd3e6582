//! The connection itself: opens, reads, writes, comes back with full-jitter waits.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use domain::{
    Refusal,
    activity::LEASE_MS,
    clock::reconnect_delay_ms,
    inbox::Position,
    wire::{self, ClientFrame, ServerFrame},
};
use futures::{SinkExt, StreamExt, channel::mpsc};
use gloo_net::websocket::{Message, WebSocketError, futures::WebSocket};
use leptos::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::{super::page, Link, Live, clock, frames};
use crate::{error::ApiError, features::settings::api::own_activity};

/// Frames that wait for the socket; a live signal that finds no place is dropped, and the next one says more.
const OUTGOING_FRAMES: usize = 256;
/// A visible page whose socket says nothing for so long, clock answers included, connects anew, in milliseconds.
const SILENT_MS: f64 = 25_000.0;
/// A page that comes back into sight, perhaps out of a sleep, waits only so long for a sign of its socket, in milliseconds.
const BACK_IN_SIGHT_MS: f64 = 5_000.0;

thread_local! {
    static OUTGOING: RefCell<Option<mpsc::Sender<Message>>> = const { RefCell::new(None) };
    /// How far the inbox was read.
    static READ: Cell<Option<Position>> = const { Cell::new(None) };
    static HEARD_AT: Cell<f64> = const { Cell::new(0.0) };
    /// Since when there is no connection.
    static LOST_AT: Cell<f64> = const { Cell::new(0.0) };
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
        forget_activity(live);
    });
    page::listen(&window(), "online", move |_| hurry());
    page::listen(&document(), "visibilitychange", move |_| {
        if !page::is_hidden() {
            HEARD_AT.set(page::monotonic_ms() - SILENT_MS + BACK_IN_SIGHT_MS);
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

/// What others play is not shown for longer than it would be without a word of them: who is offline may be wrong (L5).
fn forget_activity(live: Live) {
    let lost_ms = page::monotonic_ms() - LOST_AT.get();
    if live.link.get_untracked() == Link::Lost && lost_ms > LEASE_MS as f64 {
        live.activity.set(HashMap::new());
    }
}

async fn keep_connected(live: Live) {
    let mut attempt = 0;
    loop {
        match connection(live).await {
            End::LoggedOut => return page::reload(),
            End::Lost => attempt = 0,
            End::NeverOpen if attempt > 0 && is_logged_out().await => return page::reload(),
            End::NeverOpen => {}
        }
        if live.link.get_untracked() != Link::Lost {
            LOST_AT.set(page::monotonic_ms());
            live.link.set(Link::Lost);
        }

        wait(reconnect_delay_ms(attempt, page::random())).await;
        attempt += 1;
    }
}

/// How a connection came to its end.
enum End {
    /// The handshake failed; browsers do not say why.
    NeverOpen,
    /// It was open, and is no longer.
    Lost,
    /// The log-in has ended.
    LoggedOut,
}

/// Whether the server answers, and does not know us any more. The page it renders then says so.
async fn is_logged_out() -> bool {
    matches!(own_activity().await, Err(ApiError::Refused(Refusal::LogInFirst)))
}

/// One connection from its handshake to its end.
async fn connection(live: Live) -> End {
    let url = format!("{}/ws", page::origin().replacen("http", "ws", 1));
    let Ok(handle) = web_sys::WebSocket::new(&url) else {
        return End::NeverOpen;
    };
    let Ok(socket) = WebSocket::try_from(handle.clone()) else {
        return End::NeverOpen;
    };
    let (mut sink, mut stream) = socket.split();
    let (outgoing, mut waiting) = mpsc::channel(OUTGOING_FRAMES);
    OUTGOING.set(Some(outgoing));
    send(&ClientFrame::Hello { tab: live.tab, position: READ.get() });

    // The writer owns the sink; when the sender is dropped it closes the socket, which ends the reader.
    spawn_local(async move {
        settled(&handle).await;
        while let Some(message) = waiting.next().await {
            // Where it closes, or has never opened, sending would only fill the console.
            let open = handle.ready_state() == web_sys::WebSocket::OPEN;
            if !open || sink.send(message).await.is_err() {
                break;
            }
        }
        let _ = sink.close().await;
    });

    let mut end = End::NeverOpen;
    while let Some(message) = stream.next().await {
        let message = match message {
            Ok(message) => message,
            Err(WebSocketError::ConnectionClose(close)) if close.code == wire::SESSION_ENDED => {
                end = End::LoggedOut;
                break;
            }
            Err(_) => break,
        };
        HEARD_AT.set(page::monotonic_ms());
        let Message::Bytes(bytes) = message else {
            continue;
        };
        match wire::decode::<ServerFrame>(&bytes) {
            Ok(frame) => {
                if matches!(frame, ServerFrame::Welcome { .. }) {
                    end = End::Lost;
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
    end
}

/// Waits until the handshake has come to an end, good or bad.
async fn settled(socket: &web_sys::WebSocket) {
    let settled = js_sys::Promise::new(&mut |resolve, _| {
        socket.set_onopen(Some(&resolve));
        socket.set_onclose(Some(&resolve));
    });
    let _ = JsFuture::from(settled).await;
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
