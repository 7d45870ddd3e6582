//! The colour that a piece of music brings to the place where it is shown.

use crate::watch::watch;
use leptos::{prelude::*, wasm_bindgen::JsCast, web_sys::HtmlElement};

/// Sets the custom property `--tint` on an element and keeps it current. Give the element the class `tinted`.
pub fn paint_tint<E>(node: NodeRef<E>, tint: Signal<Option<[u8; 3]>>)
where
    E: leptos::html::ElementType + 'static,
    E::Output: JsCast + Clone + 'static,
{
    watch(move || {
        let Some(element) = node.get() else { return };
        let element = element.unchecked_into::<HtmlElement>();

        set_css(&element, "--tint", &tint.get().map(|[r, g, b]| format!("{r} {g} {b}")).unwrap_or_default());
    });
}

/// Sets a custom property of one element; the empty text takes it away.
///
/// A browser that refuses leaves the value of the style sheet, with which everything is readable too.
pub(super) fn set_css(element: &HtmlElement, property: &str, value: &str) {
    let _ = HtmlElement::style(element).set_property(property, value);
}

/// A box washed with the tint of some music; without one it stays in the colour of its ground.
#[component]
pub fn Tinted(
    /// Red, green, blue.
    #[prop(into)]
    tint: Signal<Option<[u8; 3]>>,
    /// What the box is.
    #[prop(optional, into)]
    class: String,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<leptos::html::Div>::new();
    paint_tint(node, tint);

    view! {
        <div class=format!("tinted {class}") node_ref=node>
            {children()}
        </div>
    }
}
