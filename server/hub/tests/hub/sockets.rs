//! The life of a socket: hello, resume, order, endings.

use std::time::Duration;

use domain::{
    JamId, MessageId, Refusal, TabId,
    inbox::{InboxEvent, Missed, Position},
    messages::{BodyView, MessageBody},
    wire::{CLIENT_FRAME_BYTES, ClientFrame, ServerFrame},
};
use hub::{Arrival, Full, Limits};
use services::ports::{Bus, Note};
use uuid::Uuid;

use super::story::{Heard, Page, Story};

#[tokio::test(start_paused = true)]
async fn a_hello_is_answered_with_all_that_a_page_needs() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;

    let (_page, welcome) = story.open(&ana, None).await;

    let ServerFrame::Welcome { now, me, missed, player, activity, jam } = welcome else { unreachable!() };
    assert_eq!(now, story.world.services.now());
    assert_eq!(me, story.world.services.me(&ana));
    assert!(matches!(missed, Missed::Entries { entries, .. } if entries.is_empty()));
    assert_eq!((player, activity.len(), jam), (None, 0, None));
}

#[tokio::test(start_paused = true)]
async fn m15_messages_arrive_in_one_order_and_a_severed_page_resumes_without_a_gap() {
    sever_and_resume(Story::new().await).await;
}

#[tokio::test(start_paused = true)]
async fn m15_the_same_holds_where_only_the_connection_writes() {
    sever_and_resume(Story::without_shortcuts().await).await;
}

async fn sever_and_resume(mut story: Story) {
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    let chat = story.world.contacts(&ana, &ben).await;
    let (mut page, welcome) = story.open(&ben, None).await;
    let mut log = Log::from(&welcome);

    for round in 0..6u128 {
        for part in 0..5 {
            let text = MessageBody::text(&format!("{round}.{part}")).unwrap();
            let id = MessageId(story.world.services.fresh_id());
            story.world.services.send(&ana, id, chat, text).await.unwrap();
            if part == round % 5 {
                // Severed in the middle of a burst; the rest is sent while nobody is there.
                page.read_what_is_there(&mut log).await;
                drop(page);
                page = story.connect(&ben);
            }
        }
        page.send(&hello(round, Some(log.read))).await;
        log.take(page.frame().await);
    }
    page.read_what_is_there(&mut log).await;

    let expected: Vec<String> = (0..6).flat_map(|round| (0..5).map(move |part| format!("{round}.{part}"))).collect();
    assert_eq!(log.texts, expected);
}

#[tokio::test(start_paused = true)]
async fn more_than_fits_one_frame_comes_in_several() {
    let mut story = Story::new().await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    let chat = story.world.contacts(&ana, &ben).await;
    let start = story.world.services.head(ben.id()).await.unwrap();
    for number in 0..250 {
        story.world.clock.advance(60_000);
        let id = MessageId(story.world.services.fresh_id());
        story.world.services.send(&ana, id, chat, MessageBody::Text(number.to_string())).await.unwrap();
    }

    let (mut page, welcome) = story.open(&ben, Some(start)).await;
    let mut log = Log::at(start);
    log.take(welcome);
    page.read_what_is_there(&mut log).await;

    assert_eq!(log.texts, (0..250).map(|number| number.to_string()).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn a_position_of_another_epoch_starts_over() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;

    let (_page, welcome) = story.open(&ana, Some(Position { epoch: 99, seq: 7 })).await;

    assert!(matches!(welcome, ServerFrame::Welcome { missed: Missed::StartOver { .. }, .. }));
}

#[tokio::test(start_paused = true)]
async fn a_slow_reader_is_closed_and_the_others_do_not_notice() {
    outrun_a_slow_reader(Story::new().await).await;
    outrun_a_slow_reader(Story::without_shortcuts().await).await;
}

async fn outrun_a_slow_reader(mut story: Story) {
    let (slow, quick) = (story.world.member("slow").await, story.world.member("quick").await);
    let (mut slow_page, _) = story.open(&slow, None).await;
    let (mut quick_page, _) = story.open(&quick, None).await;
    slow_page.freeze();

    for found in 1..=1_000 {
        let progress = domain::library::ScanProgress { running: true, found, ..Default::default() };
        story.world.bus.publish(Note::Scan(progress.clone())).await;
        assert_eq!(quick_page.frame().await, ServerFrame::Scan(progress), "in order, every one");
    }

    assert_eq!(slow_page.closed().await, 4008);
}

#[tokio::test(start_paused = true)]
async fn when_the_bus_loses_notes_the_truth_is_read_again() {
    let mut story = Story::new().await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    let chat = story.world.contacts(&ana, &ben).await;
    let (mut page, welcome) = story.open(&ben, None).await;
    let mut log = Log::from(&welcome);
    let id = MessageId(story.world.services.fresh_id());

    story.world.services.send(&ana, id, chat, MessageBody::Text("hello".into())).await.unwrap();
    for _ in 0..20_000 {
        story.world.bus.publish(Note::Inbox { member: ben.id(), head: 0 }).await;
    }
    page.find(|frame| if let ServerFrame::Me(me) = frame { Some(me) } else { None }).await;
    page.read_what_is_there(&mut log).await;

    assert_eq!(log.texts, ["hello"]);
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_read_is_refused_with_a_sentence_and_a_code() {
    let oversized = vec![0; CLIENT_FRAME_BYTES + 1];
    let table = [
        (Arrival::Frame(vec![].into()), Refusal::FrameMalformed),
        (Arrival::Frame(vec![wire::VERSION, 250, 250].into()), Refusal::FrameMalformed),
        (Arrival::Frame(vec![99, 0].into()), Refusal::VersionUnknown),
        (Arrival::Frame(oversized.into()), Refusal::FrameTooLarge),
        (Arrival::Strange, Refusal::FrameMalformed),
    ];

    for (arrival, refusal) in table {
        let mut story = Story::new().await;
        let ana = story.world.member("ana").await;
        let (mut page, _) = story.open(&ana, None).await;

        page.send_raw(arrival.clone()).await;

        assert_eq!(page.frame().await, ServerFrame::Refused(refusal), "{arrival:?}");
        assert_eq!(page.heard().await, Heard::Closed(4002));
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_say_hello_is_turned_away() {
    let story = Story::new().await;
    let mut silent = story.connect(&story.world.member("ana").await);
    let mut rude = story.connect(&story.world.member("ben").await);

    rude.send(&ClientFrame::Clock { sent: 1.0 }).await;
    rude.send(&ClientFrame::JamGone { jam: JamId(Uuid::nil()) }).await;

    assert_eq!(rude.closed().await, 4002);
    assert_eq!(silent.closed().await, 4002);
}

#[tokio::test(start_paused = true)]
async fn a_page_that_floods_is_refused() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;
    let (mut page, _) = story.open(&ana, None).await;

    for sent in 0..300 {
        page.send(&ClientFrame::Clock { sent: sent.into() }).await;
    }

    let refusal = page.find(|frame| if let ServerFrame::Refused(refusal) = frame { Some(refusal) } else { None }).await;
    assert!(matches!(refusal, Refusal::TooFast { .. }));
    assert_eq!(page.closed().await, 4002);
}

#[tokio::test(start_paused = true)]
async fn a4_the_end_of_a_session_closes_its_sockets() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;
    let (mut page, _) = story.open(&ana, None).await;

    story.world.services.log_out(&ana).await.unwrap();

    assert_eq!(page.closed().await, 4001);
    let mut late = story.connect(&ana);
    late.send(&hello(50, None)).await;
    assert_eq!(late.closed().await, 4001, "not even one that was opened just before");
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_socket_and_pongs_keep_it() {
    let mut story = Story::new().await;
    let (ana, ben) = (story.world.member("ana").await, story.world.member("ben").await);
    let (mut dead, _) = story.open(&ana, None).await;
    let (mut alive, _) = story.open(&ben, None).await;

    for _ in 0..6 {
        assert_eq!(alive.heard().await, Heard::Ping);
        alive.send_raw(Arrival::Pong).await;
    }

    assert_eq!(dead.closed().await, 4003);
}

#[tokio::test(start_paused = true)]
async fn a_newer_socket_of_a_tab_replaces_the_older() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;
    let (mut older, _) = story.open(&ana, None).await;

    let newer = story.connect(&ana);
    newer.send(&hello(1, None)).await;

    assert_eq!(older.closed().await, 4009);
}

#[tokio::test(start_paused = true)]
async fn a_stopping_server_says_so_and_waits_for_its_sockets() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;
    let (mut page, _) = story.open(&ana, None).await;

    story.shutdown.cancel();

    assert_eq!(page.frame().await, ServerFrame::GoingAway);
    assert_eq!(page.closed().await, 1001);
    drop(page);
    story.hub.drain().await;
    assert_eq!(story.hub.sockets(), 0);
    assert_eq!(story.hub.admit(ana.id()).err(), Some(Full::Server));
}

#[tokio::test(start_paused = true)]
async fn no_more_sockets_are_admitted_than_there_are_places() {
    let mut story = Story::with(Limits { sockets: 1, ..Limits::default() }).await;
    let ana = story.world.member("ana").await;
    let about_to_open = story.hub.admit(ana.id()).unwrap();
    assert_eq!(story.hub.admit(ana.id()).err(), Some(Full::Server));
    drop(about_to_open);

    let (page, _) = story.open(&ana, None).await;
    assert_eq!(story.hub.admit(ana.id()).err(), Some(Full::Server));

    drop(page);
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert!(story.hub.admit(ana.id()).is_ok());
}

#[tokio::test]
async fn clock_questions_are_answered_finely() {
    let mut story = Story::new().await;
    let ana = story.world.member("ana").await;
    let (mut page, _) = story.open(&ana, None).await;
    let mut fractions = 0;

    for sent in 0..20 {
        page.send(&ClientFrame::Clock { sent: f64::from(sent) + 0.25 }).await;
        let ServerFrame::Clock { sent: back, received, answered } = page.frame().await else { panic!("no answer") };
        assert_eq!(back, f64::from(sent) + 0.25);
        assert!(received <= answered && answered - received < 1_000.0);
        fractions += u32::from(received.fract() != 0.0);
    }

    assert!(fractions > 10, "whole milliseconds are too coarse to keep a Jam together");
}

fn hello(tab: u128, position: Option<Position>) -> ClientFrame {
    ClientFrame::Hello { tab: TabId(Uuid::from_u128(tab)), position }
}

/// What a page has understood of its inbox. It insists on having no gap.
struct Log {
    read: Position,
    texts: Vec<String>,
}

impl Log {
    fn at(read: Position) -> Self {
        Self { read, texts: Vec::new() }
    }

    fn from(welcome: &ServerFrame) -> Self {
        match welcome {
            ServerFrame::Welcome { missed: Missed::Entries { head, .. }, .. } => Self::at(*head),
            other => panic!("no welcome: {other:?}"),
        }
    }

    fn take(&mut self, frame: ServerFrame) {
        let (ServerFrame::Welcome { missed, .. } | ServerFrame::Missed(missed)) = frame else { return };
        let Missed::Entries { entries, .. } = missed else { panic!("nothing has started over") };

        for entry in entries {
            assert_eq!(entry.seq, self.read.seq + 1, "a gap or a double");
            self.read.seq = entry.seq;
            if let InboxEvent::Message(message) = entry.event
                && let BodyView::Text(text) = message.body
            {
                self.texts.push(text);
            }
        }
    }
}

impl Page {
    /// Reads until the answer to a clock question: what was sent before it has come then.
    async fn read_what_is_there(&mut self, log: &mut Log) {
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.send(&ClientFrame::Clock { sent: -1.0 }).await;
        tokio::time::sleep(Duration::from_secs(1)).await;

        let mut quiet = false;
        while !quiet {
            match tokio::time::timeout(Duration::from_millis(200), self.heard()).await {
                Ok(Heard::Frame(frame)) => log.take(*frame),
                Ok(Heard::Ping) => {}
                Ok(_) | Err(_) => quiet = true,
            }
        }
    }
}
