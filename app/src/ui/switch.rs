//! A switch: on or off, at once.

use leptos::prelude::*;

use super::button::Gate;

/// A button with `role="switch"` named `label`, described by `hint`.
///
/// With `name` it is the submit button of the form around it and posts the new state there as `true` or `false`, so it
/// works before the page is hydrated. With `on_toggle` it calls that instead of posting.
#[component]
pub fn Switch(
    /// Its accessible name.
    label: &'static str,
    /// Whether it is on.
    #[prop(into)]
    checked: Signal<bool>,
    /// One sentence: what others will see.
    #[prop(optional, into)]
    hint: String,
    /// The form field that takes the new state.
    #[prop(optional)]
    name: Option<&'static str>,
    /// Takes the new state.
    #[prop(optional, into)]
    on_toggle: Option<Callback<bool>>,
    /// Whether it cannot be turned now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let gate = Gate::new(name.is_none(), disabled);
    let hint_id = (!hint.is_empty()).then(|| format!("{}-hint", label.to_lowercase().replace(' ', "-")));
    let described_by = hint_id.clone();

    view! {
        <button
            type="submit"
            role="switch"
            class="switch"
            aria-label=label
            aria-checked=move || checked.get().to_string()
            aria-describedby=described_by
            name=name
            value=move || (!checked.get()).to_string()
            disabled=gate.closed_at_first()
            prop:disabled=move || gate.closed()
            on:click=move |event| {
                if let Some(on_toggle) = on_toggle {
                    event.prevent_default();
                    on_toggle.run(!checked.get_untracked());
                }
            }
        >
            <span class="switch-text">
                <span class="switch-label">{label}</span>
                {hint_id.map(|id| view! { <span class="switch-hint" id=id>{hint}</span> })}
            </span>
            <span class="switch-track" aria-hidden="true"></span>
        </button>
    }
}
