//! What is measured.

use anyhow::Result;

/// So many rooms, each with so many watchers.
#[derive(Clone, Copy, Debug)]
pub struct Rooms {
    pub rooms: usize,
    pub watchers: usize,
}

/// One row of the table.
pub struct Scenario {
    pub name: &'static str,
    pub rooms: Rooms,
    /// Messages that each room gets at once. The next follow when all of them have arrived everywhere.
    pub burst: u32,
    /// How often that happens in one turn.
    pub rounds: u32,
    /// How often the loads take turns.
    pub turns: u32,
    /// What the ratio to the bare loop should be, if there is a goal.
    pub goal: Option<f64>,
}

/// All rows.
pub const SCENARIOS: [Scenario; 4] = [
    Scenario { name: "1 room of 5,000", rooms: rooms(1, 5_000), burst: 1, rounds: 20, turns: 8, goal: Some(0.9) },
    Scenario { name: "1,000 rooms of 10", rooms: rooms(1_000, 10), burst: 1, rounds: 10, turns: 8, goal: Some(0.9) },
    Scenario {
        name: "1 room of 5,000, 20 at once",
        rooms: rooms(1, 5_000),
        burst: 20,
        rounds: 3,
        turns: 8,
        goal: None,
    },
    Scenario {
        name: "10,000 idle, a message to all",
        rooms: rooms(1, 10_000),
        burst: 1,
        rounds: 5,
        turns: 4,
        goal: None,
    },
];

const fn rooms(rooms: usize, watchers: usize) -> Rooms {
    Rooms { rooms, watchers }
}

impl Rooms {
    /// From the arguments of a process.
    pub fn parse(rooms: &str, watchers: &str) -> Result<Self> {
        Ok(Self { rooms: rooms.parse()?, watchers: watchers.parse()? })
    }

    /// All sockets.
    pub fn sockets(self) -> usize {
        self.rooms * self.watchers
    }

    /// In which room a socket is.
    pub fn room_of(self, socket: usize) -> usize {
        socket / self.watchers
    }
}
