//! What the scan of the music folders tells a page.

use leptos::prelude::*;

use crate::{
    browser::Live,
    ui::{Button, Hairline},
    watch::watch,
};

/// "Scanning: 120 of 900" with a line of progress, while it runs.
#[component]
pub fn ScanLine() -> impl IntoView {
    let live = Live::get();
    let running = Memo::new(move |_| live.scan.with(|scan| scan.as_ref().is_some_and(|scan| scan.running)));
    let counts = move || live.scan.get().map_or((0, 0), |scan| (scan.done, scan.found));
    let done = Signal::derive(move || {
        let (done, found) = counts();
        if found == 0 { 0.0 } else { f64::from(done) / f64::from(found) }
    });
    let text = move || {
        let (done, found) = counts();
        format!("Scanning: {done} of {found}")
    };

    move || {
        running.get().then(|| {
            view! {
                <div class="scan" role="status">
                    <p class="tabular">{text}</p>
                    <Hairline done/>
                </div>
            }
        })
    }
}

/// "Show new music": a list on this page can be read again. It waits for the member, so that nothing moves under the
/// pointer; only an empty list is read again by itself.
#[component]
pub fn NewMusic(
    /// Reads the list again.
    #[prop(into)]
    on_show: Callback<()>,
    /// Whether there is nothing yet that could move.
    #[prop(into)]
    empty: Signal<bool>,
) -> impl IntoView {
    let live = Live::get();
    let shown = RwSignal::new(live.library_version.get_untracked());
    let behind = Memo::new(move |_| live.library_version.get() != shown.get());
    let catch_up = move || {
        shown.set(live.library_version.get_untracked());
        on_show.run(());
    };

    watch(move || {
        if behind.get() && empty.get() {
            catch_up();
        }
    });

    move || {
        (behind.get() && !empty.get()).then(
            || view! { <Button small=true icon="refresh-cw" on_click=move |_| catch_up()>"Show new music"</Button> },
        )
    }
}
