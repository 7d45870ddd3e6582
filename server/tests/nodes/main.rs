//! Stories of two servers over one database: Ana's pages come to the first, Bo's to the second. They take as long as the
//! outages in them.

mod cluster;
mod page;

use std::time::{Duration, Instant};

use domain::{
    ConversationId, JamId, RowId, TrackId,
    activity::ActivityState,
    inbox::InboxEvent,
    jam::{Command, Playback},
    library::{Order, Slice},
};
use services::ports::store::LibraryStore;
use store::SqlStore;
use uuid::Uuid;

use cluster::Cluster;
use page::{Page, Person};

/// How long the bus or the database is away.
const OUTAGE: Duration = Duration::from_secs(10);

/// Ana and Bo are contacts and share what they play.
struct Story {
    cluster: Cluster,
    ana: Person,
    bo: Person,
    conversation: ConversationId,
    tracks: Vec<TrackId>,
}

impl Story {
    async fn begin(track_seconds: [u32; 2]) -> Self {
        let cluster = Cluster::start(track_seconds).await;
        let [one, two] = &cluster.nodes;
        let (ana, bo) = (Person::sign_up("ana", one).await, Person::sign_up("bob", two).await);
        let mut pages = [Page::open(&ana, one).await, Page::open(&bo, two).await];

        ana.does(one, "make_invite", &[]).await;
        let store = SqlStore::open(&cluster.postgres.url()).await.expect("the database runs");
        let conversation = befriend(&store, pages[0].me, pages[1].me).await;
        for (person, node) in [(&ana, one), (&bo, two)] {
            person.does(node, "set_switch", &[("switch", "ListeningActivity"), ("on", "true")]).await;
        }
        let tracks = tracks(&store).await;
        store.close().await;
        pages[0].listen(Duration::from_millis(100)).await;

        Self { cluster, ana, bo, conversation, tracks }
    }

    /// A page of each, at their own node.
    async fn pages(&self) -> (Page, Page) {
        let [one, two] = &self.cluster.nodes;

        (Page::open(&self.ana, one).await, Page::open(&self.bo, two).await)
    }

    /// Sends as Ana or Bo. Answers whether it was acknowledged.
    async fn sends(&self, who: &Person, node: usize, id: Uuid, text: &str) -> bool {
        let (id, conversation) = (id.to_string(), self.conversation.to_string());
        let form = [("id", id.as_str()), ("conversation", &conversation), ("text", text)];

        who.post(&self.cluster.nodes[node], "send_message", &form).await == Some(200)
    }

    /// A Jam in which both show and hear it, with both tracks in its queue.
    async fn jam(&self, ana: &mut Page, bo: &mut Page) -> JamId {
        let (request, conversation) = (Uuid::now_v7().to_string(), self.conversation.to_string());
        let [one, two] = &self.cluster.nodes;
        self.ana.does(one, "request_jam", &[("id", &request), ("conversation", &conversation)]).await;
        bo.until("the request arrives", |page| {
            page.entries.iter().any(|entry| matches!(entry.event, InboxEvent::JamRequest(_)))
        })
        .await;
        self.bo.does(two, "accept_jam", &[("id", &request)]).await;

        let jam = self.jam_of_bo(bo).await;
        ana.enter(jam).await;
        bo.enter(jam).await;
        for (page, track) in [(&mut *bo, 0), (&mut *ana, 1)] {
            let row = RowId(Uuid::now_v7());
            page.command(Command::Add { row, track: self.tracks[track], duration_ms: 0, next: false }).await;
            page.until("the row is there", |page| shown(page).row(row).is_some()).await;
        }
        ana.until("it plays", plays).await;
        bo.until("it plays", plays).await;
        jam
    }

    async fn jam_of_bo(&self, bo: &mut Page) -> JamId {
        let accepted = |page: &Page| {
            page.entries.iter().rev().find_map(|entry| match &entry.event {
                InboxEvent::JamRequest(request) => match request.state {
                    domain::jam_request::JamRequestState::Accepted(jam) => Some(jam),
                    _ => None,
                },
                _ => None,
            })
        };
        bo.until("the request is accepted", |page| accepted(page).is_some()).await;
        accepted(bo).expect("it was found a moment ago")
    }

    /// The node by which a page shows a Jam.
    fn node_of(&self, page: &Page) -> String {
        let member = page.me.to_string().replace('-', "");
        let question = format!("SELECT encode(node, 'hex') FROM jam_tabs WHERE encode(member, 'hex') = '{member}'");
        self.cluster.postgres.psql("postgres", &question)
    }

    fn owner(&self) -> String {
        self.cluster.postgres.psql("postgres", "SELECT encode(owner, 'hex') FROM jams WHERE ended_at IS NULL")
    }
}

fn shown(page: &Page) -> &domain::jam::State {
    page.jam.as_ref().expect("a Jam is shown")
}

fn plays(page: &Page) -> bool {
    matches!(shown(page).playback, Playback::Playing { .. })
}

fn is_playing(page: &Page, whom: domain::MemberId) -> bool {
    page.activity.get(&whom).is_some_and(|view| matches!(view.state, ActivityState::Playing { .. }))
}

async fn befriend(store: &SqlStore, one: domain::MemberId, other: domain::MemberId) -> ConversationId {
    use domain::{
        Timestamp,
        relations::{Relation, RequestState},
    };
    use services::ports::store::{ContactStore, StoredChatRequest};
    let request = StoredChatRequest {
        id: Uuid::now_v7().into(),
        from: one,
        to: other,
        relation: Relation::Invite(Uuid::now_v7().into()),
        sent_at: Timestamp(1),
        state: RequestState::Open,
        closed_at: None,
        taken_back_at: None,
        conversation: None,
    };
    store.add_chat_request(&request).await.expect("a write");

    let conversation = Uuid::now_v7().into();
    store.close_chat_request(request.id, RequestState::Accepted, conversation, Timestamp(2)).await.expect("a write");
    conversation
}

/// Both tracks by title, once one of the nodes has scanned them.
async fn tracks(store: &SqlStore) -> Vec<TrackId> {
    for _ in 0..600 {
        let found = store.tracks(Order::Title, Slice { offset: 0, limit: 9 }).await.expect("a read");
        if found.len() == 2 {
            return found.into_iter().map(|track| track.id).collect();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("nobody scanned the music");
}

#[tokio::test]
async fn two_members_at_two_nodes_chat_see_what_the_other_plays_and_hear_a_jam() {
    let story = Story::begin([6, 6]).await;
    let (mut ana, mut bo) = story.pages().await;

    assert!(story.sends(&story.ana, 0, Uuid::now_v7(), "hello").await);
    bo.until("hello arrives", |page| page.messages() == ["hello"]).await;
    assert!(story.sends(&story.bo, 1, Uuid::now_v7(), "hi").await);
    ana.until("both see both", |page| page.messages() == ["hello", "hi"]).await;

    ana.play(story.tracks[0]).await;
    let whom = ana.me;
    bo.until("what Ana plays is seen", |page| is_playing(page, whom)).await;

    story.jam(&mut ana, &mut bo).await;
    let second = shown(&bo).queue[1].id;
    let over = |page: &Page| shown(page).playback.row() == Some(second) && plays(page);
    bo.until("the second track follows by itself", over).await;
    ana.until("for Ana too", over).await;
    assert_eq!(shown(&ana).playback, shown(&bo).playback, "both hear it at the same instant");
}

#[tokio::test]
async fn a_node_that_is_killed_in_a_jam_is_hardly_noticed() {
    let mut story = Story::begin([20, 20]).await;
    let (mut ana, mut bo) = story.pages().await;
    story.jam(&mut ana, &mut bo).await;
    // Whoever acts last owns it: Ana's node, which dies. Bo's page may have something to say in between.
    let dies = story.node_of(&ana);
    loop {
        ana.command(Command::Pause).await;
        bo.until("it stands still", |page| matches!(shown(page).playback, Playback::Paused { .. })).await;
        ana.command(Command::Play).await;
        bo.until("it plays", plays).await;
        bo.listen(Duration::from_millis(300)).await;
        if story.owner() == dies {
            break;
        }
    }
    let (first, second) = (shown(&bo).queue[0].id, shown(&bo).queue[1].id);
    let before = shown(&bo).at(bo.now()).expect("it plays");

    let killed = Instant::now();
    story.cluster.nodes[0].kill();
    while story.owner() == dies {
        assert!(killed.elapsed() < Duration::from_secs(30), "nobody takes the Jam over");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("another node owns the Jam after {} ms", killed.elapsed().as_millis());

    ana.reopen(&story.cluster.nodes[1]).await;
    ana.enter(shown(&bo).id).await;
    let both = |page: &Page| shown(page).members.iter().filter(|member| member.is_here()).count() == 2;
    bo.until("Ana is back", both).await;
    for page in [&ana, &bo] {
        assert_eq!(shown(page).queue.iter().map(|row| row.id).collect::<Vec<_>>(), [first, second]);
        let now = shown(page).at(page.now()).expect("it plays");
        assert!(now.playing && now.row == first, "{now:?}");
        let moved_ms = now.position_ms - before.position_ms;
        let passed_ms = killed.elapsed().as_millis() as i64;
        assert!((moved_ms - passed_ms).abs() < 1_000, "it moved by {moved_ms} ms in {passed_ms} ms");
    }
    bo.until("the second track follows", |page| shown(page).playback.row() == Some(second)).await;
    ana.until("for Ana too", |page| shown(page).playback.row() == Some(second)).await;
    assert_eq!((ana.refused.as_slice(), bo.refused.as_slice()), (&[][..], &[][..]));
}

#[tokio::test]
async fn without_nats_everything_is_late_and_nothing_is_wrong_or_lost() {
    let mut story = Story::begin([60, 60]).await;
    let (mut ana, mut bo) = story.pages().await;
    story.jam(&mut ana, &mut bo).await;
    let stopped = Instant::now();
    story.cluster.nats.stop();

    let mut said = Vec::new();
    for turn in 0..6 {
        let text = format!("message {turn}");
        let (who, node) = if turn % 2 == 0 { (&story.ana, 0) } else { (&story.bo, 1) };
        assert!(story.sends(who, node, Uuid::now_v7(), &text).await, "the database is there, so it is acknowledged");
        said.push(text);
        let late = bo.until("it arrives", |page| page.messages() == said).await;
        println!("{} arrives at the other node after {} ms", said[turn], late.as_millis());
    }
    ana.until("here too", |page| page.messages() == said).await;

    ana.command(Command::Pause).await;
    let late = bo.until("it stands still", |page| matches!(shown(page).playback, Playback::Paused { .. })).await;
    println!("a pause is heard at the other node after {} ms", late.as_millis());
    bo.command(Command::Play).await;
    let late = ana.until("it plays", plays).await;
    println!("a start is heard at the other node after {} ms", late.as_millis());

    ana.listen(OUTAGE.saturating_sub(stopped.elapsed())).await;
    story.cluster.nats.start_again().await;
    assert!(story.sends(&story.ana, 0, Uuid::now_v7(), "it is back").await);
    said.push("it is back".into());
    bo.until("it arrives", |page| page.messages() == said).await;
    ana.until("here too", |page| page.messages() == said).await;
    assert_eq!(shown(&ana).queue, shown(&bo).queue);
    assert_eq!((ana.refused.as_slice(), bo.refused.as_slice()), (&[][..], &[][..]));
}

#[tokio::test]
async fn m12_a_block_while_nats_is_away_is_in_force_at_the_other_node_too() {
    let mut story = Story::begin([60, 60]).await;
    let (mut ana, mut bo) = story.pages().await;
    ana.play(story.tracks[0]).await;
    let (whom, bo_id) = (ana.me, bo.me.to_string());
    bo.until("what Ana plays is seen", |page| is_playing(page, whom)).await;
    story.cluster.nats.stop();
    bo.listen(Duration::from_secs(1)).await;
    assert!(is_playing(&bo, whom), "an interruption alone hides nothing");

    story.ana.does(&story.cluster.nodes[0], "block", &[("member", &bo_id)]).await;
    let late = bo.until("nothing of her is seen", |page| page.activity.is_empty()).await;
    println!("a block is in force at the other node after {} ms", late.as_millis());
    assert!(!story.sends(&story.bo, 1, Uuid::now_v7(), "still there?").await);

    story.cluster.nats.start_again().await;
    bo.listen(Duration::from_secs(3)).await;
    assert!(bo.activity.is_empty());
}

#[tokio::test]
async fn without_postgres_nothing_is_acknowledged_and_everything_recovers() {
    let mut story = Story::begin([60, 60]).await;
    let (mut ana, mut bo) = story.pages().await;
    ana.play(story.tracks[0]).await;
    let whom = ana.me;
    bo.until("what Ana plays is seen", |page| is_playing(page, whom)).await;
    let ids: Vec<_> = (0..3).map(|_| Uuid::now_v7()).collect();
    let stopped = Instant::now();
    story.cluster.postgres.stop();

    for id in &ids {
        let sent = tokio::time::timeout(Duration::from_secs(2), story.sends(&story.ana, 0, *id, "while it is away"));
        assert!(!sent.await.unwrap_or(false), "nothing is acknowledged that is not stored");
    }
    let late = bo.until("what others play is hidden", |page| page.activity.is_empty()).await;
    println!("what others play is hidden after {} ms", late.as_millis());
    tokio::time::sleep(OUTAGE.saturating_sub(stopped.elapsed())).await;
    story.cluster.postgres.resume();

    let back = Instant::now();
    for id in &ids {
        while !story.sends(&story.ana, 0, *id, "while it is away").await {
            assert!(back.elapsed() < Duration::from_secs(60), "it does not work again");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    println!("messages are acknowledged again after {} ms", back.elapsed().as_millis());
    bo.until("each arrives once", |page| page.messages().len() == 3).await;
    bo.until("what Ana plays is seen again", |page| is_playing(page, whom)).await;
    bo.listen(Duration::from_secs(2)).await;
    assert_eq!(bo.messages().len(), 3);
}
