//! What travels over `/ws`: round trips, refusals, and the layout of every frame.

use domain::{
    Refusal,
    account::{Me, Role, Switches, Tier},
    activity::{ActivityState, ActivityView, Reaction},
    inbox::{InboxEntry, InboxEvent, Missed, Position},
    jam::{self, Command, Event, Member, Playback, Repeat, Row, Settings, Standing, Start},
    jam_request::{JamRequestState, JamRequestView},
    library::{Artwork, ScanProgress, Track},
    messages::{BodyView, ChatRequestView, ConversationView, MessageView},
    player::{HandedQueue, PlayerControl, PlayerReport, PlayerView},
    relations::{Relation, RequestState},
    wire::{ClientFrame, ServerFrame, VERSION, decode, encode},
};
use proptest::prelude::*;

use crate::support::{id, ms, person, track};

mod layout;

fn picture() -> Artwork {
    Artwork { id: id(30), thumbhash: vec![1, 2, 3], tint: [10, 20, 30] }
}

fn pictured() -> Track {
    Track { artwork: Some(picture()), artist_id: Some(id(31)), disc: Some(2), ..track(32, 200_000) }
}

fn playing() -> ActivityView {
    ActivityView { track: pictured().into(), state: ActivityState::Playing { position_ms: 300, at: ms(0) } }
}

fn me() -> Me {
    Me {
        id: id(1),
        username: "ana".into(),
        name: "Ana".into(),
        role: Role::Member,
        tier: Tier::Premium,
        social: true,
        switches: Switches::default(),
    }
}

fn message(body: BodyView) -> MessageView {
    MessageView { id: id(40), conversation: id(41), sender: id(1), seq: 3, sent_at: ms(5), body }
}

fn entries() -> Missed {
    let chat_request = ChatRequestView {
        id: id(42),
        from: person(1, "Ana"),
        to: person(2, "Ben"),
        relation: Relation::Invite(id(43)),
        sent_at: ms(1),
        state: RequestState::Accepted,
        conversation: Some(id(41)),
    };
    let jam_request = JamRequestView {
        id: id(44),
        conversation: id(41),
        from: person(1, "Ana"),
        to: person(2, "Ben"),
        expires_at: ms(9),
        state: JamRequestState::Accepted(id(100)),
    };
    let conversation = ConversationView {
        id: id(41),
        with: person(2, "Ben"),
        last: Some(message(BodyView::Gone)),
        unread: 2,
        open: true,
        activity: Some(playing()),
        jam_request: Some(jam_request.clone()),
    };

    let events = [
        InboxEvent::Message(message(BodyView::Text("hello 🎧".into()))),
        InboxEvent::Message(message(BodyView::Track(pictured()))),
        InboxEvent::Message(message(BodyView::Jam(id(100)))),
        InboxEvent::Read { conversation: id(41), up_to: 3 },
        InboxEvent::ChatRequest(chat_request),
        InboxEvent::JamRequest(jam_request),
        InboxEvent::Conversation(conversation),
        InboxEvent::Nothing,
    ];
    let entries = (1..).zip(events).map(|(seq, event)| InboxEntry { seq, event }).collect();

    Missed::Entries { entries, head: Position { epoch: 7, seq: 8 } }
}

fn member() -> Member {
    Member { loaded: vec![id(10)], standing: Standing::Listening, ..Member::seated(id(1), true, ms(0)) }
}

fn row() -> Row {
    Row { id: id(10), track: id(32), duration_ms: 200_000, added_by: id(1) }
}

fn jam_state() -> jam::State {
    let mut state = jam::State::new(id(100), member(), ms(0));
    state.apply(&Event::Added { at: 0, rows: vec![row()] });
    state.apply(&Event::Plays(Playback::Playing { row: id(10), zero_at: ms(400), from: ms(400) }));
    state.apply(&Event::Next(Some(Start { row: id(10), at: ms(200_400) })));
    state
}

fn every_event() -> Vec<Event> {
    vec![
        Event::Joined(member()),
        Event::Left(id(2)),
        Event::Stands(id(2), Standing::Lost { since: ms(3) }),
        Event::Stands(id(2), Standing::Present),
        Event::HasLoaded(id(2), id(10)),
        Event::HostIs(id(2)),
        Event::Added { at: 1, rows: vec![row()] },
        Event::Removed(id(10)),
        Event::Moved(id(10), 3),
        Event::Ordered(vec![id(11), id(10)]),
        Event::Plays(Playback::Silent),
        Event::Plays(Playback::Gathering { row: id(10), position_ms: 5, until: ms(3_000) }),
        Event::Plays(Playback::Playing { row: id(10), zero_at: ms(1), from: ms(2) }),
        Event::Plays(Playback::Paused { row: id(10), position_ms: 5 }),
        Event::Next(Some(Start { row: id(10), at: ms(4) })),
        Event::Next(None),
        Event::Set(Settings { guests_control: false, shuffle: true, repeat: Repeat::One }),
        Event::IdleSince(Some(ms(1))),
        Event::EmptySince(None),
        Event::Ended(ms(9)),
    ]
}

fn every_command() -> Vec<Command> {
    let row = id(10);

    vec![
        Command::Join { member: id(2), may_host: true },
        Command::Standing { member: id(2), listening: true, present: true },
        Command::Tick { seed: 300 },
        Command::Leave,
        Command::Loaded(row),
        Command::Add { row, track: id(32), duration_ms: 200_000, next: true },
        Command::Remove(row),
        Command::Move { row, to: 3 },
        Command::Play,
        Command::Pause,
        Command::Seek { row, position_ms: 1_000 },
        Command::Skip { from: row },
        Command::Back { from: row },
        Command::Jump(row),
        Command::GuestsControl(true),
        Command::Shuffle { on: true, seed: 1 },
        Command::Repeat(Repeat::All),
        Command::HandOver(id(2)),
        Command::Expel(id(2)),
        Command::End,
    ]
}

fn handed() -> HandedQueue {
    HandedQueue { tracks: vec![id(32), id(33)], index: 1, position_ms: 1_000, playing: true }
}

fn every_control() -> [PlayerControl; 7] {
    use PlayerControl::*;

    [Play, Pause, Next, Previous, Seek { position_ms: 9 }, HandOver { to: id(50) }, Silence]
}

/// At least one of each, named for the table of layouts.
fn client_frames() -> Vec<(&'static str, ClientFrame)> {
    let position = Position { epoch: 7, seq: 8 };
    let report = PlayerReport { track: Some(id(32)), playing: true, position_ms: 1_000, jam: None };
    let mut frames = vec![
        ("Hello", ClientFrame::Hello { tab: id(50), position: Some(position) }),
        ("Missed", ClientFrame::Missed { position }),
        ("Clock", ClientFrame::Clock { sent: 1_234.5 }),
        ("Player", ClientFrame::Player(report)),
        ("HandOver", ClientFrame::HandOver { to: id(50), queue: handed() }),
        ("React", ClientFrame::React { to: id(2), track: id(32), reaction: Reaction::Fire }),
        ("JamHere", ClientFrame::JamHere { jam: id(100), listening: true }),
        ("JamGone", ClientFrame::JamGone { jam: id(100) }),
        ("JamAgain", ClientFrame::JamAgain { jam: id(100) }),
        ("JamOffset", ClientFrame::JamOffset { jam: id(100), offset_ms: Some(-1.5) }),
    ];

    frames.extend(every_control().map(|control| ("Control", ClientFrame::Control(control))));
    let commands = every_command().into_iter();
    frames.extend(commands.map(|command| ("Jam", ClientFrame::Jam { jam: id(100), nonce: 9, command })));
    frames
}

/// At least one of each, named for the table of layouts.
fn server_frames() -> Vec<(&'static str, ServerFrame)> {
    let people = vec![person(1, "Ana")];
    let view = PlayerView {
        tab: id(50),
        track: Some(pictured()),
        playing: true,
        position_ms: 300,
        at: ms(0),
        jam: Some(id(100)),
    };
    let reacted = ServerFrame::Reacted { from: id(1), to: id(2), track: id(32), reaction: Reaction::Headphones };
    let mut frames = vec![
        (
            "Welcome",
            ServerFrame::Welcome {
                now: ms(0),
                me: me(),
                missed: Missed::StartOver { head: Position { epoch: 7, seq: 8 } },
                player: Some(view.clone()),
                activity: vec![(id(2), playing())],
                jam: Some(id(100)),
            },
        ),
        ("Missed", ServerFrame::Missed(entries())),
        ("Clock", ServerFrame::Clock { sent: 1_234.5, received: 1.7e12, answered: 1.7e12 + 0.25 }),
        ("Me", ServerFrame::Me(me())),
        ("Player", ServerFrame::Player(Some(view))),
        ("HandOver", ServerFrame::HandOver(handed())),
        ("Activity", ServerFrame::Activity { member: id(2), activity: Some(playing()) }),
        ("Reacted", reacted),
        ("Jam", ServerFrame::Jam { state: Box::new(jam_state()), people: people.clone(), tracks: vec![pictured()] }),
        (
            "JamEvents",
            ServerFrame::JamEvents {
                jam: id(100),
                revision: 300,
                events: every_event(),
                people,
                tracks: vec![track(32, 200_000)],
            },
        ),
        ("JamRefused", ServerFrame::JamRefused { nonce: 9, refusal: Refusal::JamFull { limit: 32 } }),
        ("JamOffsets", ServerFrame::JamOffsets { jam: id(100), offsets: vec![(id(1), Some(0.5)), (id(2), None)] }),
        ("Scan", ServerFrame::Scan(ScanProgress { running: true, found: 9, done: 8, changed: 7, failed: 1 })),
        ("LibraryChanged", ServerFrame::LibraryChanged),
        ("Refused", ServerFrame::Refused(Refusal::FrameTooLarge)),
        ("GoingAway", ServerFrame::GoingAway),
        ("JamShut", ServerFrame::JamShut { jam: id(100), refusal: Refusal::JamEnded }),
    ];

    frames.extend(every_control().map(|control| ("Control", ServerFrame::Control(control))));
    frames
}

#[test]
fn wire_every_frame_comes_back_as_it_went() {
    for (name, frame) in client_frames() {
        assert_eq!(decode(&encode(&frame)), Ok(frame), "{name}");
    }
    for (name, frame) in server_frames() {
        assert_eq!(decode(&encode(&frame)), Ok(frame), "{name}");
    }
}

#[test]
fn wire_what_is_not_a_frame_is_refused() {
    let good = encode(&ClientFrame::Clock { sent: 1.0 });
    let refused = |bytes: &[u8]| decode::<ClientFrame>(bytes).unwrap_err();

    assert_eq!(refused(&[]), Refusal::FrameMalformed);
    assert_eq!(refused(&[VERSION]), Refusal::FrameMalformed);
    assert_eq!(refused(&[VERSION, 200]), Refusal::FrameMalformed, "an unknown variant");
    assert_eq!(refused(&good[..good.len() - 1]), Refusal::FrameMalformed, "cut short");
    assert_eq!(refused(&[&good[..], &[0]].concat()), Refusal::FrameMalformed, "something behind it");
    assert_eq!(refused(&[&[VERSION + 1], &good[1..]].concat()), Refusal::VersionUnknown);
    assert_eq!(refused(&[VERSION, 1, 1, 1, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]), Refusal::FrameMalformed);
}

#[test]
fn wire_a_length_beyond_the_frame_asks_for_no_memory() {
    let mut bytes = encode(&ClientFrame::HandOver { to: id(1), queue: HandedQueue { tracks: vec![], ..handed() } });
    let count = bytes.iter().rposition(|byte| *byte == 0).unwrap();
    bytes.splice(count..=count, [0xff, 0xff, 0xff, 0xff, 0x0f]);

    assert_eq!(decode::<ClientFrame>(&bytes), Err(Refusal::FrameMalformed));
}

proptest! {
    #[test]
    fn wire_any_bytes_are_a_frame_or_a_refusal(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let bytes = [&[VERSION][..], &bytes].concat();

        if let Ok(frame) = decode::<ClientFrame>(&bytes) {
            prop_assert!(decode::<ClientFrame>(&encode(&frame)).is_ok());
        }
        let _ = decode::<ServerFrame>(&bytes);
    }

    #[test]
    fn wire_a_damaged_frame_never_panics(which: prop::sample::Index, place: prop::sample::Index, value: u8) {
        let frames = server_frames();
        let mut bytes = encode(&which.get(&frames).1);
        let place = place.index(bytes.len());
        bytes[place] = value;

        let _ = decode::<ServerFrame>(&bytes);
    }

    #[test]
    fn wire_texts_and_numbers_come_back(text in ".{0,200}", sent: f64, seq: i64, position_ms: u32, nonce: u32) {
        prop_assume!(!sent.is_nan());
        let event = InboxEvent::Message(MessageView { seq, ..message(BodyView::Text(text)) });
        let missed = Missed::Entries { entries: vec![InboxEntry { seq, event }], head: Position { epoch: seq, seq } };
        let frame = ServerFrame::Missed(missed);
        prop_assert_eq!(decode(&encode(&frame)), Ok(frame));

        let frame = ClientFrame::Clock { sent };
        prop_assert_eq!(decode(&encode(&frame)), Ok(frame));
        let command = Command::Seek { row: id(u128::from(nonce)), position_ms };
        let frame = ClientFrame::Jam { jam: id(100), nonce, command };
        prop_assert_eq!(decode(&encode(&frame)), Ok(frame));
    }
}

#[test]
fn refusals_are_sentences() {
    for refusal in [
        Refusal::TooManyAttempts { retry_s: 1 },
        Refusal::TooFast { retry_s: 200 },
        Refusal::JamFull { limit: 32 },
        Refusal::MessageTooLong { limit: 2_000 },
        Refusal::FrameMalformed,
    ] {
        let sentence = refusal.to_string();
        assert!(sentence.ends_with('.') && sentence.starts_with(char::is_uppercase), "{sentence}");
    }
}
