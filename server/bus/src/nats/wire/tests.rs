//! Every kind of note arrives as it was sent; everything else is dropped.

use domain::{
    AlbumId, ArtistId, ArtworkId, JamId, MemberId, RowId, SessionId, TabId, Timestamp, TrackId,
    account::Person,
    activity::{ActivityState, ActivityView, PlayedTrack, Reaction},
    jam::{Event, Member, Playback, Repeat, Row, Settings, Standing, Start},
    library::{Artwork, ScanProgress, Track},
    player::{HandedQueue, PlayerControl, PlayerView},
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};
use uuid::Uuid;

use super::*;

/// How many kinds of note there are.
const KINDS: usize = 13;

proptest! {
    #[test]
    fn a_note_arrives_as_it_was_sent(note in any_note()) {
        let bytes = encode(&note).expect("it is small");

        prop_assert_eq!(decode(&bytes, note.topic()), Some(note));
    }

    #[test]
    fn a_note_on_the_subject_of_another_topic_is_dropped(note in any_note(), id in any_id()) {
        let bytes = encode(&note).expect("it is small");

        for topic in [Topic::Member(MemberId(id)), Topic::Activity(MemberId(id)), Topic::Jam(JamId(id)), Topic::Library] {
            prop_assert_eq!(decode(&bytes, topic).is_some(), topic == note.topic());
        }
    }

    #[test]
    fn a_note_of_another_version_is_dropped(note in any_note(), version in any::<u8>()) {
        let mut bytes = encode(&note).expect("it is small").to_vec();
        bytes[0] = version;

        prop_assert_eq!(decode(&bytes, note.topic()).is_some(), version == VERSION);
    }

    #[test]
    fn a_note_cut_short_or_with_something_behind_it_is_dropped(note in any_note(), more in vec(any::<u8>(), 1..9)) {
        let bytes = encode(&note).expect("it is small");

        for length in 0..bytes.len() {
            prop_assert_eq!(decode(&bytes[..length], note.topic()), None);
        }
        prop_assert_eq!(decode(&[&bytes[..], &more].concat(), note.topic()), None);
    }

    #[test]
    fn any_bytes_are_a_note_of_the_topic_or_dropped(version in 0..3_u8, bytes in vec(any::<u8>(), 0..300)) {
        let bytes = [&[version], &bytes[..]].concat();
        let topics = [Topic::Library, Topic::Member(MemberId(Uuid::nil()))];

        for (topic, note) in topics.map(|topic| (topic, decode(&bytes, topic))) {
            prop_assert!(note.is_none_or(|note| version == VERSION && note.topic() == topic));
        }
    }
}

#[test]
fn the_properties_see_every_kind_of_note() {
    let mut runner = TestRunner::new_with_rng(Config::default(), TestRunner::deterministic().new_rng());
    let mut seen = [false; KINDS];

    for _ in 0..1_000 {
        seen[kind(&any_note().new_tree(&mut runner).expect("nothing is filtered").current())] = true;
    }
    assert_eq!(seen, [true; KINDS]);
}

#[test]
fn the_layout_stays_as_long_as_the_version_does() {
    let member = MemberId(Uuid::from_u128(1));
    let rows = [
        (Note::Inbox { member, head: -2 }, "0100100000000000000000000000000000000103"),
        (Note::Permissions(member), "01011000000000000000000000000000000001"),
        (Note::LibraryChanged { at: Timestamp(300) }, "010bd804"),
    ];

    for (note, expected) in rows {
        let bytes = encode(&note).expect("it is small");
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected, "another layout needs another version");
    }
}

#[test]
fn a_note_that_is_too_large_is_not_sent_and_not_taken() {
    let of = |length: usize| {
        let person = Person { id: MemberId(Uuid::nil()), name: "a".repeat(length) };
        Note::Jam { jam: JamId(Uuid::nil()), revision: 0, events: vec![], people: vec![person], tracks: vec![] }
    };

    assert!(encode(&of(PAYLOAD_BYTES - 100)).is_some());
    assert!(encode(&of(PAYLOAD_BYTES)).is_none());

    let bytes = postcard::to_extend(&of(PAYLOAD_BYTES), vec![VERSION]).expect("postcard writes it");
    assert_eq!(decode(&bytes, Topic::Jam(JamId(Uuid::nil()))), None);
}

#[test]
fn each_topic_has_a_subject_within_its_instance() {
    let subjects = Subjects::of_instance("home2").expect("letters and digits");
    let id = Uuid::from_u128(0xab);
    let rows = [
        (Topic::Member(MemberId(id)), "earshot.home2.member.000000000000000000000000000000ab"),
        (Topic::Activity(MemberId(id)), "earshot.home2.activity.000000000000000000000000000000ab"),
        (Topic::Jam(JamId(id)), "earshot.home2.jam.000000000000000000000000000000ab"),
        (Topic::Library, "earshot.home2.library"),
    ];

    for (topic, subject) in rows {
        assert_eq!(subjects.topic(topic), subject);
    }
    for instance in ["", "a.b", "*", ">", "a b", "ä", "a\r\nPUB", &"a".repeat(65)] {
        assert!(Subjects::of_instance(instance).is_err(), "{instance:?}");
    }
}

/// A new kind of note has to be named here, and then to be made below.
fn kind(note: &Note) -> usize {
    match note {
        Note::Inbox { .. } => 0,
        Note::Permissions(_) => 1,
        Note::SessionEnded { .. } => 2,
        Note::Activity { .. } => 3,
        Note::Player { .. } => 4,
        Note::Control { .. } => 5,
        Note::HandOver { .. } => 6,
        Note::Reacted { .. } => 7,
        Note::Jam { .. } => 8,
        Note::JamOffset { .. } => 9,
        Note::Scan(_) => 10,
        Note::LibraryChanged { .. } => 11,
        Note::Rescan => 12,
    }
}

fn any_note() -> impl Strategy<Value = Note> {
    prop_oneof![
        (id(MemberId), any::<i64>()).prop_map(|(member, head)| Note::Inbox { member, head }),
        id(MemberId).prop_map(Note::Permissions),
        (id(MemberId), id(SessionId)).prop_map(|(member, session)| Note::SessionEnded { member, session }),
        (id(MemberId), any::<i64>(), option::of(any_activity()))
            .prop_map(|(member, revision, activity)| Note::Activity { member, revision, activity }),
        (id(MemberId), option::of(any_player())).prop_map(|(member, player)| Note::Player { member, player }),
        (id(MemberId), id(TabId), any_control()).prop_map(|(member, tab, control)| Note::Control {
            member,
            tab,
            control
        }),
        (id(MemberId), id(TabId), any_queue()).prop_map(|(member, tab, queue)| Note::HandOver { member, tab, queue }),
        (id(MemberId), id(MemberId), id(MemberId), id(TrackId), select(&Reaction::ALL))
            .prop_map(|(member, from, to, track, reaction)| Note::Reacted { member, from, to, track, reaction }),
        (id(JamId), any::<u64>(), vec(any_event(), 0..6), vec(any_person(), 0..3), vec(any_track(), 0..3))
            .prop_map(|(jam, revision, events, people, tracks)| Note::Jam { jam, revision, events, people, tracks }),
        (id(JamId), id(MemberId), option::of(-1e6_f32..1e6)).prop_map(|(jam, member, offset_ms)| Note::JamOffset {
            jam,
            member,
            offset_ms
        }),
        (any::<bool>(), any::<[u32; 4]>()).prop_map(|(running, [found, done, changed, failed])| {
            Note::Scan(ScanProgress { running, found, done, changed, failed })
        }),
        any_instant().prop_map(|at| Note::LibraryChanged { at }),
        Just(Note::Rescan),
    ]
}

fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        (id(MemberId), any_instant(), any::<bool>(), any_standing(), vec(id(RowId), 0..4)).prop_map(
            |(id, joined_at, may_host, standing, loaded)| {
                Event::Joined(Member { id, joined_at, may_host, standing, loaded })
            }
        ),
        id(MemberId).prop_map(Event::Left),
        (id(MemberId), any_standing()).prop_map(|(member, standing)| Event::Stands(member, standing)),
        (id(MemberId), id(RowId)).prop_map(|(member, row)| Event::HasLoaded(member, row)),
        id(MemberId).prop_map(Event::HostIs),
        (any::<u32>(), vec(any_row(), 0..4)).prop_map(|(at, rows)| Event::Added { at, rows }),
        id(RowId).prop_map(Event::Removed),
        (id(RowId), any::<u32>()).prop_map(|(row, to)| Event::Moved(row, to)),
        vec(id(RowId), 0..6).prop_map(Event::Ordered),
        any_playback().prop_map(Event::Plays),
        option::of((id(RowId), any_instant()).prop_map(|(row, at)| Start { row, at })).prop_map(Event::Next),
        (any::<bool>(), any::<bool>(), select(vec![Repeat::Off, Repeat::All, Repeat::One]))
            .prop_map(|(guests_control, shuffle, repeat)| Event::Set(Settings { guests_control, shuffle, repeat })),
        option::of(any_instant()).prop_map(Event::IdleSince),
        option::of(any_instant()).prop_map(Event::EmptySince),
        any_instant().prop_map(Event::Ended),
    ]
}

fn any_standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        Just(Standing::Listening),
        Just(Standing::Present),
        any_instant().prop_map(|since| Standing::Lost { since }),
    ]
}

fn any_playback() -> impl Strategy<Value = Playback> {
    prop_oneof![
        Just(Playback::Silent),
        (id(RowId), any::<u32>(), any_instant()).prop_map(|(row, position_ms, until)| Playback::Gathering {
            row,
            position_ms,
            until
        }),
        (id(RowId), any_instant(), any_instant()).prop_map(|(row, zero_at, from)| Playback::Playing {
            row,
            zero_at,
            from
        }),
        (id(RowId), any::<u32>()).prop_map(|(row, position_ms)| Playback::Paused { row, position_ms }),
    ]
}

fn any_row() -> impl Strategy<Value = Row> {
    (id(RowId), id(TrackId), any::<u32>(), id(MemberId)).prop_map(|(id, track, duration_ms, added_by)| Row {
        id,
        track,
        duration_ms,
        added_by,
    })
}

fn any_activity() -> impl Strategy<Value = ActivityView> {
    let track = (option::of(id(TrackId)), ".{0,20}", ".{0,20}", any::<u32>(), option::of(any_artwork()))
        .prop_map(|(id, title, artist, duration_ms, artwork)| PlayedTrack { id, title, artist, duration_ms, artwork });
    let state = prop_oneof![
        (any::<u32>(), any_instant()).prop_map(|(position_ms, at)| ActivityState::Playing { position_ms, at }),
        any::<u32>().prop_map(|position_ms| ActivityState::Paused { position_ms }),
        any_instant().prop_map(|at| ActivityState::LastPlayed { at }),
    ];

    (track, state).prop_map(|(track, state)| ActivityView { track, state })
}

fn any_player() -> impl Strategy<Value = PlayerView> {
    (id(TabId), option::of(any_track()), any::<bool>(), any::<u32>(), any_instant(), option::of(id(JamId))).prop_map(
        |(tab, track, playing, position_ms, at, jam)| PlayerView { tab, track, playing, position_ms, at, jam },
    )
}

fn any_control() -> impl Strategy<Value = PlayerControl> {
    prop_oneof![
        select(vec![
            PlayerControl::Play,
            PlayerControl::Pause,
            PlayerControl::Next,
            PlayerControl::Previous,
            PlayerControl::Silence
        ]),
        any::<u32>().prop_map(|position_ms| PlayerControl::Seek { position_ms }),
        id(TabId).prop_map(|to| PlayerControl::HandOver { to }),
    ]
}

fn any_queue() -> impl Strategy<Value = HandedQueue> {
    (vec(id(TrackId), 0..30), any::<u32>(), any::<u32>(), any::<bool>())
        .prop_map(|(tracks, index, position_ms, playing)| HandedQueue { tracks, index, position_ms, playing })
}

fn any_person() -> impl Strategy<Value = Person> {
    (id(MemberId), ".{0,20}").prop_map(|(id, name)| Person { id, name })
}

fn any_track() -> impl Strategy<Value = Track> {
    let names = (".{0,20}", ".{0,20}", option::of(".{0,20}"));
    let ids = (id(TrackId), option::of(id(ArtistId)), option::of(id(AlbumId)));
    let numbers = (option::of(any::<u32>()), option::of(any::<u32>()), any::<u32>());

    (names, ids, numbers, option::of(any_artwork())).prop_map(|(names, ids, numbers, artwork)| Track {
        id: ids.0,
        title: names.0,
        artist: names.1,
        artist_id: ids.1,
        album: names.2,
        album_id: ids.2,
        disc: numbers.0,
        number: numbers.1,
        duration_ms: numbers.2,
        artwork,
    })
}

fn any_artwork() -> impl Strategy<Value = Artwork> {
    (id(ArtworkId), vec(any::<u8>(), 0..26), any::<[u8; 3]>()).prop_map(|(id, thumbhash, tint)| Artwork {
        id,
        thumbhash,
        tint,
    })
}

fn any_instant() -> impl Strategy<Value = Timestamp> {
    any::<i64>().prop_map(Timestamp)
}

fn any_id() -> impl Strategy<Value = Uuid> {
    any::<u128>().prop_map(Uuid::from_u128)
}

fn id<T: std::fmt::Debug>(new: fn(Uuid) -> T) -> impl Strategy<Value = T> {
    any_id().prop_map(new)
}
