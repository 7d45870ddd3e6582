//! The page's title, the one place where text from members or file tags enters `<title>`.

use leptos::prelude::*;
use leptos_meta::Title;

/// Sets "{text} · Earshot".
#[component]
pub fn PageTitle(
    /// What the page is about; empty on the home page.
    #[prop(into)]
    text: Signal<String>,
) -> impl IntoView {
    // leptos_meta asks for the text after the page was rendered, when the signals of its request are out of reach: the
    // server must know the words by then.
    let rendered = (!cfg!(target_arch = "wasm32")).then(|| full(&text.get_untracked()));
    let text = move || rendered.clone().unwrap_or_else(|| full(&text.get()));

    view! { <Title text=move || safe(text())/> }
}

fn full(text: &str) -> String {
    if text.is_empty() { "Earshot".into() } else { format!("{text} · Earshot") }
}

/// leptos_meta 0.8 writes the text into the page's source as it is, while in the browser it becomes `document.title`,
/// where nothing must be escaped.
fn safe(text: String) -> String {
    if cfg!(target_arch = "wasm32") { text } else { escape(&text) }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_its_element() {
        assert_eq!(escape("</title><script>R&B"), "&lt;/title&gt;&lt;script&gt;R&amp;B");
    }

    #[test]
    fn the_home_page_is_the_product() {
        assert_eq!(full(""), "Earshot");
        assert_eq!(full("Messages"), "Messages · Earshot");
    }
}
