//! Inboxes: dense places, one order, and nothing lost or doubled when many write at once.

use std::collections::HashMap;

use futures::future::join_all;

use super::makers::{befriend, id, message, people};
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
    const WRITERS: u128 = 50;
    const EACH: u128 = 10;
    let members = people::<10>(store).await;
    let mut conversations = Vec::new();
    for place in 0..10 {
        let (one, other) = (members[place], members[(place + 1) % 10]);
        conversations.push((befriend(store, place as u128 + 1, one, other).await, [one, other]));
    }

    let write = async |writer: u128| -> Vec<(u128, Vec<Head>)> {
        let (conversation, pair) = conversations[writer as usize % 10];
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
    let acknowledged: Vec<_> = join_all((0..WRITERS).map(write)).await.into_iter().flatten().collect();

    let mut inboxes = HashMap::new();
    for member in members {
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
    for (conversation, _) in conversations {
        let messages = store.messages(conversation, i64::MAX, 1_000).await.expect("a read");
        let seqs: Vec<_> = messages.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, (1..=i64::try_from(WRITERS / 10 * EACH).expect("a small number")).collect::<Vec<_>>());
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
