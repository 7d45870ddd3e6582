//! Short words that something is done, at the edge of whatever page is open.

use std::sync::atomic::{AtomicU32, Ordering};

use leptos::prelude::*;

use crate::{
    browser::page,
    ui::{Toast, Toasts},
};

/// How long a word stays, in milliseconds.
const STAY_MS: u32 = 5_000;
/// The most at a time; the oldest goes first.
const MOST: usize = 3;

/// The handle with which anything on the page says a word.
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

        self.0.update(|all| {
            all.push(toast);
            let extra = all.len().saturating_sub(MOST);
            all.drain(..extra);
        });
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
