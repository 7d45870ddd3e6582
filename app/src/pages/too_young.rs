//! What stands in the place of a social page for an account under 16 (A1).

use domain::Refusal;
use leptos::prelude::*;

use crate::ui::{ButtonLink, EmptyState, PageTitle};

/// Says so, and leads to the music.
#[component]
pub fn TooYoungPage() -> impl IntoView {
    crate::forbidden();

    view! {
        <PageTitle text="Just your music"/>
        <div class="page">
            <h1>"Just your music"</h1>
            <EmptyState line=Refusal::TooYoung.to_string() icon="disc">
                <ButtonLink href="/library">"Go to your library"</ButtonLink>
            </EmptyState>
        </div>
    }
}
