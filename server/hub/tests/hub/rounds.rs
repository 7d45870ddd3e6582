//! What becomes of sockets when notes do not come: the store is asked, and while it does not answer, others are hidden.

use std::time::Duration;

use domain::{
    ConversationId, MessageId, Refusal, TrackId,
    account::Switch,
    activity::ActivityState,
    inbox::{InboxEvent, Missed},
    jam::Command,
    messages::{BodyView, MessageBody},
    player::PlayerReport,
    wire::{ClientFrame, ServerFrame},
};
use services::{
    Principal,
    ports::{Bus, Note},
};
use tokio::time::Instant;

use super::story::{Page, Story};

#[tokio::test(start_paused = true)]
async fn m12_a_block_is_in_force_within_two_seconds_while_the_bus_is_interrupted() {
    let mut scene = Scene::new().await;
    scene.ana_plays(true).await;
    assert!(scene.seen().await.is_some());
    scene.story.world.bus.interrupt();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();

    scene.story.world.services.block(&scene.ana, scene.ben.id()).await.unwrap();

    assert_eq!(scene.seen().await, None);
    assert!(begun.elapsed() <= Duration::from_secs(2), "{:?}", begun.elapsed());
}

/// Nobody said that it was lost; it is found all the same.
#[tokio::test(start_paused = true)]
async fn m12_a_block_whose_note_is_lost_without_a_word_is_in_force_within_five_seconds() {
    let mut scene = Scene::new().await;
    scene.ana_plays(true).await;
    assert!(scene.seen().await.is_some());
    scene.story.world.bus.mute(true);
    let begun = Instant::now();

    scene.story.world.services.block(&scene.ana, scene.ben.id()).await.unwrap();

    assert_eq!(scene.seen().await, None);
    assert!(begun.elapsed() <= Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn m15_a_message_arrives_late_and_once_while_the_bus_is_interrupted() {
    let mut scene = Scene::new().await;
    scene.story.world.bus.interrupt();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();

    scene.says("good night").await;

    assert_eq!(scene.message().await, "good night");
    assert!(begun.elapsed() <= Duration::from_secs(1), "{:?}", begun.elapsed());
    scene.story.world.bus.restore();
    scene.says("sleep well").await;
    assert_eq!(scene.message().await, "sleep well");
}

#[tokio::test(start_paused = true)]
async fn l6_a_pause_is_seen_late_while_the_bus_is_interrupted() {
    let mut scene = Scene::new().await;
    scene.ana_plays(true).await;
    assert!(scene.seen().await.is_some());
    scene.story.world.bus.interrupt();
    let begun = Instant::now();

    scene.ana_plays(false).await;

    assert!(matches!(scene.seen().await, Some(ActivityState::Paused { .. })));
    assert!(begun.elapsed() <= Duration::from_secs(2), "{:?}", begun.elapsed());
}

#[tokio::test(start_paused = true)]
async fn l2_while_the_store_does_not_answer_others_are_hidden_and_then_shown_again() {
    let mut scene = Scene::new().await;
    scene.ana_plays(true).await;
    assert!(scene.seen().await.is_some());

    scene.story.world.store.fail_marks(true);
    assert_eq!(scene.seen().await, None, "nobody knows whether it may still be seen");
    scene.ana_plays(false).await;
    scene.ana_plays(true).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    scene.ben_page.assert_quiet().await;

    scene.story.world.store.fail_marks(false);
    assert!(matches!(scene.seen().await, Some(ActivityState::Playing { .. })));
}

/// The page finds a gap, asks for everything, and hears that there is nothing more.
#[tokio::test(start_paused = true)]
async fn j8_a_page_that_missed_the_end_of_its_jam_is_told() {
    let mut scene = Scene::new().await;
    let jam = scene.story.world.services.start_jam(&scene.ana, vec![scene.track]).await.unwrap();
    scene.ana_page.send(&ClientFrame::JamHere { jam, listening: true }).await;
    tokio::time::sleep(Duration::from_secs(6)).await;
    scene.story.world.bus.mute(true);

    scene.story.world.services.jam_command(&scene.ana, jam, Command::End).await.unwrap();

    let revision = |frame| match frame {
        ServerFrame::JamEvents { revision, events, .. } if events.is_empty() => Some(revision),
        _ => None,
    };
    scene.ana_page.find(revision).await;
    scene.ana_page.send(&ClientFrame::JamAgain { jam }).await;
    let shut = |frame| if let ServerFrame::JamShut { refusal, .. } = frame { Some(refusal) } else { None };
    assert_eq!(scene.ana_page.find(shut).await, Refusal::JamEnded);
}

/// Of two notes that overtake each other on their way, the later one is true.
#[tokio::test(start_paused = true)]
async fn l6_an_older_note_changes_nothing() {
    let mut scene = Scene::new().await;
    scene.ana_plays(true).await;
    assert!(scene.seen().await.is_some());
    let world = &scene.story.world;
    let older = world.bus.notes().into_iter().rev().find(|note| matches!(note, Note::Activity { .. })).unwrap();

    world.clock.advance(1_000);
    scene.ana_plays(false).await;
    assert!(matches!(scene.seen().await, Some(ActivityState::Paused { .. })));
    scene.story.world.bus.publish(older).await;

    scene.ben_page.assert_quiet().await;
}

/// Ana shares what she plays, Ben is her contact; both have a page open.
struct Scene {
    story: Story,
    ana: Principal,
    ben: Principal,
    conversation: ConversationId,
    ana_page: Page,
    ben_page: Page,
    track: TrackId,
}

impl Scene {
    async fn new() -> Self {
        let mut story = Story::new().await;
        let track = story.world.track("Dusk", 180).await;
        let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
        let conversation = story.world.contacts(&ana, &ben).await;
        story.world.services.set_switch(&ana, Switch::ListeningActivity, true).await.unwrap();
        let ana = story.world.fresh(&ana).await;
        let (ana_page, _) = story.open(&ana, None).await;
        let (ben_page, _) = story.open(&ben, None).await;

        Self { story, ana, ben, conversation, ana_page, ben_page, track }
    }

    async fn ana_plays(&self, playing: bool) {
        let report = PlayerReport { track: Some(self.track), playing, position_ms: 0, jam: None };
        self.ana_page.send(&ClientFrame::Player(report)).await;
    }

    async fn says(&self, text: &str) {
        let services = &self.story.world.services;
        let id = MessageId(services.fresh_id());
        services.send(&self.ana, id, self.conversation, MessageBody::Text(text.into())).await.unwrap();
    }

    /// What Ben sees of Ana next.
    async fn seen(&mut self) -> Option<ActivityState> {
        self.ben_page
            .find(|frame| match frame {
                ServerFrame::Activity { activity, .. } => Some(activity.map(|activity| activity.state)),
                _ => None,
            })
            .await
    }

    /// The next message that reaches Ben.
    async fn message(&mut self) -> String {
        self.ben_page
            .find(|frame| match frame {
                ServerFrame::Missed(Missed::Entries { entries, .. }) => {
                    assert_eq!(entries.len(), 1, "{entries:?}");
                    match &entries[0].event {
                        InboxEvent::Message(message) => match &message.body {
                            BodyView::Text(text) => Some(text.clone()),
                            other => panic!("{other:?}"),
                        },
                        _ => None,
                    }
                }
                _ => None,
            })
            .await
    }
}
