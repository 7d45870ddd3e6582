//! The library: albums, artists, tracks, and what I saved.

use std::sync::Arc;

use domain::library::{Album, Artist, Order, Track};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};

use super::{load::emptiness, loaded};
use crate::{
    data::read,
    error::ApiError,
    features::library::{LongList, NewMusic, PART, Rows, ScanLine, album_rows, api, artist_rows, track_rows},
    ui::{EmptyState, PageTitle, Segments, Shape},
};

/// What the page can show.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Segment {
    Albums,
    Artists,
    Tracks,
    Saved,
}

impl Segment {
    fn parse(show: Option<String>) -> Self {
        match show.as_deref() {
            Some("artists") => Self::Artists,
            Some("tracks") => Self::Tracks,
            Some("saved") => Self::Saved,
            _ => Self::Albums,
        }
    }

    fn href(self) -> &'static str {
        match self {
            Self::Albums => "/library",
            Self::Artists => "/library?show=artists",
            Self::Tracks => "/library?show=tracks",
            Self::Saved => "/library?show=saved",
        }
    }

    async fn read(self, from: u32) -> Result<Part, ApiError> {
        match self {
            Self::Albums => api::all_albums(Order::Artist, from, PART).await.map(Part::Albums),
            Self::Artists => api::all_artists(from, PART).await.map(Part::Artists),
            Self::Tracks => api::all_tracks(from, PART).await.map(Part::Tracks),
            Self::Saved => api::saved_tracks(from).await.map(Part::Saved),
        }
    }
}

/// A part of one of the lists.
#[derive(Clone, Serialize, Deserialize)]
enum Part {
    Albums(Vec<Album>),
    Artists(Vec<Artist>),
    Tracks(Vec<Track>),
    Saved(Vec<Track>),
}

impl Part {
    fn is_empty(&self) -> bool {
        match self {
            Self::Albums(all) => all.is_empty(),
            Self::Artists(all) => all.is_empty(),
            Self::Tracks(all) | Self::Saved(all) => all.is_empty(),
        }
    }

    /// The rows; tracks go to the end of the queue that each of them plays.
    fn rows(self, queue: StoredValue<Vec<Track>>) -> Rows {
        match self {
            Self::Albums(all) => album_rows(all),
            Self::Artists(all) => artist_rows(all),
            Self::Tracks(all) | Self::Saved(all) => track_rows(all, queue),
        }
    }
}

/// All music, a segment at a time.
#[component]
pub fn LibraryPage() -> impl IntoView {
    let query = use_query_map();
    let segment = Memo::new(move |_| Segment::parse(query.with(|query| query.get("show"))));
    let from = Memo::new(move |_| query.with(|query| query.get("from")?.parse::<u32>().ok()).unwrap_or(0));
    let first = read(move || (segment.get(), from.get()), |(segment, from)| segment.read(from));
    let empty = emptiness(first, Part::is_empty);

    let segments = [
        ("Albums", Segment::Albums),
        ("Artists", Segment::Artists),
        ("Tracks", Segment::Tracks),
        ("Saved", Segment::Saved),
    ];
    let items = segments.map(|(word, segment)| (word, segment.href().to_owned())).into();

    view! {
        <PageTitle text="Library"/>
        <div class="page">
            <header class="page-head">
                <h1>"Library"</h1>
                <NewMusic on_show=move |()| first.refetch() empty/>
            </header>
            <ScanLine/>
            <section class="section">
                <Segments label="Library" items current=Signal::derive(move || segment.get().href().to_owned())/>
                {loaded(first, Shape::Cards(12), move |part| show(part, from.get_untracked()))}
            </section>
        </div>
    }
}

fn show(part: Part, offset: u32) -> AnyView {
    if part.is_empty() {
        return nothing(&part);
    }

    let (segment, label, class, href) = match part {
        Part::Albums(_) => (Segment::Albums, "Albums", "cover-grid", "/library?from="),
        Part::Artists(_) => (Segment::Artists, "Artists", "cover-grid people", "/library?show=artists&from="),
        Part::Tracks(_) => (Segment::Tracks, "Tracks", "tracks", "/library?show=tracks&from="),
        Part::Saved(_) => (Segment::Saved, "Saved", "tracks", "/library?show=saved&from="),
    };
    let queue = StoredValue::new(Vec::new());
    let read = move |from| -> std::pin::Pin<Box<dyn Future<Output = _>>> {
        Box::pin(async move { segment.read(from).await.map(|part| part.rows(queue)) })
    };

    view! { <LongList label class first=part.rows(queue) offset read=Arc::new(read) href/> }.into_any()
}

fn nothing(part: &Part) -> AnyView {
    let line = match part {
        Part::Saved(_) => "Nothing saved yet. Choose Save to library from the menu of a track.",
        _ => "No music here yet. It shows up by itself as the folders are scanned.",
    };

    view! { <EmptyState line icon="disc"/> }.into_any()
}
