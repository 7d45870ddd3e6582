//! What travels over NATS: a subject for each topic, and a note as one byte of version followed by postcard.
//!
//! The notes of a version never change their layout. Whatever else arrives is dropped: anybody who may speak to NATS
//! can say anything on any subject.

use bytes::Bytes;
use services::ports::{Note, Topic};

use super::ConnectError;

/// The layout of the notes.
const VERSION: u8 = 1;
/// Larger notes stay on their node. NATS has the same limit unless told otherwise.
pub(super) const PAYLOAD_BYTES: usize = 1024 * 1024;

/// Names topics, apart from those of other Earshots on the same NATS.
#[derive(Clone, Debug)]
pub(super) struct Subjects {
    prefix: String,
}

impl Subjects {
    pub(super) fn of_instance(instance: &str) -> Result<Self, ConnectError> {
        let fits = (1..=64).contains(&instance.len()) && instance.bytes().all(|byte| byte.is_ascii_alphanumeric());

        fits.then(|| Self { prefix: format!("earshot.{instance}") }).ok_or(ConnectError::Instance)
    }

    /// Where the notes of a topic are said.
    pub(super) fn topic(&self, topic: Topic) -> String {
        let prefix = &self.prefix;

        match topic {
            Topic::Member(member) => format!("{prefix}.member.{}", member.0.simple()),
            Topic::Activity(member) => format!("{prefix}.activity.{}", member.0.simple()),
            Topic::Jam(jam) => format!("{prefix}.jam.{}", jam.0.simple()),
            Topic::Library => format!("{prefix}.library"),
        }
    }

    /// Where one node listens for itself.
    pub(super) fn echo(&self, node: u64) -> String {
        format!("{}.echo.{node:016x}", self.prefix)
    }
}

/// The bytes of a note; none when it is too large.
pub(super) fn encode(note: &Note) -> Option<Bytes> {
    let bytes = postcard::to_extend(note, vec![VERSION]).expect("notes hold nothing that postcard cannot write");

    (bytes.len() <= PAYLOAD_BYTES).then(|| bytes.into())
}

/// A note of that topic; none when the bytes are anything else.
pub(super) fn decode(bytes: &[u8], topic: Topic) -> Option<Note> {
    let (version, rest) = bytes.split_first()?;
    if *version != VERSION || bytes.len() > PAYLOAD_BYTES {
        return None;
    }
    let (note, rest) = postcard::take_from_bytes::<Note>(rest).ok()?;

    (rest.is_empty() && note.topic() == topic).then_some(note)
}

#[cfg(test)]
mod tests;
