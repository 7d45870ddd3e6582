//! A whole server in memory, for stories: `world.member("ana").await`, `world.contacts(&ana, &bo).await`.
//!
//! Everything goes through the use cases that pages call. What has no use case yet (a free account, a scanned track) is
//! put into the store.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use domain::{ChatRequestId, ConversationId, Refusal, TrackId, account::Tier};

use super::{
    MemoryPresence, MemoryStore,
    doubles::{HandClock, MemoryBus, PlainKeys, QuietMedia, SeededRandom},
};
use crate::{
    Error, Ports, Principal, Result, Services, Settings,
    accounts::{SessionToken, SignUp, Visitor},
    ports::{
        Clock,
        store::{AlbumTags, ArtistTags, KnownFile, LibraryStore, ScannedTrack},
    },
    settings::PasswordCost,
};

/// The password of every member that a world makes.
pub const PASSWORD: &str = "a quiet kitchen at six";

/// The use cases over doubles, and the doubles.
#[allow(missing_docs, reason = "named by their types")]
pub struct World {
    pub services: Arc<Services>,
    pub store: Arc<MemoryStore>,
    pub bus: Arc<MemoryBus>,
    pub clock: Arc<HandClock>,
    pub media: Arc<QuietMedia>,
    pub presence: Arc<MemoryPresence>,
    ports: Ports,
    settings: Settings,
    visitors: AtomicU32,
}

impl World {
    /// An empty server with the settings of the product, but cheap passwords.
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    /// An empty server with other settings.
    pub async fn with(settings: Settings) -> Self {
        let (store, bus, clock, media, presence) =
            <(Arc<MemoryStore>, Arc<MemoryBus>, Arc<HandClock>, Arc<QuietMedia>, Arc<MemoryPresence>)>::default();
        let ports = Ports {
            store: store.clone(),
            bus: bus.clone(),
            clock: clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            keys: Arc::new(PlainKeys::default()),
            media: media.clone(),
            presence: presence.clone(),
        };
        let settings = Settings { password_cost: PasswordCost { memory_kib: 8, passes: 1 }, ..settings };
        let services = Services::new(ports.clone(), settings.clone());

        Self { services, store, bus, clock, media, presence, ports, settings, visitors: AtomicU32::new(0) }
    }

    /// The server stops and starts again: only the store remains.
    pub fn restart(&mut self) {
        self.presence = Arc::new(MemoryPresence::default());
        self.ports.presence = self.presence.clone();
        self.services = Services::new(self.ports.clone(), self.settings.clone());
    }

    /// One more node over the same store, bus and present.
    pub fn another_node(&self) -> Arc<Services> {
        Services::new(self.ports.clone(), self.settings.clone())
    }

    /// A visitor from an address of their own.
    pub fn visitor(&self) -> Visitor {
        let place = self.visitors.fetch_add(1, Ordering::SeqCst).to_be_bytes();

        Visitor {
            address: IpAddr::V4(Ipv4Addr::new(10, place[1], place[2], place[3])),
            device: "Firefox on Linux".into(),
        }
    }

    /// What somebody aged 36 enters to sign up. Names of fewer than three letters get a longer username: "bo" is `bo_`.
    pub fn form(&self, name: &str) -> SignUp {
        SignUp {
            username: format!("{name:_<3}"),
            display_name: name.into(),
            password: PASSWORD.into(),
            date_of_birth: "1990-01-31".into(),
            country: "SE".into(),
            invite: None,
        }
    }

    /// Signs somebody up.
    pub async fn sign_up(&self, form: SignUp) -> Result<SessionToken> {
        self.services.sign_up(form, &self.visitor()).await
    }

    /// Somebody who has just signed up, with everything open to them.
    pub async fn member(&self, name: &str) -> Principal {
        self.signed_up(self.form(name)).await
    }

    /// Somebody who is 12, so that the social side is closed to them.
    pub async fn young_member(&self, name: &str) -> Principal {
        self.signed_up(SignUp { date_of_birth: "2014-01-31".into(), ..self.form(name) }).await
    }

    /// Somebody who may not host a Jam.
    pub async fn free_member(&self, name: &str) -> Principal {
        let member = self.member(name).await;
        self.store.set_tier(member.id(), Tier::Free);
        self.fresh(&member).await
    }

    async fn signed_up(&self, form: SignUp) -> Principal {
        let token = self.sign_up(form).await.expect("the form of a new member is in order");

        self.principal(&token).await
    }

    /// Who holds a token that works.
    pub async fn principal(&self, token: &SessionToken) -> Principal {
        self.services.principal(&token.0).await.expect("the store answers").expect("the log-in has not ended")
    }

    /// The same log-in as it is now, after switches or tiers have changed.
    pub async fn fresh(&self, who: &Principal) -> Principal {
        self.services.refresh(who).await.expect("the store answers").expect("the log-in has not ended")
    }

    /// One invites, the other asks, the first accepts.
    pub async fn contacts(&self, one: &Principal, other: &Principal) -> ConversationId {
        let id = ChatRequestId(self.services.fresh_id());
        let token = self.services.make_invite(one, None).await.expect("members may invite");

        self.services.ask_by_invite(other, id, &token).await.expect("the link allows to ask");
        self.services.accept(one, id).await.expect("the request is open")
    }

    /// Puts a track of some seconds into the library, by the artist "Somebody" on the album "Something".
    pub async fn track(&self, title: &str, seconds: u32) -> TrackId {
        let id = TrackId(self.services.fresh_id());
        let track = a_track(id, title, seconds);

        let folder = self.store.folder("/music", named("/music")).await.expect("memory does not fail");
        self.store.put_tracks(folder, &[track], self.clock.now()).await.expect("memory does not fail");
        id
    }
}

/// A track of some seconds, by the artist "Somebody" on the album "Something".
pub fn a_track(id: TrackId, title: &str, seconds: u32) -> ScannedTrack {
    let artist = ArtistTags { id: named("Somebody"), name: "Somebody".into() };

    ScannedTrack {
        id,
        file: KnownFile { path: format!("{title}.flac"), size_bytes: 1_000, modified_ms: 0 },
        mime: "audio/flac".into(),
        title: title.into(),
        album: Some(AlbumTags { id: named("Something"), title: "Something".into(), artist: artist.clone() }),
        artist,
        disc: None,
        number: None,
        duration_ms: seconds * 1_000,
        genre: None,
        year: None,
        artwork: None,
    }
}

/// Why a use case was not carried out.
///
/// # Panics
/// When it was, or when something else stood in its way.
pub fn refused<T>(answer: Result<T>) -> Refusal {
    match answer {
        Err(Error::Refused(refusal)) => refusal,
        Err(other) => panic!("not refused but broken: {other}"),
        Ok(_) => panic!("carried out instead of refused"),
    }
}

/// The id of a thing that is the same whenever its name is.
fn named<I: From<uuid::Uuid>>(name: &str) -> I {
    let mut bytes = [0; 16];
    for (at, byte) in name.bytes().enumerate() {
        bytes[at % 16] ^= byte;
    }
    uuid::Uuid::from_bytes(bytes).into()
}
