//! Restarts of the server: what came due while it was down, and what it cannot read (rule J8).

use domain::{
    JamId, JamRequestId, RowId, TabId,
    account::Tier,
    jam::{Command, EMPTY_MS, HOST_LOST_MS, IDLE_MS, Playback},
    time::MINUTE,
};
use services::{Principal, contract::World, ports::store::JamStore};

/// Ana hosts a Jam in which Bo has a seat; both listen, and a track of two minutes plays.
struct Story {
    world: World,
    ana: Principal,
    bo: Principal,
    jam: JamId,
    tab: TabId,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let conversation = world.contacts(&ana, &bo).await;
        let id = JamRequestId(world.services.fresh_id());
        world.services.request_jam(&bo, id, conversation).await.unwrap();
        let jam = world.services.accept_jam(&ana, id).await.unwrap();
        let tab = TabId(world.services.fresh_id());
        let story = Self { world, ana, bo, jam, tab };

        let track = story.world.track("Harbour lights", 120).await;
        let row = RowId(story.world.services.fresh_id());
        for who in [&story.ana, &story.bo] {
            story.here(who).await;
        }
        let add = Command::Add { row, track, duration_ms: 1, next: false };
        for (who, command) in [(&story.ana, add), (&story.ana, Command::Loaded(row)), (&story.bo, Command::Loaded(row))]
        {
            story.world.services.jam_command(who, jam, command).await.unwrap();
        }
        story
    }

    async fn here(&self, who: &Principal) {
        self.world.services.jam_here(who, self.jam, self.tab, true).await.unwrap();
    }

    async fn gone(&self, who: &Principal) {
        self.world.services.jam_gone(who.id(), self.jam, self.tab).await;
    }

    /// The server stops, some time passes, and it starts again.
    async fn down_for(&mut self, ms: i64) {
        self.world.restart();
        self.world.clock.advance(ms);
        self.world.services.beat().await.expect("no Jam keeps a server from starting");
        self.world.services.mend().await;
    }

    async fn has_ended(&self) -> bool {
        let own = self.world.services.own_jam(&self.bo).await.unwrap();
        let ended = self.world.store.jam(self.jam).await.unwrap().unwrap().state.ended_at.is_some();

        assert_eq!(own.is_none(), ended, "nobody has a seat in a Jam that has ended");
        ended
    }
}

#[tokio::test]
async fn j8_a_jam_that_stood_empty_for_ten_minutes_of_a_stop_has_ended() {
    let mut story = Story::new().await;
    story.gone(&story.ana).await;
    story.gone(&story.bo).await;

    story.down_for(EMPTY_MS + 1).await;

    assert!(story.has_ended().await);
    assert_eq!(story.world.store.live_jams().await.unwrap(), []);
}

#[tokio::test]
async fn j8_a_jam_that_was_paused_for_an_hour_of_a_stop_has_ended() {
    let mut story = Story::new().await;
    story.world.services.jam_command(&story.ana, story.jam, Command::Pause).await.unwrap();

    story.down_for(IDLE_MS + 1).await;

    assert!(story.has_ended().await);
}

#[tokio::test]
async fn j8_a_jam_without_anybody_who_may_host_has_ended_after_a_stop() {
    let mut story = Story::new().await;
    story.world.store.set_tier(story.bo.id(), Tier::Free);
    story.bo = story.world.fresh(&story.bo).await;
    story.here(&story.bo).await;
    story.gone(&story.ana).await;

    story.down_for(HOST_LOST_MS + 1).await;

    assert!(story.has_ended().await);
}

#[tokio::test]
async fn j8_a_jam_that_is_younger_goes_on_with_all_its_seats() {
    let mut story = Story::new().await;
    story.gone(&story.ana).await;
    story.gone(&story.bo).await;

    story.down_for(EMPTY_MS - MINUTE).await;

    assert!(!story.has_ended().await);
    let state = story.world.store.jam(story.jam).await.unwrap().unwrap().state;
    assert_eq!((state.members.len(), state.queue.len()), (2, 1));
    assert_eq!(state.playback, Playback::Silent, "its one track is over");
}

#[tokio::test]
async fn j8_a_jam_that_cannot_be_read_keeps_neither_the_server_nor_the_others_down() {
    let mut story = Story::new().await;
    let other = story.world.member("cleo").await;
    let broken = story.world.services.start_jam(&other, Vec::new()).await.unwrap();
    story.world.store.spoil_jam(broken);

    story.down_for(MINUTE).await;

    assert!(!story.has_ended().await);
    let refused = services::contract::world::refused(story.world.services.jam(&other, broken).await);
    assert_eq!(refused, domain::Refusal::JamUnknown, "and it is told as what nobody knows");
}
