//! What an event costs: the report of a player, decided by a node, written to PostgreSQL, passed on by NATS.
//!
//! Members play and pause, many of them at the same moment, each of whom shares what they play. Nobody watches: what
//! deliveries cost is measured with sockets. Both servers are started for this alone, on this machine, and write to the
//! disk without waiting for it: processor time is what is asked here, and a disk that is waited for uses none.

use std::{sync::Arc, time::Instant};

use anyhow::Result;
use bus::NatsBus;
use domain::{TabId, TrackId, account::Switch, player::PlayerReport};
use futures::{StreamExt, stream};
use services::{
    Ports, Principal, Services, Settings,
    accounts::{SignUp, Visitor},
    contract::{
        doubles::{HandClock, PlainKeys, QuietMedia, SeededRandom},
        world::{PASSWORD, a_track},
    },
    ports::{Clock, store::LibraryStore},
    settings::PasswordCost,
};
use store::SqlStore;
use uuid::Uuid;

use crate::usage::{self, Usage};

const MEMBERS: usize = 500;
/// Reports of each member.
const REPORTS: usize = 40;
/// Reports that a node works on at the same moment.
const AT_ONCE: usize = 64;

/// Prints the cost of one.
pub async fn measure() -> Result<()> {
    let (postgres, nats) = (rig::Postgres::start(), rig::Nats::start().await);
    let store = Arc::new(SqlStore::open(&postgres.url()).await?);
    let ports = Ports {
        store: store.clone(),
        bus: Arc::new(NatsBus::connect(&nats.url(), "bench").await?),
        clock: Arc::new(HandClock::default()),
        random: Arc::new(SeededRandom::new(1)),
        keys: Arc::new(PlainKeys::default()),
        media: Arc::new(QuietMedia::default()),
        presence: store.clone(),
    };
    let clock = ports.clock.clone();
    let password_cost = PasswordCost { memory_kib: 8, passes: 1 };
    let services = Services::new(ports, Settings { password_cost, ..Settings::default() });

    let folder = store.folder("/music", Uuid::from_u128(1).into()).await?;
    let track = a_track(Uuid::from_u128(2).into(), "Dusk", 180);
    store.put_tracks(folder, std::slice::from_ref(&track), clock.now()).await?;
    let mut members = Vec::with_capacity(MEMBERS);
    for number in 0..MEMBERS {
        members.push(member(&services, number).await?);
    }

    // Once without counting: plans are made and connections opened.
    report(&services, &members, track.id, true).await?;
    let spent_ms = || -> Result<[u64; 3]> {
        Ok([Usage::read()?.cpu_ms, usage::cpu_ms_of_family(postgres.id())?, usage::cpu_ms_of_family(nats.id())?])
    };
    let before = spent_ms()?;
    let wal = |postgres: &rig::Postgres| postgres.psql("postgres", "SELECT pg_current_wal_insert_lsn() - '0/0'");
    let (begun, log) = (Instant::now(), wal(&postgres));
    for turn in 0..REPORTS {
        report(&services, &members, track.id, turn % 2 == 1).await?;
    }
    let took = begun.elapsed();
    let after = spent_ms()?;

    let events = (MEMBERS * REPORTS) as f64;
    println!("{events} reports of {MEMBERS} members, {AT_ONCE} at once, {:.0} a second", events / took.as_secs_f64());
    for (at, name) in ["node", "PostgreSQL", "NATS"].into_iter().enumerate() {
        let each_us = (after[at] - before[at]) as f64 * 1_000.0 / events;
        println!("{name}: {each_us:.0} µs of processor time each");
    }
    let written = wal(&postgres).parse::<f64>()? - log.parse::<f64>()?;
    println!("log of PostgreSQL: {:.0} bytes each", written / events);
    Ok(())
}

async fn report(services: &Services, members: &[Principal], track: TrackId, playing: bool) -> Result<()> {
    let reports = members.iter().map(|who| {
        let report = PlayerReport { track: Some(track), playing, position_ms: 1_000, jam: None };
        services.report(who, TabId(who.id().0), report)
    });

    let mut reports = stream::iter(reports).buffer_unordered(AT_ONCE);
    while let Some(done) = reports.next().await {
        done?;
    }
    Ok(())
}

async fn member(services: &Services, number: usize) -> Result<Principal> {
    let form = SignUp {
        username: format!("member{number}"),
        display_name: format!("Member {number}"),
        password: PASSWORD.into(),
        date_of_birth: "1990-01-31".into(),
        country: "SE".into(),
        invite: None,
    };
    let [high, low] = (number as u16).to_be_bytes();
    let visitor = Visitor { address: [10, 0, high, low].into(), device: "Bench".into() };

    let token = services.sign_up(form, &visitor).await?;
    let who = services.principal(&token.0).await?.expect("the log-in has just begun");
    services.set_switch(&who, Switch::ListeningActivity, true).await?;
    Ok(services.refresh(&who).await?.expect("the log-in has not ended"))
}
