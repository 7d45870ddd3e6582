//! Logging in.

use leptos::prelude::*;
use leptos_router::{
    components::Redirect,
    hooks::{use_location, use_query_map},
};

use crate::{
    Start,
    features::accounts::{DemoDoors, LogInForm, door},
    ui::{Mark, PageTitle},
};

/// The form, and on a demo server the doors of its members.
#[component]
pub fn LogInPage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let demo = use_context::<Start>().is_some_and(|start| start.demo);

    view! {
        <PageTitle text="Log in"/>
        <div class="gate">
            <div class="gate-card card">
                <Mark/>
                <h1>"Welcome back"</h1>
                {demo
                    .then(|| {
                        view! {
                            <p class="muted">"This is a demo. Enter as one of its members, or with an account of your own."</p>
                            <DemoDoors next=next.clone()/>
                        }
                    })}
                <LogInForm next=next.clone()/>
            </div>
            <p class="gate-other">
                "New here? " <a href=door("/signup", &next)>"Create an account"</a>
            </p>
        </div>
    }
}

/// In the place of a page for members: the way in, which leads back to it.
#[component]
pub fn LogInFirst() -> impl IntoView {
    let location = use_location();
    let here = format!("{}?{}", location.pathname.get_untracked(), location.search.get_untracked());

    view! { <Redirect path=door("/login", here.trim_end_matches('?'))/> }
}
