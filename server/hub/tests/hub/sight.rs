//! What a socket shows of others: activity, reactions, Jams, and how it is cut.

use domain::{
    Refusal, RowId, TabId, TrackId,
    account::Switch,
    activity::{ActivityState, Reaction},
    jam::Command,
    player::PlayerReport,
    wire::{ClientFrame, ServerFrame},
};
use services::Principal;
use uuid::Uuid;

use super::story::{Page, Story};

#[tokio::test(start_paused = true)]
async fn l6_play_and_pause_appear_on_the_friends_screen() {
    let (_story, _, ana_page, mut ben_page, track, _) = listening().await;

    ana_page.send(&playing(track, true)).await;
    let shown = activity(&mut ben_page).await.expect("ana shares");
    assert!(matches!(shown, ActivityState::Playing { position_ms: 0, .. }));

    ana_page.send(&playing(track, false)).await;
    assert!(matches!(activity(&mut ben_page).await, Some(ActivityState::Paused { .. })));
}

#[tokio::test(start_paused = true)]
async fn l10_switching_off_hides_activity_at_once_in_an_open_socket() {
    let (story, people, ana_page, mut ben_page, track, _) = listening().await;
    ana_page.send(&playing(track, true)).await;
    assert!(activity(&mut ben_page).await.is_some());

    story.world.services.set_switch(&people.0, Switch::ListeningActivity, false).await.unwrap();
    assert_eq!(activity(&mut ben_page).await, None);

    ana_page.send(&playing(track, false)).await;
    ben_page.assert_quiet_about_activity().await;

    story.world.services.set_switch(&people.0, Switch::ListeningActivity, true).await.unwrap();
    ana_page.send(&playing(track, true)).await;
    ben_page
        .find(|frame| match frame {
            ServerFrame::Activity { activity: Some(_), .. } => Some(()),
            _ => None,
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn m12_a_block_cuts_activity_in_open_sockets() {
    let (story, (ana, ben), ana_page, mut ben_page, track, _) = listening().await;
    ana_page.send(&playing(track, true)).await;
    assert!(activity(&mut ben_page).await.is_some());

    story.world.services.block(&ana, ben.id()).await.unwrap();
    assert_eq!(activity(&mut ben_page).await, None);

    ana_page.send(&playing(track, false)).await;
    ben_page.assert_quiet_about_activity().await;
}

#[tokio::test(start_paused = true)]
async fn l2_a_stranger_hears_nothing() {
    let (mut story, _, ana_page, _ben_page, track, _) = listening().await;
    let stranger = story.world.member("stranger").await;
    let (mut page, _) = story.open(&stranger, None).await;

    ana_page.send(&playing(track, true)).await;

    page.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn l9_a_reaction_reaches_the_one_who_plays() {
    let (_story, (ana, ben), mut ana_page, mut ben_page, track, _) = listening().await;
    ana_page.send(&playing(track, true)).await;
    assert!(activity(&mut ben_page).await.is_some());

    ben_page.send(&ClientFrame::React { to: ana.id(), track, reaction: Reaction::Fire }).await;

    let (from, reaction) = ana_page
        .find(|frame| match frame {
            ServerFrame::Reacted { from, reaction, .. } => Some((from, reaction)),
            _ => None,
        })
        .await;
    assert_eq!((from, reaction), (ben.id(), Reaction::Fire));
}

#[tokio::test(start_paused = true)]
async fn m2_a_new_contact_is_watched_in_sockets_that_are_open_already() {
    let mut story = Story::new().await;
    let track = story.world.track("Dusk", 180).await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    story.world.services.set_switch(&ana, Switch::ListeningActivity, true).await.unwrap();
    let ana = story.world.fresh(&ana).await;
    let (ana_page, _) = story.open(&ana, None).await;
    let (mut ben_page, _) = story.open(&ben, None).await;
    ana_page.send(&playing(track, true)).await;

    story.world.contacts(&ana, &ben).await;

    let shown = ben_page.find(|frame| if let ServerFrame::Activity { activity, .. } = frame { activity } else { None });
    assert!(matches!(shown.await.state, ActivityState::Playing { .. }));
}

#[tokio::test(start_paused = true)]
async fn j1_a_jam_is_sent_whole_and_then_event_by_event_without_a_gap() {
    let (story, (ana, _), mut ana_page, _, track, _) = listening().await;
    let jam = story.world.services.start_jam(&ana, vec![track]).await.unwrap();

    ana_page.send(&ClientFrame::JamHere { jam, listening: true }).await;
    let mut state = ana_page
        .find(|frame| match frame {
            ServerFrame::Jam { state, .. } => Some(*state),
            _ => None,
        })
        .await;

    for number in 0..20 {
        let command = Command::Add { row: row(number), track, duration_ms: 0, next: false };
        ana_page.send(&ClientFrame::Jam { jam, nonce: 1, command }).await;
    }
    while state.queue.len() < 21 {
        let (revision, events) = ana_page
            .find(|frame| match frame {
                ServerFrame::JamEvents { revision, events, .. } => Some((revision, events)),
                ServerFrame::JamRefused { refusal, .. } => panic!("{refusal}"),
                _ => None,
            })
            .await;
        if revision <= state.revision {
            continue;
        }
        assert_eq!(revision - events.len() as u64, state.revision, "a gap");
        for event in &events {
            state.apply(event);
        }
    }

    assert_eq!(state.queue.len(), 21);
}

#[tokio::test(start_paused = true)]
async fn j1_somebody_without_a_seat_hears_nothing_of_a_jam() {
    let (story, (ana, _), ana_page, mut ben_page, track, _) = listening().await;
    let jam = story.world.services.start_jam(&ana, vec![track]).await.unwrap();

    ben_page.send(&ClientFrame::JamHere { jam, listening: true }).await;
    let shut = |frame| if let ServerFrame::JamShut { jam, refusal } = frame { Some((jam, refusal)) } else { None };
    assert_eq!(ben_page.find(shut).await, (jam, Refusal::NotInJam));

    let command = Command::Add { row: row(1), track, duration_ms: 0, next: false };
    ana_page.send(&ClientFrame::JamHere { jam, listening: true }).await;
    ana_page.send(&ClientFrame::Jam { jam, nonce: 1, command }).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    ben_page.send(&ClientFrame::Clock { sent: 1.0 }).await;
    let heard = ben_page
        .find(|frame| match frame {
            ServerFrame::Clock { .. } => Some(false),
            ServerFrame::JamEvents { .. } | ServerFrame::Jam { .. } => Some(true),
            _ => None,
        })
        .await;
    assert!(!heard, "a Jam is for those who have a seat");
}

#[tokio::test(start_paused = true)]
async fn j10_offsets_of_a_jam_travel_together() {
    let (story, (ana, _), mut ana_page, _, track, _) = listening().await;
    let jam = story.world.services.start_jam(&ana, vec![track]).await.unwrap();
    ana_page.send(&ClientFrame::JamHere { jam, listening: true }).await;

    for offset_ms in [3.0, 2.0, 1.5] {
        ana_page.send(&ClientFrame::JamOffset { jam, offset_ms: Some(offset_ms) }).await;
    }

    let offsets = ana_page
        .find(|frame| match frame {
            ServerFrame::JamOffsets { offsets, .. } => Some(offsets),
            _ => None,
        })
        .await;
    assert_eq!(offsets, vec![(ana.id(), Some(1.5))]);
}

/// Ana shares what she plays, Ben is her contact; both have a page open.
async fn listening() -> (Story, (Principal, Principal), Page, Page, TrackId, TabId) {
    let mut story = Story::new().await;
    let track = story.world.track("Dusk", 180).await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    story.world.contacts(&ana, &ben).await;
    story.world.services.set_switch(&ana, Switch::ListeningActivity, true).await.unwrap();
    let ana = story.world.fresh(&ana).await;
    let (ana_page, _) = story.open(&ana, None).await;
    let (ben_page, _) = story.open(&ben, None).await;

    (story, (ana, ben), ana_page, ben_page, track, TabId(Uuid::nil()))
}

async fn activity(page: &mut Page) -> Option<ActivityState> {
    page.find(|frame| match frame {
        ServerFrame::Activity { activity, .. } => Some(activity.map(|activity| activity.state)),
        _ => None,
    })
    .await
}

fn playing(track: TrackId, playing: bool) -> ClientFrame {
    ClientFrame::Player(PlayerReport { track: Some(track), playing, position_ms: 0, jam: None })
}

fn row(number: u128) -> RowId {
    RowId(Uuid::from_u128(number + 1))
}

impl Page {
    /// Whatever else comes, it says nothing of what somebody plays.
    async fn assert_quiet_about_activity(&mut self) {
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;
        self.send(&ClientFrame::Clock { sent: 1.0 }).await;
        tokio::time::sleep(std::time::Duration::from_secs(1)).await;

        loop {
            match tokio::time::timeout(std::time::Duration::from_millis(200), self.frame()).await {
                Ok(ServerFrame::Activity { activity: Some(activity), .. }) => panic!("still shown: {activity:?}"),
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }
}
