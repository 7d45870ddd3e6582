//! Why a bus does not come about, in sentences that repeat no secret.

use bus::{ConnectError, NatsBus};

use rig::{Nats, free_port};

use crate::{eventually, inbox, soon, topic, watching};
use services::ports::{Bus, Delivery};

#[tokio::test]
async fn an_address_that_is_none_names_the_setting() {
    for url in ["", "localhost", "http://localhost", "nats://", "nats://ana:s3cret@host:port"] {
        let error = refusal(url).await;

        assert!(matches!(error, ConnectError::Address { .. }), "{url}: {error:?}");
        assert!(error.to_string().contains("bus.url"), "{url}: {error}");
        assert!(!said(&error).contains("s3cret"), "{url}: {error}");
    }
}

#[tokio::test]
async fn an_instance_is_letters_and_digits() {
    let server = Nats::start().await;

    for instance in ["", "two words", "a.b", ">"] {
        let error = soon(NatsBus::connect(&server.url(), instance)).await.err().expect("it is refused");
        assert!(matches!(error, ConnectError::Instance), "{instance}: {error:?}");
    }
}

#[tokio::test]
async fn where_nothing_listens_is_unreachable() {
    let port = free_port();
    let error = refusal(&format!("nats://ana:s3cret@127.0.0.1:{port}")).await;

    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    assert!(error.to_string().contains(&format!("127.0.0.1:{port}")), "{error}");
    assert!(error.to_string().contains("bus.url") && !said(&error).contains("s3cret"), "{error}");
}

#[tokio::test]
async fn a_name_that_leads_nowhere_is_unreachable() {
    let error = refusal("nats://s3cret@nowhere.invalid").await;

    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
    assert!(!said(&error).contains("s3cret"), "{error}");
}

#[tokio::test]
async fn whatever_listens_and_is_silent_is_unreachable() {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let error = refusal(&format!("nats://{}", listener.local_addr().expect("it is bound"))).await;

    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_server_without_tls_is_unreachable_by_tls() {
    let server = Nats::start().await;
    let error = refusal(&format!("tls://{}", server.address())).await;

    assert!(matches!(error, ConnectError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_wrong_login_is_refused_and_a_right_one_is_not() {
    let by_password = Nats::start_with(&["--user", "ana", "--pass", "p:ss@w/rd"]).await;
    let by_token = Nats::start_with(&["--auth", "t0ken%"]).await;

    for (server, right) in [(&by_password, "ana:p%3Ass%40w%2Frd@"), (&by_token, "t0ken%25@")] {
        for wrong in ["", "s3cret@", "ana:s3cret@"] {
            let error = refusal(&server.url_as(wrong)).await;

            assert!(matches!(error, ConnectError::Refused { .. }), "{wrong}: {error:?}");
            assert!(error.to_string().contains("bus.url") && !said(&error).contains("s3cret"), "{error}");
        }
        soon(NatsBus::connect(&server.url_as(right), "test")).await.expect("the login is right");
    }
}

#[tokio::test]
async fn a_login_is_used_again_after_an_outage() {
    let mut server = Nats::start_with(&["--user", "ana", "--pass", "s3cret"]).await;
    let bus = NatsBus::connect(&server.url_as("ana:s3cret@"), "test").await.expect("the login is right");
    let mut reader = watching(&bus, &[topic(1)]).await;

    server.stop();
    eventually(async || bus.connected(), |connected| !connected).await;
    server.start_again().await;
    eventually(async || bus.connected(), |connected| *connected).await;

    bus.publish(inbox(1, 1)).await;
    for expected in [Delivery::Interrupted, Delivery::Lost, Delivery::Note(inbox(1, 1))] {
        assert_eq!(crate::heard(&mut *reader).await, expected);
    }
}

async fn refusal(url: &str) -> ConnectError {
    soon(NatsBus::connect(url, "test")).await.err().unwrap_or_else(|| panic!("{url} should be refused"))
}

/// In every way in which it may be shown.
fn said(error: &ConnectError) -> String {
    format!("{error} {error:?}")
}
