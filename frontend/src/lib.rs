//! The wasm that takes over the pages: a readable panic, hydration, the service worker.

use app::App;
use leptos::prelude::*;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::js_sys::Reflect;

/// Called by the page once this module is loaded.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(App);
    say_ready();
    register_service_worker();
}

/// Marks the document once the effects of the first paint have run: from here on the page answers to clicks. For tests, and for
/// styles that wait for it.
fn say_ready() {
    leptos::task::spawn_local(async {
        leptos::task::tick().await;
        if let Some(page) = document().document_element() {
            let _ = page.set_attribute("data-hydrated", "");
        }
    });
}

/// Asks for the service worker where there is such a thing: insecure contexts have none, and some browsers refuse it in
/// private windows. The app is complete without it, so a refusal is nobody's concern.
fn register_service_worker() {
    let navigator = window().navigator();
    let available = Reflect::has(&navigator, &"serviceWorker".into()).unwrap_or(false);

    if available && window().is_secure_context() {
        let registering = wasm_bindgen_futures::JsFuture::from(navigator.service_worker().register("/sw.js"));
        leptos::task::spawn_local(async move {
            let _ = registering.await;
        });
    }
}
