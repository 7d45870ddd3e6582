//! Why the server closes a socket, as the code and reason that the page reads.

use domain::wire;

/// How a socket ends from our side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The server stops; come back in a moment.
    GoingAway,
    /// Something that the server needs did not work; come back in a moment.
    Unavailable,
    /// The log-in has ended: log in again.
    SessionEnded,
    /// A frame was refused; the `Refused` frame before it says why.
    Refused,
    /// No ping was answered for too long.
    Silent,
    /// Frames were not taken as fast as they came; come back with the last position.
    TooSlow,
    /// The same tab has opened a newer socket.
    Replaced,
}

impl Ending {
    /// The code of the close frame.
    pub fn code(self) -> u16 {
        match self {
            Self::GoingAway => 1001,
            Self::Unavailable => 1011,
            Self::SessionEnded => wire::SESSION_ENDED,
            Self::Refused => 4002,
            Self::Silent => 4003,
            Self::TooSlow => 4008,
            Self::Replaced => 4009,
        }
    }

    /// Whether frames that came before it are not carried out any more: who sent them may not act now, or acts through a
    /// newer socket.
    pub(crate) fn bars(self) -> bool {
        matches!(self, Self::SessionEnded | Self::Replaced)
    }

    /// The text of the close frame.
    pub fn reason(self) -> &'static str {
        match self {
            Self::GoingAway => "going away",
            Self::Unavailable => "not available",
            Self::SessionEnded => "session ended",
            Self::Refused => "refused",
            Self::Silent => "no answer",
            Self::TooSlow => "too slow",
            Self::Replaced => "replaced",
        }
    }
}
