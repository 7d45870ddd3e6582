//! What a page says when something went wrong, is missing, is on its way or is done.

use leptos::prelude::*;

use super::{button::IconButton, each::each, icon::Icon};

/// A refusal or a failure, read out at once. It is in the page only while there is something to say.
#[component]
pub fn Alert(
    /// What happened and what to do.
    #[prop(into)]
    message: Signal<Option<String>>,
) -> impl IntoView {
    move || {
        message.get().map(|text| {
            view! {
                <div class="alert" role="alert">
                    <Icon name="alert-triangle"/>
                    <p>{text}</p>
                </div>
            }
        })
    }
}

/// A calm box of text that has always been there, such as a note on a settings page.
#[component]
pub fn Notice(
    /// The text.
    children: Children,
    /// Whether it deserves care.
    #[prop(optional)]
    warn: bool,
) -> impl IntoView {
    view! {
        <div class="notice" class:warn=warn>
            <Icon name=if warn { "alert-triangle" } else { "info" }/>
            <div>{children()}</div>
        </div>
    }
}

/// A short word that something is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Tells two of them apart.
    pub id: u32,
    /// The word.
    pub text: String,
}

/// The place where toasts appear, read out politely.
#[component]
pub fn Toasts(
    /// Oldest first.
    #[prop(into)]
    items: Signal<Vec<Toast>>,
    /// Somebody has read this one.
    #[prop(into)]
    on_dismiss: Callback<u32>,
) -> impl IntoView {
    let row = move |toast: Toast| {
        view! {
            <div class="toast">
                <p>{toast.text}</p>
                <IconButton icon="x" label="Dismiss" on_click=move |_| on_dismiss.run(toast.id)/>
            </div>
        }
        .into_any()
    };

    view! {
        <div class="toasts" role="status">
            {each(move || items.get(), |toast| toast.id, row)}
        </div>
    }
}

/// Nothing here yet: one line and, as children, one action.
#[component]
pub fn EmptyState(
    /// The line.
    #[prop(into)]
    line: String,
    /// A symbol above it.
    #[prop(optional)]
    icon: Option<&'static str>,
    /// The action.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            {icon.map(|name| view! { <Icon name/> })}
            <p>{line}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// The shape of what is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Rows with a small picture.
    Rows(u8),
    /// A grid of covers.
    Cards(u8),
    /// Lines of text.
    Lines(u8),
}

/// A shape without content. Assistive technology reads "Loading".
#[component]
pub fn Skeleton(
    /// Of what.
    shape: Shape,
) -> impl IntoView {
    let (class, count) = match shape {
        Shape::Rows(count) => ("skeleton rows", count),
        Shape::Cards(count) => ("skeleton cards", count),
        Shape::Lines(count) => ("skeleton lines", count),
    };

    view! {
        <div class=class>
            <span class="visually-hidden">"Loading"</span>
            {(0..count).map(|_| view! { <i></i> }).collect_view()}
        </div>
    }
}
