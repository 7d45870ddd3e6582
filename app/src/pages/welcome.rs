//! Home as a visitor sees it: what Earshot is, and the way in.

use leptos::prelude::*;

use crate::{
    Start,
    features::accounts::DemoDoors,
    ui::{ButtonKind, ButtonLink, Icon, Mark, PageTitle},
};

/// The landing page.
#[component]
pub fn WelcomePage() -> impl IntoView {
    let demo = use_context::<Start>().is_some_and(|start| start.demo);

    view! {
        <PageTitle text=""/>
        <div class="page">
            <header class="spread">
                <span class="row brand">
                    <Mark/>
                    <strong>"Earshot"</strong>
                </span>
                <ButtonLink href="/login" small=true>
                    "Log in"
                </ButtonLink>
            </header>
            <section class="welcome">
                <div class="welcome-text">
                    <h1>"Two sofas, two cities, one record."</h1>
                    <p class="lead">
                        "Earshot plays your own music collection, for you and the people close to you. See what a friend is
                        listening to, say something about it, and hear it together at the same instant."
                    </p>
                    <div class="row">
                        <ButtonLink href="/signup" kind=ButtonKind::Primary>
                            "Create an account"
                        </ButtonLink>
                        {(!demo).then(|| view! { <ButtonLink href="/login">"I have one"</ButtonLink> })}
                    </div>
                    {demo.then(|| view! { <DemoDoors next=String::new()/> })}
                </div>
                <div class="welcome-art" aria-hidden="true">
                    <Mark closed=true/>
                </div>
            </section>
            <ul class="welcome-points">
                {point(
                    "headphones",
                    "The same instant",
                    "Start a Jam and everyone hears the same second of the same song, from one queue that all of you fill.",
                )}
                {point(
                    "message",
                    "Close, not loud",
                    "One-to-one conversations with people you chose. No public profiles, no strangers, no feed.",
                )}
                {point(
                    "lock",
                    "Yours",
                    "Your files, your server. You decide who sees what you play, and nobody does until you say so.",
                )}
            </ul>
        </div>
    }
}

fn point(icon: &'static str, title: &'static str, text: &'static str) -> impl IntoView {
    view! {
        <li class="card">
            <Icon name=icon/>
            <h2>{title}</h2>
            <p>{text}</p>
        </li>
    }
}
