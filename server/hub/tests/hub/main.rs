//! Stories of the hub: sockets live, see and end as they should.

mod bounds;
mod sight;
mod sockets;
mod story;
