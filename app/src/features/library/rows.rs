//! Long lists in parts: the server renders one, "Show more" adds the next below it.

use std::{future::Future, pin::Pin, sync::Arc};

use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

use crate::{
    error::ApiError,
    ui::{Alert, each},
};

/// How many rows a part has at most; a shorter one is the last.
pub const PART: u32 = 200;

/// The rows of one part, as they are shown.
#[derive(Clone)]
pub struct Rows {
    /// How many.
    pub count: u32,
    /// Makes them.
    pub show: Arc<dyn Fn() -> AnyView + Send + Sync>,
}

/// Reads the part that begins after this many rows.
pub type ReadPart = Arc<dyn Fn(u32) -> Pin<Box<dyn Future<Output = Result<Rows, ApiError>>>> + Send + Sync>;

/// A list that grows. Before the wasm arrives "Show more" is a link to a page that begins where this one ends.
#[component]
pub fn LongList(
    /// What the list is.
    label: &'static str,
    /// The class of the list.
    class: &'static str,
    /// The rows that this page brought.
    first: Rows,
    /// How many rows stand before them.
    offset: u32,
    /// Reads the next part.
    read: ReadPart,
    /// The address of this list up to the number of its first row.
    href: &'static str,
) -> impl IntoView {
    let following = move |offset: u32, rows: &Rows| (rows.count == PART).then_some(offset + rows.count);
    let next = RwSignal::new(following(offset, &first));
    let parts = RwSignal::new(vec![(offset, first)]);
    let reading = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);

    let show_more = move |event: MouseEvent| {
        event.prevent_default();
        let Some(from) = next.get_untracked().filter(|_| !reading.get_untracked()) else { return };

        reading.set(true);
        let part = read(from);
        spawn_local(async move {
            match part.await {
                Ok(rows) => {
                    next.set(following(from, &rows));
                    parts.update(|parts| parts.push((from, rows)));
                    trouble.set(None);
                }
                Err(error) => trouble.set(Some(error.to_string())),
            }
            reading.set(false);
        });
    };

    view! {
        <ul class=class aria-label=label>
            {each(move || parts.get(), |(from, _)| *from, |(_, rows)| (rows.show)())}
        </ul>
        <Alert message=trouble/>
        <p class="paging">
            {move || {
                next.get()
                    .map(|from| {
                        view! {
                            <a class="button" href=format!("{href}{from}") aria-busy=move || reading.get().to_string()
                                on:click=show_more.clone()>
                                "Show more"
                            </a>
                        }
                    })
            }}
        </p>
    }
    .into_any()
}
