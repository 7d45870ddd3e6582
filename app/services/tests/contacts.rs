//! Invite links, chat requests and blocks, as stories.

use domain::{
    ChatRequestId, MemberId, Refusal,
    account::Switch,
    relations::{OPEN_REQUESTS, Relation, RequestState},
    time::DAY,
};
use services::{
    Principal,
    contract::{World, world::refused},
    ports::{
        Clock, Note,
        store::{ContactStore, MessageStore, StoredInvite},
    },
};

fn request(world: &World) -> ChatRequestId {
    ChatRequestId(world.services.fresh_id())
}

/// `from` asks `to` through a fresh link of theirs.
async fn ask(world: &World, from: &Principal, to: &Principal) -> services::Result<ChatRequestId> {
    let token = world.services.make_invite(to, None).await.unwrap();
    let id = request(world);

    world.services.ask_by_invite(from, id, &token).await.map(|view| view.id)
}

#[tokio::test]
async fn m1_without_a_relation_nobody_can_be_asked_not_even_found() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let nobody = MemberId(world.services.fresh_id());

    for to in [bo.id(), nobody] {
        assert_eq!(refused(world.services.ask(&ana, request(&world), to).await), Refusal::NoRelation);
    }
}

#[tokio::test]
async fn m1_m4_an_invite_link_is_a_relation_to_its_maker() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let token = world.services.make_invite(&ana, None).await.unwrap();

    let view = world.services.ask_by_invite(&bo, request(&world), &token).await.unwrap();

    assert_eq!((view.from.id, view.to.id, view.state), (bo.id(), ana.id(), RequestState::Open));
    assert!(matches!(view.relation, Relation::Invite(_)));
}

#[tokio::test]
async fn m1_a_past_relation_still_counts() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let id = ask(&world, &bo, &ana).await.unwrap();
    world.services.withdraw(&bo, id).await.unwrap();
    world.clock.advance(8 * DAY);

    assert!(world.services.ask(&bo, request(&world), ana.id()).await.is_ok());
}

#[tokio::test]
async fn m2_a_request_reaches_both_inboxes_and_opens_nothing() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    world.bus.notes();

    ask(&world, &bo, &ana).await.unwrap();

    let mut notes = world.bus.notes();
    notes.sort_by_key(|note| format!("{note:?}"));
    let mut expected = [Note::Inbox { member: ana.id(), head: 1 }, Note::Inbox { member: bo.id(), head: 1 }];
    expected.sort_by_key(|note| format!("{note:?}"));
    assert_eq!(notes, expected);
    assert!(world.store.conversations(ana.id()).await.unwrap().is_empty());
    assert_eq!(world.services.inbox_page(&ana).await.unwrap().requests.len(), 1);
    assert_eq!(world.services.inbox_page(&bo).await.unwrap().pending.len(), 1);
}

#[tokio::test]
async fn m2_a_retry_of_a_request_is_harmless() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let token = world.services.make_invite(&ana, None).await.unwrap();
    let id = request(&world);

    let first = world.services.ask_by_invite(&bo, id, &token).await.unwrap();
    let again = world.services.ask_by_invite(&bo, id, &token).await.unwrap();

    assert_eq!(first, again);
    assert_eq!(world.store.inbox_head(ana.id()).await.unwrap(), 1);

    let cai = world.member("cai").await;
    assert_eq!(refused(world.services.ask_by_invite(&cai, id, &token).await), Refusal::IdTaken);
}

#[tokio::test]
async fn m2_a_request_between_two_is_open_once_in_either_direction() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    ask(&world, &bo, &ana).await.unwrap();

    assert_eq!(refused(ask(&world, &bo, &ana).await), Refusal::RequestAlreadyOpen);
    assert_eq!(refused(ask(&world, &ana, &bo).await), Refusal::RequestAlreadyOpen);
}

#[tokio::test]
async fn m2_the_sender_may_withdraw_and_ask_again() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let id = ask(&world, &bo, &ana).await.unwrap();

    assert_eq!(refused(world.services.withdraw(&ana, id).await), Refusal::RequestGone);
    world.services.withdraw(&bo, id).await.unwrap();

    assert_eq!(refused(world.services.accept(&ana, id).await), Refusal::RequestGone);
    assert!(ask(&world, &bo, &ana).await.is_ok());
}

#[tokio::test]
async fn m3_only_the_receiver_accepts_and_both_get_the_conversation() {
    let world = World::new().await;
    let (ana, bo, cai) = (world.member("ana").await, world.member("bo").await, world.member("cai").await);
    let id = ask(&world, &bo, &ana).await.unwrap();
    for other in [&bo, &cai] {
        assert_eq!(refused(world.services.accept(other, id).await), Refusal::RequestGone);
        assert_eq!(refused(world.services.decline(other, id).await), Refusal::RequestGone);
    }
    world.bus.notes();

    let conversation = world.services.accept(&ana, id).await.unwrap();

    let notes = world.bus.notes();
    for member in [ana.id(), bo.id()] {
        assert!(notes.contains(&Note::Permissions(member)));
        assert!(notes.contains(&Note::Inbox { member, head: 2 }));
        assert!(world.store.conversation(conversation, member).await.unwrap().is_some());
    }
    assert_eq!(world.services.accept(&ana, id).await.unwrap(), conversation, "a second press is harmless");
    assert_eq!(refused(ask(&world, &bo, &ana).await), Refusal::AlreadyContacts);
}

#[tokio::test]
async fn m3_declining_is_silent() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let token = world.services.make_invite(&ana, None).await.unwrap();
    let id = request(&world);
    let asked = world.services.ask_by_invite(&bo, id, &token).await.unwrap();
    world.bus.notes();

    world.services.decline(&ana, id).await.unwrap();

    assert!(world.bus.notes().iter().all(|note| *note == Note::Inbox { member: ana.id(), head: 2 }));
    assert_eq!(world.store.inbox_head(bo.id()).await.unwrap(), 1);
    assert!(world.services.inbox_page(&ana).await.unwrap().requests.is_empty());
    assert_eq!(world.services.inbox_page(&bo).await.unwrap().pending, std::slice::from_ref(&asked));
    assert_eq!(world.services.ask_by_invite(&bo, id, &token).await.unwrap(), asked);
    assert!(world.services.invite_landing(Some(&bo), &token).await.unwrap().asked);
    assert_eq!(refused(world.services.accept(&ana, id).await), Refusal::RequestGone);
}

#[tokio::test]
async fn m3_after_a_decline_the_sender_asks_once_more_after_30_days_then_never() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let first = ask(&world, &bo, &ana).await.unwrap();
    world.clock.advance(DAY);
    world.services.decline(&ana, first).await.unwrap();
    assert_eq!(refused(ask(&world, &bo, &ana).await), Refusal::RequestAlreadyOpen, "as it looks to the sender");

    world.clock.advance(29 * DAY);
    assert_eq!(refused(ask(&world, &bo, &ana).await), Refusal::RequestNotAgain);
    world.clock.advance(DAY);
    let second = ask(&world, &bo, &ana).await.unwrap();
    world.services.decline(&ana, second).await.unwrap();

    world.clock.advance(300 * DAY);
    assert_eq!(refused(ask(&world, &bo, &ana).await), Refusal::RequestNotAgain);
    assert!(ask(&world, &ana, &bo).await.is_ok(), "the one who declined may ask");
}

#[tokio::test]
async fn m3_a_request_expires_after_30_days() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let id = ask(&world, &bo, &ana).await.unwrap();

    world.clock.advance(30 * DAY);

    assert_eq!(refused(world.services.accept(&ana, id).await), Refusal::RequestGone);
    assert!(ask(&world, &bo, &ana).await.is_ok());
}

#[tokio::test]
async fn m3_at_most_20_requests_of_a_sender_are_open() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let mut first = None;
    for number in 0..OPEN_REQUESTS {
        let other = world.member(&format!("member{number}")).await;
        first = first.or(Some(ask(&world, &ana, &other).await.unwrap()));
    }
    let other = world.member("one-more").await;

    assert_eq!(refused(ask(&world, &ana, &other).await), Refusal::TooManyRequests { limit: OPEN_REQUESTS });
    world.services.withdraw(&ana, first.unwrap()).await.unwrap();
    assert!(ask(&world, &ana, &other).await.is_ok());
}

#[tokio::test]
async fn m4_the_landing_page_names_maker_and_track_and_creates_nothing() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let track = world.track("Blue", 200).await;
    let token = world.services.make_invite(&ana, Some(track)).await.unwrap();

    let visitor = world.services.invite_landing(None, &token).await.unwrap();
    assert_eq!((visitor.from.name.as_str(), visitor.track.unwrap().id), ("ana", track));
    assert!(!visitor.own && !visitor.asked && visitor.conversation.is_none());
    assert!(world.services.invite_landing(Some(&ana), &token).await.unwrap().own);

    assert!(!world.services.invite_landing(Some(&bo), &token).await.unwrap().asked);
    world.services.ask_by_invite(&bo, request(&world), &token).await.unwrap();
    assert!(world.services.invite_landing(Some(&bo), &token).await.unwrap().asked);
    assert_eq!(world.store.inbox_head(ana.id()).await.unwrap(), 1, "only asking reaches the maker");
}

#[tokio::test]
async fn m4_the_landing_page_leads_contacts_to_their_conversation() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    let token = world.services.make_invite(&ana, None).await.unwrap();

    assert_eq!(world.services.invite_landing(Some(&bo), &token).await.unwrap().conversation, Some(conversation));
    assert_eq!(refused(world.services.ask_by_invite(&bo, request(&world), &token).await), Refusal::AlreadyContacts);
}

#[tokio::test]
async fn m4_links_expire_after_7_days_can_be_taken_back_and_are_listed_until_then() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let old = world.services.make_invite(&ana, None).await.unwrap();
    world.clock.advance(DAY);
    let track = world.track("Blue", 200).await;
    let new = world.services.make_invite(&ana, Some(track)).await.unwrap();

    let listed = world.services.invites(&ana).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0].track.as_ref().unwrap().id, track);
    assert_eq!(listed[0].expires_at, world.clock.now() + 7 * DAY);
    assert!(world.services.invites(&bo).await.unwrap().is_empty());

    assert_eq!(refused(world.services.revoke_invite(&bo, listed[0].id).await), Refusal::InviteUnknown);
    world.services.revoke_invite(&ana, listed[0].id).await.unwrap();
    assert_eq!(refused(world.services.invite_landing(None, &new).await), Refusal::InviteRevoked);
    assert_eq!(refused(world.services.ask_by_invite(&bo, request(&world), &new).await), Refusal::InviteRevoked);

    world.clock.advance(6 * DAY);
    assert_eq!(refused(world.services.invite_landing(None, &old).await), Refusal::InviteExpired);
    assert_eq!(refused(world.services.ask_by_invite(&bo, request(&world), &old).await), Refusal::InviteExpired);
    assert!(world.services.invites(&ana).await.unwrap().is_empty());
}

#[tokio::test]
async fn m4_only_the_hash_of_a_token_is_stored() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let token = world.services.make_invite(&ana, None).await.unwrap();

    let stored: Vec<StoredInvite> = world.store.live_invites(ana.id(), world.clock.now()).await.unwrap();

    assert!(!format!("{stored:?}").contains(&token));
    assert_eq!(refused(world.services.invite_landing(None, "made up").await), Refusal::InviteUnknown);
}

#[tokio::test]
async fn m4_nobody_asks_themselves() {
    let world = World::new().await;
    let ana = world.member("ana").await;

    assert_eq!(refused(ask(&world, &ana, &ana).await), Refusal::Yourself);
}

#[tokio::test]
async fn a1_m13_whoever_is_under_16_or_has_messages_off_has_no_contacts_and_is_not_reached() {
    let world = World::new().await;
    let (ana, bo, tim) = (world.member("ana").await, world.member("bo").await, world.young_member("tim").await);
    let token = world.services.make_invite(&ana, None).await.unwrap();
    world.services.set_switch(&bo, Switch::Messages, false).await.unwrap();
    let bo = world.fresh(&bo).await;

    for (who, expected) in [(&tim, Refusal::TooYoung), (&bo, Refusal::MessagesOff)] {
        assert_eq!(refused(world.services.make_invite(who, None).await), expected);
        assert_eq!(refused(world.services.invites(who).await), expected);
        assert_eq!(refused(world.services.ask_by_invite(who, request(&world), &token).await), expected);
        assert_eq!(refused(world.services.ask(who, request(&world), ana.id()).await), expected);
        assert_eq!(refused(world.services.accept(who, request(&world)).await), expected);
        assert!(world.services.invite_landing(Some(who), &token).await.is_ok());
    }

    world.services.set_switch(&ana, Switch::Messages, false).await.unwrap();
    let cai = world.member("cai").await;
    assert_eq!(refused(world.services.ask_by_invite(&cai, request(&world), &token).await), Refusal::NotReachable);
}

#[tokio::test]
async fn m12_a_block_ends_contact_for_both_and_tells_nobody_why() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;
    world.bus.notes();

    world.services.block(&ana, bo.id()).await.unwrap();

    let notes = world.bus.notes();
    for (member, other) in [(&ana, &bo), (&bo, &ana)] {
        assert!(notes.contains(&Note::Permissions(member.id())));
        assert!(world.store.contact(member.id(), other.id()).await.unwrap().unwrap().blocked);
        assert!(!world.services.conversation(member, conversation).await.unwrap().open);
        assert_eq!(refused(ask(&world, member, other).await), Refusal::NotReachable);
    }
    let token = world.services.make_invite(&ana, None).await.unwrap();
    assert_eq!(world.services.invite_landing(Some(&bo), &token).await.unwrap().conversation, None);
}

#[tokio::test]
async fn m12_a_block_lets_open_requests_fall_in_silence() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let id = ask(&world, &bo, &ana).await.unwrap();

    world.services.block(&ana, bo.id()).await.unwrap();

    assert_eq!(refused(world.services.accept(&ana, id).await), Refusal::RequestGone);
    assert!(world.services.inbox_page(&ana).await.unwrap().requests.is_empty());
    assert_eq!(world.store.inbox_head(bo.id()).await.unwrap(), 1, "the blocked person is not told");
}

#[tokio::test]
async fn m12_a_block_is_listed_and_can_be_undone() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;

    world.services.block(&ana, bo.id()).await.unwrap();
    world.services.block(&ana, bo.id()).await.unwrap();
    let names: Vec<_> = world.services.blocked(&ana).await.unwrap().into_iter().map(|person| person.name).collect();
    assert_eq!(names, ["bo"]);
    assert!(world.services.blocked(&bo).await.unwrap().is_empty());

    world.services.unblock(&bo, ana.id()).await.unwrap();
    assert!(!world.services.conversation(&bo, conversation).await.unwrap().open, "only the one who blocked undoes it");
    world.services.unblock(&ana, bo.id()).await.unwrap();
    assert!(world.services.conversation(&bo, conversation).await.unwrap().open);
    assert!(world.services.blocked(&ana).await.unwrap().is_empty());
}

#[tokio::test]
async fn m12_nobody_blocks_themselves() {
    let world = World::new().await;
    let ana = world.member("ana").await;

    assert_eq!(refused(world.services.block(&ana, ana.id()).await), Refusal::Yourself);
}
