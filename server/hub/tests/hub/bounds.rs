//! What one page, one member or one broken connection can not do to the others.

use std::time::Duration;

use domain::{
    RowId, TabId,
    jam::{Command, Standing},
    library::ScanProgress,
    wire::{ClientFrame, ServerFrame},
};
use hub::{Arrival, Full, Limits};
use services::{
    contract::doubles::MemoryBus,
    ports::{Bus, Note, store::JamStore},
};
use uuid::Uuid;

use super::story::Story;

/// As after a connection that died without a word while its member left the Jam.
#[tokio::test(start_paused = true)]
async fn j8_a_tab_that_comes_back_without_its_jam_is_gone_from_it() {
    let story = Story::new().await;
    let (ana, tab) = (story.world.member("ana").await, TabId(Uuid::from_u128(7)));
    let jam = story.world.services.start_jam(&ana, Vec::new()).await.unwrap();
    let standing = async || story.world.store.jam(jam).await.unwrap().unwrap().state.members[0].standing;
    let (mut older, _) = story.open_tab(&ana, tab, None).await;
    older.send(&ClientFrame::JamHere { jam, listening: true }).await;
    older.find(|frame| if let ServerFrame::Jam { .. } = frame { Some(()) } else { None }).await;
    assert_eq!(standing().await, Standing::Listening);

    let (mut newer, _) = story.open_tab(&ana, tab, None).await;
    assert!(matches!(standing().await, Standing::Lost { .. }));

    newer.send(&ClientFrame::JamHere { jam, listening: true }).await;
    newer.find(|frame| if let ServerFrame::Jam { .. } = frame { Some(()) } else { None }).await;
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(standing().await, Standing::Listening, "the end of the older socket is no end of the tab");
}

#[tokio::test(start_paused = true)]
async fn a_stopping_server_does_not_wait_for_a_reader_that_takes_nothing() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;
    let (page, _) = story.open(&ana, None).await;
    page.freeze();
    story.world.bus.publish(Note::Scan(ScanProgress { running: true, ..ScanProgress::default() })).await;
    tokio::time::sleep(Duration::from_secs(1)).await;

    story.shutdown.cancel();

    tokio::time::timeout(Duration::from_secs(5), story.hub.drain()).await.expect("it ends in time");
    assert_eq!(story.hub.sockets(), 0);
    drop(page);
}

#[tokio::test]
async fn a4_what_a_page_sent_after_its_log_in_ended_is_not_carried_out() {
    for _ in 0..10 {
        let mut story = Story::new().await;
        let ana = story.world.member("ana").await;
        let track = story.world.track("Dusk", 180).await;
        let jam = story.world.services.start_jam(&ana, Vec::new()).await.unwrap();
        let (mut page, _) = story.open(&ana, None).await;

        story.world.services.log_out(&ana).await.unwrap();
        for row in 1..60 {
            let command = Command::Add { row: RowId(Uuid::from_u128(row)), track, duration_ms: 0, next: false };
            page.send(&ClientFrame::Jam { jam, nonce: 1, command }).await;
        }

        assert_eq!(page.closed().await, 4001);
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(story.world.store.jam(jam).await.unwrap().unwrap().state.queue.len(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn signs_of_life_have_a_pace_too() {
    let mut story = Story::new().await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    let (mut loud, _) = story.open(&ana, None).await;
    let (mut calm, _) = story.open(&ben, None).await;

    for _ in 0..200 {
        loud.send_raw(Arrival::Pong).await;
    }
    for _ in 0..5 {
        calm.send_raw(Arrival::Pong).await;
    }

    assert_eq!(loud.closed().await, 4002);
    calm.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn one_member_leaves_places_to_the_others() {
    let mut story = Story::with(Limits { sockets_of_member: 2, ..Limits::default() }).await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);

    let (first, _) = story.open(&ana, None).await;
    let _second = story.open(&ana, None).await;
    assert_eq!(story.hub.admit(ana.id()).err(), Some(Full::Member));
    assert!(story.hub.admit(ben.id()).is_ok());

    drop(first);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(story.hub.admit(ana.id()).is_ok());
}

#[tokio::test(start_paused = true)]
async fn all_pages_of_a_member_have_one_pace() {
    let mut story = Story::new().await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    let (first, _) = story.open(&ana, None).await;
    let (mut second, _) = story.open(&ana, None).await;
    let (mut other, _) = story.open(&ben, None).await;

    for sent in 0..150 {
        first.send(&ClientFrame::Clock { sent: sent.into() }).await;
        second.send(&ClientFrame::Clock { sent: sent.into() }).await;
    }

    assert_eq!(second.closed().await, 4002);
    other.assert_quiet().await;
}

#[tokio::test(start_paused = true)]
async fn t1_a_page_that_comes_back_hears_how_far_the_scan_is() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;
    let progress = ScanProgress { running: true, found: 900, done: 120, changed: 0, failed: 0 };
    story.world.media.scans(progress.clone());

    let (mut page, _) = story.open(&ana, None).await;

    assert_eq!(page.frame().await, ServerFrame::Scan(progress));
}

/// Nobody would tell them anything any more.
#[tokio::test(start_paused = true)]
async fn without_a_dispatcher_pages_are_asked_to_come_back_and_none_is_admitted() {
    let bus = MemoryBus::default();
    let mut story = Story::on(&bus).await;
    let ana = story.world.member("ana").await;
    let (mut page, _) = story.open(&ana, None).await;

    drop(bus);

    assert_eq!(page.frame().await, ServerFrame::GoingAway);
    assert_eq!(page.closed().await, 1001);
    assert_eq!(story.hub.admit(ana.id()).err(), Some(Full::Server));
}

/// Ten thousand of them are open at once, and most of them are idle.
#[tokio::test]
async fn what_serves_a_socket_is_small() {
    let story = Story::new().await;
    let who = story.world.member("ana").await;

    assert!(story.size_of_serving(&who) <= 2_048, "{} bytes", story.size_of_serving(&who));
}
