//! A load: starts a server, opens all its sockets, lets it publish and counts what arrives.

mod page;

use std::{net::SocketAddr, sync::Arc, sync::atomic::Ordering::Relaxed, time::Duration, time::Instant};

use anyhow::{Context, Result, bail};
use futures::{StreamExt, TryStreamExt};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

use crate::{
    control::Process,
    scenario::Rooms,
    tally::{Latency, Received, Tally},
    usage::Usage,
};
use page::Page;

/// Sockets that are opened at once.
const OPENING: usize = 64;
/// When nothing has come for so long, what is missing is lost.
const PATIENCE: Duration = Duration::from_secs(5);
/// After the sockets have been opened, before memory is read.
const SETTLING: Duration = Duration::from_secs(2);

/// All sockets are open.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Ready {
    pub before: Usage,
    pub after: Usage,
}

/// One turn.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Turn {
    pub deliveries: u64,
    pub cpu_ms: u64,
    pub wall_ms: f64,
}

/// What the load has seen in all turns but the first, and of faults in all.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Summary {
    pub latency: Latency,
    pub lost: u64,
    pub doubled: u64,
    pub reordered: u64,
    pub strange: u64,
}

/// Follows the conductor until the input ends.
pub async fn run(server: &str, rooms: Rooms) -> Result<()> {
    let (mut load, ready) = Load::open(server, rooms).await?;
    say(&ready)?;

    let mut orders = BufReader::new(stdin()).lines();
    while let Some(line) = orders.next_line().await? {
        match line.split(' ').collect::<Vec<_>>()[..] {
            ["turn", rounds, burst] => say(&load.turn(rounds.parse()?, burst.parse()?).await?)?,
            ["warm"] => load.tally.forget_latencies(),
            ["summary"] => say(&load.summary())?,
            _ => bail!("not an order: {line}"),
        }
    }
    Ok(())
}

fn say(answer: &impl Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(answer)?);
    Ok(())
}

struct Load {
    server: Process,
    rooms: Rooms,
    tally: Arc<Tally>,
    published: u32,
    lost: u64,
}

impl Load {
    async fn open(server: &str, rooms: Rooms) -> Result<(Self, Ready)> {
        let web = server == "hub";
        let mut server = Process::start(&[server, &rooms.rooms.to_string(), &rooms.watchers.to_string()])?;
        let address: SocketAddr = server.answer().await?;
        let tally = Arc::<Tally>::default();

        // The bare server hears orders only when all sockets are open.
        let before = if web { server.ask("usage").await? } else { Usage::default() };
        let opening = futures::stream::iter(0..rooms.sockets()).map(|socket| {
            let tally = tally.clone();
            async move {
                let room = rooms.room_of(socket);
                let page = if web { Page::open(address, socket).await } else { Page::bare(address, room).await };
                let page = page.context("a socket could not be opened; enough files must be allowed: ulimit -n")?;
                tokio::spawn(page.read(Received::of_room(room), tally));
                anyhow::Ok(())
            }
        });
        opening.buffer_unordered(OPENING).try_collect::<()>().await?;
        tokio::time::sleep(SETTLING).await;

        let after = server.ask("usage").await?;
        Ok((Self { server, rooms, tally, published: 0, lost: 0 }, Ready { before, after }))
    }

    /// Every round waits until the one before has arrived everywhere.
    async fn turn(&mut self, rounds: u32, burst: u32) -> Result<Turn> {
        let before: Usage = self.server.ask("usage").await?;
        let (arrived, started) = (self.tally.arrived(), Instant::now());

        for _ in 0..rounds {
            let sockets = self.rooms.sockets() as u64;
            let awaited = u64::from(self.published + burst) * sockets - self.lost;
            self.tally.awaits(awaited);
            self.server.say(&format!("publish {} {burst}", self.published)).await?;
            self.published += burst;
            self.lost += awaited - self.completed(awaited).await;
        }

        let wall_ms = started.elapsed().as_secs_f64() * 1_000.0;
        let after: Usage = self.server.ask("usage").await?;
        Ok(Turn { deliveries: self.tally.arrived() - arrived, cpu_ms: after.cpu_ms - before.cpu_ms, wall_ms })
    }

    /// Waits until all have arrived or nothing comes any more, and answers how many have.
    async fn completed(&self, awaited: u64) -> u64 {
        loop {
            let before = self.tally.arrived();
            if before >= awaited {
                return awaited;
            }
            let complete = tokio::time::timeout(PATIENCE, self.tally.complete.notified()).await.is_ok();
            if !complete && self.tally.arrived() == before {
                return before;
            }
        }
    }

    fn summary(&self) -> Summary {
        let faults = &self.tally.faults;

        Summary {
            latency: self.tally.latency(),
            lost: self.lost,
            doubled: faults.doubled.load(Relaxed),
            reordered: faults.reordered.load(Relaxed),
            strange: faults.strange.load(Relaxed),
        }
    }
}
