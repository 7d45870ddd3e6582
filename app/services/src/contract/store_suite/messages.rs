//! Conversations, messages and their keys.

use domain::{ConversationId, Refusal};

use super::makers::{assert_refused, befriend, id, message, people, sorted};
use crate::ports::store::{Appended, Head, InboxSubject, Store, StoredMessage};

/// The sender has read what they wrote; pages of a conversation end where they are asked to.
pub async fn m15_messages_have_one_order_without_holes(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;

    for number in 1..=5 {
        let sender = if number % 2 == 0 { ana } else { bo };
        let (stored, heads) = append(store, &message(number, conversation, sender)).await;
        assert_eq!(stored, StoredMessage { seq: number as i64, ..message(number, conversation, sender) });
        // Two entries came before: the request and its acceptance.
        assert_eq!(sorted(heads), [(ana, number as i64 + 2), (bo, number as i64 + 2)]);
        assert_eq!(store.message(id(number)).await.expect("a read"), Some(stored));
    }

    assert_eq!(seqs(store, conversation, i64::MAX, 3).await, [3, 4, 5]);
    assert_eq!(seqs(store, conversation, 3, 9).await, [1, 2]);
    assert_eq!(seqs(store, conversation, 1, 9).await, [0_i64; 0]);
    assert_eq!(seqs(store, id(9), i64::MAX, 9).await, [0_i64; 0]);
    let seen = store.conversation(conversation, bo).await.expect("a read").expect("it is theirs");
    assert_eq!((seen.read_up_to, seen.unread, seen.contact.member.id), (5, 0, ana));
    assert_eq!(seen.last.map(|message| message.id), Some(id(5)));
}

/// The answer is what was stored first; the caller compares the content.
pub async fn m15_the_same_message_again_is_known_and_stored_once(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    let (stored, _) = append(store, &message(7, conversation, ana)).await;
    append(store, &message(8, conversation, bo)).await;
    let head = store.inbox_head(bo).await.expect("a read");

    let other_words = StoredMessage { sealed: vec![9; 9], ..message(7, conversation, ana) };
    let again = store.append_message(&other_words).await.expect("a retry is harmless");

    assert_eq!(again, Appended::Known(stored));
    assert_eq!(store.inbox_head(bo).await.expect("a read"), head);
    append(store, &message(9, conversation, ana)).await;
    assert_eq!(seqs(store, conversation, i64::MAX, 9).await, [1, 2, 3]);
}

/// Neither in another conversation nor by another sender.
pub async fn m15_an_id_cannot_be_used_for_something_else(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let with_bo = befriend(store, 1, ana, bo).await;
    let with_cy = befriend(store, 2, ana, cy).await;
    append(store, &message(7, with_bo, ana)).await;

    assert_refused(store.append_message(&message(7, with_cy, ana)).await, Refusal::IdTaken);
    assert_refused(store.append_message(&message(7, with_bo, bo)).await, Refusal::IdTaken);

    let (next, _) = append(store, &message(8, with_cy, ana)).await;
    assert_eq!(next.seq, 1, "a refused message takes no place");
}

/// Nor do they see it.
pub async fn m15_nobody_writes_where_they_do_not_belong(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;

    assert_refused(store.append_message(&message(7, conversation, cy)).await, Refusal::ConversationUnknown);
    assert_refused(store.append_message(&message(8, id(99), ana)).await, Refusal::ConversationUnknown);
    assert_refused(store.set_read(conversation, cy, 1).await, Refusal::ConversationUnknown);

    assert_eq!(store.conversation(conversation, cy).await.expect("a read"), None);
    assert_eq!(store.conversations(cy).await.expect("a read"), []);
    assert_eq!(append(store, &message(9, conversation, ana)).await.0.seq, 1);
}

/// A conversation without messages counts by its opening.
pub async fn m10_unread_comes_first_then_the_newest(store: &dyn Store) {
    let [ana, bo, cy, di] = people(store).await;
    let with_bo = befriend(store, 1, ana, bo).await;
    let with_cy = befriend(store, 2, ana, cy).await;
    let with_di = befriend(store, 3, ana, di).await;
    append(store, &message(10, with_bo, bo)).await;
    append(store, &message(11, with_bo, bo)).await;
    append(store, &message(20, with_cy, ana)).await;

    let rows = store.conversations(ana).await.expect("a read");
    let rows: Vec<_> = rows.into_iter().map(|row| (row.id, row.unread)).collect();
    assert_eq!(rows, [(with_bo, 2), (with_cy, 0), (with_di, 0)]);

    store.set_read(with_bo, ana, 2).await.expect("a write");
    let rows = store.conversations(ana).await.expect("a read");
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [with_cy, with_bo, with_di]);
    assert_eq!(rows[2].last, None);
}

/// It tells the member's own devices, and only when it moved.
pub async fn m10_a_read_marker_moves_forward_and_never_past_the_end(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    for number in 1..=3 {
        append(store, &message(number, conversation, bo)).await;
    }
    let head = store.inbox_head(ana).await.expect("a read");
    let read = async |up_to| store.set_read(conversation, ana, up_to).await.expect("a write");

    assert_eq!(read(2).await, [(ana, head + 1)]);
    assert_eq!(read(1).await, []);
    assert_eq!(read(2).await, []);
    assert_eq!(read(i64::MAX).await, [(ana, head + 2)]);
    assert_eq!(read(3).await, []);

    let entries = store.inbox(ana, head, 9).await.expect("a read");
    let subjects: Vec<_> = entries.iter().map(|entry| entry.subject).collect();
    assert_eq!(subjects, [2, 3].map(|up_to| InboxSubject::Read { conversation, up_to }));
    let seen = store.conversation(conversation, ana).await.expect("a read").expect("it is theirs");
    assert_eq!((seen.read_up_to, seen.unread), (3, 0));
}

/// Two first messages at once end with one key.
pub async fn m14_the_first_data_key_stays(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    assert_eq!(store.data_key(conversation, ana).await.expect("a read"), None);

    let (one, other) =
        tokio::join!(store.add_data_key(conversation, ana, &[1; 40]), store.add_data_key(conversation, ana, &[2; 40]));

    let kept = store.data_key(conversation, ana).await.expect("a read");
    assert_eq!((one.ok(), other.ok()), (kept.clone(), kept.clone()));
    assert!(kept.is_some());
    assert_eq!(store.add_data_key(conversation, ana, &[3; 40]).await.ok(), kept);
    assert_eq!(store.data_key(conversation, bo).await.expect("a read"), None);
}

/// Without any there is nothing to prove a key by.
pub async fn m14_some_data_keys_are_found_to_try_a_master_key_with(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    assert_eq!(store.some_data_keys(9).await.expect("a read"), []);

    store.add_data_key(conversation, ana, &[1; 40]).await.expect("a write");
    store.add_data_key(conversation, bo, &[2; 40]).await.expect("a write");

    let mut keys = store.some_data_keys(9).await.expect("a read");
    keys.sort();
    assert_eq!(keys, [(conversation, ana, vec![1; 40]), (conversation, bo, vec![2; 40])]);
    assert_eq!(store.some_data_keys(1).await.expect("a read").len(), 1);
}

async fn append(store: &dyn Store, message: &StoredMessage) -> (StoredMessage, Vec<Head>) {
    match store.append_message(message).await.expect("it can be stored") {
        Appended::New(stored, heads) => (stored, heads),
        Appended::Known(known) => panic!("{known:?} should be new"),
    }
}

async fn seqs(store: &dyn Store, conversation: ConversationId, before: i64, limit: u32) -> Vec<i64> {
    let messages = store.messages(conversation, before, limit).await.expect("a read");

    messages.into_iter().map(|message| message.seq).collect()
}
