//! The tables, and what several of the stores do with them.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{ConversationId, FolderId, JamId, MemberId, MessageId, Refusal, SessionId, Timestamp, TrackId};

use crate::ports::store::{
    Contact, Head, InboxSubject, ScannedTrack, StoreResult, StoredChatRequest, StoredInvite, StoredJam,
    StoredJamRequest, StoredMember, StoredMessage, StoredSession,
};

#[derive(Default)]
pub(super) struct Tables {
    pub members: HashMap<MemberId, MemberRow>,
    pub sessions: HashMap<SessionId, StoredSession>,
    /// In the order of their making, like the requests.
    pub invites: Vec<StoredInvite>,
    pub chat_requests: Vec<StoredChatRequest>,
    pub conversations: HashMap<ConversationId, ConversationRow>,
    /// Who blocked, whom.
    pub blocks: BTreeMap<(MemberId, MemberId), Timestamp>,
    /// Whose activity, from whom.
    pub hidden: HashSet<(MemberId, MemberId)>,
    pub messages: HashMap<MessageId, StoredMessage>,
    pub data_keys: HashMap<(ConversationId, MemberId), Vec<u8>>,
    pub inboxes: HashMap<MemberId, Vec<InboxSubject>>,
    /// How often the permissions of members have changed.
    pub permissions: HashMap<MemberId, i64>,
    pub key_check: Option<Vec<u8>>,
    pub jam_requests: Vec<StoredJamRequest>,
    pub jams: BTreeMap<JamId, JamRow>,
    /// By absolute path.
    pub folders: HashMap<String, FolderId>,
    pub tracks: BTreeMap<TrackId, TrackRow>,
    pub problems: BTreeMap<(FolderId, String), ProblemRow>,
}

pub(super) struct MemberRow {
    pub member: StoredMember,
    pub password_hash: String,
    pub last_played: Option<(TrackId, Timestamp)>,
    /// In the order of their saving.
    pub saved: Vec<(TrackId, Timestamp)>,
}

pub(super) struct ConversationRow {
    pub id: ConversationId,
    pub members: [MemberId; 2],
    pub opened_at: Timestamp,
    /// In order.
    pub messages: Vec<MessageId>,
    /// `seq` up to which each of the two has read.
    pub read_up_to: [i64; 2],
}

pub(super) struct JamRow {
    pub jam: StoredJam,
    /// Everyone who ever had a seat (J15).
    pub seated: HashSet<MemberId>,
    /// Whether it can be read no more.
    pub spoilt: bool,
}

pub(super) struct TrackRow {
    pub folder: FolderId,
    pub scanned: ScannedTrack,
    pub added_at: Timestamp,
}

pub(super) struct ProblemRow {
    pub size_bytes: i64,
    pub modified_ms: i64,
    pub reason: String,
}

impl ConversationRow {
    /// The place of a member in the pairs of this row.
    pub fn side(&self, member: MemberId) -> Option<usize> {
        self.members.iter().position(|other| *other == member)
    }

    /// The other of the two.
    pub fn other(&self, member: MemberId) -> Option<MemberId> {
        self.side(member).map(|side| self.members[1 - side])
    }
}

impl Tables {
    /// Adds an entry to the inboxes of these members.
    pub fn tell(&mut self, members: impl IntoIterator<Item = MemberId>, subject: InboxSubject) -> Vec<Head> {
        members
            .into_iter()
            .map(|member| {
                let inbox = self.inboxes.entry(member).or_default();
                inbox.push(subject);
                (member, inbox.len() as i64)
            })
            .collect()
    }

    /// What these members may see or do has changed.
    pub fn mark(&mut self, members: impl IntoIterator<Item = MemberId>) {
        for member in members {
            *self.permissions.entry(member).or_default() += 1;
        }
    }

    /// The conversation of two members.
    pub fn between(&self, one: MemberId, other: MemberId) -> Option<&ConversationRow> {
        self.conversations.values().find(|row| row.other(one) == Some(other))
    }

    /// Whether either has blocked the other.
    pub fn blocked(&self, one: MemberId, other: MemberId) -> bool {
        self.blocks.contains_key(&(one, other)) || self.blocks.contains_key(&(other, one))
    }

    /// Refuses what would pass between two of whom one has blocked the other.
    pub fn refuse_blocked(&self, one: MemberId, other: MemberId) -> StoreResult<()> {
        if self.blocked(one, other) { Err(Refusal::NotReachable.into()) } else { Ok(()) }
    }

    /// The other side of a conversation, as `member` sees it.
    pub fn contact(&self, row: &ConversationRow, member: MemberId) -> Option<Contact> {
        let other = row.other(member)?;

        Some(Contact {
            member: self.members.get(&other)?.member.clone(),
            conversation: row.id,
            blocked: self.blocked(member, other),
            hides_from_me: self.hidden.contains(&(other, member)),
            hidden_by_me: self.hidden.contains(&(member, other)),
        })
    }
}
