//! The Jam that this page is in, or the way to one.

use domain::{JamId, Refusal, account::Tier};
use leptos::prelude::*;
use leptos_router::hooks::{use_navigate, use_params_map};

use crate::{
    browser::{JamRoom, Link, Live, Player},
    features::jam::{AddTracks, Cover, People, Queue, Settings, SyncStatus, begin, tint},
    ui::{Alert, Button, ButtonKind, ButtonLink, EmptyState, Notice, PageTitle, Shape, Skeleton, Tinted},
    watch::watch,
};

/// `/jam` and `/jam/{id}`.
#[component]
pub fn JamPage() -> impl IntoView {
    let params = use_params_map();
    let address = Memo::new(move |_| params.with(|params| params.get("id")).filter(|text| !text.is_empty()));
    let id = Memo::new(move |_| address.get().and_then(|text| text.parse::<JamId>().ok()));

    view! {
        <PageTitle text="Jam"/>
        {move || match (address.with(Option::is_some), id.get()) {
            (_, Some(id)) => view! { <Room id/> }.into_any(),
            (true, None) => over(Refusal::JamUnknown).into_any(),
            (false, None) => view! { <Start/> }.into_any(),
        }}
    }
}

/// What shows of a Jam.
#[derive(Clone, Debug, PartialEq)]
enum Place {
    /// I am in it.
    In,
    /// On the way.
    Coming,
    /// Not to be entered, or no longer.
    Out(Refusal),
}

#[component]
fn Room(id: JamId) -> impl IntoView {
    let (room, live) = (JamRoom::get(), Live::get());
    watch(move || {
        room.refusal.set(None);
        room.enter(id);
    });

    let here = move || room.state.with(|state| state.as_ref().is_some_and(|state| state.id == id));
    let place = Memo::new(move |_| {
        let seated = room.seat.get() == Some(id);
        match (here(), live.link.get()) {
            (true, _) => Place::In,
            (false, Link::Open) if !seated => Place::Out(room.refusal.get().unwrap_or(Refusal::NotInJam)),
            _ => Place::Coming,
        }
    });

    move || match place.get() {
        Place::In => stage(room),
        Place::Coming => view! {
            <div class="page">
                <h1>"Jam"</h1>
                <Skeleton shape=Shape::Rows(4)/>
            </div>
        }
        .into_any(),
        Place::Out(refusal) => over(refusal).into_any(),
    }
}

fn stage(room: JamRoom) -> AnyView {
    let navigate = use_navigate();
    let refusal = Signal::derive(move || room.refusal.get().map(|refusal| refusal.to_string()));
    let leave = move |_| {
        room.leave();
        navigate("/jam", Default::default());
    };

    view! {
        <Tinted class="jam" tint=tint(room)>
            <div class="jam-stage">
                <header class="jam-head">
                    <h1>"Jam"</h1>
                    <SyncStatus/>
                    <Button kind=ButtonKind::Quiet small=true icon="log-out" on_click=leave>
                        "Leave Jam"
                    </Button>
                </header>
                <Alert message=refusal/>
                <People/>
                <Cover/>
                <Settings/>
            </div>
            <section class="jam-queue card" aria-labelledby="jam-queue">
                <header class="section-head">
                    <h2 id="jam-queue">"Queue"</h2>
                </header>
                <AddTracks/>
                <Queue/>
            </section>
        </Tinted>
    }
    .into_any()
}

/// It has ended, or is not mine to enter: said calmly, with a way back.
fn over(refusal: Refusal) -> impl IntoView {
    view! {
        <div class="page jam-start">
            <h1>"Jam"</h1>
            <EmptyState line=refusal.to_string() icon="jam">
                <div class="row">
                    <ButtonLink href="/jam" kind=ButtonKind::Primary>"Start a Jam"</ButtonLink>
                    <ButtonLink href="/">"Go home"</ButtonLink>
                </div>
            </EmptyState>
        </div>
    }
}

/// Back into the Jam that is on, or a new one from what plays (J1).
#[component]
fn Start() -> impl IntoView {
    let (room, live, player) = (JamRoom::get(), Live::get(), Player::get());
    let premium = Memo::new(move |_| live.me.with(|me| me.as_ref().is_some_and(|me| me.tier == Tier::Premium)));
    let from = move || match player.track.with(|track| track.as_ref().map(|track| track.title.clone())) {
        Some(title) => format!("It starts with “{title}”."),
        None => "It starts empty. Whoever adds a track first starts the music.".into(),
    };
    let start = move |_| {
        let rest = player.queue.with_untracked(|queue| {
            queue.iter().skip(player.index.get_untracked()).map(|track| track.id).collect::<Vec<_>>()
        });
        let loaded = player.track.with_untracked(|track| track.as_ref().map(|track| track.id));
        begin(if rest.first().copied() == loaded { rest } else { loaded.into_iter().collect() });
    };

    view! {
        <div class="page jam-start">
            <h1>"Jam"</h1>
            {move || match room.seat.get() {
                Some(jam) => {
                    view! {
                        <EmptyState line="You are in a Jam." icon="jam">
                            <ButtonLink href=format!("/jam/{jam}") kind=ButtonKind::Live>"Back to the Jam"</ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <EmptyState line="The same music at the same instant, from one queue. Start one, or ask for one in a conversation."
                            icon="jam">
                            {move || match premium.get() {
                                true => {
                                    view! {
                                        <p class="muted">{from}</p>
                                        <Button kind=ButtonKind::Live icon="headphones" on_click=start>"Start a Jam"</Button>
                                    }
                                        .into_any()
                                }
                                false => view! { <Notice>{Refusal::PremiumNeeded.to_string()}</Notice> }.into_any(),
                            }}
                            <ButtonLink href="/messages">"Ask someone"</ButtonLink>
                        </EmptyState>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
