//! Dark, light, or as the system has it; kept by this browser.

use leptos::prelude::*;

use super::api::SetTheme;
use crate::{
    Start,
    command::{Command, CommandForm},
    watch::watch,
};

const ATTRIBUTE: &str = "data-theme";

/// One button for each theme.
#[component]
pub fn ThemeForm() -> impl IntoView {
    let theme = RwSignal::new(use_context::<Start>().map(|start| start.theme).unwrap_or_default());
    let set = Command::<SetTheme>::new();

    // The page that is open knows best; the server learns of a choice for the pages to come.
    watch(move || {
        let root = document().document_element();
        theme.set(root.and_then(|root| root.get_attribute(ATTRIBUTE)).unwrap_or_else(|| "auto".into()));
    });
    watch(move || {
        if let Some(choice) = set.field("theme") {
            show(&choice);
            theme.set(choice);
        }
    });

    let choice = move |word: &'static str, value: &'static str| {
        let chosen = move || theme.with(|theme| theme == value);
        view! {
            <button type="submit" class="button small" class:primary=chosen name="theme" value=value
                aria-pressed=move || chosen().to_string()>
                {word}
            </button>
        }
    };

    view! {
        <CommandForm command=set class="setting">
            <div class="row" role="group" aria-label="Theme">
                {choice("As the system", "auto")}
                {choice("Dark", "dark")}
                {choice("Light", "light")}
            </div>
        </CommandForm>
    }
}

fn show(theme: &str) {
    let Some(root) = document().document_element() else { return };
    // Neither can fail for an attribute with this name.
    let _ = match theme {
        "dark" | "light" => root.set_attribute(ATTRIBUTE, theme),
        _ => root.remove_attribute(ATTRIBUTE),
    };
}
