//! Running Jams, as stories: seats, commands, presence, time, restarts.

use domain::{
    JamId, JamRequestId, Refusal, RowId, TabId, TrackId,
    account::Tier,
    jam::{Actor, Command, EMPTY_MS, Event, GATHER_MS, HOST_LOST_MS, LEAD_MS, Playback, Standing, State},
    time::SECOND,
};
use services::{
    Principal, Result,
    contract::{World, world::refused},
    jams::JamView,
    ports::{
        Clock, Note,
        store::{JamStore, StoredJam},
    },
};

/// Ana hosts a Jam in which Bo has a seat; both have a tab open.
struct Story {
    world: World,
    ana: Principal,
    bo: Principal,
    jam: JamId,
    tabs: [TabId; 2],
    track: TrackId,
}

impl Story {
    /// With both listening.
    async fn new() -> Self {
        let story = Self::away().await;
        story.here(&story.ana, 0, true).await;
        story.here(&story.bo, 1, true).await;
        story.world.bus.notes();
        story
    }

    /// Before any tab shows it.
    async fn away() -> Self {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let conversation = world.contacts(&ana, &bo).await;
        let id = JamRequestId(world.services.fresh_id());
        world.services.request_jam(&bo, id, conversation).await.unwrap();
        let jam = world.services.accept_jam(&ana, id).await.unwrap();
        let tabs = [TabId(world.services.fresh_id()), TabId(world.services.fresh_id())];
        let track = world.track("Harbour lights", 60).await;

        Self { world, ana, bo, jam, tabs, track }
    }

    async fn here(&self, who: &Principal, tab: usize, listening: bool) -> JamView {
        self.world.services.jam_here(who, self.jam, self.tabs[tab], listening).await.unwrap()
    }

    async fn does(&self, who: &Principal, command: Command) -> Result<()> {
        self.world.services.jam_command(who, self.jam, command).await
    }

    async fn adds(&self, who: &Principal) -> RowId {
        let row = RowId(self.world.services.fresh_id());
        self.does(who, Command::Add { row, track: self.track, duration_ms: 1, next: false }).await.unwrap();
        row
    }

    async fn state(&self) -> State {
        self.world.store.jam(self.jam).await.unwrap().unwrap().state
    }

    async fn standing(&self, who: &Principal) -> Standing {
        self.state().await.member(who.id()).unwrap().standing
    }

    /// Time passes in steps of the server's tick.
    async fn passes(&self, ms: i64) {
        for _ in 0..ms / 100 {
            self.world.clock.advance(100);
            self.world.services.tick_jams().await;
        }
    }

    /// Ana adds a track, both load it, and it plays.
    async fn plays(&self) -> RowId {
        let row = self.adds(&self.ana).await;
        self.does(&self.ana, Command::Loaded(row)).await.unwrap();
        self.does(&self.bo, Command::Loaded(row)).await.unwrap();
        self.passes(LEAD_MS).await;
        row
    }
}

#[tokio::test]
async fn j1_a_premium_member_starts_a_jam_from_tracks() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let tracks = vec![world.track("One", 60).await, world.track("Two", 90).await];

    let jam = world.services.start_jam(&ana, tracks.clone()).await.unwrap();

    let view = world.services.jam(&ana, jam).await.unwrap();
    assert_eq!(view.state.queue.iter().map(|row| row.track).collect::<Vec<_>>(), tracks);
    assert_eq!(view.state.queue[1].duration_ms, 90_000);
    assert!(matches!(view.state.playback, Playback::Gathering { position_ms: 0, .. }));
    assert_eq!((view.people.len(), view.tracks.len()), (1, 2));
    assert_eq!(world.services.own_jam(&ana).await.unwrap(), Some(jam));
}

#[tokio::test]
async fn j1_free_members_and_those_under_16_start_none() {
    let world = World::new().await;
    let (free, kim) = (world.free_member("cleo").await, world.young_member("kim").await);
    let gone = vec![TrackId(world.services.fresh_id())];
    let ana = world.member("ana").await;

    assert_eq!(refused(world.services.start_jam(&free, Vec::new()).await), Refusal::PremiumNeeded);
    assert_eq!(refused(world.services.start_jam(&kim, Vec::new()).await), Refusal::TooYoung);
    assert_eq!(refused(world.services.start_jam(&ana, gone).await), Refusal::TrackUnknown);
    assert_eq!(world.store.live_jams().await.unwrap(), []);
}

#[tokio::test]
async fn j1_at_most_200_tracks_are_taken() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let track = world.track("One", 60).await;

    let jam = world.services.start_jam(&ana, vec![track; 300]).await.unwrap();

    assert_eq!(world.services.jam(&ana, jam).await.unwrap().state.queue.len(), 200);
}

#[tokio::test]
async fn j1_who_starts_another_leaves_the_first() {
    let story = Story::new().await;

    let second = story.world.services.start_jam(&story.ana, Vec::new()).await.unwrap();

    assert_eq!(story.world.services.own_jam(&story.ana).await.unwrap(), Some(second));
    assert!(story.state().await.member(story.ana.id()).is_none());
    assert_eq!(story.state().await.host, story.bo.id(), "the one that was left goes on");
}

#[tokio::test]
async fn nobody_without_a_seat_sees_or_does_anything() {
    let story = Story::new().await;
    let cleo = story.world.member("cleo").await;
    let services = &story.world.services;
    let revision = story.state().await.revision;

    assert_eq!(refused(services.jam(&cleo, story.jam).await), Refusal::NotInJam);
    assert_eq!(refused(services.jam_here(&cleo, story.jam, story.tabs[0], true).await), Refusal::NotInJam);
    assert_eq!(refused(services.jam_offset(&cleo, story.jam, None).await), Refusal::NotInJam);
    assert_eq!(refused(story.does(&cleo, Command::Pause).await), Refusal::NotInJam);
    let unknown = JamId(services.fresh_id());
    assert_eq!(refused(services.jam(&story.ana, unknown).await), Refusal::JamUnknown);
    assert_eq!(story.state().await.revision, revision);
}

#[tokio::test]
async fn owners_commands_are_refused_from_members() {
    let story = Story::new().await;
    let revision = story.state().await.revision;
    let cleo = story.world.member("cleo").await;
    let (guest, host) = (story.bo.id(), story.ana.id());

    for command in [
        Command::Join { member: cleo.id(), may_host: true },
        Command::Standing { member: host, listening: false, present: false },
        Command::Standing { member: guest, listening: true, present: true },
        Command::Tick { seed: 1 },
    ] {
        assert_eq!(refused(story.does(&story.ana, command).await), Refusal::FrameMalformed);
    }
    assert_eq!(story.state().await.revision, revision);
}

#[tokio::test]
async fn j5_everyone_adds_and_each_row_says_who_did() {
    let story = Story::new().await;

    let (hers, his) = (story.adds(&story.ana).await, story.adds(&story.bo).await);

    let state = story.state().await;
    assert_eq!(state.row(hers).unwrap().added_by, story.ana.id());
    assert_eq!(state.row(his).unwrap().added_by, story.bo.id());
}

#[tokio::test]
async fn j5_the_length_of_a_row_is_what_the_library_says() {
    let story = Story::new().await;

    let row = story.adds(&story.bo).await;

    assert_eq!(story.state().await.row(row).unwrap().duration_ms, 60_000);
    let gone = Command::Add {
        row: RowId(story.world.services.fresh_id()),
        track: TrackId(story.world.services.fresh_id()),
        duration_ms: 1,
        next: false,
    };
    assert_eq!(refused(story.does(&story.ana, gone).await), Refusal::TrackUnknown);
}

#[tokio::test]
async fn what_happens_is_told_after_the_commit_with_everything_it_names() {
    let story = Story::new().await;

    let row = story.adds(&story.bo).await;

    let state = story.state().await;
    let notes = story.world.bus.notes();
    let [Note::Jam { jam, revision, events, tracks, .. }] = &notes[..] else { panic!("one note: {notes:?}") };
    assert_eq!((*jam, *revision), (story.jam, state.revision));
    assert!(events.iter().any(|event| matches!(event, Event::Added { rows, .. } if rows[0].id == row)));
    assert_eq!(tracks[0].title, "Harbour lights");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replicas_that_take_the_notes_in_agree_with_the_store() {
    let story = Story::new().await;
    let mut replica = story.state().await;
    let tasks = [story.ana.clone(), story.bo.clone()].map(|who| {
        let (services, jam, track) = (story.world.services.clone(), story.jam, story.track);
        tokio::spawn(async move {
            for _ in 0..20 {
                let row = RowId(services.fresh_id());
                let add = Command::Add { row, track, duration_ms: 1, next: true };
                services.jam_command(&who, jam, add).await.unwrap();
                services.jam_command(&who, jam, Command::Skip { from: row }).await.unwrap();
            }
        })
    });
    for task in tasks {
        task.await.unwrap();
    }

    for note in story.world.bus.notes() {
        if let Note::Jam { revision, events, .. } = note {
            assert_eq!(replica.revision + events.len() as u64, revision, "no gap, nothing twice");
            events.iter().for_each(|event| replica.apply(event));
        }
    }
    assert_eq!(replica, story.state().await);
    assert_eq!(replica.queue.len(), 40);
}

#[tokio::test]
async fn a_refused_command_changes_and_tells_nothing() {
    let story = Story::new().await;
    let before = story.state().await;

    assert_eq!(refused(story.does(&story.bo, Command::End).await), Refusal::HostOnly);
    assert_eq!(refused(story.does(&story.ana, Command::Play).await), Refusal::NothingToPlay);

    assert_eq!(story.state().await, before);
    assert_eq!(story.world.bus.notes(), []);
}

#[tokio::test]
async fn j4_a_member_stands_by_the_best_of_their_tabs() {
    let story = Story::away().await;
    assert!(matches!(story.standing(&story.bo).await, Standing::Lost { .. }));
    let leave = |tab: usize| story.world.services.jam_gone(story.bo.id(), story.jam, story.tabs[tab]);

    story.here(&story.bo, 0, false).await;
    assert_eq!(story.standing(&story.bo).await, Standing::Present);
    story.here(&story.bo, 1, true).await;
    assert_eq!(story.standing(&story.bo).await, Standing::Listening);
    leave(1).await;
    assert_eq!(story.standing(&story.bo).await, Standing::Present);
    leave(0).await;
    assert_eq!(story.standing(&story.bo).await, Standing::Lost { since: story.world.clock.now() });
    leave(0).await;
    assert!(story.world.services.jam(&story.bo, story.jam).await.is_ok(), "the seat is kept");
}

#[tokio::test]
async fn a2_a_changed_tier_is_seen_when_a_tab_comes() {
    let story = Story::new().await;
    story.world.store.set_tier(story.bo.id(), Tier::Free);
    let bo = story.world.fresh(&story.bo).await;

    story.here(&bo, 1, true).await;

    assert!(!story.state().await.member(bo.id()).unwrap().may_host);
}

#[tokio::test]
async fn j6_the_host_takes_a_seat_away() {
    let story = Story::new().await;

    story.does(&story.ana, Command::Expel(story.bo.id())).await.unwrap();

    assert_eq!(refused(story.does(&story.bo, Command::Pause).await), Refusal::NotInJam);
    assert_eq!(story.world.services.own_jam(&story.bo).await.unwrap(), None);
}

#[tokio::test]
async fn m12_a_blocked_guest_leaves_the_blockers_jam() {
    let story = Story::new().await;

    story.world.services.block(&story.ana, story.bo.id()).await.unwrap();

    assert!(story.state().await.member(story.bo.id()).is_none());
    assert_eq!(story.state().await.host, story.ana.id());
    assert_eq!(refused(story.does(&story.bo, Command::Pause).await), Refusal::NotInJam);
}

#[tokio::test]
async fn j7_guests_control_while_the_host_lets_them() {
    let story = Story::new().await;
    story.plays().await;

    story.does(&story.bo, Command::Pause).await.unwrap();
    story.does(&story.ana, Command::GuestsControl(false)).await.unwrap();

    assert_eq!(refused(story.does(&story.bo, Command::Play).await), Refusal::HostOnly);
    story.adds(&story.bo).await;
}

#[tokio::test]
async fn j8_when_the_host_leaves_the_jam_goes_on_with_the_guest() {
    let story = Story::new().await;

    story.does(&story.ana, Command::Leave).await.unwrap();
    assert_eq!(story.state().await.host, story.bo.id());

    story.does(&story.bo, Command::Leave).await.unwrap();
    assert!(story.state().await.ended_at.is_some());
    assert_eq!(refused(story.world.services.jam(&story.bo, story.jam).await), Refusal::JamEnded);
    assert_eq!(refused(story.does(&story.bo, Command::Play).await), Refusal::JamEnded);
}

#[tokio::test]
async fn j8_a_host_who_is_lost_for_60_s_loses_the_jam() {
    let story = Story::new().await;
    story.world.services.jam_gone(story.ana.id(), story.jam, story.tabs[0]).await;

    story.passes(HOST_LOST_MS - 100).await;
    assert_eq!(story.state().await.host, story.ana.id());
    story.passes(100).await;
    assert_eq!(story.state().await.host, story.bo.id());

    story.here(&story.ana, 0, true).await;
    assert_eq!(story.state().await.host, story.bo.id());
}

#[tokio::test]
async fn j8_ten_minutes_empty_end_it() {
    let story = Story::new().await;
    for (who, tab) in [(&story.ana, 0), (&story.bo, 1)] {
        story.world.services.jam_gone(who.id(), story.jam, story.tabs[tab]).await;
    }

    story.passes(EMPTY_MS).await;

    assert!(story.state().await.ended_at.is_some());
    assert_eq!(story.world.store.live_jams().await.unwrap(), []);
    assert_eq!(story.world.services.own_jam(&story.ana).await.unwrap(), None);
}

#[tokio::test]
async fn j8_the_queue_survives_a_restart_and_everybody_comes_back() {
    let mut story = Story::new().await;
    story.plays().await;
    let before = story.state().await;

    story.world.restart();
    story.world.services.beat().await.unwrap();
    story.world.services.mend().await;

    let state = story.state().await;
    assert_eq!((&state.queue, state.playback), (&before.queue, before.playback));
    assert!(state.members.iter().all(|member| !member.is_here()));
    story.here(&story.bo, 1, true).await;
    assert_eq!(story.standing(&story.bo).await, Standing::Listening);
    story.adds(&story.bo).await;
}

#[tokio::test]
async fn j10_the_start_waits_until_everyone_who_listens_is_ready() {
    let story = Story::new().await;
    let row = story.adds(&story.ana).await;
    story.does(&story.ana, Command::Loaded(row)).await.unwrap();
    story.passes(SECOND).await;
    assert!(matches!(story.state().await.playback, Playback::Gathering { .. }));

    story.does(&story.bo, Command::Loaded(row)).await.unwrap();

    let start = story.world.clock.now() + LEAD_MS;
    assert_eq!(story.state().await.playback, Playback::Playing { row, zero_at: start, from: start });
}

#[tokio::test]
async fn j10_one_slow_member_stops_nobody_for_longer_than_three_seconds() {
    let story = Story::new().await;
    let row = story.adds(&story.ana).await;
    story.does(&story.ana, Command::Loaded(row)).await.unwrap();

    story.passes(GATHER_MS).await;

    assert!(matches!(story.state().await.playback, Playback::Playing { .. }));
}

#[tokio::test]
async fn j10_the_next_track_is_fixed_ahead_and_follows_without_a_gate() {
    let story = Story::new().await;
    story.plays().await;
    let next = story.adds(&story.bo).await;
    let Playback::Playing { zero_at, .. } = story.state().await.playback else { panic!("it plays") };
    let over = zero_at + 60_000;

    story.passes(57_000).await;
    assert_eq!(story.state().await.next.map(|start| (start.row, start.at)), Some((next, over)));
    story.passes(4_000).await;
    assert_eq!(story.state().await.playback, Playback::Playing { row: next, zero_at: over, from: over });
}

#[tokio::test]
async fn j10_offsets_are_passed_on_and_never_stored() {
    let story = Story::new().await;
    let before = story.state().await;
    let services = &story.world.services;

    services.jam_offset(&story.bo, story.jam, Some(-3.5)).await.unwrap();
    services.jam_offset(&story.bo, story.jam, Some(f32::NAN)).await.unwrap();

    let told = [Some(-3.5), None].map(|offset_ms| Note::JamOffset { jam: story.jam, member: story.bo.id(), offset_ms });
    assert_eq!(story.world.bus.notes(), told);
    assert_eq!(story.state().await, before);
}

#[tokio::test]
async fn j12_members_learn_no_more_than_names() {
    let story = Story::new().await;
    story.adds(&story.bo).await;
    story.does(&story.bo, Command::Leave).await.unwrap();

    let view = story.world.services.jam(&story.ana, story.jam).await.unwrap();

    let mut names: Vec<_> = view.people.iter().map(|person| person.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["ana", "bo"], "who added a row is named after they have left");
}

#[tokio::test]
async fn a_tick_without_anything_due_writes_and_tells_nothing() {
    let story = Story::new().await;
    story.plays().await;
    story.world.bus.notes();
    let revision = story.state().await.revision;

    story.passes(10 * SECOND).await;

    assert_eq!(story.state().await.revision, revision);
    assert_eq!(story.world.bus.notes(), []);
}

/// As when a commit succeeds of which this node never heard.
#[tokio::test]
async fn a_log_that_is_longer_than_was_known_is_read_again() {
    let story = Story::new().await;
    let mut ahead = story.state().await;
    let events = ahead.decide(story.world.clock.now(), &Actor::Owner, &Command::Shuffle { on: true, seed: 1 }).unwrap();
    events.iter().for_each(|event| ahead.apply(event));
    let jam = StoredJam { owner: story.world.store.jam(story.jam).await.unwrap().unwrap().owner, state: ahead.clone() };
    assert!(story.world.store.append_jam(&jam, &events, story.world.clock.now()).await.unwrap());

    let row = story.adds(&story.ana).await;

    let state = story.state().await;
    assert!(state.settings.shuffle && state.row(row).is_some());
    let told = story.world.bus.notes().into_iter().find_map(|note| match note {
        Note::Jam { revision, events, .. } => Some(revision - events.len() as u64),
        _ => None,
    });
    assert_eq!(told, Some(ahead.revision), "members see by the revision that they have missed something");
}

/// As when the one who asked for it gave up waiting.
#[tokio::test]
async fn a_jam_that_was_stored_but_never_taken_up_is_found() {
    let mut story = Story::away().await;

    story.world.restart();

    story.here(&story.bo, 1, true).await;
    assert_eq!(story.standing(&story.bo).await, Standing::Listening);
}

#[tokio::test]
async fn a_row_that_is_added_twice_stands_in_the_queue_once() {
    let story = Story::new().await;
    let row = story.adds(&story.ana).await;
    story.world.bus.notes();

    story.does(&story.ana, Command::Add { row, track: story.track, duration_ms: 1, next: false }).await.unwrap();

    assert_eq!(story.state().await.queue.len(), 1);
    assert_eq!(story.world.bus.notes(), []);
}
