//! Stories of the hub: sockets live, see and end as they should.

mod sight;
mod sockets;
mod story;
