//! Inboxes: dense places, one order, and nothing lost or doubled when many write at once.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
};

use domain::{
    ConversationId, MemberId,
    account::{Role, Switches},
};
use futures::future::join_all;
use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::makers::{NOW, befriend, id, message, people, session};
use crate::ports::store::{Appended, Head, InboxSubject, Store};

/// Reading is by place, so a reader comes back without gaps.
pub async fn an_inbox_is_read_on_from_any_place(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    for number in 1..=5 {
        store.append_message(&message(number, conversation, bo)).await.expect("it can be stored");
    }

    let all = store.inbox(ana, 0, 100).await.expect("a read");
    assert_eq!(all.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(all[2].subject, InboxSubject::Message(id(1)));
    assert_eq!(store.inbox(ana, 3, 2).await.expect("a read"), all[3..5]);
    assert_eq!(store.inbox(ana, 7, 100).await.expect("a read"), []);
    assert_eq!(store.inbox_head(ana).await.expect("a read"), 7);
    assert_eq!(store.inbox_head(cy).await.expect("a read"), 0);
}

/// 50 writers among 10 members: each acknowledged message is in both inboxes at the place that was answered, once.
pub async fn many_writers_leave_neither_holes_nor_twins(store: &dyn Store) {
    let crowd = Crowd::gather(store).await;
    let acknowledged = crowd.write(store).await;

    let mut inboxes = HashMap::new();
    for member in crowd.members {
        let entries = store.inbox(member, 0, 10_000).await.expect("a read");
        let places: Vec<_> = entries.iter().map(|entry| entry.seq).collect();
        assert_eq!(places, (1..=entries.len() as i64).collect::<Vec<_>>(), "places are dense");
        assert_eq!(store.inbox_head(member).await.expect("a read"), entries.len() as i64);
        inboxes.insert(member, entries);
    }
    for (number, heads) in &acknowledged {
        assert_eq!(heads.len(), 2);
        for (member, head) in heads {
            let said = InboxSubject::Message(id(*number));
            let places: Vec<_> = inboxes[member].iter().filter(|entry| entry.subject == said).collect();
            assert_eq!(places.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [*head]);
        }
    }
    assert_eq!(acknowledged.len() as u128, WRITERS * EACH);
    for (conversation, _) in crowd.conversations {
        let messages = store.messages(conversation, i64::MAX, 1_000).await.expect("a read");
        let seqs: Vec<_> = messages.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, (1..=i64::try_from(WRITERS / 10 * EACH).expect("a small number")).collect::<Vec<_>>());
    }
}

/// While 50 write, 10 read their inboxes again and again from any place: what stands at a place never changes, nothing
/// appears before what was seen, and in the end everything that was acknowledged was seen once.
pub async fn readers_who_resume_anywhere_see_every_acknowledged_entry_once(store: &dyn Store) {
    let crowd = Crowd::gather(store).await;
    let written = AtomicBool::new(false);
    let write = async {
        let acknowledged = crowd.write(store).await;
        written.store(true, Ordering::SeqCst);
        acknowledged
    };
    let read = async |member: MemberId| {
        let mut dice = StdRng::seed_from_u64(member.0.as_u128() as u64);
        let mut seen: Vec<InboxSubject> = Vec::new();
        loop {
            let over = written.load(Ordering::SeqCst);
            let from = dice.random_range(0..=seen.len());
            for (place, entry) in (from..).zip(store.inbox(member, from as i64, 15).await.expect("a read")) {
                assert_eq!(entry.seq, place as i64 + 1, "a hole, or an entry that came in before others");
                match seen.get(place) {
                    Some(known) => assert_eq!(*known, entry.subject, "what was seen has changed"),
                    None => seen.push(entry.subject),
                }
            }
            if over && seen.len() as i64 == store.inbox_head(member).await.expect("a read") {
                return (member, seen);
            }
            tokio::task::yield_now().await;
        }
    };

    let (acknowledged, seen) = futures::join!(write, join_all(crowd.members.map(read)));

    let seen: HashMap<_, _> = seen.into_iter().collect();
    for (number, heads) in acknowledged {
        for (member, head) in heads {
            let said = InboxSubject::Message(id(number));
            assert_eq!(seen[&member][head as usize - 1], said);
            assert_eq!(seen[&member].iter().filter(|subject| **subject == said).count(), 1);
        }
    }
}

/// So that a node that missed a hint finds out.
pub async fn whatever_is_cut_or_granted_raises_the_marks_of_those_concerned(store: &dyn Store) {
    let [ana, bo, cy, dee] = people(store).await;
    befriend(store, 1, ana, bo).await;
    befriend(store, 2, ana, cy).await;
    let everybody = [ana, bo, cy, dee];
    let permissions = async || {
        let marks = store.marks(&everybody).await.expect("a read");
        everybody.map(|member| marks.iter().find(|(id, _)| *id == member).expect("a mark of each").1.permissions)
    };
    let off = Switches { listening_activity: false, ..Switches::default() };
    store.add_session(&session(1, ana)).await.expect("a write");
    store.add_session(&session(2, ana)).await.expect("a write");

    let mut before = permissions().await;
    let mut raised = async || {
        let after = permissions().await;
        let who: Vec<_> = (0..4).filter(|place| after[*place] > before[*place]).map(|place| everybody[place]).collect();
        before = after;
        who
    };
    assert_eq!(raised().await, []);
    store.set_block(cy, ana, Some(NOW)).await.expect("a write");
    assert_eq!(raised().await, [ana, cy], "a block");
    store.set_block(cy, ana, None).await.expect("a write");
    assert_eq!(raised().await, [ana, cy], "its end");
    store.set_hidden(ana, bo, true).await.expect("a write");
    assert_eq!(raised().await, [bo], "an exception");
    store.set_hidden(ana, bo, true).await.expect("a write");
    assert_eq!(raised().await, [], "the same again");
    store.set_switches(ana, Switches::default(), off).await.expect("a write");
    assert_eq!(raised().await, [ana, bo, cy], "a switch");
    store.end_session(ana, id(1)).await.expect("a write");
    assert_eq!(raised().await, [ana], "a log-out");
    store.set_password(ana, "new", None).await.expect("a write");
    assert_eq!(raised().await, [ana], "a new password");
    store.set_role("member4", Role::Moderator).await.expect("a write");
    assert_eq!(raised().await, [dee], "a role");
    befriend(store, 3, bo, dee).await;
    assert_eq!(raised().await, [bo, dee], "a new contact");

    let marks = store.marks(&[ana]).await.expect("a read");
    assert_eq!(marks[0].1.head, store.inbox_head(ana).await.expect("a read"));
}

const WRITERS: u128 = 50;
/// Messages of each.
const EACH: u128 = 10;

/// Ten members in a circle, each with a conversation with the next.
struct Crowd {
    members: [MemberId; 10],
    conversations: Vec<(ConversationId, [MemberId; 2])>,
}

impl Crowd {
    async fn gather(store: &dyn Store) -> Self {
        let members = people::<10>(store).await;
        let mut conversations = Vec::new();
        for place in 0..10 {
            let (one, other) = (members[place], members[(place + 1) % 10]);
            conversations.push((befriend(store, place as u128 + 1, one, other).await, [one, other]));
        }

        Self { members, conversations }
    }

    /// All write at once. Answers what was acknowledged, with the places.
    async fn write(&self, store: &dyn Store) -> Vec<(u128, Vec<Head>)> {
        let write = async |writer: u128| -> Vec<(u128, Vec<Head>)> {
            let (conversation, pair) = self.conversations[writer as usize % 10];
            let mut acknowledged = Vec::new();
            for turn in 0..EACH {
                let number = 1_000 + writer * EACH + turn;
                let message = message(number, conversation, pair[(writer as usize / 10) % 2]);
                match store.append_message(&message).await.expect("it can be stored") {
                    Appended::New(_, heads) => acknowledged.push((number, heads)),
                    Appended::Known(known) => panic!("{known:?} should be new"),
                }
            }
            acknowledged
        };

        join_all((0..WRITERS).map(write)).await.into_iter().flatten().collect()
    }
}

/// One try is new, all others find it.
pub async fn one_message_sent_from_many_tabs_is_stored_once(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    let message = message(7, conversation, ana);

    let answers = join_all((0..20).map(|_| store.append_message(&message))).await;

    let new = answers.iter().filter(|answer| matches!(answer, Ok(Appended::New(..)))).count();
    let known = answers.iter().filter(|answer| matches!(answer, Ok(Appended::Known(_)))).count();
    assert_eq!((new, known), (1, 19));
    assert_eq!(store.inbox_head(bo).await.expect("a read"), 3);
    assert_eq!(store.messages(conversation, i64::MAX, 9).await.expect("a read").len(), 1);
}
