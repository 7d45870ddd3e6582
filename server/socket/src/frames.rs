//! Frames as RFC 6455 has them: those of pages read, ours made. Nothing here waits or does I/O.

use bytes::{Bytes, BytesMut};
use domain::wire::CLIENT_FRAME_BYTES;

/// A little more is read than the hub accepts, so that the page is told why; beyond that the socket is closed.
pub(crate) const MOST_READ_BYTES: usize = 4 * CLIENT_FRAME_BYTES;
/// Pings, pongs and closes hold no more.
const MOST_CONTROL_BYTES: usize = 125;
const MASK_BYTES: usize = 4;

/// What a frame is, as in its first byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xA,
}

/// A whole message, of one frame or put together from several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Message {
    /// Never a continuation.
    pub(crate) kind: Kind,
    pub(crate) payload: Bytes,
}

/// Why nothing more is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Not as the RFC wants it.
    Malformed,
    /// Longer than what is read.
    TooLarge,
}

/// Bytes that have come and are not a message yet.
#[derive(Default)]
pub(crate) struct Inbox {
    raw: BytesMut,
    /// The frames of a message that goes on.
    begun: Option<(Kind, BytesMut)>,
}

/// The first bytes of a frame.
struct Head {
    last: bool,
    kind: Kind,
    bytes: usize,
    payload_bytes: usize,
}

impl Fault {
    /// The code of the close frame that says it.
    pub(crate) fn code(self) -> u16 {
        match self {
            Self::Malformed => 1002,
            Self::TooLarge => 1009,
        }
    }
}

impl Inbox {
    /// With what has come already, if anything has.
    pub(crate) fn of(early: &[u8]) -> Option<Box<Self>> {
        (!early.is_empty()).then(|| Box::new(Self { raw: early.into(), begun: None }))
    }

    /// Whether nothing waits for more.
    pub(crate) fn is_empty(&self) -> bool {
        self.raw.is_empty() && self.begun.is_none()
    }

    /// Takes in what has come.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.raw.extend_from_slice(bytes);
    }

    /// The next message; none while it is not complete.
    pub(crate) fn next(&mut self) -> Result<Option<Message>, Fault> {
        loop {
            let Some(head) = Head::read(&self.raw)? else { return Ok(None) };
            let gathered = self.begun.as_ref().map_or(0, |(_, gathered)| gathered.len());
            if gathered + head.payload_bytes > MOST_READ_BYTES {
                return Err(Fault::TooLarge);
            }
            let Some(payload) = self.take(&head) else { return Ok(None) };

            if let Some(message) = self.message(&head, payload)? {
                return Ok(Some(message));
            }
        }
    }

    /// The payload of the first frame, unmasked, if all of it is there.
    fn take(&mut self, head: &Head) -> Option<BytesMut> {
        let start = head.bytes + MASK_BYTES;
        let end = start + head.payload_bytes;
        if self.raw.len() < end {
            return None;
        }

        let mut frame = self.raw.split_to(end);
        let mut payload = frame.split_off(start);
        let mask = &frame[head.bytes..];
        payload.iter_mut().zip(mask.iter().cycle()).for_each(|(byte, mask)| *byte ^= mask);
        Some(payload)
    }

    /// The message that a frame completes. Pings, pongs and closes may come between the frames of another.
    fn message(&mut self, head: &Head, payload: BytesMut) -> Result<Option<Message>, Fault> {
        let (kind, payload) = match (head.kind, self.begun.take()) {
            (Kind::Close | Kind::Ping | Kind::Pong, begun) => {
                self.begun = begun;
                (head.kind, payload)
            }
            (Kind::Continuation, Some((kind, mut gathered))) => {
                gathered.extend_from_slice(&payload);
                (kind, gathered)
            }
            (Kind::Text | Kind::Binary, None) => (head.kind, payload),
            _ => return Err(Fault::Malformed),
        };

        if !head.last {
            self.begun = Some((kind, payload));
            return Ok(None);
        }
        Ok(Some(Message { kind, payload: payload.freeze() }))
    }
}

impl Head {
    /// None while it is not complete.
    fn read(raw: &[u8]) -> Result<Option<Self>, Fault> {
        let [first, second, rest @ ..] = raw else { return Ok(None) };
        let kind = Kind::read(first & 0x0F).ok_or(Fault::Malformed)?;
        let last = first & 0x80 != 0;
        let short = usize::from(second & 0x7F);
        let control = matches!(kind, Kind::Close | Kind::Ping | Kind::Pong);
        // Bits of extensions, of which none was agreed; frames without a mask.
        if first & 0x70 != 0 || second & 0x80 == 0 || (control && (!last || short > MOST_CONTROL_BYTES)) {
            return Err(Fault::Malformed);
        }

        let (bytes, length) = match short {
            126 => (4, rest.first_chunk().map(|length| u64::from(u16::from_be_bytes(*length)))),
            127 => (10, rest.first_chunk().map(|length| u64::from_be_bytes(*length))),
            short => (2, Some(short as u64)),
        };
        let Some(length) = length else { return Ok(None) };
        let payload_bytes = usize::try_from(length).ok().filter(|bytes| *bytes <= MOST_READ_BYTES);
        Ok(Some(Self { last, kind, bytes, payload_bytes: payload_bytes.ok_or(Fault::TooLarge)? }))
    }
}

impl Kind {
    fn read(code: u8) -> Option<Self> {
        let all = [Self::Continuation, Self::Text, Self::Binary, Self::Close, Self::Ping, Self::Pong];

        all.into_iter().find(|kind| *kind as u8 == code)
    }
}

/// Puts a frame of ours behind others.
pub(crate) fn push(kind: Kind, payload: &[u8], out: &mut Vec<u8>) {
    out.push(0x80 | kind as u8);
    match payload.len() {
        short @ 0..126 => out.push(short as u8),
        middle @ 126..=0xFFFF => {
            out.push(126);
            out.extend_from_slice(&(middle as u16).to_be_bytes());
        }
        long => {
            out.push(127);
            out.extend_from_slice(&(long as u64).to_be_bytes());
        }
    }
    out.extend_from_slice(payload);
}

/// The payload of a close frame.
pub(crate) fn goodbye(code: u16, reason: &str) -> Vec<u8> {
    [&code.to_be_bytes(), reason.as_bytes()].concat()
}

#[cfg(test)]
pub(crate) mod tests;
