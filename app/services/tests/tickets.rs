//! Tickets: coming back to a live connection, as stories.

use domain::{
    account::{Role, Switch, Tier},
    time::DAY,
};
use services::{
    accounts::SignUp,
    contract::{World, world::PASSWORD},
    ports::store::AccountStore,
};

/// Without a look at the log-ins.
#[tokio::test]
async fn a4_a_ticket_resumes_the_log_in_that_it_was_made_for() {
    let world = World::new().await;
    let [token, other] =
        [world.sign_up(world.form("ana")).await.unwrap(), world.sign_up(world.form("bo")).await.unwrap()];
    let ana = world.principal(&token).await;
    let ticket = world.services.ticket(&token.0, &ana).await.unwrap();
    let read = world.store.log_ins_read();

    assert_eq!(world.services.resume(&token.0, &ticket).await.unwrap(), Some(ana));
    assert_eq!(world.services.resume(&other.0, &ticket).await.unwrap(), None);
    assert_eq!(world.services.resume("", &ticket).await.unwrap(), None);
    for at in 0..ticket.len() {
        let mut damaged = ticket.clone().into_bytes();
        damaged[at] = if damaged[at] == b'A' { b'B' } else { b'A' };
        let damaged = String::from_utf8(damaged).unwrap();
        assert_eq!(world.services.resume(&token.0, &damaged).await.unwrap(), None, "{at}");
        assert_eq!(world.services.resume(&token.0, &ticket[..at]).await.unwrap(), None, "{at}");
    }
    assert_eq!(world.store.log_ins_read(), read);
}

#[tokio::test]
async fn a4_a_ticket_is_void_as_soon_as_anything_has_changed() {
    for what in ["logged out", "a switch", "a role", "a tier", "a password"] {
        let world = World::new().await;
        let token = world.sign_up(world.form("ana")).await.unwrap();
        let ana = world.principal(&token).await;
        let ticket = world.services.ticket(&token.0, &ana).await.unwrap();

        match what {
            "logged out" => world.services.log_out(&ana).await.unwrap(),
            "a switch" => drop(world.services.set_switch(&ana, Switch::Messages, false).await.unwrap()),
            "a role" => drop(world.store.set_role("ana", Role::Moderator).await.unwrap()),
            "a tier" => world.store.set_tier(ana.id(), Tier::Free),
            _ => world.services.change_password(&ana, PASSWORD, "another long one").await.unwrap(),
        }

        assert_eq!(world.services.resume(&token.0, &ticket).await.unwrap(), None, "{what}");
    }
}

/// A ticket from before that day does not keep the gate closed, nor does an open socket.
#[tokio::test]
async fn a1_the_day_on_which_the_gate_opens_ends_tickets_and_reaches_open_sockets() {
    let world = World::new().await;
    let token = world.sign_up(SignUp { date_of_birth: "2014-01-31".into(), ..world.form("kid") }).await.unwrap();
    let kid = world.principal(&token).await;
    let ticket = world.services.ticket(&token.0, &kid).await.unwrap();

    world.clock.advance(5 * 365 * DAY);

    assert_eq!(world.services.resume(&token.0, &ticket).await.unwrap(), None);
    assert!(world.services.refresh(&kid).await.unwrap().unwrap().social);
}
