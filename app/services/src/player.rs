//! A member's own player across their tabs (rule T3): one sounds, the others show it, control it and can take it over.
//!
//! Kept in memory only: after a restart the tabs report again. What a member plays reaches their own tabs from here, and
//! their contacts through `activity`, which has gates of its own.

use domain::{
    MemberId, Refusal, TabId, Timestamp,
    activity::LEASE_MS,
    player::{HANDED_TRACKS, HandedQueue, PlayerControl, PlayerReport, PlayerView},
};

use crate::{Principal, Result, Services, keyed::Keyed, ports::Note};

/// What a player without a track reports.
const SILENCE: PlayerReport = PlayerReport { track: None, playing: false, position_ms: 0, jam: None };

/// The sounding tab of each member. Members without one are let go of every second.
#[derive(Default)]
pub struct Players(Keyed<MemberId, Option<Sounding>>);

/// The tab that sounds, or stands paused.
pub(crate) struct Sounding {
    view: PlayerView,
    /// The tab is believed until then (L5).
    lease_until: Timestamp,
    /// Its socket closed: any other tab that has something to say takes its place.
    gone: bool,
}

impl Services {
    /// A tab plays this now. It becomes the sounding tab if it plays; the tab that sounded before falls silent.
    /// The same report is the member's listening activity (L5, L6). A track that has left the library plays for nobody.
    pub async fn report(&self, who: &Principal, tab: TabId, report: PlayerReport) -> Result<()> {
        let member = who.id();
        let track = match report.track {
            Some(id) => self.find_track(id).await?,
            None => None,
        };
        let playing = report.playing && track.is_some();

        let mut sounding = self.players.0.hold(member).await;
        let now = self.now();
        let before = sounding.as_ref().filter(|before| before.lease_until > now);
        if before.is_some_and(|before| before.stays_against(tab, playing)) {
            return Ok(());
        }
        let silenced = before.map(|before| before.view.tab).filter(|before| *before != tab);

        let view = track.clone().map(|track| PlayerView {
            tab,
            position_ms: report.position_ms.min(track.duration_ms),
            track: Some(track),
            playing,
            at: now,
            jam: report.jam,
        });
        *sounding = view.clone().map(|view| Sounding { view, lease_until: now + LEASE_MS, gone: false });

        if let Some(tab) = silenced {
            self.ports.bus.publish(Note::Control { member, tab, control: PlayerControl::Silence }).await;
        }
        self.ports.bus.publish(Note::Player { member, player: view }).await;
        self.record_activity(member, &PlayerReport { playing, ..report }, track).await
    }

    /// The socket of a tab answered a ping: its lease goes on (L5).
    pub async fn touch(&self, who: &Principal, tab: TabId) {
        let Some(mut sounding) = self.players.0.find(who.id()).await else {
            return;
        };
        let now = self.now();

        if let Some(sounding) = sounding.as_mut().filter(|sounding| sounding.view.tab == tab) {
            sounding.lease_until = now + LEASE_MS;
            sounding.gone = false;
            self.touch_activity(who.id(), now).await;
        }
    }

    /// The socket of a tab closed. It stays "now" until its lease ends or it reports again: a reload must not flicker.
    pub async fn tab_gone(&self, who: &Principal, tab: TabId) {
        let Some(mut sounding) = self.players.0.find(who.id()).await else {
            return;
        };

        if let Some(sounding) = sounding.as_mut().filter(|sounding| sounding.view.tab == tab) {
            sounding.gone = true;
        }
    }

    /// What the sounding tab plays.
    pub async fn player(&self, who: &Principal) -> Option<PlayerView> {
        self.playing_of(who.id()).await
    }

    /// Passes a button of another tab on to the sounding tab. `HandOver` makes it fall silent and send its queue.
    pub async fn control(&self, who: &Principal, control: PlayerControl) -> Result<()> {
        let member = who.id();
        let note = match self.playing_of(member).await {
            Some(playing) => Note::Control { member, tab: playing.tab, control },
            // The tab that asked shows a player that is no more.
            None => Note::Player { member, player: None },
        };
        self.ports.bus.publish(note).await;

        Ok(())
    }

    /// Passes a queue on to the tab that asked for it.
    pub async fn hand_over(&self, who: &Principal, to: TabId, queue: HandedQueue) -> Result<()> {
        if queue.tracks.len() > HANDED_TRACKS {
            return Err(Refusal::FrameTooLarge.into());
        }
        self.ports.bus.publish(Note::HandOver { member: who.id(), tab: to, queue }).await;

        Ok(())
    }

    /// What the sounding tab of a member plays. For their own tabs, and for a Jam that they agreed to.
    pub(crate) async fn playing_of(&self, member: MemberId) -> Option<PlayerView> {
        let sounding = self.players.0.find(member).await?;

        sounding.as_ref().filter(|sounding| sounding.lease_until > self.now()).map(|sounding| sounding.view.clone())
    }

    /// Takes what a member plays into their listening activity once more, as of this instant.
    pub(crate) async fn report_again(&self, member: MemberId) -> Result<()> {
        let sounding = self.players.0.hold(member).await;
        let now = self.now();
        let view = sounding.as_ref().filter(|sounding| sounding.lease_until > now).map(|sounding| &sounding.view);

        match view {
            Some(view) => self.record_activity(member, &report_at(view, now), view.track.clone()).await,
            None => self.record_activity(member, &SILENCE, None).await,
        }
    }

    /// Lets the leases of tabs run out (L5). Who is busy reporting is looked at the next time.
    pub(crate) async fn expire_players(&self) {
        let now = self.now();

        for member in self.players.0.keys() {
            if let Some(mut sounding) = self.players.0.free(member)
                && sounding.as_ref().is_some_and(|sounding| sounding.lease_until <= now)
            {
                *sounding = None;
                self.ports.bus.publish(Note::Player { member, player: None }).await;
            }
        }
        self.players.0.shed(0, Option::is_none);
    }
}

impl Sounding {
    /// A tab that is silent takes nothing away from the one that is shown.
    fn stays_against(&self, tab: TabId, playing: bool) -> bool {
        self.view.tab != tab && !playing && !self.gone
    }
}

/// What a tab would report if it was asked at this instant.
pub(crate) fn report_at(view: &PlayerView, now: Timestamp) -> PlayerReport {
    let moved_ms = if view.playing { now.since(view.at).max(0) } else { 0 };
    let duration_ms = view.track.as_ref().map_or(0, |track| track.duration_ms);
    let position_ms = (i64::from(view.position_ms) + moved_ms).min(duration_ms.into());

    PlayerReport {
        track: view.track.as_ref().map(|track| track.id),
        playing: view.playing,
        position_ms: u32::try_from(position_ms).unwrap_or(duration_ms),
        jam: view.jam,
    }
}
