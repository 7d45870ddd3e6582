//! Several nodes over one store: what happens at one is true at the others, and what one leaves behind is taken over.

use std::sync::Arc;

use domain::{
    ConversationId, JamId, RowId, TabId, TrackId,
    account::Switch,
    activity::{ActivityState, LEASE_MS},
    jam::{Command, Playback, Standing},
    player::{PlayerControl, PlayerReport},
};
use services::{
    Principal, Services,
    contract::World,
    ports::{Clock, Note, Topic, store::JamStore},
    rounds::Mark,
};

/// Ana and Bo are contacts; their tabs may come to either node.
struct Story {
    world: World,
    other: Arc<Services>,
    ana: Principal,
    bo: Principal,
    conversation: ConversationId,
    track: TrackId,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let other = world.another_node();
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let conversation = world.contacts(&ana, &bo).await;
        world.services.set_switch(&ana, Switch::ListeningActivity, true).await.unwrap();
        let track = world.track("Harbour lights", 300).await;
        let ana = world.fresh(&ana).await;

        let story = Self { world, other, ana, bo, conversation, track };
        story.beats(1).await;
        story
    }

    /// Both nodes work for some beats.
    async fn beats(&self, beats: u64) {
        for _ in 0..beats {
            self.world.clock.advance(400);
            for services in [&self.world.services, &self.other] {
                services.beat().await.unwrap();
                services.mend().await;
            }
        }
    }

    /// Only the other node works, for some seconds.
    async fn first_is_dead_for(&self, seconds: i64) {
        for _ in 0..seconds * 5 / 2 {
            self.world.clock.advance(400);
            self.other.beat().await.unwrap();
            self.other.mend().await;
            self.other.tick_jams().await;
            self.other.expire_activity().await;
        }
    }

    async fn plays(&self, services: &Services, tab: TabId) {
        let report = PlayerReport { track: Some(self.track), playing: true, position_ms: 0, jam: None };
        services.report(&self.ana, tab, report).await.unwrap();
    }

    /// What Bo sees of Ana at the other node.
    async fn seen(&self) -> Option<ActivityState> {
        self.other.activity_of(&self.bo, self.ana.id()).await.unwrap().map(|view| view.state)
    }

    /// A Jam of Ana at the first node and Bo at the other, with a tab of each.
    async fn jam(&self) -> JamId {
        let services = &self.world.services;
        let request = self.world.services.fresh_id().into();
        services.request_jam(&self.ana, request, self.conversation).await.unwrap();
        let jam = self.other.accept_jam(&self.bo, request).await.unwrap();
        services.jam_here(&self.ana, jam, tab(1), true).await.unwrap();
        self.other.jam_here(&self.bo, jam, tab(2), true).await.unwrap();
        jam
    }

    async fn add(&self, services: &Services, who: &Principal, jam: JamId) -> RowId {
        let row = RowId(services.fresh_id());
        let add = Command::Add { row, track: self.track, duration_ms: 0, next: false };
        services.jam_command(who, jam, add).await.unwrap();
        row
    }

    async fn standing(&self, jam: JamId, who: &Principal) -> Standing {
        let stored = self.world.store.jam(jam).await.unwrap().unwrap();
        stored.state.member(who.id()).unwrap().standing
    }
}

fn tab(number: u128) -> TabId {
    TabId(uuid::Uuid::from_u128(number))
}

#[tokio::test]
async fn l6_what_is_played_at_one_node_is_seen_at_another() {
    let story = Story::new().await;

    story.plays(&story.world.services, tab(1)).await;

    assert!(matches!(story.seen().await, Some(ActivityState::Playing { position_ms: 0, .. })));
    let list = story.other.watch_list(&story.bo).await.unwrap();
    assert!(list.iter().any(|(member, view)| *member == story.ana.id() && view.is_some()));
}

/// It is decided on what every node knows, so that a report that was under way leaves no trace.
#[tokio::test]
async fn l10_switching_off_at_one_node_hides_what_was_reported_at_another() {
    let story = Story::new().await;
    story.plays(&story.world.services, tab(1)).await;

    story.other.set_switch(&story.ana, Switch::ListeningActivity, false).await.unwrap();

    assert_eq!(story.seen().await, None);
    story.plays(&story.world.services, tab(1)).await;
    story.other.set_switch(&story.ana, Switch::ListeningActivity, true).await.unwrap();
    let shown = story.seen().await;
    assert!(
        matches!(shown, Some(ActivityState::Playing { .. })),
        "what plays at this moment is shown again: {shown:?}"
    );
}

#[tokio::test]
async fn l5_what_a_dead_node_heard_ends_with_its_leases_and_not_before() {
    let story = Story::new().await;
    story.plays(&story.world.services, tab(1)).await;

    story.first_is_dead_for(50).await;
    assert!(matches!(story.seen().await, Some(ActivityState::Playing { .. })), "a reload must not flicker");
    story.first_is_dead_for(15).await;

    assert!(matches!(story.seen().await, Some(ActivityState::LastPlayed { .. })), "{:?}", story.seen().await);
}

/// Whoever looks reads what was played before the restart, just when the first report since then comes.
#[tokio::test]
async fn l5_a_look_at_somebody_who_begins_to_play_leaves_their_lease_alone() {
    for turns in 0..8 {
        let mut story = Story::new().await;
        story.plays(&story.world.services, tab(1)).await;
        story.world.clock.advance(40_000);
        story.world.services.report(&story.ana, tab(1), PlayerReport::default()).await.unwrap();
        story.world.restart();
        let services = story.world.services.clone();

        let look = async {
            for _ in 0..turns {
                tokio::task::yield_now().await;
            }
            services.activity_of(&story.bo, story.ana.id()).await.unwrap()
        };
        let (seen, ()) = tokio::join!(look, story.plays(&services, tab(1)));
        assert!(seen.is_some());
        story.world.clock.advance(LEASE_MS + 1);
        services.expire_activity().await;

        let shown = services.activity_of(&story.bo, story.ana.id()).await.unwrap().unwrap().state;
        assert!(matches!(shown, ActivityState::LastPlayed { .. }), "after {turns} turns: {shown:?}");
    }
}

/// Its tab has come back by the other node, as pages do within seconds.
#[tokio::test]
async fn l5_a_tab_that_comes_back_by_another_node_plays_on() {
    let story = Story::new().await;
    story.plays(&story.world.services, tab(1)).await;

    story.first_is_dead_for(3).await;
    story.other.tab_here(&story.ana, tab(1)).await.unwrap();
    for _ in 0..10 {
        story.first_is_dead_for(10).await;
        story.other.touch(&story.ana, tab(1));
    }

    assert!(matches!(story.seen().await, Some(ActivityState::Playing { .. })), "{:?}", story.seen().await);
}

#[tokio::test]
async fn j9_commands_from_two_nodes_have_one_order() {
    let story = Story::new().await;
    let jam = story.jam().await;

    let mut rows = Vec::new();
    for turn in 0..20 {
        let (services, who) =
            if turn % 2 == 0 { (&story.world.services, &story.ana) } else { (&story.other, &story.bo) };
        rows.push(story.add(services, who, jam).await);
    }

    for (services, who) in [(&story.world.services, &story.ana), (&story.other, &story.bo)] {
        let queue: Vec<_> = services.jam(who, jam).await.unwrap().state.queue.iter().map(|row| row.id).collect();
        assert_eq!(queue, rows);
    }
    let mut revision = 0;
    for note in story.world.bus.notes() {
        if let Note::Jam { revision: next, events, .. } = note {
            assert!(revision == 0 || next == revision + events.len() as u64, "no event is told twice or left out");
            revision = next;
        }
    }
}

/// Many at the same moment: whoever is overtaken decides again on what the other led to.
#[tokio::test]
async fn j9_commands_at_the_same_moment_all_count() {
    let story = Story::new().await;
    let jam = story.jam().await;

    let one = async {
        for _ in 0..10 {
            story.add(&story.world.services, &story.ana, jam).await;
            tokio::task::yield_now().await;
        }
    };
    let two = async {
        for _ in 0..10 {
            story.add(&story.other, &story.bo, jam).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::join!(one, two);

    assert_eq!(story.other.jam(&story.bo, jam).await.unwrap().state.queue.len(), 20);
}

/// Two tabs of a member begin to play at the same moment, at two nodes: one of them falls silent.
#[tokio::test]
async fn t3_of_two_tabs_that_begin_at_once_at_two_nodes_one_sounds() {
    let story = Story::new().await;
    story.world.bus.notes();

    tokio::join!(story.plays(&story.world.services, tab(1)), story.plays(&story.other, tab(2)));

    let sounding = story.other.player(&story.ana).await.unwrap().expect("one of them sounds").tab;
    let silenced: Vec<_> = story.world.bus.notes().into_iter().filter_map(silenced).collect();
    assert_eq!(silenced, [if sounding == tab(1) { tab(2) } else { tab(1) }]);
}

fn silenced(note: Note) -> Option<TabId> {
    match note {
        Note::Control { tab, control: PlayerControl::Silence, .. } => Some(tab),
        _ => None,
    }
}

/// The one who wrote last moves it on; when its node dies, another does, within three seconds.
#[tokio::test]
async fn j10_a_jam_whose_node_died_plays_on_at_another() {
    let story = Story::new().await;
    let jam = story.jam().await;
    let first = story.add(&story.other, &story.bo, jam).await;
    let second = story.add(&story.world.services, &story.ana, jam).await;
    let playing = async || match story.other.jam(&story.bo, jam).await.unwrap().state.playback {
        Playback::Playing { row, .. } => Some(row),
        _ => None,
    };

    story.first_is_dead_for(3).await;

    assert_eq!(story.world.store.jam(jam).await.unwrap().unwrap().owner, story.other.node());
    assert!(!matches!(story.standing(jam, &story.ana).await, Standing::Listening), "her tab went with its node");
    assert_eq!(story.standing(jam, &story.bo).await, Standing::Listening, "his did not");
    story.first_is_dead_for(10).await;
    assert_eq!(playing().await, Some(first), "it plays, with its queue");
    story.first_is_dead_for(300).await;
    assert_eq!(playing().await, Some(second), "nobody did anything, and it went on");
}

#[tokio::test]
async fn a_node_that_leaves_hands_its_jams_over_at_once() {
    let story = Story::new().await;
    let jam = story.jam().await;
    story.add(&story.world.services, &story.ana, jam).await;

    story.world.services.leave().await.unwrap();
    story.other.beat().await.unwrap();
    story.other.mend().await;

    assert_eq!(story.world.store.jam(jam).await.unwrap().unwrap().owner, story.other.node());
}

/// As a process that was stopped for a while and goes on.
#[tokio::test]
async fn a_node_that_was_given_up_too_early_is_one_of_them_again() {
    let story = Story::new().await;
    let jam = story.jam().await;
    story.first_is_dead_for(5).await;

    story.beats(2).await;
    story.world.services.settle_tabs().await.unwrap();
    story.beats(1).await;
    assert_eq!(story.standing(jam, &story.ana).await, Standing::Listening, "her tab was there all the time");
    let row = story.add(&story.world.services, &story.ana, jam).await;

    assert_eq!(story.other.jam(&story.bo, jam).await.unwrap().state.queue[0].id, row);
    story.beats(200).await;
    assert!(story.world.services.hold("scan").await.unwrap() != story.other.hold("scan").await.unwrap());
}

/// As with a phone that has changed its network: the old socket lives on at the first node until it is missed.
#[tokio::test]
async fn j10_a_tab_that_has_moved_is_not_ended_by_the_node_that_it_left() {
    let story = Story::new().await;
    let jam = story.jam().await;
    story.plays(&story.world.services, tab(1)).await;

    story.other.tab_here(&story.ana, tab(1)).await.unwrap();
    story.other.jam_here(&story.ana, jam, tab(1), true).await.unwrap();
    story.world.services.jam_gone(story.ana.id(), jam, tab(1)).await;
    story.world.services.tab_gone(&story.ana, tab(1)).await;

    assert_eq!(story.standing(jam, &story.ana).await, Standing::Listening);
    let paused = PlayerReport { track: Some(story.track), playing: false, position_ms: 0, jam: None };
    story.world.services.report(&story.ana, tab(9), paused).await.unwrap();
    let sounding = story.other.player(&story.ana).await.unwrap().expect("it sounds").tab;
    assert_eq!(sounding, tab(1), "only of a tab that is gone does a silent one take the place");
}

/// Nobody can look while the store is away, so nobody was silent.
#[tokio::test]
async fn a_store_that_was_away_leaves_every_node_alive() {
    let story = Story::new().await;
    let jam = story.jam().await;

    // One notices before the other.
    for _ in 0..4 {
        story.world.clock.advance(400);
        story.other.beat().await.unwrap();
    }
    story.world.presence.fail(true);
    for _ in 0..200 {
        story.world.clock.advance(400);
        for services in [&story.world.services, &story.other] {
            services.beat().await.unwrap_err();
        }
    }
    story.world.presence.fail(false);
    for _ in 0..4 {
        story.world.clock.advance(400);
        story.other.beat().await.unwrap();
        story.other.mend().await;
    }

    assert_eq!(story.standing(jam, &story.ana).await, Standing::Listening, "her node is only slower to come back");
}

/// Its end could not be written down; nobody else would ever do so.
#[tokio::test]
async fn j10_a_tab_that_went_while_the_store_was_away_is_gone() {
    let story = Story::new().await;
    let jam = story.jam().await;

    story.world.presence.fail(true);
    story.world.services.jam_gone(story.ana.id(), jam, tab(1)).await;
    story.world.presence.fail(false);
    assert_eq!(story.standing(jam, &story.ana).await, Standing::Listening, "nobody knows yet");
    story.world.services.settle_tabs().await.unwrap();
    story.beats(1).await;

    assert!(!matches!(story.standing(jam, &story.ana).await, Standing::Listening));
}

/// One that cannot be brought up to date is tried again.
#[tokio::test]
async fn j10_a_jam_that_could_not_be_taken_over_at_once_is_taken_over_later() {
    let story = Story::new().await;
    let jam = story.jam().await;
    story.add(&story.world.services, &story.ana, jam).await;

    story.world.store.fail_jams(true);
    story.first_is_dead_for(4).await;
    story.world.store.fail_jams(false);
    story.first_is_dead_for(1).await;

    assert!(!matches!(story.standing(jam, &story.ana).await, Standing::Listening), "her tab went with its node");
}

/// A night later, with no node in between.
#[tokio::test]
async fn l5_what_played_when_everything_stopped_is_not_playing_now() {
    let story = Story::new().await;
    story.plays(&story.world.services, tab(1)).await;
    let stopped = story.world.clock.now();

    story.world.clock.advance(8 * 60 * 60 * 1_000);
    let node = story.world.another_node();
    for _ in 0..7 {
        story.world.clock.advance(400);
        node.beat().await.unwrap();
        node.mend().await;
    }

    let shown = node.activity_of(&story.bo, story.ana.id()).await.unwrap().unwrap().state;
    let ActivityState::LastPlayed { at } = shown else { panic!("it should be over: {shown:?}") };
    assert!(at <= stopped + LEASE_MS, "it ended then, not now");
}

/// A member with a tab at each node stands by the best of them.
#[tokio::test]
async fn j10_a_member_stands_by_the_best_of_their_tabs_at_all_nodes() {
    let story = Story::new().await;
    let jam = story.jam().await;

    story.other.jam_here(&story.ana, jam, tab(3), false).await.unwrap();
    assert_eq!(story.standing(jam, &story.ana).await, Standing::Listening);

    story.world.services.jam_gone(story.ana.id(), jam, tab(1)).await;
    assert!(!matches!(story.standing(jam, &story.ana).await, Standing::Listening | Standing::Lost { .. }));
}

/// For a node that may have missed every note.
#[tokio::test]
async fn rounds_find_what_was_missed_and_nothing_else() {
    let story = Story::new().await;
    let jam = story.jam().await;
    story.plays(&story.world.services, tab(1)).await;
    let topics = [Topic::Member(story.bo.id()), Topic::Activity(story.ana.id()), Topic::Jam(jam)];
    let mut known: Vec<(Topic, Option<Mark>)> = topics.into_iter().map(|topic| (topic, None)).collect();
    let mut missed = async || {
        let mut notes = Vec::new();
        for news in story.other.news(&known).await.unwrap() {
            notes.extend(news.notes);
            known.iter_mut().find(|(topic, _)| *topic == news.topic).unwrap().1 = Some(news.mark);
        }
        notes
    };
    assert_eq!(missed().await.len(), 4, "of what was never heard, everything");
    assert_eq!(missed().await, []);

    story.world.clock.advance(LEASE_MS / 2);
    story.plays(&story.world.services, tab(1)).await;
    let missed_play = missed().await;
    assert!(matches!(&missed_play[..], [Note::Activity { activity: Some(_), .. }]), "{missed_play:?}");

    story.add(&story.world.services, &story.ana, jam).await;
    assert!(matches!(&missed().await[..], [Note::Jam { events, .. }] if events.is_empty()));

    story.world.services.hide_from(&story.ana, story.bo.id(), true).await.unwrap();
    assert_eq!(missed().await, [Note::Permissions(story.bo.id())]);
    story.world.services.block(&story.ana, story.bo.id()).await.unwrap();
    let cut = missed().await;
    assert!(cut.contains(&Note::Permissions(story.bo.id())), "{cut:?}");
    assert!(cut.iter().any(|note| matches!(note, Note::Inbox { .. })), "{cut:?}");
}
