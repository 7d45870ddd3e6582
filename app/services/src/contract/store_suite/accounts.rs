//! Members, log-ins, switches, and what hangs on a member alone.

use domain::{
    MemberId, Refusal, SessionId,
    account::{Role, Switches},
};
use futures::future::join_all;
use jiff::civil::date;

use super::makers::{NOW, assert_refused, befriend, id, people, person, put, session, track};
use crate::ports::store::{InboxSubject, LogInKey, Store, StoredAge, StoredMember, StoredSession};

/// Also when many sign up at once.
pub async fn a7_the_first_member_is_administrator_and_only_that_one(store: &dyn Store) {
    let members: Vec<_> = (1..=20).map(|number| person(number, &format!("member{number}"))).collect();

    let roles = futures::future::join_all(members.iter().map(|member| store.add_member(member, "hash"))).await;

    let roles: Vec<_> = roles.into_iter().map(|role| role.expect("every name is free")).collect();
    assert_eq!(roles.iter().filter(|role| **role == Role::Administrator).count(), 1);
    assert_eq!(store.member_count().await.expect("members can be counted"), 20);
}

/// The one who was first keeps the name, and a refused sign-up leaves nothing.
pub async fn a1_a_username_is_taken_whatever_its_case(store: &dyn Store) {
    store.add_member(&person(1, "Ana"), "first").await.expect("the name is free");

    assert_refused(store.add_member(&person(2, "aNA"), "second").await, Refusal::UsernameTaken);

    assert_eq!(store.member_count().await.expect("members can be counted"), 1);
    assert_eq!(store.credentials("ana").await.expect("a read"), Some((id(1), "first".into())));
    assert_eq!(store.member(id(1)).await.expect("a read").expect("Ana is here").username.as_str(), "Ana");
    assert_eq!(store.member(id(2)).await.expect("a read"), None);
}

/// When the day comes, the sealed date goes.
pub async fn a1_of_an_age_either_the_decision_or_a_sealed_day_is_kept(store: &dyn Store) {
    let young = StoredMember { age: StoredAge::Closed(vec![1, 2, 3]), ..person(1, "ana") };
    store.add_member(&young, "hash").await.expect("the name is free");
    let age = async || store.member(id(1)).await.expect("a read").expect("Ana is here").age;
    assert_eq!(age().await, StoredAge::Closed(vec![1, 2, 3]));

    store.open_age(id(1), date(2026, 4, 1)).await.expect("the day has come");

    assert_eq!(age().await, StoredAge::Open(date(2026, 4, 1)));
}

/// Without any there is nothing to prove a key by.
pub async fn m14_some_sealed_ages_are_found_to_try_a_master_key_with(store: &dyn Store) {
    store.add_member(&person(1, "ana"), "hash").await.expect("the name is free");
    assert_eq!(store.some_sealed_ages(9).await.expect("a read"), []);
    for (number, name) in [(2, "bo."), (3, "cy.")] {
        let young = StoredMember { age: StoredAge::Closed(vec![number as u8; 30]), ..person(number, name) };
        store.add_member(&young, "hash").await.expect("the name is free");
    }

    let mut ages = store.some_sealed_ages(9).await.expect("a read");
    ages.sort();

    assert_eq!(ages, [(id(2), vec![2; 30]), (id(3), vec![3; 30])]);
    assert_eq!(store.some_sealed_ages(1).await.expect("a read").len(), 1);
}

/// By every way that there is, with every field.
pub async fn a_member_is_found_by_id_and_by_name(store: &dyn Store) {
    let ana = StoredMember { role: Role::Administrator, ..person(1, "Ana") };
    let bo = person(2, "Bo.");
    store.add_member(&ana, "hash of Ana").await.expect("the name is free");
    store.add_member(&bo, "hash of Bo").await.expect("the name is free");

    assert_eq!(store.member(ana.id).await.expect("a read"), Some(ana.clone()));
    let mut found = store.members(&[bo.id, id(9), ana.id]).await.expect("a read");
    found.sort_by_key(|member| member.id);
    assert_eq!(found, [ana, bo.clone()]);
    assert_eq!(store.members(&[]).await.expect("a read"), []);
    assert_eq!(store.password_hash(bo.id).await.expect("a read").as_deref(), Some("hash of Bo"));
    assert_eq!(store.credentials("bo.").await.expect("a read"), Some((bo.id, "hash of Bo".into())));
    assert_eq!(store.credentials("' OR 1=1 --").await.expect("a read"), None);

    assert_eq!(store.set_role("bo.", Role::Moderator).await.expect("a write"), Some(bo.id));
    assert_eq!(store.set_role("nobody", Role::Moderator).await.expect("a write"), None);
    assert_eq!(store.member(bo.id).await.expect("a read").expect("Bo is here").role, Role::Moderator);
}

/// The one that changed it goes on.
pub async fn a4_a_new_password_ends_every_other_session(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    for (number, member) in [(1, ana), (2, ana), (3, ana), (4, bo)] {
        store.add_session(&session(number, member)).await.expect("a session can begin");
    }

    let mut ended = store.set_password(ana, "new", Some(id(2))).await.expect("a write");
    ended.sort();

    assert_eq!(ended, [id(1), id(3)]);
    assert_eq!(store.password_hash(ana).await.expect("a read").as_deref(), Some("new"));
    assert_eq!(ids(store.sessions(ana).await.expect("a read")), [id(2)]);
    assert_eq!(ids(store.sessions(bo).await.expect("a read")), [id(4)]);
    assert_eq!(store.set_password(ana, "newer", None).await.expect("a write"), [id(2)]);
    assert_eq!(store.log_in(LogInKey::TokenHash([2; 32])).await.expect("a read"), None);
}

/// Somebody else's session cannot be ended.
pub async fn a4_sessions_are_listed_by_use_and_ended_by_their_member_alone(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    store.add_session(&session(1, ana)).await.expect("a session can begin");
    store.add_session(&session(2, ana)).await.expect("a session can begin");
    store.touch_session(id(1), NOW + 60_000).await.expect("a write");

    assert_eq!(ids(store.sessions(ana).await.expect("a read")), [id(1), id(2)]);
    let [by_token, by_id] = [LogInKey::TokenHash([1; 32]), LogInKey::Session(id(1))];
    let found = store.log_in(by_token).await.expect("a read").expect("it has begun");
    assert_eq!(found.session, StoredSession { last_used_at: NOW + 60_000, ..session(1, ana) });
    assert_eq!(found.member.id, ana);
    assert_eq!(found.permissions, store.marks(&[ana]).await.expect("a read")[0].1.permissions);
    assert_eq!(store.log_in(by_id).await.expect("a read"), Some(found));

    assert!(!store.end_session(bo, id(1)).await.expect("a write"));
    assert!(store.end_session(ana, id(1)).await.expect("a write"));
    assert!(!store.end_session(ana, id(1)).await.expect("a write"));
    assert_eq!(store.log_in(by_token).await.expect("a read"), None);
    assert_eq!(store.log_in(by_id).await.expect("a read"), None);
}

/// Whichever comes first, the session has ended and the password is the new one.
pub async fn a4_passwords_and_log_outs_that_cross_never_wait_in_a_circle(store: &dyn Store) {
    let members = people::<8>(store).await;
    let cross = async |place: usize| {
        for round in 0..10_u128 {
            let (member, number) = (members[place], place as u128 * 100 + round);
            store.add_session(&session(number, member)).await.expect("a session can begin");
            let (changed, ended) =
                tokio::join!(store.set_password(member, "new", None), store.end_session(member, id(number)));

            let (changed, ended) = (changed.expect("nobody stands in its way"), ended.expect("nor in this one's"));
            assert!(ended != changed.contains(&id(number)), "it has ended once");
        }
    };

    join_all((0..8).map(cross)).await;
}

/// None stays behind. Contacts are told of messages, which they could not send any more.
pub async fn m12_switches_are_replaced_together_and_contacts_hear_of_messages(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let conversation = befriend(store, 1, ana, bo).await;
    let head = store.inbox_head(bo).await.expect("a read");
    let switches = Switches { messages: false, listening_activity: true, private_session: true };

    let before = Switches::default();
    let shared = Switches { private_session: false, ..switches };
    let heads = store.set_switches(ana, before, switches).await.expect("a write");
    let silent = store.set_switches(ana, switches, shared).await.expect("a write");
    store.set_switches(ana, shared, switches).await.expect("a write");

    assert_eq!((heads, silent), (Some(vec![(bo, head + 1)]), Some(vec![])));
    let told = store.inbox(bo, head, 9).await.expect("a read");
    assert_eq!(told.iter().map(|entry| entry.subject).collect::<Vec<_>>(), [InboxSubject::Conversation(conversation)]);

    assert_eq!(store.member(ana).await.expect("a read").expect("Ana is here").switches, switches);
    assert_eq!(store.member(bo).await.expect("a read").expect("Bo is here").switches, Switches::default());
}

/// A later play takes the place of an earlier one.
pub async fn l5_last_played_lasts_until_it_is_cleared_or_its_track_goes(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    share(store, &[ana, bo]).await;
    let folder = put(store, &[track(1, "One", "Duo", "Pair"), track(2, "Two", "Duo", "Pair")]).await;
    let last =
        async |member| store.last_played(&[member]).await.expect("a read").pop().map(|(_, track, at)| (track, at));

    store.set_last_played(ana, Some((id(1), NOW))).await.expect("a write");
    store.set_last_played(ana, Some((id(2), NOW + 1))).await.expect("a write");
    store.set_last_played(bo, Some((id(1), NOW))).await.expect("a write");
    assert_eq!(last(ana).await, Some((id(2), NOW + 1)));

    store.set_last_played(bo, None).await.expect("a write");
    store.remove_files(folder, &["2.flac".into()]).await.expect("a write");
    assert_eq!((last(ana).await, last(bo).await), (None, None));
}

/// By one stroke for everybody.
pub async fn l5_what_was_played_long_ago_is_forgotten(store: &dyn Store) {
    let [ana, bo, cy] = people(store).await;
    share(store, &[ana, bo, cy]).await;
    put(store, &[track(1, "One", "Duo", "Pair")]).await;
    for (member, after) in [(ana, 0), (bo, 5), (cy, 9)] {
        store.set_last_played(member, Some((id(1), NOW + after))).await.expect("a write");
    }

    store.forget_played_until(NOW + 5).await.expect("a write");

    let left = store.last_played(&[ana, bo, cy]).await.expect("a read");
    assert_eq!(left, [(cy, id(1), NOW + 9)]);
}

/// With the switch, not after it; and what a slow node still has to say comes too late. What others turn stays.
pub async fn l10_with_activity_off_nothing_is_remembered(store: &dyn Store) {
    let [ana] = people(store).await;
    share(store, &[ana]).await;
    put(store, &[track(1, "One", "Duo", "Pair")]).await;
    let (on, off) = (SHARING, Switches::default());
    let private = Switches { private_session: true, ..on };
    let played = async || store.last_played(&[ana]).await.expect("a read").len();
    let play = async || store.set_last_played(ana, Some((id(1), NOW))).await.expect("a write");

    play().await;
    store.set_switches(ana, on, private).await.expect("a write").expect("they were on");
    assert_eq!(played().await, 1, "a private session keeps what was played before it");
    store.set_switches(ana, private, off).await.expect("a write").expect("it was private");
    assert_eq!(played().await, 0);

    play().await;
    assert_eq!(played().await, 0, "a late word");
    store.set_switches(ana, off, on).await.expect("a write").expect("it was off");
    assert_eq!(played().await, 0, "nothing comes to light");
    play().await;
    assert_eq!(played().await, 1);
}

/// Whichever comes first, nothing is left.
pub async fn l10_a_track_that_ends_while_activity_goes_off_leaves_no_trace(store: &dyn Store) {
    let members = people::<8>(store).await;
    share(store, &members).await;
    put(store, &[track(1, "One", "Duo", "Pair")]).await;
    let (on, off) = (SHARING, Switches::default());
    let cross = async |member: MemberId| {
        for _ in 0..20 {
            let (played, turned) =
                tokio::join!(store.set_last_played(member, Some((id(1), NOW))), store.set_switches(member, on, off));
            played.expect("a write");
            turned.expect("a write").expect("it was on");

            assert_eq!(store.last_played(&[member]).await.expect("a read"), []);
            store.set_switches(member, off, on).await.expect("a write").expect("it was off");
        }
    };

    join_all(members.map(cross)).await;
}

/// Those of others are their own, and a vanished track is no longer among them.
pub async fn t4_a_track_is_saved_once_and_the_newest_comes_first(store: &dyn Store) {
    let [ana, bo] = people(store).await;
    let tracks: Vec<_> = (1..=4).map(|number| track(number, &format!("Song {number}"), "Duo", "Pair")).collect();
    let folder = put(store, &tracks).await;

    for (number, later) in [(1, 10), (3, 20), (2, 30), (4, 40)] {
        store.set_saved(ana, id(number), Some(NOW + later)).await.expect("a write");
    }
    store.set_saved(ana, id(1), Some(NOW + 99)).await.expect("a second time is harmless");
    assert_eq!(store.saved(ana, 0).await.expect("a read"), [id(4), id(2), id(3), id(1)]);
    assert_eq!(store.saved(ana, 3).await.expect("a read"), [id(1)]);
    assert_eq!(store.saved(bo, 0).await.expect("a read"), []);

    store.set_saved(ana, id(2), None).await.expect("a write");
    store.set_saved(ana, id(2), None).await.expect("a second time is harmless");
    store.remove_files(folder, &["4.flac".into()]).await.expect("a write");
    assert_eq!(store.saved(ana, 0).await.expect("a read"), [id(3), id(1)]);
}

/// Within the life of a database.
pub async fn an_epoch_stays_the_same(store: &dyn Store) {
    let epoch = store.epoch().await.expect("a read");

    people::<2>(store).await;

    assert_eq!(store.epoch().await.expect("a read"), epoch);
}

/// As one who shares what they play turns them.
const SHARING: Switches = Switches { messages: true, listening_activity: true, private_session: false };

/// From now on these members share what they play.
async fn share(store: &dyn Store, members: &[MemberId]) {
    for member in members {
        let turned = store.set_switches(*member, Switches::default(), SHARING).await;
        turned.expect("a write").expect("they were as they are at the beginning");
    }
}

fn ids(sessions: Vec<StoredSession>) -> Vec<SessionId> {
    sessions.into_iter().map(|session| session.id).collect()
}

/// Nodes that start at once agree on one key.
pub async fn m14_the_first_word_to_know_a_key_by_stays(store: &dyn Store) {
    assert!(!store.knows_a_key().await.expect("a read"));

    assert_eq!(store.key_check(b"first").await.expect("a write"), b"first");
    assert_eq!(store.key_check(b"second").await.expect("a write"), b"first");

    assert!(store.knows_a_key().await.expect("a read"));
}

/// Two that are turned at the same moment: the second is told, and decides anew.
pub async fn m13_a_switch_that_was_turned_meanwhile_is_not_overwritten(store: &dyn Store) {
    let [ana] = people(store).await;
    let before = Switches::default();
    let silent = Switches { messages: !before.messages, ..before };
    let private = Switches { private_session: !before.private_session, ..before };

    assert!(store.set_switches(ana, before, silent).await.expect("a write").is_some());
    assert_eq!(store.set_switches(ana, before, private).await.expect("a write"), None);

    assert_eq!(store.member(ana).await.expect("a read").expect("Ana is here").switches, silent);
}
