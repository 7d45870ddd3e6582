//! Home: friends who listen now, where I left, what is new.

use domain::library::Order;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{load::emptiness, loaded};
use crate::{
    browser::Live,
    data::read,
    features::{
        activity::ListeningNow,
        library::{AlbumGrid, NewMusic, ScanLine, TrackList, api},
    },
    ui::{EmptyState, Notice, PageTitle, Shape},
};

/// How many new albums are shown.
const NEW_ALBUMS: u32 = 12;

/// What a member sees first.
#[component]
pub fn HomePage() -> impl IntoView {
    let me = Live::get().me;
    let name = move || me.with(|me| me.as_ref().map(|me| me.name.clone()).unwrap_or_default());
    let social = Memo::new(move |_| me.with(|me| me.as_ref().is_some_and(|me| me.social)));
    let just_music = use_query_map().with_untracked(|query| query.get("welcome").is_some());

    let left = read(|| (), |()| api::pick_up());
    let new = read(|| (), |()| api::all_albums(Order::Newest, 0, NEW_ALBUMS));
    let empty = emptiness(new, Vec::is_empty);

    view! {
        <PageTitle text=""/>
        <div class="page">
            <h1>{move || format!("Hello, {}", name())}</h1>
            {just_music
                .then(|| {
                    view! {
                        <Notice>
                            "Welcome. All the music here is yours. Messages, activity and Jams open by themselves in the month after
                            you turn 16."
                        </Notice>
                    }
                })}
            {move || social.get().then(|| view! { <ListeningNow/> })}
            {loaded(left, Shape::Rows(2), |tracks| {
                if tracks.is_empty() {
                    return ().into_any();
                }
                view! {
                    <section class="section">
                        <header class="section-head">
                            <h2>"Pick up where you left"</h2>
                            <a href="/library?show=saved">"All saved"</a>
                        </header>
                        <TrackList tracks with_album=true/>
                    </section>
                }
                    .into_any()
            })}
            <section class="section">
                <header class="section-head">
                    <h2>"New in the library"</h2>
                    <div class="row">
                        <NewMusic on_show=move |()| new.refetch() empty/>
                        <a href="/library">"See all"</a>
                    </div>
                </header>
                <ScanLine/>
                {loaded(new, Shape::Cards(6), |albums| {
                    if albums.is_empty() {
                        view! { <EmptyState line="No albums yet. New music shows up here by itself." icon="disc"/> }.into_any()
                    } else {
                        view! { <AlbumGrid albums row=true/> }.into_any()
                    }
                })}
            </section>
        </div>
    }
}
