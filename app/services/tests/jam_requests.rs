//! Jam requests, as stories: asked, answered, expired, overtaken.

use domain::{
    ConversationId, JamId, JamRequestId, Refusal, TabId, TrackId,
    account::{Switch, Tier},
    jam::{Playback, State},
    jam_request::{JAM_REQUEST_LIFE_MS, JamRequestState},
    player::PlayerReport,
    time::SECOND,
};
use services::{
    Principal, Result,
    contract::{World, world::refused},
    ports::{
        Note,
        store::{JamStore, MessageStore},
    },
};

/// Ana and Bo are contacts.
struct Story {
    world: World,
    ana: Principal,
    bo: Principal,
    conversation: ConversationId,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let conversation = world.contacts(&ana, &bo).await;

        Self { world, ana, bo, conversation }
    }

    async fn tier(&mut self, ana: Tier, bo: Tier) {
        self.world.store.set_tier(self.ana.id(), ana);
        self.world.store.set_tier(self.bo.id(), bo);
        (self.ana, self.bo) = (self.world.fresh(&self.ana).await, self.world.fresh(&self.bo).await);
    }

    async fn asks(&self, who: &Principal) -> Result<JamRequestId> {
        let id = JamRequestId(self.world.services.fresh_id());

        self.world.services.request_jam(who, id, self.conversation).await.map(|view| view.id)
    }

    async fn ana_asks(&self) -> JamRequestId {
        self.asks(&self.ana).await.unwrap()
    }

    async fn bo_accepts(&self, id: JamRequestId) -> Result<JamId> {
        self.world.services.accept_jam(&self.bo, id).await
    }

    /// Ana asks, Bo accepts.
    async fn opens(&self) -> State {
        let jam = self.bo_accepts(self.ana_asks().await).await.unwrap();

        self.world.services.jam(&self.bo, jam).await.unwrap().state
    }

    async fn plays(&self, who: &Principal, title: &str, playing: bool) -> TrackId {
        let track = self.world.track(title, 180).await;
        let report = PlayerReport { track: Some(track), playing, position_ms: 10_000, jam: None };
        let tab = TabId(self.world.services.fresh_id());
        self.world.services.report(who, tab, report).await.unwrap();
        track
    }

    async fn state_of(&self, id: JamRequestId) -> JamRequestState {
        self.world.store.jam_request(id).await.unwrap().unwrap().state
    }

    /// What both see waiting in their conversation.
    async fn shown(&self) -> [Option<JamRequestId>; 2] {
        let services = &self.world.services;
        let ana = services.conversation(&self.ana, self.conversation).await.unwrap().jam_request;
        let bo = services.conversation(&self.bo, self.conversation).await.unwrap().jam_request;

        [ana, bo].map(|request| request.map(|request| request.id))
    }
}

/// The track that the Jam is about, and where in it.
fn loaded(state: &State) -> (TrackId, u32) {
    match state.playback {
        Playback::Gathering { row, position_ms, .. } => (state.row(row).unwrap().track, position_ms),
        other => panic!("the music does not wait for its listeners: {other:?}"),
    }
}

#[tokio::test]
async fn r1_asking_needs_premium() {
    let mut story = Story::new().await;
    story.tier(Tier::Free, Tier::Premium).await;

    assert_eq!(refused(story.asks(&story.ana).await), Refusal::PremiumNeeded);
    assert_eq!(story.shown().await, [None, None]);
}

#[tokio::test]
async fn r1_strangers_the_unreachable_and_those_under_16_are_refused() {
    let story = Story::new().await;
    let (cleo, kim) = (story.world.member("cleo").await, story.world.young_member("kim").await);

    assert_eq!(refused(story.asks(&cleo).await), Refusal::ConversationUnknown);
    assert_eq!(refused(story.asks(&kim).await), Refusal::TooYoung);
    story.world.services.set_switch(&story.bo, Switch::Messages, false).await.unwrap();
    assert_eq!(refused(story.asks(&story.ana).await), Refusal::NotReachable);
}

#[tokio::test]
async fn r2_both_see_the_request_and_there_is_one_at_a_time() {
    let story = Story::new().await;
    story.world.bus.notes();

    let id = story.ana_asks().await;

    assert_eq!(story.shown().await, [Some(id), Some(id)]);
    let told: Vec<_> = story.world.bus.notes().into_iter().map(|note| note.topic()).collect();
    assert_eq!(told.len(), 2);
    for who in [&story.ana, &story.bo] {
        assert_eq!(refused(story.asks(who).await), Refusal::JamRequestAlreadyOpen);
    }
}

#[tokio::test]
async fn r2_asking_twice_with_one_id_is_asking_once() {
    let story = Story::new().await;
    let id = story.ana_asks().await;

    let again = story.world.services.request_jam(&story.ana, id, story.conversation).await.unwrap();
    assert_eq!((again.id, again.state), (id, JamRequestState::Open));
    let others = story.world.services.request_jam(&story.bo, id, story.conversation).await;
    assert_eq!(refused(others), Refusal::IdTaken);
}

#[tokio::test]
async fn r2_only_the_receiver_answers_and_only_the_sender_withdraws() {
    let story = Story::new().await;
    let id = story.ana_asks().await;
    let services = &story.world.services;
    let cleo = story.world.member("cleo").await;

    for who in [&story.ana, &cleo] {
        assert_eq!(refused(services.accept_jam(who, id).await), Refusal::JamRequestGone);
        assert_eq!(refused(services.decline_jam(who, id).await), Refusal::JamRequestGone);
    }
    assert_eq!(refused(services.withdraw_jam(&story.bo, id).await), Refusal::JamRequestGone);
    assert_eq!(story.state_of(id).await, JamRequestState::Open);
}

#[tokio::test]
async fn r2_declined_or_withdrawn_it_is_gone_and_another_may_follow() {
    let story = Story::new().await;
    let services = &story.world.services;

    let declined = story.ana_asks().await;
    services.decline_jam(&story.bo, declined).await.unwrap();
    services.decline_jam(&story.bo, declined).await.unwrap();
    assert_eq!(story.state_of(declined).await, JamRequestState::Declined);

    let withdrawn = story.ana_asks().await;
    services.withdraw_jam(&story.ana, withdrawn).await.unwrap();
    services.withdraw_jam(&story.ana, withdrawn).await.unwrap();
    assert_eq!(story.state_of(withdrawn).await, JamRequestState::Gone);

    assert_eq!(refused(story.bo_accepts(withdrawn).await), Refusal::JamRequestGone);
    assert_eq!(story.shown().await, [None, None]);
}

#[tokio::test]
async fn r3_the_acceptor_hosts_and_the_jam_starts_from_what_they_play() {
    let story = Story::new().await;
    story.plays(&story.ana, "Hers", true).await;
    let his = story.plays(&story.bo, "His", true).await;
    let id = story.ana_asks().await;
    story.world.clock.advance(5 * SECOND);

    let jam = story.bo_accepts(id).await.unwrap();

    let state = story.world.services.jam(&story.ana, jam).await.unwrap().state;
    assert_eq!(state.host, story.bo.id());
    assert_eq!(loaded(&state), (his, 15_000));
    assert_eq!(state.queue[0].added_by, story.bo.id());
    assert!(state.member(story.ana.id()).is_some());
    assert_eq!(story.state_of(id).await, JamRequestState::Accepted(jam));
    for who in [&story.ana, &story.bo] {
        assert_eq!(story.world.services.own_jam(who).await.unwrap(), Some(jam));
    }
}

#[tokio::test]
async fn r3_a_silent_host_starts_from_the_requesters_track() {
    let story = Story::new().await;
    let hers = story.plays(&story.ana, "Hers", true).await;
    story.plays(&story.bo, "His", false).await;

    let state = story.opens().await;

    assert_eq!((state.host, loaded(&state).0), (story.bo.id(), hers));
}

#[tokio::test]
async fn r3_both_silent_begin_with_an_empty_queue() {
    let story = Story::new().await;

    let state = story.opens().await;

    assert_eq!((state.queue.len(), state.playback), (0, Playback::Silent));
}

#[tokio::test]
async fn r3_when_the_acceptor_may_not_host_the_requester_does() {
    let mut story = Story::new().await;
    story.tier(Tier::Premium, Tier::Free).await;
    let hers = story.plays(&story.ana, "Hers", true).await;
    story.plays(&story.bo, "His", true).await;

    let state = story.opens().await;

    assert_eq!((state.host, loaded(&state).0), (story.ana.id(), hers));
    assert!(!state.member(story.bo.id()).unwrap().may_host);
}

#[tokio::test]
async fn r3_nobody_who_may_host_means_no_jam() {
    let mut story = Story::new().await;
    let id = story.ana_asks().await;
    story.tier(Tier::Free, Tier::Free).await;

    assert_eq!(refused(story.bo_accepts(id).await), Refusal::PremiumNeeded);
    assert_eq!(story.world.store.live_jams().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r3_accepting_twice_answers_the_same_jam() {
    let story = Story::new().await;
    let id = story.ana_asks().await;

    let (one, other) = tokio::join!(story.bo_accepts(id), story.bo_accepts(id));
    let again = story.bo_accepts(id).await.unwrap();

    assert_eq!([one.unwrap(), other.unwrap()], [again, again]);
    assert_eq!(story.world.store.live_jams().await.unwrap(), [again]);
}

#[tokio::test]
async fn r4_an_unanswered_request_disappears_on_both_sides_after_five_minutes() {
    let story = Story::new().await;
    let id = story.ana_asks().await;
    story.world.clock.advance(JAM_REQUEST_LIFE_MS - 1);
    story.world.services.expire_jam_requests().await.unwrap();
    assert_eq!(story.shown().await, [Some(id), Some(id)]);

    story.world.clock.advance(1);
    assert_eq!(story.shown().await, [None, None], "even before the store is told");
    assert_eq!(refused(story.bo_accepts(id).await), Refusal::JamRequestGone);
    assert_eq!(story.world.store.live_jams().await.unwrap(), []);

    story.world.bus.notes();
    story.world.services.expire_jam_requests().await.unwrap();
    assert_eq!(story.state_of(id).await, JamRequestState::Gone);
    let notes = story.world.bus.notes();
    for who in [&story.ana, &story.bo] {
        let head = story.world.store.inbox_head(who.id()).await.unwrap();
        assert!(notes.contains(&Note::Inbox { member: who.id(), head }));
    }
    story.world.services.expire_jam_requests().await.unwrap();
    assert_eq!(story.world.bus.notes(), []);
}

#[tokio::test]
async fn r5_a_request_falls_when_its_sender_is_in_another_jam() {
    let story = Story::new().await;
    let id = story.ana_asks().await;

    story.world.services.start_jam(&story.ana, Vec::new()).await.unwrap();

    assert_eq!(story.state_of(id).await, JamRequestState::Gone);
    assert_eq!(refused(story.bo_accepts(id).await), Refusal::JamRequestGone);
}

#[tokio::test]
async fn r5_a_request_stays_when_its_receiver_is_in_another_jam() {
    let story = Story::new().await;
    let id = story.ana_asks().await;

    let before = story.world.services.start_jam(&story.bo, Vec::new()).await.unwrap();
    let jam = story.bo_accepts(id).await.unwrap();

    assert_ne!(before, jam);
    assert_eq!(story.world.services.own_jam(&story.bo).await.unwrap(), Some(jam));
    assert_eq!(story.world.store.live_jams().await.unwrap(), [jam], "the Jam that was left has ended");
}

#[tokio::test]
async fn r5_messages_off_or_a_block_end_it() {
    for block in [false, true] {
        let story = Story::new().await;
        let id = story.ana_asks().await;

        match block {
            true => story.world.services.block(&story.bo, story.ana.id()).await.unwrap(),
            false => drop(story.world.services.set_switch(&story.ana, Switch::Messages, false).await.unwrap()),
        }

        assert_eq!(story.state_of(id).await, JamRequestState::Gone);
        assert_eq!(refused(story.bo_accepts(id).await), Refusal::JamRequestGone);
    }
}

/// Whoever accepts one Jam and starts another at the same moment has a seat in one of them.
#[tokio::test]
async fn r3_two_openings_at_once_leave_everybody_one_seat() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    let id = JamRequestId(world.services.fresh_id());
    world.services.request_jam(&bo, id, conversation).await.unwrap();

    let (accepted, started) =
        tokio::join!(world.services.accept_jam(&ana, id), world.services.start_jam(&bo, Vec::new()));
    started.unwrap();
    if accepted.is_err() {
        assert_eq!(refused(accepted), Refusal::JamRequestGone, "it fell when its sender began another");
    }

    let mut seats = 0;
    for jam in world.store.live_jams().await.unwrap() {
        seats += usize::from(world.store.jam(jam).await.unwrap().unwrap().state.member(bo.id()).is_some());
    }
    assert_eq!(seats, 1);
}
