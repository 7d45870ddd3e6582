//! Who may ask whom (M1 to M4, M12, M13).

use domain::{
    Refusal, Timestamp,
    relations::{
        ASK_AGAIN_AFTER_MS, Asking, INVITE_LIFE_MS, InviteLife, OPEN_REQUESTS, PastRequest, REQUEST_LIFE_MS, Relation,
        RequestState, may_ask,
    },
    time::DAY,
};
use proptest::prelude::*;

use crate::support::{id, ms};

fn related() -> Asking {
    Asking { reachable: true, relations: vec![Relation::Invite(id(1)), Relation::Jam(id(2))], ..Asking::default() }
}

fn past(state: RequestState, sent_at: Timestamp, closed_at: Option<Timestamp>) -> PastRequest {
    PastRequest { sent_at, state, closed_at, taken_back: false }
}

fn declined(at: Timestamp) -> PastRequest {
    past(RequestState::Declined, at - DAY, Some(at))
}

#[test]
fn m1_who_may_ask_whom() {
    use Refusal::*;
    use RequestState::*;

    let now = ms(100 * DAY);
    let again = now - ASK_AGAIN_AFTER_MS;

    let table: Vec<(&str, Asking, Result<Relation, Refusal>)> = vec![
        ("invited", related(), Ok(Relation::Invite(id(1)))),
        ("by a Jam", Asking { relations: vec![Relation::Jam(id(2))], ..related() }, Ok(Relation::Jam(id(2)))),
        ("no relation", Asking { relations: vec![], ..related() }, Err(NoRelation)),
        ("no relation, unreachable", Asking { relations: vec![], reachable: false, ..related() }, Err(NoRelation)),
        ("oneself", Asking { oneself: true, ..related() }, Err(Yourself)),
        ("contacts", Asking { contacts: true, ..related() }, Err(AlreadyContacts)),
        ("messages off", Asking { reachable: false, ..related() }, Err(NotReachable)),
        ("blocked", Asking { blocked: true, ..related() }, Err(NotReachable)),
        ("blocked contact", Asking { blocked: true, contacts: true, ..related() }, Err(NotReachable)),
        ("asked by them", Asking { asked_by_them: true, ..related() }, Err(RequestAlreadyOpen)),
        ("open", Asking { past: vec![past(Open, now - DAY, None)], ..related() }, Err(RequestAlreadyOpen)),
        (
            "open a moment before 30 days",
            Asking { past: vec![past(Open, now - (REQUEST_LIFE_MS - 1), None)], ..related() },
            Err(RequestAlreadyOpen),
        ),
        (
            "expired after 30 days",
            Asking { past: vec![past(Open, now - REQUEST_LIFE_MS, None)], ..related() },
            Ok(Relation::Invite(id(1))),
        ),
        (
            "withdrawn",
            Asking { past: vec![past(Withdrawn, now - DAY, Some(now))], ..related() },
            Ok(Relation::Invite(id(1))),
        ),
        ("declined just now", Asking { past: vec![declined(now)], ..related() }, Err(RequestNotAgain)),
        (
            "declined 30 days less 1 ms ago",
            Asking { past: vec![declined(again + 1)], ..related() },
            Err(RequestNotAgain),
        ),
        ("declined 30 days ago", Asking { past: vec![declined(again)], ..related() }, Ok(Relation::Invite(id(1)))),
        (
            "declined twice, long ago",
            Asking { past: vec![declined(ms(0)), declined(ms(40 * DAY))], ..related() },
            Err(RequestNotAgain),
        ),
        ("19 open", Asking { open_requests: OPEN_REQUESTS - 1, ..related() }, Ok(Relation::Invite(id(1)))),
        ("20 open", Asking { open_requests: OPEN_REQUESTS, ..related() }, Err(TooManyRequests { limit: 20 })),
    ];

    for (case, asking, answer) in table {
        assert_eq!(may_ask(&asking, now), answer, "{case}");
    }
}

prop_compose! {
    fn any_asking()(
        flags in any::<[bool; 5]>(),
        jams in 0..3_u128,
        past_days in prop::collection::vec(0..90_i64, 0..4),
        open_requests in 0..40_u32,
    ) -> Asking {
        Asking {
            oneself: flags[0],
            contacts: flags[1],
            blocked: flags[2],
            reachable: flags[3],
            asked_by_them: flags[4],
            relations: (0..jams).map(|jam| Relation::Jam(id(jam))).collect(),
            past: past_days.into_iter().map(|days| declined(ms(days * DAY))).collect(),
            open_requests,
        }
    }
}

proptest! {
    #[test]
    fn m12_a_block_answers_like_messages_off(asking in any_asking()) {
        let blocked = Asking { blocked: true, reachable: true, contacts: false, ..asking.clone() };
        let off = Asking { blocked: false, reachable: false, contacts: false, ..asking };

        prop_assert_eq!(may_ask(&blocked, ms(100 * DAY)), may_ask(&off, ms(100 * DAY)));
    }

    #[test]
    fn m1_nobody_asks_without_a_relation(asking in any_asking()) {
        if may_ask(&asking, ms(100 * DAY)).is_ok() {
            prop_assert!(!asking.relations.is_empty() && asking.reachable && !asking.blocked);
        }
    }
}

#[test]
fn m4_an_invite_link_opens_for_seven_days_unless_it_is_taken_back() {
    let life = InviteLife { expires_at: ms(INVITE_LIFE_MS), revoked_at: None };

    assert_eq!(INVITE_LIFE_MS, 7 * DAY);
    assert_eq!(life.check(ms(INVITE_LIFE_MS - 1)), Ok(()));
    assert_eq!(life.check(ms(INVITE_LIFE_MS)), Err(Refusal::InviteExpired));
    assert_eq!(InviteLife { revoked_at: Some(ms(1)), ..life }.check(ms(2)), Err(Refusal::InviteRevoked));
}
