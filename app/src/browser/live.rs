//! One WebSocket per tab, and what it keeps true on the page: who I am, what contacts play, what arrives in my inbox.

mod clock;
mod frames;
mod socket;

use std::{collections::HashMap, sync::Arc};

use domain::{
    MemberId, TabId, Timestamp, TrackId,
    account::Me,
    activity::{ActivityView, Reaction},
    inbox::{InboxEvent, Position},
    library::ScanProgress,
    wire::ClientFrame,
};
use leptos::prelude::*;

use super::page;

/// How the socket stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// Not yet, or on the server.
    Starting,
    /// Everything is live.
    Open,
    /// Lost; it comes back by itself.
    Lost,
}

/// A reaction that floats in (L9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reacted {
    /// Counts up, so that the same reaction twice is two.
    pub nth: u64,
    /// Who reacted.
    pub from: MemberId,
    /// To whose activity.
    pub to: MemberId,
    /// To which track.
    pub track: TrackId,
    /// How.
    pub reaction: Reaction,
}

type Listener = Arc<dyn Fn(&InboxEvent) + Send + std::marker::Sync>;

/// The live side of the page.
#[derive(Clone, Copy)]
pub struct Live {
    /// This tab. A reload is the same tab, a duplicate is another.
    pub tab: TabId,
    /// How the socket stands.
    pub link: RwSignal<Link>,
    /// Who is logged in; the same as the server rendered until something changes.
    pub me: RwSignal<Option<Me>>,
    /// What contacts play. Filled by the socket; pages put in what they loaded with `seed_activity`.
    pub activity: RwSignal<HashMap<MemberId, ActivityView>>,
    /// The newest reactions, oldest first, at most 12.
    pub reactions: RwSignal<Vec<Reacted>>,
    /// The scan, while one runs or just ended.
    pub scan: RwSignal<Option<ScanProgress>>,
    /// Rises when lists of music may be read again.
    pub library_version: RwSignal<u32>,
    /// Rises when the pages must be read again from the server ("start over").
    pub start_over: RwSignal<u32>,
    /// Rises every second while the page is visible, every minute while it is not.
    second: RwSignal<u64>,
    read: Option<Position>,
    listeners: StoredValue<Vec<(u64, Listener)>>,
}

impl Live {
    /// The handle of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Makes the handle and puts it into context. `read` is how far the inbox had grown when the server rendered this page:
    /// everything after that arrives through the socket.
    pub(super) fn provide(me: Option<Me>, read: Option<Position>) -> Self {
        let live = Self {
            tab: this_tab(),
            link: RwSignal::new(Link::Starting),
            me: RwSignal::new(me),
            activity: RwSignal::default(),
            reactions: RwSignal::default(),
            scan: RwSignal::default(),
            library_version: RwSignal::default(),
            start_over: RwSignal::default(),
            second: RwSignal::default(),
            read,
            listeners: StoredValue::default(),
        };
        provide_context(live);
        live
    }

    /// Connects, when somebody is logged in. Player and Jam are there by now.
    pub(super) fn start(self) {
        if page::IN_BROWSER {
            self.count_seconds();
            if self.me.with_untracked(Option::is_some) {
                socket::open(self, self.read);
            }
        }
    }

    /// Calls back for each inbox event in order, as long as the owner of the calling component lives.
    pub fn on_inbox(self, callback: impl Fn(&InboxEvent) + Send + std::marker::Sync + 'static) {
        let key = page::new_id().as_u64_pair().1;
        self.listeners.update_value(|all| all.push((key, Arc::new(callback))));

        // The page may end before its components do.
        on_cleanup(move || {
            self.listeners.try_update_value(|all| all.retain(|(other, _)| *other != key));
        });
    }

    /// The server's time as this page estimates it; the device's clock until the socket is open.
    pub fn server_now(self) -> Timestamp {
        Timestamp(clock::server_ms().unwrap_or_else(page::wall_ms).round() as i64)
    }

    /// Sends a frame if the socket is open; live signals are not kept for later.
    pub fn send(self, frame: &ClientFrame) {
        socket::send(frame);
    }

    /// Puts in what a page loaded about a contact, unless the socket already knows better.
    pub fn seed_activity(self, member: MemberId, activity: Option<ActivityView>) {
        if let (Link::Starting, Some(activity)) = (self.link.get_untracked(), activity) {
            self.activity.update(|all| {
                all.entry(member).or_insert(activity);
            });
        }
    }

    /// What one contact plays.
    pub fn activity_of(self, member: MemberId) -> Memo<Option<ActivityView>> {
        Memo::new(move |_| self.activity.with(|all| all.get(&member).cloned()))
    }

    /// A signal that rises every second in a visible page and every minute in a hidden one, for progress and ages.
    pub fn every_second(self) -> ReadSignal<u64> {
        self.second.read_only()
    }

    fn count_seconds(self) {
        page::every(1_000, move || {
            let next = self.second.get_untracked() + 1;
            if !page::is_hidden() || next.is_multiple_of(60) {
                self.second.set(next);
            } else {
                self.second.update_untracked(|second| *second = next);
            }
        });
    }

    fn tell(self, event: &InboxEvent) {
        // A copy, because a callback may mount a component that listens as well.
        let listeners = self.listeners.get_value();
        for (_, listener) in listeners {
            listener(event);
        }
    }
}

/// The id of this tab, kept over a reload by handing it from the page that goes to the page that comes.
fn this_tab() -> TabId {
    const KEY: &str = "earshot-tab";

    let kept = page::take(KEY).and_then(|text| text.parse().ok());
    let tab = kept.unwrap_or_else(|| TabId(page::new_id()));
    if page::IN_BROWSER {
        page::listen(&window(), "pagehide", move |_| page::keep(KEY, &tab.to_string()));
    }
    tab
}

/// The server's time at an instant of the page's monotonic clock, in milliseconds, once it is known; for sound.
pub(super) fn server_ms_at(monotonic_ms: f64) -> Option<f64> {
    clock::server_ms_at(monotonic_ms)
}

/// The instant of the page's monotonic clock at which it is this time at the server.
pub(super) fn monotonic_ms_at(server_ms: f64) -> Option<f64> {
    clock::monotonic_ms_at(server_ms)
}
