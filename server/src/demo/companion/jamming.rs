//! The companion in a Jam: present, always ready, gone when she is alone.

use domain::{
    JamId,
    jam::{Command, Standing, State},
    player::PlayerReport,
    time::MINUTE,
};
use services::{
    Error, Result,
    jams::JamView,
    ports::{Subscription, Topic},
};

use super::Companion;

/// How long she stays when nobody else is there, in milliseconds.
const PATIENCE_MS: i64 = 2 * MINUTE;

impl Companion {
    /// Takes part in a Jam, at its start or after a restart of the server.
    pub(super) async fn come_back(&mut self, hints: &mut dyn Subscription, jam: JamId) -> Result<()> {
        hints.watch(&[Topic::Jam(jam)]).await;
        let view = self.services.jam_here(&self.who, jam, self.tab, true).await?;

        self.jam = Some(jam);
        self.keep_up(view).await
    }

    pub(super) async fn follow_jam(&mut self, hints: &mut dyn Subscription, jam: JamId) -> Result<()> {
        match self.services.jam(&self.who, jam).await {
            Ok(view) if view.state.ended_at.is_none() && view.state.members.len() > 1 => self.keep_up(view).await,
            Ok(_) | Err(Error::Refused(_)) => self.leave(hints, jam).await,
            Err(error) => Err(error),
        }
    }

    /// Leaves when the others are gone or have been lost for a while.
    pub(super) async fn leave_when_alone(&mut self, hints: &mut dyn Subscription) -> Result<()> {
        let Some(jam) = self.jam else { return Ok(()) };

        match self.services.jam(&self.who, jam).await {
            Ok(view) if !self.is_alone(&view.state) => Ok(()),
            Ok(_) | Err(Error::Refused(_)) => self.leave(hints, jam).await,
            Err(error) => Err(error),
        }
    }

    fn is_alone(&self, state: &State) -> bool {
        let now = self.services.now();
        let mut others = state.members.iter().filter(|member| member.id != self.who.id());

        state.ended_at.is_some()
            || others.all(|other| matches!(other.standing, Standing::Lost { since } if now.since(since) > PATIENCE_MS))
    }

    /// Says that she can start what is due, and shows what sounds as her activity.
    async fn keep_up(&mut self, JamView { state, .. }: JamView) -> Result<()> {
        let loaded = state.member(self.who.id()).map(|own| own.loaded.clone()).unwrap_or_default();
        for row in [state.current_row(), state.following()].into_iter().flatten() {
            if !loaded.contains(&row.id) {
                self.try_command(state.id, Command::Loaded(row.id)).await?;
            }
        }

        let now = state.at(self.services.now());
        let sounding = now.and_then(|now| Some((now, state.row(now.row)?)));
        let report = PlayerReport {
            track: sounding.map(|(_, row)| row.track),
            playing: sounding.is_some_and(|(now, _)| now.playing),
            position_ms: sounding.map_or(0, |(now, _)| u32::try_from(now.position_ms).unwrap_or(0)),
            jam: Some(state.id),
        };
        let shown = Some((report.track, report.playing));
        if self.reported == shown {
            return Ok(());
        }
        self.reported = shown;
        self.services.report(&self.who, self.tab, report).await
    }

    async fn leave(&mut self, hints: &mut dyn Subscription, jam: JamId) -> Result<()> {
        hints.unwatch(Topic::Jam(jam));
        self.services.jam_gone(self.who.id(), jam, self.tab).await;
        self.try_command(jam, Command::Leave).await?;

        self.jam = None;
        self.reported = None;
        self.playing = None;
        Ok(())
    }

    /// A refusal means that it no longer matters.
    async fn try_command(&self, jam: JamId, command: Command) -> Result<()> {
        match self.services.jam_command(&self.who, jam, command).await {
            Ok(()) | Err(Error::Refused(_)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
