//! What everyone in the Jam hears, and how well this tab is in time (J10).

use domain::{jam::Row, library::Track};
use leptos::prelude::{Track as _, *};

use crate::{
    browser::{JamRoom, Live, Player, Sync},
    features::{activity::now, library::artist_link},
    ui::{Artwork, Mark},
};

/// The row that sounds at this moment, with its track.
#[derive(Clone, Copy)]
pub(super) struct Current {
    pub(super) row: Memo<Option<Row>>,
    pub(super) track: Memo<Option<Track>>,
}

impl Current {
    pub(super) fn of(room: JamRoom) -> Self {
        let now = now(Live::get());
        let player = Player::get();
        let row = Memo::new(move |_| {
            // The player changes in the very moment of a track change, the seconds only soon after.
            player.track.track();
            room.state.with(|state| {
                let state = state.as_ref()?;
                state.row(state.at(now.get())?.row)
            })
        });
        let track = Memo::new(move |_| row.get().and_then(|row| room.tracks.with(|all| all.get(&row.track).cloned())));

        Self { row, track }
    }
}

/// The colour of what sounds.
pub fn tint(room: JamRoom) -> Signal<Option<[u8; 3]>> {
    let track = Current::of(room).track;

    Signal::derive(move || track.with(|track| track.as_ref()?.artwork.as_ref().map(|artwork| artwork.tint)))
}

/// Artwork, title and artist.
#[component]
pub fn Cover() -> impl IntoView {
    let current = Current::of(JamRoom::get());
    let artwork =
        Memo::new(move |_| current.track.with(|track| track.as_ref().and_then(|track| track.artwork.clone())));

    view! {
        <div class="jam-cover">{move || view! { <Artwork artwork=artwork.get() size=640/> }}</div>
        <div class="jam-now">
            {move || match current.track.get() {
                Some(track) => {
                    view! {
                        <p class="title two-line">{track.title.clone()}</p>
                        <p class="sub one-line">{artist_link(&track)}</p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <p class="title">"Silence"</p>
                        <p class="sub">"Add a track and it starts for everyone."</p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// "In sync, 2 ms", only while it is true.
#[component]
pub fn SyncStatus() -> impl IntoView {
    let (room, player) = (JamRoom::get(), Player::get());
    let current = Current::of(room);
    let in_sync = Memo::new(move |_| matches!(room.sync.get(), Sync::InSync(_)));
    let text = Memo::new(move |_| match room.sync.get() {
        Sync::InSync(offset_ms) => format!("In sync, {:.0} ms", offset_ms.abs()),
        Sync::NeedsTap => "Waiting for your tap in the player".into(),
        Sync::Aligning => "Coming into time".into(),
        Sync::Silent if current.row.with(Option::is_none) => "Nothing plays".into(),
        Sync::Silent if !player.here.get() => "It sounds in another tab of yours".into(),
        Sync::Silent if !player.playing.get() => "Paused".into(),
        Sync::Silent => "Coming into time".into(),
    });

    view! {
        <p class="jam-state" class:in-sync=in_sync role="status">
            <Mark closed=in_sync/>
            <span>{text}</span>
        </p>
    }
}
