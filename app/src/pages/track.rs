//! A track, as links to it from other places show it.

use domain::{Refusal, TrackId, library::Track};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::loaded;
use crate::{
    browser::Player,
    command::{Command, CommandForm},
    data::read,
    error::ApiError,
    features::library::{
        TrackMenu,
        api::{self, SaveTrack},
        artist_link,
    },
    ui::{Alert, Artwork, Button, ButtonKind, PageTitle, Shape, Tinted, clock_text},
};

/// Cover, title, and what can be done with it.
#[component]
pub fn TrackPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")));
    let track = read(move || id.get(), find);
    let save = Command::<SaveTrack>::new();

    view! { <div class="page">{loaded(track, Shape::Lines(4), move |track| show(track, save))}</div> }
}

async fn find(id: Option<String>) -> Result<Track, ApiError> {
    match id.and_then(|id| id.parse::<TrackId>().ok()) {
        Some(id) => api::read_track(id).await,
        None => Err(Refusal::TrackUnknown.into()),
    }
}

fn show(track: Track, save: Command<SaveTrack>) -> AnyView {
    let player = Player::get();
    let tint = track.artwork.as_ref().map(|artwork| artwork.tint);
    let artist = artist_link(&track);
    let album = match (&track.album, track.album_id) {
        (Some(album), Some(id)) => view! { " · " <a href=format!("/album/{id}")>{album.clone()}</a> }.into_any(),
        _ => ().into_any(),
    };
    let playable = track.clone();
    let answer = move || save.value().get();
    let saved = move || matches!(answer(), Some(Ok(())));

    view! {
        <PageTitle text=track.title.clone()/>
        <Tinted tint class="album-head">
            <div class="album-cover">
                <Artwork artwork=track.artwork.clone() size=640/>
            </div>
            <div class="album-text">
                <p class="kind">"Track"</p>
                <h1>{track.title.clone()}</h1>
                <p class="sub">{artist} {album} {format!(" · {}", clock_text(track.duration_ms.into()))}</p>
                <div class="row actions">
                    <Button kind=ButtonKind::Primary icon="play"
                        on_click=move |_| player.play_tracks(vec![playable.clone()], 0)>
                        "Play"
                    </Button>
                    <CommandForm command=save>
                        <input type="hidden" name="id" value=track.id.to_string()/>
                        <input type="hidden" name="saved" value="true"/>
                        <Button icon="bookmark" disabled=save.pending()>
                            {move || if saved() { "Saved" } else { "Save to library" }}
                        </Button>
                    </CommandForm>
                    <TrackMenu track=track.clone()/>
                </div>
            </div>
        </Tinted>
        <Alert message=save.refusal()/>
    }
    .into_any()
}
