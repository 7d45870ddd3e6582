//! Pictograms from the sprite, and the mark. Always decorative: the control around them carries the name.

use leptos::prelude::*;

/// A symbol of `/icons.svg`, 20 px, in the colour of the text around it. Hidden from assistive technology.
#[component]
pub fn Icon(
    /// The symbol's id in the sprite.
    name: &'static str,
) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=symbol(name)></use>
        </svg>
    }
}

/// Where a symbol lies.
pub(super) fn symbol(name: &str) -> String {
    format!("/icons.svg#{name}")
}

/// Two dots and the arcs of sound between them; the arcs meet while `closed`. Hidden from assistive technology.
#[component]
pub fn Mark(
    /// Whether the listeners are in time.
    #[prop(optional, into)]
    closed: Signal<bool>,
) -> impl IntoView {
    view! {
        <svg class="mark" class:closed=move || closed.get() viewBox="0 0 32 32" aria-hidden="true">
            <circle cx="5.5" cy="16" r="3.5"></circle>
            <circle cx="26.5" cy="16" r="3.5"></circle>
            <path class="mark-left" d="M11 8.5a10.6 10.6 0 0 1 0 15"></path>
            <path class="mark-right" d="M21 8.5a10.6 10.6 0 0 0 0 15"></path>
        </svg>
    }
}
