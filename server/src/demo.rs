//! The demo: music that Earshot composes itself, two members to enter as with one click, and a companion.
//!
//! Everything lies in a data folder of its own. The members' passwords are random and known only to a file in there;
//! their door exists only in a server that was started as a demo, which listens on loopback only.

mod companion;

use std::{
    collections::BTreeMap,
    fs,
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, Result, anyhow};
use app::server::DemoDoor;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use companion::Companion;
use domain::{ChatRequestId, Refusal, account::Switch};
use services::{
    Error, Principal, Services,
    accounts::{SessionToken, SignUp, Visitor},
    ports::Bus,
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::config::Config;

/// The members to enter as: username and display name.
const MEMBERS: [(&str, &str); 2] = [("ana", "Ana"), ("ben", "Ben")];
/// The companion.
const COMPANION: (&str, &str) = ("mira", "Mira");

/// Passwords by username.
type Passwords = Arc<BTreeMap<String, String>>;

/// A demo that is ready to begin.
pub(crate) struct Demo {
    services: Arc<Services>,
    passwords: Passwords,
    music: PathBuf,
    companion: Option<Companion>,
}

impl Demo {
    /// Makes the members at the first start, and finds them again later.
    pub(crate) async fn open(config: &Config, services: Arc<Services>, bus: Arc<dyn Bus>) -> Result<Self> {
        let passwords = passwords(&config.data().join("demo.json"))?;
        for (username, name) in MEMBERS.into_iter().chain([COMPANION]) {
            sign_up(&services, username, name, &passwords[username]).await.map_err(demo_failed)?;
        }
        let companion = match config.demo.companion {
            true => Some(companion(&services, &passwords, bus).await.map_err(demo_failed)?),
            false => None,
        };

        let music = config.data().join("music");
        Ok(Self { services, passwords, music, companion })
    }

    /// The door for the log-in page.
    pub(crate) fn door(&self) -> DemoDoor {
        let (services, passwords) = (self.services.clone(), self.passwords.clone());

        DemoDoor(Arc::new(move |username| {
            let (services, passwords) = (services.clone(), passwords.clone());
            Box::pin(async move {
                let known = MEMBERS.iter().any(|(name, _)| *name == username);
                let password = passwords.get(&username).filter(|_| known).ok_or(Refusal::WrongCredentials)?;
                services.log_in(&username, password, &visitor()).await
            })
        }))
    }

    /// Begins to compose and to keep company.
    pub(crate) fn begin(&self, tasks: &TaskTracker, shutdown: &CancellationToken) {
        let music = self.music.clone();
        tasks.spawn_blocking(move || {
            let progress = |done, all| tracing::debug!(done, all, "the demo composes");
            match media::demo::write(&music, progress) {
                Ok(()) => tracing::info!("the demo's music is ready"),
                Err(error) => tracing::error!(%error, "the demo's music could not be written"),
            }
        });

        if let Some(companion) = self.companion.clone() {
            tasks.spawn(companion.run(shutdown.clone()));
        }
    }
}

async fn sign_up(services: &Services, username: &str, name: &str, password: &str) -> services::Result<()> {
    let form = SignUp {
        username: username.into(),
        display_name: name.into(),
        password: password.into(),
        date_of_birth: "1990-05-01".into(),
        country: "SE".into(),
        invite: None,
    };

    match services.sign_up(form, &visitor()).await {
        Ok(_) | Err(Error::Refused(Refusal::UsernameTaken)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The companion, who is a contact of both members and shares what she listens to.
async fn companion(services: &Arc<Services>, passwords: &Passwords, bus: Arc<dyn Bus>) -> services::Result<Companion> {
    let mira = enter(services, passwords, COMPANION.0).await?;
    let contacts = services.inbox_page(&mira).await?.conversations;

    for (username, name) in MEMBERS {
        if contacts.iter().any(|conversation| conversation.with.name == name) {
            continue;
        }
        let member = enter(services, passwords, username).await?;
        let invite = services.make_invite(&mira, None).await?;
        let request = ChatRequestId(services.fresh_id());
        services.ask_by_invite(&member, request, &invite).await?;
        services.accept(&mira, request).await?;
        services.log_out(&member).await?;
    }
    services.set_switch(&mira, Switch::ListeningActivity, true).await?;

    let mira = services.refresh(&mira).await?.ok_or(Refusal::LogInFirst)?;
    Ok(Companion::new(services.clone(), bus, mira))
}

async fn enter(services: &Services, passwords: &Passwords, username: &str) -> services::Result<Principal> {
    let SessionToken(token) = services.log_in(username, &passwords[username], &visitor()).await?;

    Ok(services.principal(&token).await?.ok_or(Refusal::LogInFirst)?)
}

/// The passwords in this file, which is made at the first start.
fn passwords(file: &Path) -> Result<Passwords> {
    let unusable =
        || format!("The demo's file {} cannot be used. Delete the demo's folder to begin anew.", file.display());

    if file.exists() {
        let text = fs::read(file).with_context(unusable)?;
        return serde_json::from_slice(&text).map(Arc::new).with_context(unusable);
    }
    let fresh = || URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>());
    let names = MEMBERS.into_iter().chain([COMPANION]).map(|(username, _)| username.to_owned());
    let passwords: BTreeMap<String, String> = names.map(|username| (username, fresh())).collect();

    let text = serde_json::to_vec_pretty(&passwords).expect("a table of words can be written as JSON");
    fs::write(file, text).with_context(unusable)?;
    Ok(Arc::new(passwords))
}

fn visitor() -> Visitor {
    Visitor { address: IpAddr::V4(Ipv4Addr::LOCALHOST), device: "The demo".into() }
}

fn demo_failed(error: Error) -> anyhow::Error {
    anyhow!("The demo's members could not be made: {error}. Delete the demo's folder to begin anew.")
}
