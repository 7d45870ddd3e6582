//! Usernames, display names, the age gate, markets (A1, A3).

use domain::{
    Refusal,
    account::{AgeGate, COUNTRIES, DisplayName, Market, Switch, Switches, Username},
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

#[test]
fn a1_usernames() {
    for (text, kept) in [
        ("ana", Some("ana")),
        ("  Ana.B-c_9  ", Some("Ana.B-c_9")),
        ("Žofie", Some("Žofie")),
        (&"a".repeat(32), Some(&*"a".repeat(32))),
        ("an", None),
        (&"a".repeat(33), None),
        ("ana b", None),
        ("ana@b", None),
        ("ana/b", None),
        ("ana\u{0}b", None),
        ("", None),
    ] {
        let parsed = Username::parse(text);
        assert_eq!(parsed.as_ref().ok().map(Username::as_str), kept, "{text:?}");
        assert!(parsed.is_ok() || parsed == Err(Refusal::UsernameInvalid));
    }
}

#[test]
fn a1_usernames_compare_without_case_and_keep_it() {
    let (one, two) = (Username::parse("Ana").unwrap(), Username::parse("aNA").unwrap());

    assert_eq!(one.key(), two.key());
    assert_eq!(one.as_str(), "Ana");
}

#[test]
fn a1_display_names() {
    for (text, fits) in [
        ("A", true),
        ("Ana Müller 🎧", true),
        (&"ü".repeat(50), true),
        (&"a".repeat(51), false),
        ("   ", false),
        ("a\nb", false),
    ] {
        assert_eq!(DisplayName::parse(text).is_ok(), fits, "{text:?}");
    }
}

#[test]
fn a1_age() {
    let today = date(2025, 6, 15);
    let open = Ok(AgeGate::Open { decided_on: today });
    let closed = |year, month| Ok(AgeGate::Closed { opens_on: date(year, month, 1) });

    for (born, gate) in [
        (date(1990, 1, 1), open.clone()),
        (date(2009, 6, 15), open),
        (date(2009, 6, 16), closed(2025, 7)),
        (date(2009, 6, 30), closed(2025, 7)),
        (date(2009, 7, 1), closed(2025, 8)),
        (date(2009, 12, 31), closed(2026, 1)),
        (today, closed(2041, 7)),
        (date(2025, 6, 16), Err(Refusal::BirthDateInvalid)),
        (date(1894, 6, 15), Err(Refusal::BirthDateInvalid)),
    ] {
        assert_eq!(AgeGate::at_sign_up(born, today), gate, "born {born}");
    }
}

#[test]
fn a1_who_was_born_on_29_february_is_16_on_that_day() {
    // 16 years after a leap year comes a leap year, save around 2100.
    let born = date(2008, 2, 29);

    assert_eq!(AgeGate::at_sign_up(born, date(2024, 2, 28)), Ok(AgeGate::Closed { opens_on: date(2024, 3, 1) }));
    assert!(matches!(AgeGate::at_sign_up(born, date(2024, 2, 29)), Ok(AgeGate::Open { .. })));

    let without = date(2084, 2, 29);
    assert_eq!(AgeGate::at_sign_up(without, date(2100, 2, 28)), Ok(AgeGate::Closed { opens_on: date(2100, 4, 1) }));
    assert!(matches!(AgeGate::at_sign_up(without, date(2100, 3, 1)), Ok(AgeGate::Open { .. })));
}

#[test]
fn a1_the_gate_opens_by_itself_on_its_day() {
    let gate = AgeGate::Closed { opens_on: date(2025, 7, 1) };

    assert!(!gate.is_open(date(2025, 6, 30)));
    assert!(gate.is_open(date(2025, 7, 1)));
    assert!(AgeGate::Open { decided_on: date(2025, 6, 15) }.is_open(date(2025, 6, 15)));
}

proptest! {
    #[test]
    fn a1_nobody_under_16_is_let_in(born in 0..40_000_i64, today in 0..40_000_i64) {
        let day = |days: i64| date(1950, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
        let (born, today): (Date, Date) = (day(born), day(today));

        if let Ok(gate) = AgeGate::at_sign_up(born, today) {
            let years = today.year() - born.year() - i16::from((today.month(), today.day()) < (born.month(), born.day()));
            prop_assert_eq!(gate.is_open(today), years >= 16);

            if let AgeGate::Closed { opens_on } = gate {
                prop_assert_eq!(opens_on.day(), 1);
                prop_assert!(opens_on > today);
            }
        }
    }
}

#[test]
fn a1_markets_are_iso_codes() {
    assert_eq!(Market::parse(" de ").unwrap().as_str(), "DE");
    assert_eq!(Market::parse("XX"), Err(Refusal::MarketUnknown));
    assert_eq!(Market::parse(""), Err(Refusal::MarketUnknown));

    let mut codes: Vec<_> = COUNTRIES.iter().map(|(code, _)| code).collect();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), COUNTRIES.len(), "a code stands twice");
    assert_eq!(codes.len(), 249);
}

#[test]
fn l1_a_new_account_shares_nothing() {
    let switches = Switches::default();

    assert!(switches.messages && !switches.listening_activity && !switches.private_session);
    assert!(switches.with(Switch::ListeningActivity, true).listening_activity);
    assert!(switches.with(Switch::PrivateSession, true).private_session);
    assert!(!switches.with(Switch::Messages, false).messages);
}
