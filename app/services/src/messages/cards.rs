//! What cards point to: it must be there when one is sent, and is looked up anew whenever one is shown (rule M8).

use std::collections::BTreeMap;

use domain::{
    AlbumId, JamId, Refusal, TrackId,
    library::{Album, Track},
    messages::{BodyView, Card, MessageBody},
};

use crate::{Principal, Result, Services};

/// The things that some messages point to, as far as they are still here.
#[derive(Default)]
pub(super) struct Things {
    tracks: BTreeMap<TrackId, Track>,
    albums: BTreeMap<AlbumId, Album>,
    jams: Vec<JamId>,
}

impl Things {
    /// A body with what it points to.
    pub(super) fn show(&self, body: MessageBody) -> BodyView {
        match body {
            MessageBody::Text(text) => BodyView::Text(text),
            MessageBody::Card(Card::Track(id)) => self.tracks.get(&id).cloned().map_or(BodyView::Gone, BodyView::Track),
            MessageBody::Card(Card::Album(id)) => self.albums.get(&id).cloned().map_or(BodyView::Gone, BodyView::Album),
            MessageBody::Card(Card::Jam(id)) if self.jams.contains(&id) => BodyView::Jam(id),
            MessageBody::Card(Card::Jam(_)) => BodyView::Gone,
        }
    }
}

impl Services {
    /// Refuses a card of something that is not here, or of a Jam in which the sender has no seat.
    pub(super) async fn check_card(&self, who: &Principal, body: &MessageBody) -> Result<()> {
        match body {
            MessageBody::Text(_) => {}
            MessageBody::Card(Card::Track(id)) => {
                self.find_track(*id).await?.ok_or(Refusal::TrackUnknown)?;
            }
            MessageBody::Card(Card::Album(id)) => {
                self.ports.store.album(*id).await?.ok_or(Refusal::AlbumUnknown)?;
            }
            MessageBody::Card(Card::Jam(id)) => self.check_seat(who, *id).await?,
        }
        Ok(())
    }

    /// Everything that these bodies point to.
    pub(super) async fn things(&self, bodies: impl Iterator<Item = &MessageBody> + Send) -> Result<Things> {
        let mut things = Things::default();
        let (mut tracks, mut jams) = (Vec::new(), Vec::new());

        for body in bodies {
            match body {
                MessageBody::Text(_) => {}
                MessageBody::Card(Card::Track(id)) => tracks.push(*id),
                MessageBody::Card(Card::Album(id)) if things.albums.contains_key(id) => {}
                MessageBody::Card(Card::Album(id)) => {
                    let page = self.ports.store.album(*id).await?;
                    things.albums.extend(page.map(|page| (*id, page.album)));
                }
                MessageBody::Card(Card::Jam(id)) => jams.push(*id),
            }
        }
        tracks.sort_unstable();
        tracks.dedup();
        if !tracks.is_empty() {
            things.tracks = by_id(self.ports.store.tracks_by_id(&tracks).await?);
        }

        if !jams.is_empty() {
            let live = self.ports.store.jam_revisions(&jams).await?;
            things.jams = live.into_iter().filter(|mark| !mark.ended).map(|mark| mark.jam).collect();
        }

        Ok(things)
    }
}

fn by_id(tracks: Vec<Track>) -> BTreeMap<TrackId, Track> {
    tracks.into_iter().map(|track| (track.id, track)).collect()
}
