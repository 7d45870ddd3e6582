//! Search as you type, over everything in the library.

use domain::library::Found;
use leptos::{html::Input, prelude::*};
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
    location::Url,
};

use super::loaded;
use crate::{
    browser::page,
    data::read,
    features::library::{AlbumGrid, ArtistGrid, TrackList, api},
    ui::{EmptyState, Icon, PageTitle, Shape},
};

/// How long typing must rest before it is searched for, in milliseconds.
const REST_MS: u32 = 150;

/// The box and what was found. The address carries the text, so that it can be shared and gone back to.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map();
    let text = Memo::new(move |_| query.with(|query| query.get("q")).unwrap_or_default());
    let found = read(
        move || text.get(),
        |text| async move {
            // Nothing typed finds nothing, and asks nobody.
            if text.trim().is_empty() { Ok(None) } else { api::search_music(text).await.map(Some) }
        },
    );

    view! {
        <PageTitle text="Search"/>
        <div class="page">
            <h1>"Search"</h1>
            <SearchBox text/>
            <div aria-live="polite" class="stack">
                {loaded(found, Shape::Rows(6), move |found| show(found, text.get_untracked()))}
            </div>
        </div>
    }
}

/// The form; without wasm it asks for the page with the text in its address.
#[component]
fn SearchBox(text: Memo<String>) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let asked = StoredValue::new(text.get_untracked());
    let presses = StoredValue::new(0_u32);
    let typed = move || node.get_untracked().map(|input| input.value()).unwrap_or_default();

    let navigate = use_navigate();
    let ask = move |text: String| {
        let address = if text.is_empty() { "/search".into() } else { format!("/search?q={}", Url::escape(&text)) };
        asked.set_value(text);
        navigate(&address, NavigateOptions { replace: true, scroll: false, ..Default::default() });
    };
    let (ask_first, ask_now) = (ask.clone(), ask.clone());

    let ask_soon = move |_| {
        let press = presses.get_value() + 1;
        presses.set_value(press);

        let ask = ask.clone();
        page::after(REST_MS, move || {
            if presses.try_get_value() == Some(press) && asked.get_value() != typed() {
                ask(typed());
            }
        });
    };

    // What was typed before the page could listen counts too; a step back in history writes it again.
    Effect::new(move |seen: Option<()>| {
        let (Some(input), text) = (node.get(), text.get()) else { return };
        if seen.is_none() {
            if input.value() != text {
                ask_first(input.value());
            }
            // A browser that will not focus leaves the box one tap away.
            let _ = input.focus();
        } else if asked.get_value() != text {
            asked.set_value(text.clone());
            input.set_value(&text);
        }
    });

    view! {
        <form class="search-form" role="search" method="get" action="/search"
            on:submit=move |event| {
                event.prevent_default();
                ask_now(typed());
            }
        >
            <Icon name="search"/>
            <input class="input" type="search" name="q" aria-label="Search" placeholder="Tracks, albums, artists"
                autocomplete="off" node_ref=node value=text.get_untracked() on:input=ask_soon/>
        </form>
    }
}

fn show(found: Option<Found>, text: String) -> AnyView {
    let Some(found) = found else {
        return view! { <EmptyState line="Type a title, an album or an artist." icon="search"/> }.into_any();
    };
    let Found { tracks, albums, artists } = found;
    if tracks.is_empty() && albums.is_empty() && artists.is_empty() {
        return view! { <EmptyState line=format!("Nothing here for “{text}”. Try fewer letters.") icon="search"/> }
            .into_any();
    }

    view! {
        {section("Tracks", tracks.is_empty(), move || view! { <TrackList tracks with_album=true/> }.into_any())}
        {section("Albums", albums.is_empty(), move || view! { <AlbumGrid albums/> }.into_any())}
        {section("Artists", artists.is_empty(), move || view! { <ArtistGrid artists/> }.into_any())}
    }
    .into_any()
}

fn section(title: &'static str, empty: bool, content: impl FnOnce() -> AnyView) -> AnyView {
    if empty {
        return ().into_any();
    }
    view! {
        <section class="section">
            <h2>{title}</h2>
            {content()}
        </section>
    }
    .into_any()
}
