//! Small signs that music moves: breathing bars and a hairline of progress. Both decorative.

use leptos::{html::Span, prelude::*};

use super::tint::set_css;
use crate::watch::watch;

/// Three slim bars that breathe while it plays, and stand still when paused or under reduced motion.
#[component]
pub fn LiveBars(
    /// Whether it plays.
    #[prop(into)]
    playing: Signal<bool>,
) -> impl IntoView {
    view! {
        <span class="bars" class:playing=move || playing.get() aria-hidden="true">
            <i></i>
            <i></i>
            <i></i>
        </span>
    }
}

/// A line that fills from left to right.
#[component]
pub fn Hairline(
    /// From 0 to 1.
    #[prop(into)]
    done: Signal<f64>,
) -> impl IntoView {
    let node = NodeRef::<Span>::new();

    watch(move || {
        if let Some(line) = node.get() {
            set_css(&line, "--done", &format!("{:.4}", done.get().clamp(0.0, 1.0)));
        }
    });

    view! { <span class="hairline" aria-hidden="true" node_ref=node></span> }
}
