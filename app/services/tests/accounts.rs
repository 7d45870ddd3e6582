//! Signing up, logging in, sessions and switches, as stories.

use std::net::IpAddr;

use domain::{
    Refusal,
    account::{AgeGate, Role, Switch, Tier},
    player::PlayerReport,
    time::{DAY, HOUR, MINUTE},
};
use services::{
    Settings,
    accounts::{SignUp, Visitor},
    contract::{
        World,
        world::{PASSWORD, refused},
    },
    ports::{
        Clock, Note,
        store::{AccountStore, StoredAge},
    },
    settings::SignUps,
};

/// A world in which somebody has signed up already, so that the next is no administrator.
async fn world_with(settings: Settings) -> World {
    let world = World::with(settings).await;
    world.member("first").await;
    world
}

fn at(address: &str) -> Visitor {
    Visitor { address: address.parse::<IpAddr>().unwrap(), device: "Safari on iPhone".into() }
}

#[tokio::test]
async fn a1_a_new_account_is_who_it_said_and_everything_is_open_to_it() {
    let world = World::new().await;
    let form = SignUp { username: " Ana.Lucia ".into(), display_name: "Ana Lucía".into(), ..world.form("x") };

    let who = world.principal(&world.sign_up(form).await.unwrap()).await;

    let me = world.services.me(&who);
    assert_eq!((me.username.as_str(), me.name.as_str()), ("Ana.Lucia", "Ana Lucía"));
    assert!(me.social && me.switches.messages && !me.switches.listening_activity && !me.switches.private_session);
    assert!(matches!(who.member.age, AgeGate::Open { .. }));
}

#[tokio::test]
async fn a1_forms_with_a_slip_say_which_and_make_nothing() {
    let world = World::new().await;
    let form = || world.form("ana");
    let rows = [
        (SignUp { username: "an".into(), ..form() }, Refusal::UsernameInvalid),
        (SignUp { username: "ana lucia".into(), ..form() }, Refusal::UsernameInvalid),
        (SignUp { display_name: " ".into(), ..form() }, Refusal::DisplayNameInvalid),
        (SignUp { password: "seven77".into(), ..form() }, Refusal::PasswordTooShort),
        (SignUp { password: "x".repeat(129), ..form() }, Refusal::PasswordTooLong),
        (SignUp { password: "Password123".into(), ..form() }, Refusal::PasswordTooCommon),
        (SignUp { date_of_birth: "31.1.1990".into(), ..form() }, Refusal::BirthDateInvalid),
        (SignUp { date_of_birth: "2026-03-02".into(), ..form() }, Refusal::BirthDateInvalid),
        (SignUp { country: "XX".into(), ..form() }, Refusal::MarketUnknown),
    ];

    for (form, expected) in rows {
        assert_eq!(refused(world.sign_up(form).await), expected);
    }
    assert!(world.services.is_empty().await.unwrap());
}

#[tokio::test]
async fn a1_usernames_are_compared_without_case() {
    let world = World::new().await;
    world.member("Ana").await;

    assert_eq!(refused(world.sign_up(world.form("aNA")).await), Refusal::UsernameTaken);
    assert!(world.services.log_in("ANA", PASSWORD, &world.visitor()).await.is_ok());
}

#[tokio::test]
async fn a1_sixteen_today_is_old_enough_and_a_day_less_is_not() {
    let world = World::new().await;
    let born = |day: &str, name: &str| SignUp { date_of_birth: day.into(), ..world.form(name) };

    let old_enough = world.principal(&world.sign_up(born("2010-03-01", "ana")).await.unwrap()).await;
    let too_young = world.principal(&world.sign_up(born("2010-03-02", "bo")).await.unwrap()).await;

    assert!(old_enough.social);
    assert!(!too_young.social);
    assert_eq!(too_young.social(), Err(Refusal::TooYoung));
}

#[tokio::test]
async fn a1_under_sixteen_only_a_sealed_day_is_kept_and_the_social_side_opens_by_itself() {
    let world = World::new().await;
    let form = SignUp { date_of_birth: "2010-03-20".into(), ..world.form("tim") };
    let token = world.sign_up(form).await.unwrap();
    let tim = world.principal(&token).await;

    let StoredAge::Closed(sealed) = world.store.member(tim.id()).await.unwrap().unwrap().age else {
        panic!("an open gate was stored")
    };
    for day in [&b"2010"[..], b"2026", b"04-01", b"03-20"] {
        assert!(!sealed.windows(day.len()).any(|part| part == day));
    }

    world.clock.advance(30 * DAY);
    assert!(!world.fresh(&tim).await.social, "31 March is not the day");

    world.bus.notes();
    world.clock.advance(DAY);
    assert!(world.principal(&token).await.social);
    assert_eq!(world.bus.notes(), [Note::Permissions(tim.id())]);
    let stored = world.store.member(tim.id()).await.unwrap().unwrap().age;
    assert_eq!(stored, StoredAge::Open("2026-04-01".parse().unwrap()));
}

#[tokio::test]
async fn a1_an_under_16_account_turns_no_social_switch() {
    let world = World::new().await;
    let tim = world.young_member("tim").await;

    for switch in [Switch::Messages, Switch::ListeningActivity] {
        assert_eq!(refused(world.services.set_switch(&tim, switch, true).await), Refusal::TooYoung);
    }
    assert!(world.services.set_switch(&tim, Switch::PrivateSession, true).await.is_ok());
}

#[tokio::test]
async fn a2_a_new_account_gets_the_tier_of_the_settings() {
    for tier in [Tier::Free, Tier::Premium] {
        let world = World::with(Settings { tier, ..Settings::default() }).await;

        assert_eq!(world.member("ana").await.member.tier, tier);
    }
}

#[tokio::test]
async fn a4_sessions_are_listed_with_device_and_last_use() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    world.clock.advance(HOUR);
    let phone = world.principal(&world.services.log_in("ana", PASSWORD, &at("10.9.9.9")).await.unwrap()).await;

    let sessions = world.services.sessions(&ana).await.unwrap();

    let rows: Vec<_> = sessions.iter().map(|row| (row.id, row.device.as_str(), row.current)).collect();
    assert_eq!(rows, [(phone.session, "Safari on iPhone", false), (ana.session, "Firefox on Linux", true)]);
    assert_eq!(sessions[0].last_used_at, world.clock.now());
}

#[tokio::test]
async fn a4_last_use_is_noted_to_the_minute() {
    let world = World::new().await;
    let token = world.sign_up(world.form("ana")).await.unwrap();
    let ana = world.principal(&token).await;
    let begun = world.clock.now();
    let last_use = async || world.services.sessions(&ana).await.unwrap()[0].last_used_at;

    world.clock.advance(MINUTE - 1);
    world.principal(&token).await;
    assert_eq!(last_use().await, begun);

    world.clock.advance(1);
    world.principal(&token).await;
    assert_eq!(last_use().await, begun + MINUTE);
}

#[tokio::test]
async fn a4_an_ended_session_holds_no_longer_and_its_sockets_are_told() {
    let world = World::new().await;
    let token = world.sign_up(world.form("ana")).await.unwrap();
    let ana = world.principal(&token).await;
    let phone = world.principal(&world.services.log_in("ana", PASSWORD, &world.visitor()).await.unwrap()).await;
    world.bus.notes();

    world.services.end_session(&ana, phone.session).await.unwrap();
    assert_eq!(world.bus.notes(), [Note::SessionEnded { member: ana.id(), session: phone.session }]);
    assert_eq!(world.services.refresh(&phone).await.unwrap(), None);

    world.services.log_out(&ana).await.unwrap();
    assert_eq!(world.services.principal(&token.0).await.unwrap(), None);
}

#[tokio::test]
async fn a4_nobody_ends_a_session_of_somebody_else() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);

    world.services.end_session(&bo, ana.session).await.unwrap();

    assert!(world.services.refresh(&ana).await.unwrap().is_some());
}

#[tokio::test]
async fn a4_a_password_change_ends_the_others_and_keeps_this_one() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let phone = world.principal(&world.services.log_in("ana", PASSWORD, &world.visitor()).await.unwrap()).await;
    world.bus.notes();

    world.services.change_password(&ana, PASSWORD, "a louder kitchen").await.unwrap();

    assert_eq!(world.bus.notes(), [Note::SessionEnded { member: ana.id(), session: phone.session }]);
    assert!(world.services.refresh(&ana).await.unwrap().is_some());
    assert_eq!(world.services.refresh(&phone).await.unwrap(), None);
    let old = world.services.log_in("ana", PASSWORD, &world.visitor()).await;
    assert_eq!(refused(old), Refusal::WrongCredentials);
    assert!(world.services.log_in("ana", "a louder kitchen", &world.visitor()).await.is_ok());
}

#[tokio::test]
async fn a4_a_password_change_asks_for_the_old_one_and_cannot_be_used_to_guess_it() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let change = async |old: &str, new: &str| refused(world.services.change_password(&ana, old, new).await);

    assert_eq!(change(PASSWORD, "short").await, Refusal::PasswordTooShort);
    for _ in 0..10 {
        assert_eq!(change("a guess of mine", "a louder kitchen").await, Refusal::WrongCredentials);
    }
    assert!(matches!(change(PASSWORD, "a louder kitchen").await, Refusal::TooManyAttempts { .. }));
}

#[tokio::test]
async fn a7_the_first_account_is_administrator_and_the_next_is_not() {
    for sign_ups in [SignUps::Open, SignUps::Invited, SignUps::Closed] {
        let world = World::with(Settings { sign_ups, ..Settings::default() }).await;
        assert!(world.services.is_empty().await.unwrap());

        assert_eq!(world.member("ana").await.member.role, Role::Administrator);
        assert!(!world.services.is_empty().await.unwrap());
    }

    let world = World::new().await;
    world.member("ana").await;
    assert_eq!(world.member("bo").await.member.role, Role::Member);
}

#[tokio::test]
async fn a7_a_closed_server_takes_nobody() {
    let world = world_with(Settings { sign_ups: SignUps::Closed, ..Settings::default() }).await;

    assert_eq!(refused(world.sign_up(world.form("bo")).await), Refusal::SignUpClosed);
}

#[tokio::test]
async fn a7_a_server_by_invitation_takes_those_with_a_link_that_works() {
    let world = World::with(Settings { sign_ups: SignUps::Invited, ..Settings::default() }).await;
    let ana = world.member("ana").await;
    let token = world.services.make_invite(&ana, None).await.unwrap();
    let with = |name: &str, invite: Option<&str>| SignUp { invite: invite.map(Into::into), ..world.form(name) };

    assert_eq!(refused(world.sign_up(with("bo", None)).await), Refusal::SignUpByInvitation);
    assert_eq!(refused(world.sign_up(with("bo", Some("made up"))).await), Refusal::InviteUnknown);
    assert!(world.sign_up(with("bo", Some(&token))).await.is_ok());

    world.clock.advance(7 * DAY);
    assert_eq!(refused(world.sign_up(with("cai", Some(&token))).await), Refusal::InviteExpired);
}

#[tokio::test]
async fn a7_a_role_can_be_granted_any_time() {
    let world = world_with(Settings::default()).await;
    let bo = world.member("bo").await;
    world.bus.notes();

    assert!(world.services.grant("BO_", Role::Administrator).await.unwrap());
    assert!(!world.services.grant("nobody", Role::Administrator).await.unwrap());

    assert_eq!(world.bus.notes(), [Note::Permissions(bo.id())]);
    assert!(world.fresh(&bo).await.administrator().is_ok());
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_answer_alike() {
    let world = World::new().await;
    world.member("ana").await;

    for (name, password) in [("ana", "wrong password"), ("bob", PASSWORD), ("", ""), ("ana", ""), ("'; --", PASSWORD)] {
        let answer = world.services.log_in(name, password, &world.visitor()).await;
        assert_eq!(refused(answer), Refusal::WrongCredentials, "{name} {password}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_of_ours_is_nobody() {
    let world = World::new().await;
    world.member("ana").await;

    for token in ["", "x", "é", &"A".repeat(43), &"A".repeat(44), &"A".repeat(100_000)] {
        assert_eq!(world.services.principal(token).await.unwrap(), None);
    }
}

#[tokio::test]
async fn failed_log_ins_are_limited_by_address_and_the_right_ones_are_not() {
    let world = World::new().await;
    world.member("ana").await;
    let log_in = async |name: &str, password: &str, from: &str| world.services.log_in(name, password, &at(from)).await;

    for _ in 0..30 {
        assert!(log_in("ana", PASSWORD, "10.1.1.1").await.is_ok());
    }
    for guess in 0..10 {
        assert_eq!(
            refused(log_in(&format!("guess{guess}"), "wrong password", "10.1.1.1").await),
            Refusal::WrongCredentials
        );
    }

    let answer = refused(log_in("ana", PASSWORD, "10.1.1.1").await);
    assert_eq!(answer, Refusal::TooManyAttempts { retry_s: 6 });
    assert!(log_in("ana", PASSWORD, "10.1.1.2").await.is_ok());
    world.clock.advance(6_000);
    assert!(log_in("ana", PASSWORD, "10.1.1.1").await.is_ok());
}

#[tokio::test]
async fn failed_log_ins_are_limited_by_name_from_whatever_address() {
    let world = World::new().await;
    world.member("ana").await;

    for _ in 0..10 {
        let answer = world.services.log_in("ana", "wrong password", &world.visitor()).await;
        assert_eq!(refused(answer), Refusal::WrongCredentials);
    }

    let answer = refused(world.services.log_in("ANA", PASSWORD, &world.visitor()).await);
    assert!(matches!(answer, Refusal::TooManyAttempts { .. }));
}

#[tokio::test]
async fn addresses_of_one_network_of_version_6_count_as_one() {
    let world = World::new().await;
    let attempt = async |from: &str| refused(world.services.log_in("nobody", "wrong password", &at(from)).await);

    for host in 0..10 {
        assert_eq!(attempt(&format!("2001:db8::{host}")).await, Refusal::WrongCredentials);
    }

    assert!(matches!(attempt("2001:db8::ffff").await, Refusal::TooManyAttempts { .. }));
}

#[tokio::test]
async fn sign_ups_are_limited_by_address() {
    let world = World::new().await;
    let sign_up = async |name: &str| world.services.sign_up(world.form(name), &at("10.1.1.1")).await;

    for number in 0..20 {
        sign_up(&format!("member{number}")).await.unwrap();
    }

    assert_eq!(refused(sign_up("one-more").await), Refusal::TooManyAttempts { retry_s: 180 });
    world.clock.advance(180_000);
    assert!(sign_up("one-more").await.is_ok());
}

#[tokio::test]
async fn m13_l10_switches_reach_the_member_and_every_contact_at_once() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    world.contacts(&ana, &bo).await;
    world.services.set_switch(&ana, Switch::ListeningActivity, true).await.unwrap();
    world.bus.notes();

    let me = world.services.set_switch(&ana, Switch::ListeningActivity, false).await.unwrap();

    assert!(!me.switches.listening_activity);
    let notes = world.bus.notes();
    let hidden = |note: &Note| matches!(note, Note::Activity { member, activity: None, .. } if *member == ana.id());
    assert!(notes.iter().any(hidden), "{notes:?}");
    assert!(notes.contains(&Note::Permissions(ana.id())) && notes.contains(&Note::Permissions(bo.id())));
}

#[tokio::test]
async fn m13_l10_l12_each_way_of_not_sharing_cuts_what_was_shown() {
    for switch in [Switch::Messages, Switch::ListeningActivity, Switch::PrivateSession] {
        let world = World::new().await;
        let (ana, bo) = (world.member("ana").await, world.member("bo").await);
        world.contacts(&ana, &bo).await;
        let track = world.track("Blue", 200).await;
        let report = PlayerReport { track: Some(track), playing: true, position_ms: 0, jam: None };
        world.services.set_switch(&ana, Switch::ListeningActivity, true).await.unwrap();
        let ana = world.fresh(&ana).await;
        world.services.report(&ana, domain::TabId(world.services.fresh_id()), report).await.unwrap();
        assert!(world.services.activity_of(&bo, ana.id()).await.unwrap().is_some());

        world.services.set_switch(&ana, switch, switch == Switch::PrivateSession).await.unwrap();

        assert_eq!(world.services.activity_of(&bo, ana.id()).await.unwrap(), None, "{switch:?}");
    }
}

#[tokio::test]
async fn m13_with_messages_off_the_social_side_is_closed_and_comes_back() {
    let world = World::new().await;
    let (ana, bo) = (world.member("ana").await, world.member("bo").await);
    let conversation = world.contacts(&ana, &bo).await;

    world.services.set_switch(&ana, Switch::Messages, false).await.unwrap();
    let ana = world.fresh(&ana).await;
    assert_eq!(refused(world.services.conversation(&ana, conversation).await), Refusal::MessagesOff);

    world.services.set_switch(&ana, Switch::Messages, true).await.unwrap();
    let ana = world.fresh(&ana).await;
    assert!(world.services.conversation(&ana, conversation).await.is_ok());
}

#[tokio::test]
async fn two_switches_turned_at_once_both_stay_turned() {
    let world = World::new().await;
    let ana = world.member("ana").await;

    let (one, other) = tokio::join!(
        world.services.set_switch(&ana, Switch::ListeningActivity, true),
        world.services.set_switch(&ana, Switch::PrivateSession, true),
    );

    assert!(one.is_ok() && other.is_ok());
    let switches = world.fresh(&ana).await.member.switches;
    assert!(switches.listening_activity && switches.private_session);
}
