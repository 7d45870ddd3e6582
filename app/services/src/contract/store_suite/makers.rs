//! People, requests and tracks for the suite, with ids that are easy to tell apart.

use domain::{
    AlbumId, ArtistId, ChatRequestId, ConversationId, FolderId, MemberId, Refusal, Timestamp, TrackId,
    account::{DisplayName, Market, Role, Switches, Tier, Username},
    relations::{Relation, RequestState},
};
use jiff::civil::date;
use uuid::Uuid;

use crate::ports::store::{
    AlbumTags, ArtistTags, Head, KnownFile, ScannedTrack, Store, StoreError, StoreResult, StoredAge, StoredChatRequest,
    StoredMember, StoredMessage, StoredSession,
};

/// When the stories of the suite begin.
pub(super) const NOW: Timestamp = Timestamp(1_772_366_400_000);

/// An id by number.
pub(super) fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number).into()
}

/// An id by name, as the media crate makes those of artists and albums.
pub(super) fn id_of<T: From<Uuid>>(name: &str) -> T {
    let folded = name.to_lowercase();

    id(folded.bytes().fold(7, |number: u128, byte| number.wrapping_mul(257).wrapping_add(byte.into())))
}

pub(super) fn person(number: u128, name: &str) -> StoredMember {
    StoredMember {
        id: id(number),
        username: Username::parse(name).expect("the suite chooses good names"),
        display_name: DisplayName::parse(name).expect("the suite chooses good names"),
        role: Role::Member,
        tier: Tier::Premium,
        market: Market::parse("DE").expect("Germany is a country"),
        age: StoredAge::Open(date(2026, 3, 1)),
        switches: Switches::default(),
        created_at: NOW,
    }
}

/// Adds so many members and answers their ids.
pub(super) async fn people<const N: usize>(store: &dyn Store) -> [MemberId; N] {
    for number in 1..=N {
        let person = person(number as u128, &format!("member{number}"));
        store.add_member(&person, "hash").await.expect("the name is free");
    }

    std::array::from_fn(|index| id(index as u128 + 1))
}

pub(super) fn request(number: u128, from: MemberId, to: MemberId) -> StoredChatRequest {
    StoredChatRequest {
        id: id(number),
        from,
        to,
        relation: Relation::Invite(id(number + 1_000)),
        sent_at: NOW,
        state: RequestState::Open,
        closed_at: None,
        taken_back_at: None,
        conversation: None,
    }
}

/// Lets two members become contacts. The number becomes that of their conversation and of the request before it.
pub(super) async fn befriend(store: &dyn Store, number: u128, one: MemberId, other: MemberId) -> ConversationId {
    store.add_chat_request(&request(number, one, other)).await.expect("nothing is open between them");
    let (request, _) = store
        .close_chat_request(ChatRequestId(Uuid::from_u128(number)), RequestState::Accepted, id(number), NOW)
        .await
        .expect("the request is open");

    request.conversation.expect("an accepted request has a conversation")
}

pub(super) fn message(number: u128, conversation: ConversationId, sender: MemberId) -> StoredMessage {
    let sealed = number.to_be_bytes().to_vec();

    StoredMessage { id: id(number), conversation, sender, seq: 0, sent_at: NOW + number as i64, sealed }
}

pub(super) async fn folder(store: &dyn Store) -> FolderId {
    store.folder("/music", id(1)).await.expect("a folder can be added")
}

/// A track on an album; the album is the artist's.
pub(super) fn track(number: u128, title: &str, artist: &str, album: &str) -> ScannedTrack {
    let artist = ArtistTags { id: id_of::<ArtistId>(artist), name: artist.into() };
    let album = AlbumTags { id: id_of::<AlbumId>(album), title: album.into(), artist: artist.clone() };

    ScannedTrack {
        id: TrackId(Uuid::from_u128(number)),
        file: KnownFile { path: format!("{number}.flac"), size_bytes: 1_000, modified_ms: NOW.0 },
        mime: "audio/flac".into(),
        title: title.into(),
        artist,
        album: Some(album),
        disc: Some(1),
        number: Some(number as u32),
        duration_ms: 180_000,
        genre: None,
        year: None,
        artwork: None,
    }
}

/// Puts tracks into the one folder of the story.
pub(super) async fn put(store: &dyn Store, tracks: &[ScannedTrack]) -> FolderId {
    let folder = folder(store).await;
    store.put_tracks(folder, tracks, NOW).await.expect("tracks can be put");
    folder
}

/// Heads as a map, because their order says nothing.
pub(super) fn sorted(mut heads: Vec<Head>) -> Vec<Head> {
    heads.sort();
    heads
}

#[track_caller]
pub(super) fn assert_refused<T: std::fmt::Debug>(result: StoreResult<T>, expected: Refusal) {
    match result {
        Err(StoreError::Refused(refusal)) => assert_eq!(refusal, expected),
        other => panic!("expected {expected:?}, got {other:?}"),
    }
}

pub(super) fn session(number: u128, member: MemberId) -> StoredSession {
    StoredSession {
        id: id(number),
        member,
        token_hash: [number as u8; 32],
        device: "Firefox on Linux".into(),
        created_at: NOW + number as i64,
        last_used_at: NOW + number as i64,
    }
}
