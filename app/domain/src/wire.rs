//! What travels over `/ws`: typed frames, compact and versioned.
//!
//! Every frame is one byte of protocol version followed by postcard. The frames of a version never change their layout
//! (a snapshot test per frame watches over that); new variants go to the end and raise the version.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    JamId, MemberId, Refusal, TabId, Timestamp, TrackId,
    account::{Me, Person},
    activity::{ActivityView, Reaction},
    inbox::{Missed, Position},
    jam,
    library::{ScanProgress, Track},
    player::{HandedQueue, PlayerControl, PlayerReport, PlayerView},
};

/// The protocol that this build speaks.
pub const VERSION: u8 = 2;
/// The largest frame that a server accepts, in bytes.
pub const CLIENT_FRAME_BYTES: usize = 64 * 1024;
/// The most entries of an inbox in one frame.
pub const ENTRIES_PER_FRAME: usize = 100;
/// The code with which the server closes the sockets of a log-in that has ended.
pub const SESSION_ENDED: u16 = 4001;

/// From a tab to the server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ClientFrame {
    /// First of all: who this tab is and how far it has read. Without a position the stream begins at its head.
    Hello {
        /// This tab.
        tab: TabId,
        /// The last inbox entry that it has.
        position: Option<Position>,
    },
    /// I had a gap: tell me again from here.
    Missed {
        /// The last entry that is known for sure.
        position: Position,
    },
    /// Clock question; `sent` comes back unchanged.
    Clock {
        /// Local milliseconds.
        sent: f64,
    },
    /// This tab sounds, and this is what it plays.
    Player(PlayerReport),
    /// For the tab that sounds.
    Control(PlayerControl),
    /// The queue that another tab of mine asked for.
    HandOver {
        /// Which tab asked.
        to: TabId,
        /// The queue.
        queue: HandedQueue,
    },
    /// React to what a contact plays (L7 to L9).
    React {
        /// Whose activity.
        to: MemberId,
        /// Which track.
        track: TrackId,
        /// One of six.
        reaction: Reaction,
    },
    /// This tab shows a Jam that I have a seat in, and sounds or does not.
    JamHere {
        /// Which Jam.
        jam: JamId,
        /// Whether this tab sounds.
        listening: bool,
    },
    /// This tab shows the Jam no longer.
    JamGone {
        /// Which Jam.
        jam: JamId,
    },
    /// Do something in a Jam.
    Jam {
        /// Which Jam.
        jam: JamId,
        /// Comes back with a refusal.
        nonce: u32,
        /// What.
        command: jam::Command,
    },
    /// My state has a gap: send all of it.
    JamAgain {
        /// Which Jam.
        jam: JamId,
    },
    /// How far from the shared instant this tab is heard; none while it does not sound in time.
    JamOffset {
        /// Which Jam.
        jam: JamId,
        /// Heard minus expected, in milliseconds.
        offset_ms: Option<f32>,
    },
}

/// From the server to a tab.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ServerFrame {
    /// The answer to `Hello`. A `Scan` follows it when there has been a scan since the server started.
    Welcome {
        /// The server's clock.
        now: Timestamp,
        /// The member, as they are now.
        me: Me,
        /// What was missed.
        missed: Missed,
        /// What my other tab plays.
        player: Option<PlayerView>,
        /// What contacts play, as far as I may see it: all of it; who is not here shows nothing.
        activity: Vec<(MemberId, ActivityView)>,
        /// The Jam in which I have a seat.
        jam: Option<JamId>,
    },
    /// Entries of the inbox.
    Missed(Missed),
    /// Clock answer.
    Clock {
        /// As it was asked.
        sent: f64,
        /// Server milliseconds of arrival.
        received: f64,
        /// Server milliseconds of departure.
        answered: f64,
    },
    /// I changed: switches, tier, role.
    Me(Me),
    /// What the member's sounding tab plays, or that none does.
    Player(Option<PlayerView>),
    /// For the tab that sounds.
    Control(PlayerControl),
    /// The queue that this tab asked for.
    HandOver(HandedQueue),
    /// What a contact plays, or that I see nothing of it (any longer).
    Activity {
        /// Whose.
        member: MemberId,
        /// What, if anything.
        activity: Option<ActivityView>,
    },
    /// Someone reacted: to what I play, or I did from another tab.
    Reacted {
        /// Who reacted.
        from: MemberId,
        /// To whose activity.
        to: MemberId,
        /// Which track.
        track: TrackId,
        /// One of six.
        reaction: Reaction,
    },
    /// All of a Jam, after `JamHere` or `JamAgain`.
    Jam {
        /// The state.
        state: Box<jam::State>,
        /// Everyone it names.
        people: Vec<Person>,
        /// Every track it names.
        tracks: Vec<Track>,
    },
    /// What happened in a Jam: the events that lead from `revision - events.len()` to `revision`.
    JamEvents {
        /// Which Jam.
        jam: JamId,
        /// The revision after the last event.
        revision: u64,
        /// In order.
        events: Vec<jam::Event>,
        /// Everyone named here for the first time.
        people: Vec<Person>,
        /// Every track named here for the first time.
        tracks: Vec<Track>,
    },
    /// A Jam command was not followed; nothing has changed.
    JamRefused {
        /// Of the command.
        nonce: u32,
        /// Why.
        refusal: Refusal,
    },
    /// How far each member is from the shared instant, in milliseconds.
    JamOffsets {
        /// Which Jam.
        jam: JamId,
        /// None for those who do not sound in time.
        offsets: Vec<(MemberId, Option<f32>)>,
    },
    /// How far the scan is, or how the last one ended.
    Scan(ScanProgress),
    /// The library changed: lists may be read again.
    LibraryChanged,
    /// A frame of this tab was refused.
    Refused(Refusal),
    /// The server stops; come back in a moment.
    GoingAway,
    /// A Jam that this tab shows is over, or this member has no seat in it any more.
    JamShut {
        /// Which Jam.
        jam: JamId,
        /// Why.
        refusal: Refusal,
    },
}

/// Bytes of a frame.
pub fn encode<F: Serialize>(frame: &F) -> Vec<u8> {
    postcard::to_extend(frame, vec![VERSION]).expect("frames hold nothing that postcard cannot write")
}

/// The frame of these bytes, or why not.
pub fn decode<F: DeserializeOwned>(bytes: &[u8]) -> Result<F, Refusal> {
    let (version, rest) = bytes.split_first().ok_or(Refusal::FrameMalformed)?;
    if *version != VERSION {
        return Err(Refusal::VersionUnknown);
    }

    match postcard::take_from_bytes(rest) {
        Ok((frame, [])) => Ok(frame),
        _ => Err(Refusal::FrameMalformed),
    }
}
