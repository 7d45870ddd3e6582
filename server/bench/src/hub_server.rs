//! The hub of the product over doubles in memory, behind the handshake of the product.
//!
//! Each room is what one member plays, watched by their contacts, each of whom has one tab open.

use std::sync::Arc;

use anyhow::Result;
use axum::{
    Router,
    extract::{Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::any,
};
use bus::LocalBus;
use domain::{ChatRequestId, ConversationId, MemberId, account::Switch, relations::Relation, relations::RequestState};
use hub::{Hub, Limits};
use serde::Deserialize;
use services::{
    Principal,
    contract::world::World,
    ports::{
        Bus, Clock,
        store::{ContactStore, StoredChatRequest},
    },
};
use socket::Handshake;
use tokio::{
    io::{AsyncBufReadExt, BufReader, stdin},
    net::TcpListener,
};
use tokio_util::sync::CancellationToken;

use crate::{control::Order, frame::Stamp, scenario::Rooms, usage::Usage};

/// Serves until the input ends.
pub async fn serve(rooms: Rooms) -> Result<()> {
    let bus = LocalBus::new();
    let stage = Stage::set(rooms, &bus).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let routes = Router::new().route("/ws", any(open)).with_state(stage.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    println!("{}", serde_json::to_string(&address)?);

    let mut orders = BufReader::new(stdin()).lines();
    while let Some(line) = orders.next_line().await? {
        match Order::parse(&line)? {
            Order::Publish { first, count } => stage.publish(&bus, first..first + count).await,
            Order::Usage => println!("{}", serde_json::to_string(&Usage::read()?)?),
        }
    }
    Ok(())
}

/// Who takes part.
struct Stage {
    hub: Arc<Hub>,
    /// Whom each room watches.
    watched: Vec<MemberId>,
    /// Who watches, by the number of the socket.
    watchers: Vec<Principal>,
}

impl Stage {
    async fn set(rooms: Rooms, bus: &LocalBus) -> Result<Arc<Self>> {
        let world = World::new().await;
        let (mut watched, mut watchers) = (Vec::new(), Vec::new());
        for room in 0..rooms.rooms {
            let star = world.member(&format!("star{room}")).await;
            world.services.set_switch(&star, Switch::ListeningActivity, true).await?;
            for place in 0..rooms.watchers {
                let watcher = world.member(&format!("w{room}x{place}")).await;
                befriend(&world, star.id(), watcher.id()).await?;
                watchers.push(watcher);
            }
            watched.push(star.id());
        }

        let limits = Limits { sockets: rooms.sockets(), ..Limits::default() };
        let hub = Hub::new(world.services.clone(), bus, limits, CancellationToken::new()).await;
        Ok(Arc::new(Self { hub, watched, watchers }))
    }

    async fn publish(&self, bus: &LocalBus, numbers: std::ops::Range<u32>) {
        for number in numbers {
            for (room, member) in self.watched.iter().enumerate() {
                bus.publish(Stamp::now(room, number).note(*member)).await;
            }
        }
    }
}

/// As the use cases would leave it in the store, in the time that ten thousand of them may take.
async fn befriend(world: &World, from: MemberId, to: MemberId) -> Result<()> {
    let id = ChatRequestId(world.services.fresh_id());
    let now = world.clock.now();
    let request = StoredChatRequest {
        id,
        from,
        to,
        relation: Relation::Invite(world.services.fresh_id().into()),
        sent_at: now,
        state: RequestState::Open,
        closed_at: None,
        taken_back_at: None,
        conversation: None,
    };

    world.store.add_chat_request(&request).await?;
    let conversation = ConversationId(world.services.fresh_id());
    world.store.close_chat_request(id, RequestState::Accepted, conversation, now).await?;
    Ok(())
}

#[derive(Deserialize)]
struct Who {
    socket: usize,
}

async fn open(State(stage): State<Arc<Stage>>, Query(Who { socket }): Query<Who>, handshake: Handshake) -> Response {
    let Some(who) = stage.watchers.get(socket).cloned() else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(place) = stage.hub.admit(who.id()) else { return StatusCode::SERVICE_UNAVAILABLE.into_response() };

    handshake.accept(move |socket| stage.hub.clone().serve(place, who, socket))
}
