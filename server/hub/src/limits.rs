//! The bounds of the hub. What happens at each of them is written beside it.

use std::time::Duration;

/// Bounds of sockets, with the defaults of the product.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Open sockets. More are not admitted.
    pub sockets: usize,
    /// Open sockets of one member. More are not admitted.
    pub sockets_of_member: usize,
    /// How long a socket may take to say `Hello`. Then it is refused.
    pub hello_within: Duration,
    /// How often a socket is pinged.
    pub ping_every: Duration,
    /// How long a socket may leave pings unanswered. Then it is closed.
    pub pong_within: Duration,
    /// Frames a second that the pages of one member may send together in the long run. Faster ones are refused.
    pub frames_a_second: u32,
    /// Frames that they may send at once.
    pub frame_burst: u32,
    /// Frames that may wait for one socket. At the next one it is closed as too slow.
    pub waiting_frames: usize,
    /// Bytes that may wait for one socket. At the next frame it is closed as too slow.
    pub waiting_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            sockets: 10_000,
            sockets_of_member: 20,
            hello_within: Duration::from_secs(10),
            ping_every: Duration::from_secs(20),
            pong_within: Duration::from_secs(45),
            frames_a_second: 50,
            frame_burst: 200,
            waiting_frames: 256,
            waiting_bytes: 256 * 1024,
        }
    }
}
