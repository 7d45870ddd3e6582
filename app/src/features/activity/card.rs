//! What a contact plays, with all that can be done with it: the region at the head of a conversation, and the same
//! content in the sheet of a live card.

use domain::{
    MemberId, TrackId,
    account::Person,
    activity::{ActivityState, ActivityView},
    library::Artwork as Picture,
};
use leptos::prelude::*;

use super::{
    actions::{PlayedMenu, play, save_played},
    reactions::{ReactPicker, ReactionChip},
    shown::{done, now, state_class, state_text},
};
use crate::{
    browser::{Live, Player},
    features::toasts::Words,
    ui::{Artwork, Hairline, IconButton, LiveBars},
    watch::watch,
};

/// The region "Listening activity". While there is nothing to see, its place is kept and says so.
#[component]
pub fn ActivityCard(
    /// Whose.
    person: Person,
) -> impl IntoView {
    let live = Live::get();
    let activity = live.activity_of(person.id);
    let visible = Memo::new(move |_| activity.with(Option::is_some));
    let shown = Shown::of(activity);

    move || {
        let person = person.clone();
        match visible.get() {
            true => region(shown, person),
            false => {
                let line = format!("Nothing to see of what {} plays.", person.name);
                view! { <p class="activity quiet">{line}</p> }.into_any()
            }
        }
    }
}

/// The parts of an activity, each of which changes at its own pace.
#[derive(Clone, Copy)]
pub struct Shown {
    activity: Memo<Option<ActivityView>>,
    /// The track of this library.
    pub track: Memo<Option<TrackId>>,
    artwork: Memo<Option<Picture>>,
    state: Memo<Option<ActivityState>>,
}

impl Shown {
    /// Follows an activity.
    pub fn of(activity: Memo<Option<ActivityView>>) -> Self {
        Self {
            activity,
            track: Memo::new(move |_| activity.with(|it| it.as_ref().and_then(|it| it.track.id))),
            artwork: Memo::new(move |_| activity.with(|it| it.as_ref().and_then(|it| it.track.artwork.clone()))),
            state: Memo::new(move |_| activity.with(|it| it.as_ref().map(|it| it.state))),
        }
    }

    /// Its title.
    pub fn title(self) -> String {
        self.activity.with(|it| it.as_ref().map(|it| it.track.title.clone()).unwrap_or_default())
    }

    /// Its artist.
    pub fn artist(self) -> String {
        self.activity.with(|it| it.as_ref().map(|it| it.track.artist.clone()).unwrap_or_default())
    }

    /// The class of its state.
    pub fn class(self) -> &'static str {
        self.state.get().map_or("", state_class)
    }

    /// Whether it sounds at this moment.
    pub fn playing(self) -> Signal<bool> {
        Signal::derive(move || matches!(self.state.get(), Some(ActivityState::Playing { .. })))
    }

    /// Whether one can react to it: what is over is over.
    pub fn open(self) -> Signal<bool> {
        let over = move || matches!(self.state.get(), None | Some(ActivityState::LastPlayed { .. }));
        Signal::derive(move || !over() && self.track.with(Option::is_some))
    }

    /// How much of the track is behind.
    pub fn done(self, live: Live) -> Signal<f64> {
        let now = now(live);
        Signal::derive(move || self.activity.with(|it| it.as_ref().map_or(0.0, |it| done(it, now.get()))))
    }

    /// Its state in words.
    pub fn text(self, live: Live) -> Signal<String> {
        let now = now(live);
        Signal::derive(move || self.state.get().map(|state| state_text(state, now.get())).unwrap_or_default())
    }

    /// Its picture.
    pub fn cover(self, size: u16) -> AnyView {
        (move || view! { <Artwork artwork=self.artwork.get() size/> }).into_any()
    }

    /// Its colour.
    pub fn tint(self) -> Signal<Option<[u8; 3]>> {
        Signal::derive(move || self.artwork.with(|artwork| artwork.as_ref().map(|artwork| artwork.tint)))
    }
}

fn region(shown: Shown, person: Person) -> AnyView {
    let (live, player, words) = (Live::get(), Player::get(), Words::get());
    let picking = RwSignal::new(false);
    let missing = Signal::derive(move || shown.track.with(Option::is_none));
    let on_track = move |act: fn(TrackId, Player, Words)| {
        move |_| {
            if let Some(track) = shown.track.get_untracked() {
                act(track, player, words);
            }
        }
    };
    // Who reacted to a track has nothing to choose any more once it is over.
    watch(move || {
        shown.track.track();
        picking.set(false);
    });

    view! {
        <section class=move || format!("activity {}", shown.class()) aria-label="Listening activity"
            on:keydown=move |event| {
                if event.key() == "Escape" {
                    picking.set(false);
                }
            }
        >
            <span class="cover-56">{shown.cover(56)}</span>
            <div class="activity-text">
                <p class="activity-state">
                    <LiveBars playing=shown.playing()/>
                    <span>{shown.text(live)}</span>
                    {my_reaction(live, person.id, shown)}
                </p>
                <p class="title one-line">{move || shown.title()}</p>
                <p class="sub one-line">{move || shown.artist()}</p>
            </div>
            <div class="activity-actions">
                <IconButton icon="play" label="Play this" disabled=missing on_click=on_track(play)/>
                <IconButton icon="bookmark" label="Save to library" disabled=missing
                    on_click=on_track(|track, _, words| save_played(track, words))/>
                <IconButton icon="smile" label="React" disabled=Signal::derive(move || !shown.open().get()) pressed=picking
                    on_click=move |_| picking.update(|picking| *picking = !*picking)/>
                <PlayedMenu track=shown.track/>
            </div>
            {move || {
                (picking.get() && shown.open().get())
                    .then(|| view! { <ReactPicker to=person.id track=shown.track on_done=move |()| picking.set(false)/> })
            }}
            <Hairline done=shown.done(live)/>
        </section>
    }
    .into_any()
}

fn my_reaction(live: Live, to: MemberId, shown: Shown) -> AnyView {
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));

    me.map(|from| view! { <ReactionChip from to track=shown.track words="You reacted"/> }).into_any()
}
