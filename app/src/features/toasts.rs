//! Short words that something is done, at the edge of whatever page is open.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

use crate::{
    browser::page,
    ui::{Toast, Toasts},
};

/// How long a word stays, in milliseconds.
const STAY_MS: u32 = 5_000;
/// The handle with which anything on the page says a word. One at a time: a new one takes the place of the one before,
/// so that many in a row do not cover the page.
#[derive(Clone, Copy)]
pub struct Words(RwSignal<Vec<Toast>>);

impl Words {
    /// Makes the handle and puts it into context.
    pub fn provide() -> Self {
        let words = Self(RwSignal::default());
        provide_context(words);
        words
    }

    /// The handle of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Says it, for a few seconds.
    pub fn say(self, text: impl Into<String>) {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let id = COUNT.fetch_add(1, Ordering::Relaxed);
        let toast = Toast { id, text: text.into() };

        self.0.set(vec![toast]);
        page::after(STAY_MS, move || self.dismiss(id));
    }

    fn dismiss(self, id: u32) {
        self.0.update(|all| all.retain(|toast| toast.id != id));
    }
}

/// Where the words appear; mounted once.
#[component]
pub fn Saying() -> impl IntoView {
    let words = Words::get();

    view! { <Toasts items=words.0 on_dismiss=move |id| words.dismiss(id)/> }
}
