//! A slider that follows live values and lets go of them while it is held.

use leptos::{html::Input, prelude::*, web_sys::HtmlInputElement};

use super::{button::Gate, tint::set_css};
use crate::watch::watch;

/// A range input named `label`. Between the first movement of a drag and its end it keeps the dragged value.
#[component]
pub fn Slider(
    /// Its accessible name.
    label: &'static str,
    /// Where it stands; for music in seconds.
    #[prop(into)]
    value: Signal<f64>,
    /// The right end; the left one is 0.
    #[prop(into)]
    max: Signal<f64>,
    /// How far one key press goes.
    #[prop(default = 1.0)]
    step: f64,
    /// Called while it moves.
    #[prop(optional, into)]
    on_input: Option<Callback<f64>>,
    /// Called when it is let go.
    #[prop(into)]
    on_change: Callback<f64>,
    /// The value in words.
    #[prop(optional, into)]
    text: Option<Signal<String>>,
    /// Whether it cannot be moved now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let held = RwSignal::new(false);
    let gate = Gate::new(true, disabled);

    watch(move || {
        let (max, value) = (max.get(), value.get());
        if let Some(input) = node.get()
            && !held.get()
        {
            // A range input cuts its value to its end, so the end comes first.
            input.set_max(&max.to_string());
            input.set_value(&value.to_string());
            fill(&input);
        }
    });

    view! {
        <input
            type="range"
            class="slider"
            node_ref=node
            aria-label=label
            aria-valuetext=move || text.map(|text| text.get())
            min="0"
            max=max.get_untracked().to_string()
            step=step.to_string()
            value=value.get_untracked().to_string()
            disabled=gate.closed_at_first()
            prop:disabled=move || gate.closed()
            on:input=move |event| {
                let input = event_target::<HtmlInputElement>(&event);
                held.set(true);
                fill(&input);
                if let Some(on_input) = on_input {
                    on_input.run(input.value_as_number());
                }
            }
            on:change=move |event| {
                on_change.run(event_target::<HtmlInputElement>(&event).value_as_number());
                held.set(false);
            }
        />
    }
}

/// Tells the style sheet how much of the track is behind the thumb.
fn fill(input: &HtmlInputElement) {
    // The browser's own reading of numbers: ours would come along in the wasm (docs/decisions/0013).
    let max = js_sys::parse_float(&input.max());
    let done = if max > 0.0 { input.value_as_number() / max } else { 0.0 };

    set_css(input, "--done", &format!("{done:.4}"));
}
