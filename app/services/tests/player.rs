//! One member, several tabs: one sounds, the others show it and control it.

use domain::{
    Refusal, TabId, TrackId,
    activity::LEASE_MS,
    player::{HandedQueue, PlayerControl, PlayerReport, PlayerView},
    time::SECOND,
};
use services::{
    Principal,
    contract::{World, world::refused},
    ports::Note,
};

struct Story {
    world: World,
    ana: Principal,
    desk: TabId,
    phone: TabId,
    track: TrackId,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let ana = world.member("ana").await;
        let (desk, phone) = (TabId(world.services.fresh_id()), TabId(world.services.fresh_id()));
        let track = world.track("Harbour lights", 180).await;

        Self { world, ana, desk, phone, track }
    }

    async fn report(&self, tab: TabId, playing: bool) {
        let report = PlayerReport { track: Some(self.track), playing, position_ms: 1_000, jam: None };
        self.world.services.report(&self.ana, tab, report).await.unwrap();
    }

    async fn player(&self) -> Option<PlayerView> {
        self.world.services.player(&self.ana).await.unwrap()
    }

    /// Which tab the others show, and whether it sounds.
    async fn shown(&self) -> Option<(TabId, bool)> {
        self.player().await.map(|player| (player.tab, player.playing))
    }

    /// What tabs were asked to do since the last call.
    fn asked(&self) -> Vec<(TabId, PlayerControl)> {
        let notes = self.world.bus.notes().into_iter().filter_map(|note| match note {
            Note::Control { tab, control, .. } => Some((tab, control)),
            _ => None,
        });
        notes.collect()
    }
}

#[tokio::test]
async fn t3_a_tab_that_begins_to_play_silences_the_one_before() {
    let story = Story::new().await;
    story.report(story.desk, true).await;
    assert_eq!(story.asked(), []);

    story.report(story.phone, true).await;

    assert_eq!(story.asked(), [(story.desk, PlayerControl::Silence)]);
    assert_eq!(story.shown().await, Some((story.phone, true)));
}

#[tokio::test]
async fn t3_a_tab_that_fell_silent_takes_nothing_away() {
    let story = Story::new().await;
    story.report(story.desk, true).await;
    story.report(story.phone, true).await;
    story.world.bus.notes();

    story.report(story.desk, false).await;

    assert_eq!(story.world.bus.notes(), []);
    assert_eq!(story.shown().await, Some((story.phone, true)));
}

#[tokio::test]
async fn t3_the_other_tabs_are_told_what_plays() {
    let story = Story::new().await;

    story.report(story.desk, true).await;

    let player = story.player().await;
    assert_eq!(player.as_ref().unwrap().track.as_ref().unwrap().title, "Harbour lights");
    assert!(story.world.bus.notes().contains(&Note::Player { member: story.ana.id(), player }));
}

#[tokio::test]
async fn t3_buttons_of_other_tabs_reach_the_sounding_tab() {
    let story = Story::new().await;
    story.report(story.desk, true).await;

    let hand_over = PlayerControl::HandOver { to: story.phone };
    for control in [PlayerControl::Pause, PlayerControl::Seek { position_ms: 5 }, hand_over] {
        story.world.services.control(&story.ana, control).await.unwrap();
        assert_eq!(story.asked(), [(story.desk, control)]);
    }
}

#[tokio::test]
async fn t3_a_button_for_nobody_tells_that_nothing_sounds() {
    let story = Story::new().await;

    story.world.services.control(&story.ana, PlayerControl::Play).await.unwrap();

    assert_eq!(story.world.bus.notes(), [Note::Player { member: story.ana.id(), player: None }]);
}

#[tokio::test]
async fn t3_a_queue_reaches_the_tab_that_asked_and_no_other_member() {
    let story = Story::new().await;
    let queue = HandedQueue { tracks: vec![story.track], index: 0, position_ms: 9_000, playing: true };

    story.world.services.hand_over(&story.ana, story.phone, queue.clone()).await.unwrap();
    let note = Note::HandOver { member: story.ana.id(), tab: story.phone, queue: queue.clone() };
    assert_eq!(story.world.bus.notes(), [note]);

    let endless = HandedQueue { tracks: vec![story.track; 1_001], ..queue };
    let answer = story.world.services.hand_over(&story.ana, story.phone, endless).await;
    assert_eq!(refused(answer), Refusal::FrameTooLarge);
}

#[tokio::test]
async fn l5_a_tab_is_believed_for_its_lease() {
    let story = Story::new().await;
    story.report(story.desk, true).await;
    story.world.clock.advance(LEASE_MS - SECOND);
    story.world.services.touch(&story.ana, story.phone);
    story.world.services.touch(&story.ana, story.desk);
    story.world.clock.advance(LEASE_MS - 1);
    story.world.services.expire_activity().await;
    assert_eq!(story.shown().await, Some((story.desk, true)));
    story.world.bus.notes();

    story.world.clock.advance(1);
    story.world.services.expire_activity().await;

    assert_eq!(story.shown().await, None);
    assert_eq!(story.world.bus.notes(), [Note::Player { member: story.ana.id(), player: None }]);
}

#[tokio::test]
async fn t3_after_a_reload_the_new_page_takes_the_place_of_the_old_even_silent() {
    let story = Story::new().await;
    story.report(story.desk, true).await;

    story.world.services.tab_gone(&story.ana, story.desk).await;
    assert_eq!(story.shown().await, Some((story.desk, true)), "a reload must not flicker");
    story.report(story.phone, false).await;

    assert_eq!(story.shown().await, Some((story.phone, false)));
}

#[tokio::test]
async fn t3_a_socket_that_comes_back_keeps_its_place() {
    let story = Story::new().await;
    story.report(story.desk, true).await;
    story.world.services.tab_gone(&story.ana, story.desk).await;
    story.world.services.tab_here(&story.ana, story.desk).await.unwrap();

    story.report(story.phone, false).await;

    assert_eq!(story.shown().await, Some((story.desk, true)));
}

/// Its pongs are heard by the other node from then on, so that one believes it, and the first no longer ends it.
#[tokio::test]
async fn t3_a_sounding_tab_that_comes_back_by_another_node_goes_on_there() {
    let story = Story::new().await;
    let other = story.world.another_node();
    story.report(story.desk, true).await;

    other.tab_here(&story.ana, story.desk).await.unwrap();
    for _ in 0..6 {
        story.world.clock.advance(20 * SECOND);
        other.touch(&story.ana, story.desk);
        story.world.services.expire_activity().await;
        other.expire_activity().await;
    }

    assert_eq!(story.shown().await, Some((story.desk, true)));
    story.world.clock.advance(60 * SECOND);
    story.world.services.expire_activity().await;
    other.expire_activity().await;
    assert_eq!(story.player().await, None);
}

/// Whichever node their tabs came to.
#[tokio::test]
async fn t3_a_tab_at_another_node_takes_over() {
    let story = Story::new().await;
    let other = story.world.another_node();
    story.report(story.desk, true).await;
    story.asked();

    let report = PlayerReport { track: Some(story.track), playing: true, position_ms: 0, jam: None };
    other.report(&story.ana, story.phone, report).await.unwrap();

    assert_eq!(story.shown().await, Some((story.phone, true)));
    assert_eq!(story.asked(), [(story.desk, PlayerControl::Silence)]);
}

#[tokio::test]
async fn t3_a_queue_that_is_over_shows_no_player() {
    let story = Story::new().await;
    story.report(story.desk, true).await;

    let over = PlayerReport { track: None, playing: false, position_ms: 0, jam: None };
    story.world.services.report(&story.ana, story.desk, over).await.unwrap();

    assert_eq!(story.player().await, None);
}
