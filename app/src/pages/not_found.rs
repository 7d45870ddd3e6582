//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::{
    browser::Live,
    ui::{ButtonLink, EmptyState, PageTitle},
};

/// Says so and leads home.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    crate::not_found();
    let visitor = Live::get().me.with_untracked(Option::is_none);

    view! {
        <PageTitle text="Not found"/>
        <div class="page">
            <h1>"Nothing here"</h1>
            <EmptyState line="This address leads nowhere. The link may be old or incomplete." icon="disc">
                <div class="row">
                    <ButtonLink href="/">"Go home"</ButtonLink>
                    {visitor.then(|| view! { <ButtonLink href="/login">"Log in"</ButtonLink> })}
                </div>
            </EmptyState>
        </div>
    }
}
