//! A menu of actions behind a button.

use leptos::{
    ev::{FocusEvent, KeyboardEvent, MouseEvent},
    html::{Button, Div},
    prelude::*,
    wasm_bindgen::JsCast,
    web_sys::{Element, HtmlElement, Node},
};

use super::{button::Gate, icon::Icon};
use crate::watch::watch;

/// One line of a menu.
#[derive(Clone)]
pub struct MenuItem {
    label: String,
    icon: &'static str,
    target: Target,
    danger: bool,
}

#[derive(Clone)]
enum Target {
    Run(Callback<()>),
    Link(String),
}

impl MenuItem {
    /// Does something.
    pub fn run(label: impl Into<String>, icon: &'static str, action: impl Fn() + Send + Sync + 'static) -> Self {
        let target = Target::Run(Callback::new(move |()| action()));

        Self { label: label.into(), icon, target, danger: false }
    }

    /// Leads somewhere.
    pub fn link(label: impl Into<String>, icon: &'static str, href: impl Into<String>) -> Self {
        Self { label: label.into(), icon, target: Target::Link(href.into()), danger: false }
    }

    /// The same in the colour of things that take something away.
    pub fn danger(self) -> Self {
        Self { danger: true, ..self }
    }
}

/// A button named `label` that opens a `role="menu"`.
///
/// Arrow keys, Home and End move inside it; Escape, Tab, a choice or a click elsewhere close it. Focus goes to the first
/// line when it opens and back to the button when it closes by key or choice.
#[component]
pub fn Menu(
    /// The button's accessible name and tooltip.
    #[prop(into)]
    label: Signal<String>,
    /// The lines, made when it opens.
    #[prop(into)]
    items: Callback<(), Vec<MenuItem>>,
    /// The button's symbol.
    #[prop(default = "more-horizontal")]
    icon: &'static str,
    /// What the button shows in place of a symbol.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let (frame, opener, list) = (NodeRef::<Div>::new(), NodeRef::<Button>::new(), NodeRef::<Div>::new());
    let open = RwSignal::new(false);
    let upward = RwSignal::new(false);
    let gate = Gate::new(true, Signal::from(false));

    let close = move || {
        open.set(false);
        focus(opener.get_untracked().map(Into::into));
    };
    let toggle = move |event: MouseEvent| {
        upward.set(lies_low(event.client_y()));
        open.update(|open| *open = !*open);
    };
    let on_key = move |event: KeyboardEvent| {
        let Some(menu) = list.get_untracked() else { return };
        let here = document().active_element();
        let next = match event.key().as_str() {
            "ArrowDown" => here.and_then(|item| item.next_element_sibling()).or_else(|| menu.first_element_child()),
            "ArrowUp" => here.and_then(|item| item.previous_element_sibling()).or_else(|| menu.last_element_child()),
            "Home" => menu.first_element_child(),
            "End" => menu.last_element_child(),
            "Escape" => {
                event.stop_propagation();
                return close();
            }
            "Tab" => return open.set(false),
            _ => return,
        };

        event.prevent_default();
        focus(next);
    };
    let on_leave = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        if !frame.get_untracked().is_some_and(|frame| frame.contains(to.as_ref())) {
            open.set(false);
        }
    };

    watch(move || focus(list.get().and_then(|menu| menu.first_element_child())));

    let custom = children.is_some();
    view! {
        <div class="menu-frame" node_ref=frame on:focusout=on_leave>
            // Safari focuses a button on click only with a tabindex; without focus the menu would close and open again.
            <button
                type="button"
                class=if custom { "menu-opener" } else { "icon-button" }
                node_ref=opener
                tabindex="0"
                aria-haspopup="menu"
                aria-expanded=move || open.get().to_string()
                aria-label=move || label.get()
                title=move || label.get()
                disabled=gate.closed_at_first()
                prop:disabled=move || gate.closed()
                on:click=toggle
            >
                {match children {
                    Some(children) => children(),
                    None => view! { <Icon name=icon/> }.into_any(),
                }}
            </button>
            {move || {
                open.get()
                    .then(|| {
                        view! {
                            <div class="menu" class:upward=upward.get_untracked() role="menu" node_ref=list
                                aria-label=move || label.get() on:keydown=on_key
                            >
                                {items.run(()).into_iter().map(|item| line(item, close)).collect_view()}
                            </div>
                        }
                    })
            }}
        </div>
    }
}

fn line(item: MenuItem, close: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let MenuItem { label, icon, target, danger } = item;

    match target {
        Target::Run(action) => view! {
            <button type="button" role="menuitem" tabindex="-1" class:danger=danger
                on:click=move |_| {
                    close();
                    action.run(());
                }
            >
                <Icon name=icon/>
                <span>{label}</span>
            </button>
        }
        .into_any(),
        Target::Link(href) => view! {
            <a role="menuitem" tabindex="-1" class:danger=danger href=href on:click=move |_| close()>
                <Icon name=icon/>
                <span>{label}</span>
            </a>
        }
        .into_any(),
    }
}

/// Whether a menu that opens here would leave the window below.
fn lies_low(y: i32) -> bool {
    let height = window().inner_height().ok().and_then(|height| height.as_f64()).unwrap_or_default();

    f64::from(y) > height * 0.6
}

fn focus(element: Option<Element>) {
    if let Some(element) = element.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot take focus leaves it where it is.
        let _ = element.focus();
    }
}
