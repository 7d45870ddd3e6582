//! All use cases on one value, cheap to share.

use std::sync::Arc;

use domain::{MemberId, Timestamp, time::MINUTE};

use crate::{
    Settings,
    accounts::{Buckets, Guards},
    jams::LiveJams,
    listening::Leases,
    nodes::{Mending, Neighbours},
    ports::{Bus, Clock, Keys, Media, NodeId, Note, Presence, Random, Store, store::Head},
    sealing::Sealer,
};

/// The adapters that use cases stand on.
#[derive(Clone)]
#[allow(missing_docs, reason = "each is the port of its type")]
pub struct Ports {
    pub store: Arc<dyn Store>,
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub keys: Arc<dyn Keys>,
    pub media: Arc<dyn Media>,
    pub presence: Arc<dyn Presence>,
}

/// The use cases. Their methods stand in the module of their feature.
pub struct Services {
    pub(crate) ports: Ports,
    pub(crate) settings: Settings,
    pub(crate) guards: Guards,
    /// Which node this is, from its start to its end.
    pub(crate) node: NodeId,
    pub(crate) neighbours: Neighbours,
    pub(crate) mending: Mending,
    pub(crate) leases: Leases,
    pub(crate) jams: LiveJams,
    pub(crate) sealer: Sealer,
    /// M17: how fast each member may send.
    pub(crate) pace: Buckets<MemberId>,
}

impl Services {
    /// Over these adapters.
    pub fn new(ports: Ports, settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            guards: Guards::new(&settings, ports.random.secret()),
            node: NodeId(ports.random.id(ports.clock.now())),
            neighbours: Neighbours::default(),
            mending: Mending::default(),
            leases: Leases::default(),
            jams: LiveJams::default(),
            sealer: Sealer::default(),
            pace: Buckets::new(settings.messages_a_minute, MINUTE, settings.message_burst),
            ports,
            settings,
        })
    }

    /// Which node this is.
    pub fn node(&self) -> NodeId {
        self.node
    }

    /// The server's time.
    pub fn now(&self) -> Timestamp {
        self.ports.clock.now()
    }

    /// The same in milliseconds with their fractions, for clock questions.
    pub fn now_ms(&self) -> f64 {
        self.ports.clock.now_ms()
    }

    /// A new id for a form that a page renders.
    pub fn fresh_id(&self) -> uuid::Uuid {
        self.ports.random.id(self.now())
    }

    /// Tells the tabs of these members that their inboxes have grown.
    pub(crate) async fn hint(&self, heads: Vec<Head>) {
        for (member, head) in heads {
            self.ports.bus.publish(Note::Inbox { member, head }).await;
        }
    }

    /// Tells the tabs of these members to read again what they are, may do and may see.
    pub(crate) async fn permissions_changed(&self, members: impl IntoIterator<Item = MemberId> + Send) {
        for member in members.into_iter().collect::<Vec<_>>() {
            self.ports.bus.publish(Note::Permissions(member)).await;
        }
    }
}
