//! Dialogs and sheets on the browser's own `<dialog>`: it traps focus, closes on Escape and gives focus back.

use leptos::{html, prelude::*, web_sys};

use super::button::IconButton;
use crate::watch::watch;

/// A modal dialog named by its title. Its content exists only while it is open, so that nothing is on the page twice.
#[component]
pub fn Dialog(
    /// Its heading and accessible name.
    #[prop(into)]
    title: String,
    /// Whether it is open; closing it by any way writes here.
    open: RwSignal<bool>,
    /// What it holds.
    children: ChildrenFn,
    /// Whether it comes up from the bottom edge on a phone.
    #[prop(optional)]
    sheet: bool,
) -> impl IntoView {
    let node = NodeRef::<html::Dialog>::new();
    let heading = StoredValue::new(title.clone());
    let children = StoredValue::new(children);

    watch(move || {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            // It can only fail for a dialog that is not in the page any more.
            (true, false) => dialog.show_modal().unwrap_or_default(),
            (false, true) => dialog.close(),
            _ => {}
        }
    });

    let on_backdrop = move |event: web_sys::MouseEvent| {
        // The content covers the dialog, so only the backdrop leaves the dialog itself as the target.
        if event_target::<web_sys::Element>(&event).tag_name() == "DIALOG" {
            open.set(false);
        }
    };

    view! {
        <dialog
            class="dialog"
            class:sheet=sheet
            node_ref=node
            aria-label=title
            on:close=move |_| open.set(false)
            on:click=on_backdrop
        >
            <Show when=move || open.get()>
                <div class="dialog-box">
                    <header class="dialog-head">
                        <h2>{heading.get_value()}</h2>
                        <IconButton icon="x" label="Close" on_click=move |_| open.set(false)/>
                    </header>
                    {children.with_value(|children| children())}
                </div>
            </Show>
        </dialog>
    }
}
