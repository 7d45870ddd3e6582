//! A member's own player across their tabs (rule T3): one sounds, the others show it, control it and can take it over.
//!
//! What a member plays reaches their own tabs from here, and their contacts through `activity`, which has gates of its own.
//! Where it is kept stands in `listening`.

use domain::{
    MemberId, Refusal, TabId, Timestamp,
    player::{HANDED_TRACKS, HandedQueue, PlayerControl, PlayerReport, PlayerView},
};

use crate::{
    Principal, Result, Services,
    listening::{Listening, Moment, Sounding},
    ports::Note,
};

/// What a player without a track reports.
const SILENCE: PlayerReport = PlayerReport { track: None, playing: false, position_ms: 0, jam: None };

impl Services {
    /// A tab plays this now. It becomes the sounding tab if it plays; the tab that sounded before falls silent.
    /// The same report is the member's listening activity (L5, L6). A track that has left the library plays for nobody.
    pub async fn report(&self, who: &Principal, tab: TabId, report: PlayerReport) -> Result<()> {
        let track = match report.track {
            Some(id) => self.find_track(id).await?,
            None => None,
        };
        let playing = report.playing && track.is_some();
        let report = PlayerReport { playing, ..report };

        let decide = |listening: &mut Listening, Moment { now, shares }| {
            if listening.sounding.as_ref().is_some_and(|before| before.stays_against(tab, playing)) {
                return None;
            }
            listening.node = self.node;
            listening.sounding = track.clone().map(|track| {
                let position_ms = report.position_ms.min(track.duration_ms);
                let view = PlayerView { tab, position_ms, track: Some(track), playing, at: now, jam: report.jam };
                Sounding { view, gone: false }
            });
            // What nobody may see is not even noted (L10, L12).
            if shares {
                listening.listener.report(&report, track.clone(), now);
            }
            Some(())
        };
        self.change_listening(who.id(), decide).await.map(drop)
    }

    /// The socket of a tab answered a ping: its lease goes on (L5).
    pub fn touch(&self, who: &Principal, tab: TabId) {
        self.leases.touch(who.id(), tab, self.now());
    }

    /// A tab has a socket here. If it is the sounding one, this node looks after it from now on.
    pub async fn tab_here(&self, who: &Principal, tab: TabId) -> Result<()> {
        let decide = |listening: &mut Listening, _| {
            let elsewhere = listening.node != self.node;
            let sounding = listening.sounding.as_mut().filter(|sounding| sounding.view.tab == tab)?;
            let back = elsewhere || sounding.gone;

            sounding.gone = false;
            listening.node = self.node;
            back.then_some(())
        };

        self.change_listening(who.id(), decide).await.map(drop)
    }

    /// The socket of a tab closed. It stays "now" until its lease ends or it reports again: a reload must not flicker.
    pub async fn tab_gone(&self, who: &Principal, tab: TabId) {
        let decide = |listening: &mut Listening, _| {
            // The page may be back already, by another node that noticed sooner.
            let here = listening.node == self.node;
            let sounding = listening.sounding.as_mut().filter(|sounding| here && sounding.view.tab == tab)?;

            sounding.gone = true;
            Some(())
        };

        if let Err(error) = self.change_listening(who.id(), decide).await {
            tracing::warn!(%error, "the end of a tab was not noted; its lease will end it");
        }
    }

    /// What the sounding tab plays.
    pub async fn player(&self, who: &Principal) -> Result<Option<PlayerView>> {
        self.playing_of(who.id()).await
    }

    /// Passes a button of another tab on to the sounding tab. `HandOver` makes it fall silent and send its queue.
    pub async fn control(&self, who: &Principal, control: PlayerControl) -> Result<()> {
        let member = who.id();
        let note = match self.playing_of(member).await? {
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
    pub(crate) async fn playing_of(&self, member: MemberId) -> Result<Option<PlayerView>> {
        Ok(self.listening(member).await?.sounding.map(|sounding| sounding.view))
    }

    /// Takes what a member plays into their listening activity once more, as of this instant, and shows it.
    pub(crate) async fn report_again(&self, member: MemberId) -> Result<()> {
        let decide = |listening: &mut Listening, Moment { now, shares }| {
            let view = listening.sounding.as_ref().map(|sounding| &sounding.view);
            let (report, track) = view.map_or((SILENCE, None), |view| (report_at(view, now), view.track.clone()));

            shares.then(|| {
                listening.listener.report(&report, track, now);
                (now, listening.listener.view())
            })
        };

        if let Some((now, view)) = self.change_listening(member, decide).await? {
            self.show(member, now.0, view).await;
        }
        Ok(())
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
