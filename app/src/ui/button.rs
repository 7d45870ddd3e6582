//! Buttons and links that look like buttons.
//!
//! A button that has only a callback can do nothing before the wasm has arrived, so it is disabled until then. A button
//! without a callback submits the form around it and works from the first paint.

use leptos::{ev::MouseEvent, prelude::*};

use super::icon::{Icon, symbol};

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// One of several.
    #[default]
    Plain,
    /// The one action of its place.
    Primary,
    /// Only text until touched.
    Quiet,
    /// Takes something away.
    Danger,
    /// Begins or joins listening together.
    Live,
}

impl ButtonKind {
    fn class(self, small: bool) -> String {
        let kind = match self {
            Self::Plain => "",
            Self::Primary => " primary",
            Self::Quiet => " quiet",
            Self::Danger => " danger",
            Self::Live => " live",
        };

        format!("button{kind}{}", if small { " small" } else { "" })
    }
}

thread_local! {
    static READY: ArcRwSignal<bool> = ArcRwSignal::new(false);
}

/// Whether this page is hydrated. Never true on the server.
///
/// A control that needs it writes `disabled=!ready().get_untracked()` for the first paint and `prop:disabled` for what
/// follows: hydration leaves attributes alone but sets properties.
pub fn ready() -> ArcRwSignal<bool> {
    let ready = READY.with(Clone::clone);

    if cfg!(target_arch = "wasm32") && !ready.get_untracked() {
        let hydrated = ready.clone();
        queue_microtask(move || {
            if !hydrated.get_untracked() {
                hydrated.set(true);
            }
        });
    }
    ready
}

/// Why a button is disabled: its caller says so, or its callback cannot be reached yet.
#[derive(Clone)]
pub(super) struct Gate {
    needs_page: bool,
    ready: ArcRwSignal<bool>,
    disabled: Signal<bool>,
}

impl Gate {
    pub(super) fn new(needs_page: bool, disabled: Signal<bool>) -> Self {
        Self { needs_page, ready: ready(), disabled }
    }

    /// For the attribute, once.
    pub(super) fn closed_at_first(&self) -> bool {
        (self.needs_page && !self.ready.get_untracked()) || self.disabled.get_untracked()
    }

    /// For the property, from then on.
    pub(super) fn closed(&self) -> bool {
        (self.needs_page && !self.ready.get()) || self.disabled.get()
    }
}

/// A button with words. Its accessible name is its content.
#[component]
pub fn Button(
    /// The words.
    children: Children,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// What it does; without it, it submits its form.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// Whether it cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// A symbol before the words.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// The form field that it posts.
    #[prop(optional)]
    name: Option<&'static str>,
    /// What it posts there.
    #[prop(optional, into)]
    value: Option<String>,
    /// For rows and heads.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let gate = Gate::new(on_click.is_some(), disabled);

    view! {
        <button
            type=if on_click.is_some() { "button" } else { "submit" }
            class=kind.class(small)
            name=name
            value=value
            disabled=gate.closed_at_first()
            prop:disabled=move || gate.closed()
            on:click=move |event| {
                if let Some(on_click) = on_click {
                    on_click.run(event);
                }
            }
        >
            {icon.map(|name| view! { <Icon name/> })}
            <span>{children()}</span>
        </button>
    }
}

/// A link that looks like a button. Its accessible name is its content.
#[component]
pub fn ButtonLink(
    /// Where to.
    #[prop(into)]
    href: String,
    /// The words.
    children: Children,
    /// Its weight.
    #[prop(optional)]
    kind: ButtonKind,
    /// A symbol before the words.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// For rows and heads.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    view! {
        <a class=kind.class(small) href=href>
            {icon.map(|name| view! { <Icon name/> })}
            <span>{children()}</span>
        </a>
    }
}

/// A button that is only a symbol. `label` is its accessible name and its tooltip.
#[component]
pub fn IconButton(
    /// The symbol's id in the sprite.
    #[prop(into)]
    icon: Signal<&'static str>,
    /// What it does, in words.
    #[prop(into)]
    label: Signal<String>,
    /// What it does; without it, it submits its form.
    #[prop(optional, into)]
    on_click: Option<Callback<MouseEvent>>,
    /// Whether it cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// For a toggle: whether it is on.
    #[prop(optional, into)]
    pressed: Option<Signal<bool>>,
    /// 48 px instead of 40.
    #[prop(optional)]
    large: bool,
    /// Filled, in the colour of actions.
    #[prop(optional)]
    round: bool,
) -> impl IntoView {
    let gate = Gate::new(on_click.is_some(), disabled);

    view! {
        <button
            type=if on_click.is_some() { "button" } else { "submit" }
            class="icon-button"
            class:large=large
            class:round=round
            aria-label=move || label.get()
            title=move || label.get()
            aria-pressed=move || pressed.map(|pressed| pressed.get().to_string())
            disabled=gate.closed_at_first()
            prop:disabled=move || gate.closed()
            on:click=move |event| {
                if let Some(on_click) = on_click {
                    on_click.run(event);
                }
            }
        >
            <svg class="icon" aria-hidden="true">
                <use href=move || symbol(icon.get())></use>
            </svg>
        </button>
    }
}
