//! Parts of one place as a row of links.

use leptos::prelude::*;

/// A navigation named `label`; the link of the current part says so.
#[component]
pub fn Segments(
    /// What the row chooses between.
    label: &'static str,
    /// Words and address of each part.
    items: Vec<(&'static str, String)>,
    /// The address of the part that is shown.
    #[prop(into)]
    current: Signal<String>,
) -> impl IntoView {
    let link = move |(text, href): (&'static str, String)| {
        let here = href.clone();
        let is_here = move || (current.get() == here).then_some("page");

        view! {
            <a href=href aria-current=is_here>
                {text}
            </a>
        }
    };

    view! {
        <nav class="segments" aria-label=label>
            {items.into_iter().map(link).collect_view()}
        </nav>
    }
}
