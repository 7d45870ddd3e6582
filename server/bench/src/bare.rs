//! The floor: the same bytes to the same sockets in a loop, one write for each delivery, and nothing else.

use std::{
    io::{BufRead, Read, Write, stdin},
    net::{TcpListener, TcpStream},
};

use anyhow::Result;
use domain::MemberId;
use uuid::Uuid;

use crate::{control::Order, frame::Stamp, scenario::Rooms, usage::Usage};

/// Serves until the input ends.
pub fn serve(rooms: Rooms) -> Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    println!("{}", serde_json::to_string(&listener.local_addr()?)?);
    let mut sockets = accept(&listener, rooms)?;

    for line in stdin().lock().lines() {
        match Order::parse(&line?)? {
            Order::Publish { first, count } => {
                for number in first..first + count {
                    publish(&mut sockets, number)?;
                }
            }
            Order::Usage => println!("{}", serde_json::to_string(&Usage::read()?)?),
        }
    }
    Ok(())
}

/// The sockets of each room. The first bytes of a connection say which room it wants.
fn accept(listener: &TcpListener, rooms: Rooms) -> Result<Vec<Vec<TcpStream>>> {
    let mut sockets: Vec<Vec<TcpStream>> = (0..rooms.rooms).map(|_| Vec::new()).collect();

    for _ in 0..rooms.sockets() {
        let (mut stream, _) = listener.accept()?;
        stream.set_nodelay(true)?;
        let mut room = [0; 4];
        stream.read_exact(&mut room)?;
        sockets[u32::from_be_bytes(room) as usize].push(stream);
    }
    Ok(sockets)
}

fn publish(sockets: &mut [Vec<TcpStream>], number: u32) -> Result<()> {
    for (room, sockets) in sockets.iter_mut().enumerate() {
        let payload = Stamp::now(room, number).payload(MemberId(Uuid::from_u128(room as u128)));
        let length = u8::try_from(payload.len()).expect("a message of a hundred bytes");
        let frame = [&[0x82, length][..], &payload].concat();

        for socket in sockets {
            socket.write_all(&frame)?;
        }
    }
    Ok(())
}
