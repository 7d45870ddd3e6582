//! The page for addresses that lead nowhere.

use leptos::prelude::*;

use crate::ui::{ButtonLink, EmptyState, PageTitle};

/// Says so and leads home.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    crate::not_found();

    view! {
        <PageTitle text="Not found"/>
        <div class="page">
            <h1>"Nothing here"</h1>
            <EmptyState line="This address leads nowhere. The link may be old or incomplete." icon="disc">
                <ButtonLink href="/">"Go home"</ButtonLink>
            </EmptyState>
        </div>
    }
}
