//! The other end of one socket: as much of a WebSocket as hearing needs.

use std::{net::SocketAddr, sync::Arc, sync::atomic::Ordering::Relaxed};

use anyhow::{Context, Result, bail, ensure};
use domain::{
    TabId,
    wire::{self, ClientFrame, ServerFrame},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use uuid::Uuid;

use crate::{
    frame::Stamp,
    tally::{Received, Tally},
};

const BINARY: u8 = 0x82;
const PING: u8 = 0x89;
/// Frames of a page are masked; with these four it changes nothing.
const MASK: [u8; 4] = [0; 4];
const PONG: [u8; 6] = [0x8A, 0x80, MASK[0], MASK[1], MASK[2], MASK[3]];

pub struct Page {
    stream: TcpStream,
    /// What has come and was not looked at yet.
    pending: Vec<u8>,
}

impl Page {
    /// A WebSocket that has been welcomed.
    pub async fn open(address: SocketAddr, socket: usize) -> Result<Self> {
        let mut page = Self::connected(address).await?;
        let request = format!(
            "GET /ws?socket={socket} HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        );
        page.stream.write_all(request.as_bytes()).await?;
        page.expect_upgrade().await?;

        let hello = ClientFrame::Hello { tab: TabId(Uuid::from_u128(socket as u128)), position: None };
        page.say(&hello).await?;
        let (_, welcome) = page.frame().await?;
        ensure!(matches!(wire::decode(&welcome), Ok(ServerFrame::Welcome { .. })), "not welcomed");
        Ok(page)
    }

    /// A plain connection for messages of one room.
    pub async fn bare(address: SocketAddr, room: usize) -> Result<Self> {
        let mut page = Self::connected(address).await?;

        page.stream.write_all(&u32::try_from(room)?.to_be_bytes()).await?;
        Ok(page)
    }

    /// Counts what comes until the connection ends.
    pub async fn read(mut self, mut received: Received, tally: Arc<Tally>) {
        loop {
            let counted = match self.frame().await {
                Ok((BINARY, payload)) => {
                    received.take(Stamp::read(&payload), &tally);
                    Ok(())
                }
                Ok((PING, _)) => self.stream.write_all(&PONG).await.map_err(Into::into),
                Ok((other, _)) => Err(anyhow::anyhow!("a frame that nobody asked for: {other:x}")),
                Err(broken) => Err(broken),
            };
            if let Err(error) = counted {
                eprintln!("a socket of the bench has ended: {error:#}");
                tally.faults.strange.fetch_add(1, Relaxed);
                return;
            }
        }
    }

    async fn connected(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;

        stream.set_nodelay(true)?;
        Ok(Self { stream, pending: Vec::new() })
    }

    async fn expect_upgrade(&mut self) -> Result<()> {
        loop {
            if let Some(end) = self.pending.windows(4).position(|four| four == b"\r\n\r\n") {
                ensure!(self.pending.starts_with(b"HTTP/1.1 101 "), "no upgrade: {}", self.pending.escape_ascii());
                self.pending.drain(..end + 4);
                return Ok(());
            }
            self.more().await?;
        }
    }

    async fn say(&mut self, frame: &ClientFrame) -> Result<()> {
        let payload = wire::encode(frame);
        let length = u8::try_from(payload.len()).ok().filter(|length| *length < 126).context("too long for this")?;

        let bytes = [&[BINARY, 0x80 | length][..], &MASK, &payload].concat();
        Ok(self.stream.write_all(&bytes).await?)
    }

    /// The first byte and the payload of the next frame.
    async fn frame(&mut self) -> Result<(u8, Vec<u8>)> {
        loop {
            if let Some((start, end)) = bounds(&self.pending) {
                let frame = (self.pending[0], self.pending[start..end].to_vec());
                self.pending.drain(..end);
                return Ok(frame);
            }
            self.more().await?;
        }
    }

    async fn more(&mut self) -> Result<()> {
        if self.pending.is_empty() {
            // Ten thousand of these wait most of the time: nothing is kept between two frames.
            self.pending = Vec::new();
            self.stream.readable().await?;
        }
        let mut room = [0; 4096];
        match self.stream.read(&mut room).await? {
            0 => bail!("closed by the server"),
            read => self.pending.extend_from_slice(&room[..read]),
        }
        Ok(())
    }
}

/// Where the payload of the first frame begins and ends, if all of it is there.
fn bounds(bytes: &[u8]) -> Option<(usize, usize)> {
    let (start, length) = match *bytes.get(1)? {
        126 => (4, u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?).into()),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        short => (2, usize::from(short)),
    };
    let end = start + length;

    (bytes.len() >= end).then_some((start, end))
}
