//! Listening activity, as stories: who sees what, and for how long.

use domain::{
    ChatRequestId, MemberId, Refusal, TabId, TrackId,
    account::Switch,
    activity::{ActivityState, ActivityView, LAST_PLAYED_MS, LEASE_MS, Reaction},
    player::PlayerReport,
    time::{HOUR, MINUTE, SECOND},
};
use services::{
    Principal,
    contract::{World, world::refused},
    ports::{Clock, Note, Presence, StoredListening, store::AccountStore},
};

/// Ana and Bo are contacts, and Ana shares.
struct Story {
    world: World,
    ana: Principal,
    bo: Principal,
    tab: TabId,
    track: TrackId,
}

impl Story {
    async fn new() -> Self {
        let story = Self::silent().await;
        story.switch(Switch::ListeningActivity, true).await;
        story.told();
        story
    }

    /// The same, before Ana has switched anything on.
    async fn silent() -> Self {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        world.contacts(&ana, &bo).await;
        let (tab, track) = (TabId(world.services.fresh_id()), world.track("Harbour lights", 180).await);

        Self { world, ana, bo, tab, track }
    }

    async fn switch(&self, switch: Switch, on: bool) {
        self.world.services.set_switch(&self.ana, switch, on).await.unwrap();
    }

    async fn reports(&self, track: Option<TrackId>, playing: bool, position_ms: u32) {
        let report = PlayerReport { track, playing, position_ms, jam: None };
        self.world.services.report(&self.ana, self.tab, report).await.unwrap();
    }

    async fn plays(&self) {
        self.reports(Some(self.track), true, 0).await;
    }

    /// Time passes while Ana's tab is open.
    async fn listens(&self, seconds: i64) {
        for _ in 0..seconds {
            self.world.clock.advance(SECOND);
            self.world.services.touch(&self.ana, self.tab);
            self.world.services.expire_activity().await;
        }
    }

    /// Time passes with Ana's tab gone.
    async fn passes(&self, ms: i64) {
        self.world.clock.advance(ms);
        self.world.services.expire_activity().await;
    }

    /// What somebody sees of Ana.
    async fn seen_by(&self, who: &Principal) -> Option<ActivityState> {
        self.world.services.activity_of(who, self.ana.id()).await.unwrap().map(|view| view.state)
    }

    async fn seen(&self) -> Option<ActivityState> {
        self.seen_by(&self.bo).await
    }

    /// What was said of Ana's activity since the last call.
    fn told(&self) -> Vec<Option<ActivityState>> {
        let notes = self.world.bus.notes().into_iter().filter_map(|note| match note {
            Note::Activity { member, activity, .. } if member == self.ana.id() => Some(activity.map(|view| view.state)),
            _ => None,
        });
        notes.collect()
    }

    fn playing(&self, position_ms: u32) -> Option<ActivityState> {
        Some(ActivityState::Playing { position_ms, at: self.world.clock.now() })
    }
}

async fn watch_list(story: &Story, who: &Principal) -> Vec<(MemberId, Option<ActivityView>)> {
    story.world.services.watch_list(who).await.unwrap()
}

#[tokio::test]
async fn l1_a_new_account_shares_nothing() {
    let story = Story::silent().await;

    story.plays().await;

    assert_eq!(story.seen().await, None);
    assert_eq!(watch_list(&story, &story.bo).await, []);
    assert_eq!(story.told(), []);
    assert_eq!(story.world.services.own_activity(&story.ana).await.unwrap(), None);
}

#[tokio::test]
async fn l2_only_accepted_contacts_see_it() {
    let story = Story::new().await;
    let (stranger, asker) = (story.world.member("cleo").await, story.world.member("dan").await);
    let token = story.world.services.make_invite(&story.ana, None).await.unwrap();
    let id = ChatRequestId(story.world.services.fresh_id());
    story.world.services.ask_by_invite(&asker, id, &token).await.unwrap();

    story.plays().await;

    assert_eq!(story.seen().await, story.playing(0));
    for other in [&stranger, &asker] {
        assert_eq!(story.seen_by(other).await, None);
        assert_eq!(watch_list(&story, other).await, []);
    }
}

#[tokio::test]
async fn l2_hidden_from_one_person_it_is_shown_to_the_others() {
    let story = Story::new().await;
    let cleo = story.world.member("cleo").await;
    story.world.contacts(&story.ana, &cleo).await;
    story.plays().await;
    story.world.bus.notes();

    story.world.services.hide_from(&story.ana, story.bo.id(), true).await.unwrap();
    assert_eq!(story.world.bus.notes(), [Note::Permissions(story.bo.id())], "Bo's open screens are told");
    assert_eq!(watch_list(&story, &story.bo).await, []);
    assert_eq!(story.seen_by(&cleo).await, story.playing(0));

    story.world.services.hide_from(&story.ana, story.bo.id(), false).await.unwrap();
    assert_eq!(story.seen().await, story.playing(0));
}

#[tokio::test]
async fn l3_sharing_is_one_way_in_all_four_combinations() {
    for (ana_shares, bo_shares) in [(false, false), (false, true), (true, false), (true, true)] {
        let story = Story::silent().await;
        story.switch(Switch::ListeningActivity, ana_shares).await;
        story.world.services.set_switch(&story.bo, Switch::ListeningActivity, bo_shares).await.unwrap();
        let bo = story.world.fresh(&story.bo).await;
        story.plays().await;

        assert_eq!(story.seen_by(&bo).await.is_some(), ana_shares);
        let of_bo = watch_list(&story, &story.world.fresh(&story.ana).await).await;
        assert_eq!(of_bo.iter().any(|(member, _)| *member == bo.id()), bo_shares);
    }
}

#[tokio::test]
async fn l4_the_list_the_conversation_and_the_socket_agree() {
    let story = Story::new().await;
    story.plays().await;
    let services = &story.world.services;

    let row = services.inbox_page(&story.bo).await.unwrap().conversations.pop().unwrap();
    let head = services.conversation(&story.bo, row.id).await.unwrap();

    assert_eq!(row.activity.as_ref().unwrap().track.title, "Harbour lights");
    assert_eq!(head.activity, row.activity);
    assert_eq!(watch_list(&story, &story.bo).await, [(story.ana.id(), row.activity)]);
}

/// Not even when everything that is stored of somebody is torn; and that one is shown again with their next word.
#[tokio::test]
async fn l4_what_cannot_be_read_hides_one_member_and_nobody_else() {
    let story = Story::new().await;
    let (presence, ana, services) = (&story.world.presence, story.ana.id(), &story.world.services);
    let cy = story.world.member("cy").await;
    story.world.contacts(&cy, &story.bo).await;
    services.set_switch(&cy, Switch::ListeningActivity, true).await.unwrap();
    let report = PlayerReport { track: Some(story.track), playing: true, position_ms: 0, jam: None };
    services.report(&cy, TabId(services.fresh_id()), report).await.unwrap();
    story.plays().await;

    let (_, stored) = presence.listening(&[ana]).await.unwrap().pop().unwrap();
    let torn = StoredListening { state: stored.state[..40].into(), revision: stored.revision + 1, ..stored.clone() };
    assert!(presence.put_listening(ana, stored.revision, &torn).await.unwrap());

    let listed = watch_list(&story, &story.bo).await;
    let shown = |member| listed.iter().find(|(id, _)| *id == member).expect("both share").1.is_some();
    assert_eq!((shown(ana), shown(cy.id())), (false, true));

    story.plays().await;
    assert_eq!(story.seen().await, story.playing(0));
}

#[tokio::test]
async fn l5_a_browser_that_is_gone_stops_being_now_with_its_lease() {
    let story = Story::new().await;
    story.plays().await;
    story.listens(40).await;
    story.world.services.tab_gone(&story.ana, story.tab).await;
    story.told();

    story.passes(LEASE_MS - 1).await;
    assert_eq!(story.told(), [], "a reload must not flicker");

    story.passes(1).await;
    let last = Some(ActivityState::LastPlayed { at: story.world.clock.now() });
    assert_eq!(story.told(), [last]);
    assert_eq!(story.seen().await, last);
    assert_eq!(story.world.services.player(&story.ana).await.unwrap(), None);
}

#[tokio::test]
async fn l5_pongs_keep_a_long_track_playing() {
    let story = Story::new().await;
    story.plays().await;
    story.told();

    story.listens(170).await;

    assert!(matches!(story.seen().await, Some(ActivityState::Playing { .. })));
    assert_eq!(story.told(), []);
}

#[tokio::test]
async fn l5_the_last_played_track_survives_a_restart_and_is_forgotten_after_a_day() {
    let mut story = Story::new().await;
    story.plays().await;
    story.listens(40).await;
    story.reports(None, false, 0).await;
    let last = Some(ActivityState::LastPlayed { at: story.world.clock.now() });
    assert_eq!(story.seen().await, last);

    story.world.restart();
    assert_eq!(story.seen().await, last);
    story.passes(LAST_PLAYED_MS - 1).await;
    assert_eq!(story.seen().await, last);

    story.told();
    story.passes(1).await;
    assert_eq!(story.told(), [None]);
    assert_eq!(story.seen().await, None);
    assert_eq!(story.world.store.last_played(&[story.ana.id()]).await.unwrap(), []);
}

#[tokio::test]
async fn l5_a_last_played_track_that_grew_old_while_the_server_stood_still_is_not_shown() {
    let mut story = Story::new().await;
    story.plays().await;
    story.listens(40).await;
    story.reports(None, false, 0).await;

    story.world.restart();
    story.world.clock.advance(LAST_PLAYED_MS);

    assert_eq!(story.seen().await, None);
}

#[tokio::test]
async fn l5_what_was_played_a_day_ago_is_deleted_and_not_only_hidden() {
    let story = Story::new().await;
    story.plays().await;
    story.listens(40).await;
    story.reports(None, false, 0).await;
    let (ana, presence) = (story.ana.id(), &story.world.presence);
    let stored = async || {
        let played = story.world.store.last_played(&[ana]).await.unwrap().len();
        (played, presence.listening(&[ana]).await.unwrap().len())
    };

    story.world.clock.advance(LAST_PLAYED_MS - 1);
    story.world.services.forget_played_long_ago().await.unwrap();
    assert_eq!(stored().await, (1, 1));

    story.world.clock.advance(1);
    story.world.services.forget_played_long_ago().await.unwrap();
    assert_eq!(stored().await, (0, 0));
    story.plays().await;
    assert_eq!(story.seen().await, story.playing(0), "and it begins anew");
}

#[tokio::test]
async fn l5_the_member_can_clear_what_they_played_last() {
    let story = Story::new().await;
    let next = story.world.track("Second wind", 180).await;
    story.plays().await;
    story.listens(40).await;
    story.reports(Some(next), true, 0).await;

    story.world.services.clear_last_played(&story.ana).await.unwrap();

    assert_eq!(story.seen().await, story.playing(0), "what plays goes on");
    assert_eq!(story.world.store.last_played(&[story.ana.id()]).await.unwrap(), []);
    story.reports(None, false, 0).await;
    assert_eq!(story.seen().await, None);
}

#[tokio::test]
async fn l6_play_pause_skip_and_seek_are_told_at_once() {
    let story = Story::new().await;
    let next = story.world.track("Second wind", 180).await;

    story.plays().await;
    assert_eq!(story.told(), [story.playing(0)]);
    story.listens(5).await;
    story.reports(Some(story.track), false, 5_000).await;
    assert_eq!(story.told(), [Some(ActivityState::Paused { position_ms: 5_000 })]);
    story.reports(Some(story.track), true, 90_000).await;
    assert_eq!(story.told(), [story.playing(90_000)]);
    story.reports(Some(next), true, 0).await;
    assert_eq!(story.told(), [story.playing(0)]);
}

#[tokio::test]
async fn l7_reacting_needs_no_sharing_of_ones_own() {
    let story = Story::new().await;
    story.plays().await;
    story.world.bus.notes();
    let (from, to, track) = (story.bo.id(), story.ana.id(), story.track);

    story.world.services.react(&story.bo, to, track, Reaction::Fire).await.unwrap();

    let notes = story.world.bus.notes();
    let told = [to, from].map(|member| Note::Reacted { member, from, to, track, reaction: Reaction::Fire });
    assert_eq!(notes, told);
}

#[tokio::test]
async fn l9_a_reaction_to_what_is_over_or_not_visible_is_refused() {
    let story = Story::new().await;
    let other = story.world.track("Second wind", 180).await;
    let stranger = story.world.member("cleo").await;
    let services = &story.world.services;
    let react =
        async |who: &Principal, track| services.react(who, story.ana.id(), track, Reaction::Heart).await.map(drop);

    assert_eq!(refused(react(&story.bo, story.track).await), Refusal::NothingPlaying);
    story.plays().await;
    assert_eq!(refused(react(&story.bo, other).await), Refusal::NothingPlaying);
    assert_eq!(refused(react(&stranger, story.track).await), Refusal::NothingPlaying);
    story.reports(Some(story.track), false, 1_000).await;
    react(&story.bo, story.track).await.unwrap();

    story.plays().await;
    story.listens(40).await;
    story.reports(None, false, 0).await;
    assert_eq!(refused(react(&story.bo, story.track).await), Refusal::NothingPlaying);
}

#[tokio::test]
async fn l10_switching_off_hides_activity_at_once_and_leaves_no_trace() {
    let story = Story::new().await;
    let next = story.world.track("Second wind", 180).await;
    story.plays().await;
    story.listens(40).await;
    story.reports(Some(next), true, 0).await;
    story.told();

    story.switch(Switch::ListeningActivity, false).await;
    assert!(story.told().iter().all(Option::is_none));
    assert_eq!(story.seen().await, None);
    assert_eq!(watch_list(&story, &story.bo).await, []);
    assert_eq!(story.world.store.last_played(&[story.ana.id()]).await.unwrap(), []);

    story.reports(None, false, 0).await;
    story.switch(Switch::ListeningActivity, true).await;
    assert_eq!(story.seen().await, None, "nothing of before comes to light");
}

#[tokio::test]
async fn l10_open_screens_are_told_even_when_nothing_else_changes() {
    let story = Story::new().await;
    story.plays().await;
    story.world.bus.notes();

    story.switch(Switch::ListeningActivity, false).await;

    let notes = story.world.bus.notes();
    let told = notes.iter().position(|note| matches!(note, Note::Activity { activity: None, .. }));
    assert!(told.is_some());
    assert!(notes.contains(&Note::Permissions(story.bo.id())));
}

/// What may be shown is said before anything is cleared, so that a node that dies on the way has hidden it.
#[tokio::test]
async fn l10_permissions_are_told_first_and_off_again_clears_what_was_left() {
    let story = Story::new().await;
    story.plays().await;
    story.listens(40).await;
    story.world.bus.notes();

    story.switch(Switch::ListeningActivity, false).await;
    let notes = story.world.bus.notes();
    let first = |wanted: fn(&Note) -> bool| notes.iter().position(wanted).expect("it is told");
    let cleared = first(|note| matches!(note, Note::Activity { activity: None, .. }));
    assert!(first(|note| matches!(note, Note::Permissions(_))) < cleared, "{notes:?}");

    // As a node would have left it that died after the switch was stored.
    let (presence, ana) = (&story.world.presence, story.ana.id());
    let (_, stored) = presence.listening(&[ana]).await.unwrap().pop().unwrap();
    story.switch(Switch::ListeningActivity, true).await;
    story.plays().await;
    story.listens(40).await;
    let (_, left) = presence.listening(&[ana]).await.unwrap().pop().unwrap();
    let before = story.world.store.member(ana).await.unwrap().unwrap().switches;
    let off = before.with(Switch::ListeningActivity, false);
    story.world.store.set_switches(ana, before, off).await.unwrap().unwrap();
    assert_ne!(left.state, stored.state);

    story.switch(Switch::ListeningActivity, false).await;
    story.switch(Switch::ListeningActivity, true).await;
    story.reports(None, false, 0).await;
    assert_eq!(story.seen().await, None, "nothing of before comes to light");
}

#[tokio::test]
async fn l10_a_report_that_comes_after_the_switch_leaves_no_trace() {
    let story = Story::new().await;
    // As a socket would hold it that has not heard of the switch.
    let ana_before = story.world.fresh(&story.ana).await;
    story.switch(Switch::ListeningActivity, false).await;
    story.told();

    let report = PlayerReport { track: Some(story.track), playing: true, position_ms: 0, jam: None };
    story.world.services.report(&ana_before, story.tab, report).await.unwrap();

    assert_eq!(story.told(), []);
    assert_eq!(story.seen().await, None);
}

#[tokio::test]
async fn l10_switching_off_behind_a_private_session_forgets_what_was_played_before() {
    let story = Story::new().await;
    story.plays().await;
    story.listens(40).await;
    story.reports(None, false, 0).await;

    story.switch(Switch::PrivateSession, true).await;
    story.switch(Switch::ListeningActivity, false).await;
    story.switch(Switch::PrivateSession, false).await;
    story.switch(Switch::ListeningActivity, true).await;

    assert_eq!(story.seen().await, None);
}

#[tokio::test]
async fn l10_switching_on_shows_what_plays_at_this_moment() {
    let story = Story::silent().await;
    story.plays().await;
    story.listens(40).await;

    story.switch(Switch::ListeningActivity, true).await;

    assert_eq!(story.seen().await, story.playing(40_000));
    story.reports(None, false, 0).await;
    assert_eq!(story.seen().await, None, "what was heard before is not counted");
}

#[tokio::test]
async fn l11_free_and_premium_are_alike() {
    let story = Story::new().await;
    let free = story.world.free_member("cleo").await;
    story.world.contacts(&story.ana, &free).await;
    story.plays().await;

    assert_eq!(story.seen_by(&free).await, story.playing(0));
}

#[tokio::test]
async fn l12_in_a_private_session_nothing_is_shared_or_counted() {
    let mut story = Story::new().await;
    story.switch(Switch::PrivateSession, true).await;
    story.told();
    story.plays().await;
    story.listens(40).await;
    story.reports(None, false, 0).await;

    assert_eq!(story.told(), []);
    assert_eq!(story.seen().await, None);
    story.world.restart();
    story.plays().await;
    assert_eq!(story.seen().await, None, "it does not end by a restart");

    story.switch(Switch::PrivateSession, false).await;
    assert_eq!(story.seen().await, story.playing(0));
    story.reports(None, false, 0).await;
    assert_eq!(story.seen().await, None);
}

#[tokio::test]
async fn l13_a_skipped_track_is_not_last_played() {
    let story = Story::new().await;
    let skipped = story.world.track("Second wind", 180).await;
    story.plays().await;
    story.listens(30).await;
    let ended = story.world.clock.now();

    story.reports(Some(skipped), true, 0).await;
    story.listens(29).await;
    story.reports(None, false, 0).await;

    assert_eq!(story.seen().await, Some(ActivityState::LastPlayed { at: ended }));
    let last = story.world.store.last_played(&[story.ana.id()]).await.unwrap();
    assert_eq!(last, [(story.ana.id(), story.track, ended)]);
}

#[tokio::test]
async fn m12_a_block_hides_activity_from_both() {
    let story = Story::new().await;
    story.plays().await;

    story.world.services.block(&story.ana, story.bo.id()).await.unwrap();

    assert_eq!(story.seen().await, None);
    assert_eq!(watch_list(&story, &story.bo).await, []);
}

#[tokio::test]
async fn m13_messages_off_hides_and_shows_no_activity() {
    let story = Story::new().await;
    story.plays().await;
    story.told();

    story.switch(Switch::Messages, false).await;
    assert!(story.told().contains(&None));
    assert_eq!(story.seen().await, None);
    story.switch(Switch::Messages, true).await;
    assert_eq!(story.seen().await, story.playing(0));

    story.world.services.set_switch(&story.bo, Switch::Messages, false).await.unwrap();
    let bo = story.world.fresh(&story.bo).await;
    assert_eq!(watch_list(&story, &bo).await, []);
}

#[tokio::test]
async fn the_preview_shows_what_contacts_see() {
    let story = Story::new().await;
    story.plays().await;

    let own = story.world.services.own_activity(&story.ana).await.unwrap();

    assert_eq!(own, story.world.services.activity_of(&story.bo, story.ana.id()).await.unwrap());
}

#[tokio::test]
async fn a_track_that_has_left_the_library_is_shown_to_nobody() {
    let story = Story::new().await;
    story.plays().await;

    story.reports(Some(TrackId(story.world.services.fresh_id())), true, 0).await;

    assert_eq!(story.seen().await, None);
    story.passes(HOUR + MINUTE).await;
    assert_eq!(story.seen().await, None);
}
