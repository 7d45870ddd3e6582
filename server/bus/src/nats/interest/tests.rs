//! Who waits for which round, and who learns of a loss. The clock is moved by hand.

use std::cell::RefCell;

use domain::MemberId;
use futures::FutureExt;
use uuid::Uuid;

use super::*;

#[tokio::test]
async fn whoever_watches_waits_for_the_round_of_their_topics() {
    let interest = in_session();

    let first = watch(&interest, &[topic(1)]);
    let round = taken(&interest);
    assert_eq!((round.number, &*round.wanted, &*round.unwanted), (1, &[topic(1)][..], &[][..]));

    // The second reader comes while the first one's subscription is on its way, the third after that has arrived.
    let second = watch(&interest, &[topic(1)]);
    assert!(interest.change().now_or_never().is_none(), "nothing new is to be asked");
    let with_more = watch(&interest, &[topic(1), topic(2)]);
    assert!([&first, &second, &with_more].iter().all(|watching| !watching.is_over()));

    assert!(!interest.worked_off(1));
    assert!(first.is_over() && second.is_over() && !with_more.is_over());
    assert!(watch(&interest, &[topic(1)]).is_over(), "it is certain already");

    assert_eq!(taken(&interest).wanted, [topic(2)]);
    assert!(!interest.worked_off(2));
    assert!(with_more.is_over());
}

#[tokio::test]
async fn the_last_reader_that_goes_takes_the_topic_along() {
    let interest = in_session();
    interest.add(&[topic(1)]);
    interest.add(&[topic(1)]);
    assert_eq!(taken(&interest).wanted, [topic(1)]);

    interest.remove([topic(1)]);
    assert!(interest.change().now_or_never().is_none(), "one is left");

    interest.remove([topic(1)]);
    let round = taken(&interest);
    assert_eq!((&*round.wanted, &*round.unwanted), (&[][..], &[topic(1)][..]));
}

#[tokio::test]
async fn what_is_unwanted_and_wanted_again_is_asked_for_again() {
    let interest = in_session();
    interest.add(&[topic(1)]);
    let round = taken(&interest).number;
    assert!(!interest.worked_off(round));

    interest.remove([topic(1)]);
    let again = watch(&interest, &[topic(1)]);

    assert!(!again.is_over(), "it may have been unsubscribed meanwhile");
    let round = taken(&interest);
    assert_eq!((&*round.wanted, &*round.unwanted), (&[topic(1)][..], &[][..]));
    assert!(!interest.worked_off(round.number));
    assert!(again.is_over());
}

#[tokio::test]
async fn without_a_session_nobody_waits_and_the_next_one_begins_with_everything() {
    let interest = in_session();
    let waiting = watch(&interest, &[topic(1)]);

    interest.end();
    assert!(waiting.is_over(), "the interruption is told");
    assert!(watch(&interest, &[topic(2)]).is_over());
    interest.add(&[topic(3)]);
    interest.remove([topic(3)]);
    assert!(interest.change().now_or_never().is_none(), "nobody is there to be asked");

    let mut first = interest.begin();
    first.wanted.sort_by_key(|topic| format!("{topic:?}"));
    assert_eq!((&*first.wanted, &*first.unwanted), (&[topic(1), topic(2)][..], &[][..]));

    let later = watch(&interest, &[topic(1)]);
    assert!(!later.is_over(), "the new session has not asked yet");
    assert!(!interest.worked_off(first.number));
    assert!(later.is_over());
}

#[tokio::test(start_paused = true)]
async fn whoever_waited_in_vain_is_told_of_the_loss_when_the_answer_comes() {
    let interest = in_session();
    interest.add(&[topic(1)]);
    let watching = interest.certain(&[topic(1)]);
    let round = taken(&interest).number;

    watching.await;

    interest.add(&[topic(2)]);
    assert!(interest.worked_off(round), "it was not certain before");
    assert!(!interest.worked_off(taken(&interest).number), "that was told");
}

#[tokio::test(start_paused = true)]
async fn a_doubt_ends_with_the_session() {
    let interest = in_session();
    interest.add(&[topic(1)]);
    interest.certain(&[topic(1)]).await;

    interest.end();

    assert!(!interest.worked_off(interest.begin().number), "the end of the interruption says it");
}

/// The answer to one who watches.
struct Waiting(RefCell<Watching>);

impl Waiting {
    fn is_over(&self) -> bool {
        self.0.borrow_mut().as_mut().now_or_never().is_some()
    }
}

fn watch(interest: &Arc<Interest>, topics: &[Topic]) -> Waiting {
    interest.add(topics);

    Waiting(RefCell::new(interest.certain(topics)))
}

fn in_session() -> Arc<Interest> {
    let interest = Arc::new(Interest::default());
    let first = interest.begin();

    assert!(!interest.worked_off(first.number));
    interest
}

fn taken(interest: &Interest) -> Round {
    interest.change().now_or_never().expect("something has changed")
}

fn topic(number: u128) -> Topic {
    Topic::Member(MemberId(Uuid::from_u128(number)))
}
