//! Music inside a message: artwork with a play button on it (M8).

use domain::library::{Album, Artwork as Picture, Track};
use leptos::{prelude::*, task::spawn_local};

use crate::{
    browser::Player,
    features::{library::api, toasts::Words},
    ui::{Artwork, Icon, Tinted, ready},
};

/// What a card shows and plays.
#[derive(Clone, Debug, PartialEq)]
pub enum Music {
    /// Plays itself.
    Track(Track),
    /// Plays from its first track.
    Album(Album),
}

/// The card.
#[component]
pub fn MusicCard(
    /// What is on it.
    music: Music,
    /// Whether it stands among my own words.
    #[prop(optional)]
    own: bool,
) -> impl IntoView {
    let (player, words) = (Player::get(), Words::get());
    let Face { title, sub, href, artwork } = face(&music);
    let tint = artwork.as_ref().map(|artwork| artwork.tint);
    let label = format!("Play {title}");
    let ready = ready();

    view! {
        <Tinted class=if own { "music-card own" } else { "music-card" } tint=tint>
            <button
                type="button"
                class="cover-play"
                aria-label=label.clone()
                title=label
                disabled=!ready.get_untracked()
                prop:disabled=move || !ready.get()
                on:click=move |_| play(music.clone(), player, words)
            >
                <Artwork artwork size=160/>
                <Icon name="play"/>
            </button>
            <div class="music-text">
                <a class="title two-line" href=href title=title.clone()>
                    {title.clone()}
                </a>
                <span class="sub one-line">{sub}</span>
            </div>
        </Tinted>
    }
    .into_any()
}

struct Face {
    title: String,
    sub: String,
    href: String,
    artwork: Option<Picture>,
}

fn face(music: &Music) -> Face {
    match music {
        Music::Track(track) => Face {
            title: track.title.clone(),
            sub: track.artist.clone(),
            href: format!("/track/{}", track.id),
            artwork: track.artwork.clone(),
        },
        Music::Album(album) => Face {
            title: album.title.clone(),
            sub: album.artist.clone(),
            href: format!("/album/{}", album.id),
            artwork: album.artwork.clone(),
        },
    }
}

fn play(music: Music, player: Player, words: Words) {
    match music {
        Music::Track(track) => player.play_tracks(vec![track], 0),
        Music::Album(album) => spawn_local(async move {
            match api::read_album(album.id).await {
                Ok(page) => player.play_tracks(page.tracks, 0),
                Err(error) => words.say(error.to_string()),
            }
        }),
    }
}
