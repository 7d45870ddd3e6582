//! Stories of the hub: sockets live, see and end as they should.

mod bounds;
mod rounds;
mod sight;
mod sockets;
mod story;
