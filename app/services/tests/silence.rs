//! What a "no" must not be heard by (rules M3, M12): whoever was declined or blocked sees what they would see otherwise.

use domain::{
    ChatRequestId, ConversationId, Refusal,
    account::Switch,
    inbox::{InboxEvent, Missed, Position},
    jam::Command,
    messages::ChatRequestView,
    relations::RequestState,
    time::DAY,
};
use services::{
    Principal,
    contract::{World, world::refused},
    ports::store::MessageStore,
};

/// Bo has asked Ana through a link of hers, which works for some days more.
struct Story {
    world: World,
    ana: Principal,
    bo: Principal,
    link: String,
    asked: ChatRequestId,
}

/// What Bo can see of his request.
#[derive(Debug, PartialEq)]
struct Seen {
    pending: usize,
    landing_says_asked: bool,
    states: Vec<RequestState>,
}

impl Story {
    async fn new() -> Self {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let link = world.services.make_invite(&ana, None).await.unwrap();
        let asked = ChatRequestId(world.services.fresh_id());
        world.services.ask_by_invite(&bo, asked, &link).await.unwrap();

        Self { world, ana, bo, link, asked }
    }

    async fn asks_again(&self) -> services::Result<ChatRequestView> {
        let id = ChatRequestId(self.world.services.fresh_id());
        self.world.services.ask_by_invite(&self.bo, id, &self.link).await
    }

    async fn seen(&self) -> Seen {
        let page = self.world.services.inbox_page(&self.bo).await.unwrap();
        let epoch = self.world.services.head(self.bo.id()).await.unwrap().epoch;
        let missed = self.world.services.missed(&self.bo, Some(Position { epoch, seq: 0 })).await.unwrap();
        let Missed::Entries { entries, .. } = missed else { panic!("the position is a good one") };
        let states = entries.into_iter().filter_map(|entry| match entry.event {
            InboxEvent::ChatRequest(view) => Some(view.state),
            _ => None,
        });

        Seen { pending: page.pending.len(), landing_says_asked: self.landing().await, states: states.collect() }
    }

    async fn landing(&self) -> bool {
        self.world.services.invite_landing(Some(&self.bo), &self.link).await.unwrap().asked
    }
}

#[tokio::test]
async fn m3_taking_a_request_back_looks_the_same_whether_or_not_it_was_declined() {
    let (open, declined) = (Story::new().await, Story::new().await);
    declined.world.services.decline(&declined.ana, declined.asked).await.unwrap();
    assert_eq!(declined.seen().await, open.seen().await);

    for story in [&open, &declined] {
        story.world.services.withdraw(&story.bo, story.asked).await.unwrap();
        story.world.services.withdraw(&story.bo, story.asked).await.expect("twice is once");
    }
    let gone = Seen { pending: 0, landing_says_asked: false, states: vec![RequestState::Withdrawn; 2] };
    assert_eq!((open.seen().await, declined.seen().await), (gone, open.seen().await));

    for story in [&open, &declined] {
        let again = story.asks_again().await.expect("it looks sent");
        assert_eq!(again.state, RequestState::Open);
        assert_eq!(refused(story.asks_again().await), Refusal::RequestAlreadyOpen);
        assert_eq!(story.world.services.ask_by_invite(&story.bo, again.id, &story.link).await.unwrap(), again);
    }
    assert_eq!(declined.seen().await, open.seen().await);
}

#[tokio::test]
async fn m3_whoever_declined_hears_nothing_of_what_was_asked_again() {
    let story = Story::new().await;
    story.world.services.decline(&story.ana, story.asked).await.unwrap();
    let head = story.world.store.inbox_head(story.ana.id()).await.unwrap();

    story.world.services.withdraw(&story.bo, story.asked).await.unwrap();
    let again = story.asks_again().await.unwrap().id;

    assert_eq!(story.world.store.inbox_head(story.ana.id()).await.unwrap(), head);
    assert!(story.world.services.inbox_page(&story.ana).await.unwrap().requests.is_empty());
    assert_eq!(refused(story.world.services.accept(&story.ana, again).await), Refusal::RequestGone);
}

#[tokio::test]
async fn m3_a_request_that_was_taken_back_counts_as_declined_all_the_same() {
    let story = Story::new().await;
    story.world.services.decline(&story.ana, story.asked).await.unwrap();
    story.world.services.withdraw(&story.bo, story.asked).await.unwrap();
    story.asks_again().await.unwrap();

    story.world.clock.advance(30 * DAY);
    let link = story.world.services.make_invite(&story.ana, None).await.unwrap();
    let story = Story { link, ..story };
    let second = story.asks_again().await.unwrap().id;
    assert_eq!(story.world.services.inbox_page(&story.ana).await.unwrap().requests.len(), 1, "once more, and heard");
    story.world.services.decline(&story.ana, second).await.unwrap();
    story.world.services.withdraw(&story.bo, second).await.unwrap();

    story.asks_again().await.expect("it looks sent");
    assert!(story.world.services.inbox_page(&story.ana).await.unwrap().requests.is_empty(), "then never");
}

#[tokio::test]
async fn m12_switching_messages_off_reaches_contacts_as_a_block_does() {
    let mut told = Vec::new();
    for is_block in [true, false] {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        let conversation = world.contacts(&ana, &bo).await;
        let start = world.services.head(bo.id()).await.unwrap();

        match is_block {
            true => world.services.block(&ana, bo.id()).await.unwrap(),
            false => drop(world.services.set_switch(&ana, Switch::Messages, false).await.unwrap()),
        }
        told.push(opens(&world, &bo, start, conversation).await);
        match is_block {
            true => world.services.unblock(&ana, bo.id()).await.unwrap(),
            false => drop(world.services.set_switch(&ana, Switch::Messages, true).await.unwrap()),
        }
        told.push(opens(&world, &bo, start, conversation).await);
    }

    assert_eq!(told, [vec![false], vec![true, true], vec![false], vec![true, true]]);
}

/// What Bo's open page is told of whether messages pass.
async fn opens(world: &World, bo: &Principal, start: Position, conversation: ConversationId) -> Vec<bool> {
    let Missed::Entries { entries, .. } = world.services.missed(bo, Some(start)).await.unwrap() else {
        panic!("the position is a good one")
    };
    let views = entries.into_iter().filter_map(|entry| match entry.event {
        InboxEvent::Conversation(view) if view.id == conversation => Some(view.open),
        _ => None,
    });

    views.collect()
}

/// The block is done, whatever has become of the Jam meanwhile.
#[tokio::test]
async fn m12_a_block_is_carried_out_when_the_jam_cannot_be_read() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let jam = world.services.start_jam(&ana, Vec::new()).await.unwrap();
    world.services.jam_command(&ana, jam, Command::End).await.unwrap();
    let spoilt = world.services.start_jam(&ana, Vec::new()).await.unwrap();
    world.store.spoil_jam(spoilt);
    let mut world = world;
    world.restart();

    world.services.block(&ana, bo.id()).await.unwrap();

    assert_eq!(world.services.blocked(&ana).await.unwrap().len(), 1);
}
