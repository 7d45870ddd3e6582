//! A database with something in every table, made as the server makes it.

use domain::{
    ArtistId, ConversationId, FolderId, JamId, MemberId, Timestamp, TrackId,
    account::{DisplayName, Market, Role, Switches, Tier, Username},
    jam::{Event, Member, State},
    jam_request::{JAM_REQUEST_LIFE_MS, JamRequestState},
    library::Artwork,
    relations::{InviteLife, Relation, RequestState},
};
use jiff::civil::date;
use services::ports::{
    NodeId,
    store::{
        AccountStore, AlbumTags, ArtistTags, ContactStore, JamStore, KnownFile, LibraryStore, MessageStore,
        ScannedTrack, StoredAge, StoredChatRequest, StoredInvite, StoredJam, StoredJamRequest, StoredMember,
        StoredMessage, StoredSession,
    },
};
use store::SqlStore;
use uuid::Uuid;

pub const NOW: Timestamp = Timestamp(1_772_366_400_000);
/// More than are read at once.
pub const TRACKS: u128 = 620;
const MESSAGES: u128 = 520;
const NAMES: [&str; 6] = ["Ana", "Bo", "Cy", "Dora", "Émile", "Филипп"];

/// An id by number; ids that differ in their first bytes show what a wrong order does.
pub fn id<T: From<Uuid>>(number: u128) -> T {
    Uuid::from_u128(number.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)).into()
}

pub fn members() -> Vec<MemberId> {
    (0..NAMES.len()).map(|place| id(place as u128 + 1)).collect()
}

pub fn conversations() -> Vec<ConversationId> {
    (101..=104).map(id).collect()
}

pub async fn fill(store: &SqlStore) {
    people(store).await;
    let conversation = contacts(store).await;
    messages(store, conversation).await;
    music(store).await;
    jams(store, conversation).await;
    store.key_check(b"a sealed word \0 and its end").await.expect("a write");
}

async fn people(store: &SqlStore) {
    for (place, name) in NAMES.iter().enumerate() {
        let (number, child) = (place as u128 + 1, place == 4);
        let member = StoredMember {
            id: id(number),
            username: Username::parse(&format!("member{number}")).expect("a good name"),
            display_name: DisplayName::parse(name).expect("a good name"),
            role: Role::Member,
            tier: if child { Tier::Free } else { Tier::Premium },
            market: Market::parse("PT").expect("a country"),
            age: if child { StoredAge::Closed(vec![0, 255, 1]) } else { StoredAge::Open(date(2026, 3, 1)) },
            switches: Switches { messages: place != 5, listening_activity: true, ..Switches::default() },
            created_at: NOW + place as i64,
        };
        store.add_member(&member, "hash").await.expect("the name is free");
        let session = StoredSession {
            id: id(number + 50),
            member: id(number),
            token_hash: [number as u8; 32],
            device: "Firefox on Linux".into(),
            created_at: NOW,
            last_used_at: NOW + 5,
        };
        store.add_session(&session).await.expect("a write");
    }
    store.set_role("member2", Role::Moderator).await.expect("a write");
}

async fn contacts(store: &SqlStore) -> ConversationId {
    for number in 1..=3 {
        let invite = StoredInvite {
            id: id(number + 60),
            maker: id(1),
            token_hash: [number as u8 + 100; 32],
            track: (number == 2).then(|| id(1_001)),
            created_at: NOW,
            life: InviteLife { expires_at: NOW + 1_000_000, revoked_at: None },
        };
        store.add_invite(&invite).await.expect("a write");
    }
    store.revoke_invite(id(1), id(63), NOW + 9).await.expect("a write");

    for (number, from, to) in [(101, 1, 2), (102, 3, 1), (103, 4, 1), (104, 2, 3)] {
        ask(store, number, from, to, RequestState::Accepted).await;
    }
    ask(store, 105, 6, 1, RequestState::Open).await;
    ask(store, 106, 6, 2, RequestState::Declined).await;
    ask(store, 106, 6, 2, RequestState::Withdrawn).await;
    ask(store, 107, 3, 6, RequestState::Withdrawn).await;

    store.set_block(id(1), id(4), Some(NOW + 20)).await.expect("a write");
    store.set_hidden(id(2), id(1), true).await.expect("a write");
    id(101)
}

async fn ask(store: &SqlStore, number: u128, from: u128, to: u128, state: RequestState) {
    let request = StoredChatRequest {
        id: id(number),
        from: id(from),
        to: id(to),
        relation: Relation::Invite(id(number + 1_000)),
        sent_at: NOW,
        state: RequestState::Open,
        closed_at: None,
        taken_back_at: None,
        conversation: None,
    };

    store.add_chat_request(&request).await.expect("nothing is open between them");
    if state != RequestState::Open {
        store.close_chat_request(id(number), state, id(number), NOW + 1).await.expect("it is open");
    }
}

async fn messages(store: &SqlStore, conversation: ConversationId) {
    for sender in [1, 2] {
        store.add_data_key(conversation, id(sender), &[sender as u8, 0, 255]).await.expect("a write");
    }
    for number in 1..=MESSAGES {
        let message = StoredMessage {
            id: id(number + 10_000),
            conversation,
            sender: id(1 + number % 2),
            seq: 0,
            sent_at: NOW + number as i64,
            sealed: number.to_be_bytes().repeat(3),
        };
        store.append_message(&message).await.expect("a write");
    }
    store.set_read(conversation, id(2), MESSAGES as i64).await.expect("a write");
}

pub fn track(number: u128) -> ScannedTrack {
    let artist = ArtistTags { id: id(number % 40 + 2_000), name: format!("Künstler {}", number % 40) };
    let album = AlbumTags {
        id: id(number % 90 + 3_000),
        title: format!("The Record {}", number % 90),
        artist: ArtistTags {
            id: id::<ArtistId>(number % 90 % 40 + 2_000),
            name: format!("Künstler {}", number % 90 % 40),
        },
    };
    let tagged = number.is_multiple_of(3);

    ScannedTrack {
        id: id(number + 1_000),
        file: KnownFile { path: format!("disc/{number}.flac"), size_bytes: 1_000, modified_ms: NOW.0 },
        mime: "audio/flac".into(),
        title: format!("Song {number} – Ünder the Moon's \"{}\"", ["blue", "Red", "Зелёный"][number as usize % 3]),
        artist,
        album: (!number.is_multiple_of(7)).then_some(album),
        disc: tagged.then_some(2),
        number: tagged.then_some(number as u32),
        duration_ms: 180_000,
        genre: tagged.then(|| "Jazz".into()),
        year: tagged.then_some(1957),
        artwork: tagged.then(|| Artwork { id: id(number), thumbhash: vec![7; 20], tint: [0, 128, 255] }),
    }
}

async fn music(store: &SqlStore) {
    let folder = store.folder("/music", id::<FolderId>(900)).await.expect("a write");
    store.folder("/mehr Müsik", id(901)).await.expect("a write");
    let tracks: Vec<_> = (1..=TRACKS).map(track).collect();
    for some in tracks.chunks(100) {
        store.put_tracks(folder, some, NOW + 7).await.expect("a write");
    }
    // The numbers have holes then.
    store.remove_files(folder, &[track(5).file.path, track(TRACKS).file.path]).await.expect("a write");

    // Every locale sorts these in another order than by their bytes.
    for (place, path) in ["a.flac", "B.flac", "Ä.flac", "b/1.flac", "b 2.flac"].iter().enumerate() {
        let file = KnownFile { path: (*path).into(), size_bytes: place as i64, modified_ms: 1 };
        store.put_problem(folder, &file, "no music in it").await.expect("a write");
    }
    for member in 1..=3 {
        for number in 10..20 {
            store.set_saved(id(member), id(1_000 + member * number), Some(NOW)).await.expect("a write");
        }
        let last: TrackId = id(1_020 + member);
        store.set_last_played(id(member), Some((last, NOW + 3))).await.expect("a write");
    }
}

async fn jams(store: &SqlStore, conversation: ConversationId) {
    let ask = async |number| {
        let request = StoredJamRequest {
            id: id(number),
            conversation,
            from: id(1),
            to: id(2),
            sent_at: NOW + number as i64,
            expires_at: NOW + JAM_REQUEST_LIFE_MS,
            state: JamRequestState::Open,
        };
        store.add_jam_request(&request).await.expect("nothing is open");
    };

    ask(201).await;
    store.close_jam_request(id(201), JamRequestState::Declined, NOW + 300).await.expect("it is open");
    ask(202).await;
    let jam = begin(store, 301, Some(202)).await;
    begin(store, 302, None).await;
    append(store, jam, &[Event::Left(id(2)), Event::IdleSince(Some(NOW + 5)), Event::Ended(NOW + 60)]).await;
    ask(203).await;
}

async fn begin(store: &SqlStore, number: u128, request: Option<u128>) -> State {
    let mut state = State::new(id::<JamId>(number), Member::seated(id(1), true, NOW), NOW);
    let joined = Event::Joined(Member::seated(id(2), true, NOW));
    state.apply(&joined);

    store.add_jam(&owned(state.clone()), &[joined], request.map(id), NOW + 250).await.expect("it is new");
    state
}

async fn append(store: &SqlStore, mut state: State, events: &[Event]) {
    events.iter().for_each(|event| state.apply(event));

    assert!(store.append_jam(&owned(state), events, NOW + 10).await.expect("a write"), "the revision fits");
}

fn owned(state: State) -> StoredJam {
    StoredJam { state, owner: NodeId(id(77)) }
}
