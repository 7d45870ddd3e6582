//! Names of the people and tracks of a Jam. Members who are not contacts learn no more than a display name (J12).

use std::collections::BTreeSet;

use domain::{
    MemberId, TrackId,
    account::Person,
    jam::{Event, State},
    library::Track,
};

use super::JamView;
use crate::{Result, Services};

impl Services {
    /// A Jam with the names of everything in it; who added a row may have left since.
    pub(super) async fn jam_view(&self, state: &State) -> Result<JamView> {
        let seated = state.members.iter().map(|member| member.id);
        let people = seated.chain(state.queue.iter().map(|row| row.added_by)).collect();
        let tracks = state.queue.iter().map(|row| row.track).collect();

        let (people, tracks) = self.names(people, tracks).await?;
        Ok(JamView { state: state.clone(), people, tracks })
    }

    /// Everyone and everything that these events bring in.
    pub(super) async fn newly_named(&self, events: &[Event]) -> Result<(Vec<Person>, Vec<Track>)> {
        let (mut people, mut tracks) = (BTreeSet::new(), BTreeSet::new());
        for event in events {
            match event {
                Event::Joined(member) => people.extend([member.id]),
                Event::Added { rows, .. } => tracks.extend(rows.iter().map(|row| row.track)),
                _ => {}
            }
        }

        self.names(people, tracks).await
    }

    async fn names(&self, people: BTreeSet<MemberId>, tracks: BTreeSet<TrackId>) -> Result<(Vec<Person>, Vec<Track>)> {
        let (people, tracks): (Vec<_>, Vec<_>) = (people.into_iter().collect(), tracks.into_iter().collect());

        // Most events name nobody and nothing; a Jam that moves on by itself should not wait for the store twice.
        let people = if people.is_empty() { Vec::new() } else { self.ports.store.members(&people).await? };
        let tracks = if tracks.is_empty() { Vec::new() } else { self.ports.store.tracks_by_id(&tracks).await? };

        Ok((people.iter().map(|member| self.person(member)).collect(), tracks))
    }
}
