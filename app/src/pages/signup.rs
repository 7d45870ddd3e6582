//! Signing up.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    features::accounts::{SignUpForm, door},
    ui::{Mark, PageTitle},
};

/// The form.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let next = use_query_map().with_untracked(|query| query.get("next").unwrap_or_default());
    let invited = next.starts_with("/invite/");

    view! {
        <PageTitle text="Create your account"/>
        <div class="gate">
            <div class="gate-card card">
                <Mark/>
                <h1>"Create your account"</h1>
                <p class="muted">
                    {if invited {
                        "Then the invite is waiting for you, right where you left it."
                    } else {
                        "Your music and your people, on this server."
                    }}
                </p>
                <SignUpForm next=next.clone()/>
            </div>
            <p class="gate-other">
                "Already here? " <a href=door("/login", &next)>"Log in"</a>
            </p>
        </div>
    }
}
