//! What Earshot is on screen: the document, the frame around every page, the routes.
//!
//! The same code renders on the server (`ssr`) and takes over in the browser (`hydrate`). Everything reads and submits
//! before the wasm arrives. Navigation and player read no resource, because a `Suspense` outside a route would break
//! hydration.

#![recursion_limit = "256"]

pub mod browser;
pub mod command;
pub mod data;
pub mod error;
pub mod features;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod server;
pub mod ui;
pub mod watch;

use codee::binary::PostcardCodec;
use domain::{account::Me, inbox::Position};
use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::{SsrMode, components::*, path};
use serde::{Deserialize, Serialize};

use crate::{
    browser::Live,
    features::{library::Sharing, messages::Mailbox, toasts::Words},
    pages::*,
};

/// What the server knows before the first paint, and the page takes over.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Start {
    /// Who is logged in.
    pub me: Option<Me>,
    /// How far their inbox had grown.
    pub read: Option<Position>,
    /// Whether this is a demo, with members to enter as by one click.
    pub demo: bool,
    /// Who runs this server; empty when they did not say.
    pub operator: String,
    /// The theme that this browser keeps: "auto", "dark" or "light".
    pub theme: String,
}

#[cfg(feature = "ssr")]
use server::start;

#[cfg(not(feature = "ssr"))]
fn start() -> Start {
    Start::default()
}

/// Lets the answer of the server say that there is no such page.
pub(crate) fn not_found() {
    #[cfg(feature = "ssr")]
    server::set_status(http::StatusCode::NOT_FOUND);
}

/// Lets the answer of the server say that this page is not for who asks.
pub(crate) fn forbidden() {
    #[cfg(feature = "ssr")]
    server::set_status(http::StatusCode::FORBIDDEN);
}

/// The document around the app, on the server only.
#[cfg(feature = "ssr")]
pub fn shell() -> impl IntoView {
    use leptos::nonce::use_nonce;
    use leptos_meta::MetaTags;

    let files = use_context::<server::SiteFiles>().expect("whoever renders pages provides the addresses of its files");
    let theme = server::preference("theme").filter(|theme| matches!(theme.as_str(), "dark" | "light"));
    let hydrate = format!(
        "import init, {{ hydrate }} from {:?};\ninit({{ module_or_path: {:?} }}).then(hydrate);",
        files.js, files.wasm
    );

    view! {
        <!DOCTYPE html>
        <html lang="en" data-theme=theme>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="dark light"/>
                <meta name="theme-color" content="#15110f" media="(prefers-color-scheme: dark)"/>
                <meta name="theme-color" content="#faf6f1" media="(prefers-color-scheme: light)"/>
                <link rel="stylesheet" href=files.css/>
                <link rel="modulepreload" href=files.js/>
                <link rel="preload" href=files.wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
                <link rel="manifest" href="/manifest.webmanifest"/>
                <link rel="icon" href="/favicon.svg" r#type="image/svg+xml"/>
                <link rel="apple-touch-icon" href="/apple-touch-icon.png"/>
                <MetaTags/>
                <script type="module" nonce=use_nonce()>
                    {hydrate}
                </script>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Everything inside the body.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();

    let start = SharedValue::<_, PostcardCodec>::new_with_encoding(start).into_inner();
    browser::provide(start.me.clone(), start.read);
    Mailbox::provide();
    provide_context(start);
    Words::provide();
    Sharing::provide();

    view! {
        <Router>
            <Frame>
                <FlatRoutes fallback=|| NotFoundPage().into_any()>
                    <Route path=path!("/") view=home ssr=SsrMode::Async/>
                    <Route path=path!("/signup") view=|| SignUpPage().into_any() ssr=SsrMode::Async/>
                    <Route path=path!("/login") view=|| LogInPage().into_any() ssr=SsrMode::Async/>
                    <Route path=path!("/invite/:token") view=|| InvitePage().into_any() ssr=SsrMode::Async/>
                    <Route path=path!("/library") view=|| members(LibraryPage) ssr=SsrMode::Async/>
                    <Route path=path!("/album/:id") view=|| members(AlbumPage) ssr=SsrMode::Async/>
                    <Route path=path!("/artist/:id") view=|| members(ArtistPage) ssr=SsrMode::Async/>
                    <Route path=path!("/track/:id") view=|| members(TrackPage) ssr=SsrMode::Async/>
                    <Route path=path!("/search") view=|| members(SearchPage) ssr=SsrMode::Async/>
                    <Route path=path!("/messages/:conversation?") view=|| social(MessagesPage) ssr=SsrMode::Async/>
                    <Route path=path!("/jam/:id?") view=|| social(JamPage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings") view=|| members(SettingsPage) ssr=SsrMode::Async/>
                    <Route path=path!("/settings/privacy") view=|| members(PrivacyPage) ssr=SsrMode::Async/>
                    <Route path=path!("/admin") view=|| members(AdminPage) ssr=SsrMode::Async/>
                </FlatRoutes>
            </Frame>
        </Router>
    }
}

fn home() -> AnyView {
    if is_member() { HomePage().into_any() } else { WelcomePage().into_any() }
}

/// A page for members; visitors log in first and come back.
fn members<V: IntoView + 'static>(page: fn() -> V) -> AnyView {
    if is_member() { page().into_any() } else { LogInFirst().into_any() }
}

/// A page for members who may be social: others learn once that it is not for them yet (A1).
fn social<V: IntoView + 'static>(page: fn() -> V) -> AnyView {
    let too_young = Live::get().me.with_untracked(|me| me.as_ref().is_some_and(|me| !me.social));

    if too_young { TooYoungPage().into_any() } else { members(page) }
}

fn is_member() -> bool {
    Live::get().me.with_untracked(Option::is_some)
}
