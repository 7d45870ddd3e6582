//! Fields to write in. What somebody typed before the page was hydrated is kept.

use leptos::{
    ev::KeyboardEvent,
    html::{Input, Textarea},
    prelude::*,
    web_sys::{HtmlInputElement, HtmlTextAreaElement},
};

/// One line under a visible label, which is its accessible name; `hint` describes it.
#[component]
pub fn TextField(
    /// Its accessible name.
    label: &'static str,
    /// The form field.
    name: &'static str,
    /// The type of the input.
    #[prop(default = "text")]
    kind: &'static str,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
    /// What stands in it from then on, both ways.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    /// One sentence below it.
    #[prop(optional, into)]
    hint: String,
    /// What a password manager or a form filler may put there.
    #[prop(optional)]
    autocomplete: Option<&'static str>,
    /// Whether the form needs it.
    #[prop(optional)]
    required: bool,
    /// Whether it is only to be read and copied.
    #[prop(optional)]
    readonly: bool,
    /// The most characters it takes.
    #[prop(optional)]
    max_length: Option<u32>,
    /// An example.
    #[prop(optional)]
    placeholder: Option<&'static str>,
) -> impl IntoView {
    let node = NodeRef::<Input>::new();
    let hint_id = (!hint.is_empty()).then(|| format!("{name}-hint"));
    let described_by = hint_id.clone();
    if let Some(bind) = bind {
        Effect::new(move |adopted: Option<bool>| node.get().is_some_and(|input| follow(&input, bind, adopted)));
    }

    view! {
        <div class="field">
            <label>
                <span class="field-label">{label}</span>
                <input
                    class="input"
                    node_ref=node
                    type=kind
                    name=name
                    value=(!value.is_empty()).then_some(value)
                    aria-describedby=described_by
                    autocomplete=autocomplete
                    required=required
                    readonly=readonly
                    maxlength=max_length.map(|limit| limit.to_string())
                    placeholder=placeholder
                    on:input=move |event| {
                        if let Some(bind) = bind {
                            bind.set(event_target_value(&event));
                        }
                    }
                />
            </label>
            {hint_id.map(|id| view! { <p class="field-hint" id=id>{hint}</p> })}
        </div>
    }
}

/// Several lines named `label`. On the server its body is always empty: Leptos 0.8 would not escape it there.
#[component]
pub fn TextArea(
    /// Its accessible name.
    label: &'static str,
    /// The form field.
    name: &'static str,
    /// What stands in it, both ways.
    value: RwSignal<String>,
    /// An example.
    #[prop(optional)]
    placeholder: Option<&'static str>,
    /// Lines at first; it grows with its text.
    #[prop(default = 1)]
    rows: u32,
    /// Called for Enter without Shift, which otherwise breaks the line.
    #[prop(optional, into)]
    on_enter: Option<Callback<()>>,
) -> impl IntoView {
    let node = NodeRef::<Textarea>::new();
    Effect::new(move |adopted: Option<bool>| node.get().is_some_and(|area| follow(&area, value, adopted)));

    let on_key = move |event: KeyboardEvent| {
        // An input method uses Enter to choose a word.
        let sends = event.key() == "Enter" && !event.shift_key() && !event.is_composing();
        if let Some(on_enter) = on_enter.filter(|_| sends) {
            event.prevent_default();
            on_enter.run(());
        }
    };

    view! {
        <textarea
            class="input text-area"
            node_ref=node
            aria-label=label
            name=name
            rows=rows.to_string()
            placeholder=placeholder
            on:keydown=on_key
            on:input=move |event| value.set(event_target_value(&event))
        ></textarea>
    }
}

/// The two elements that hold typed text.
trait Typed {
    fn text(&self) -> String;
    fn set_text(&self, text: &str);
}

impl Typed for HtmlInputElement {
    fn text(&self) -> String {
        self.value()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

impl Typed for HtmlTextAreaElement {
    fn text(&self) -> String {
        self.value()
    }
    fn set_text(&self, text: &str) {
        self.set_value(text);
    }
}

/// Keeps element and signal equal. The first time, text that was typed before hydration wins. Writing only what differs
/// leaves the caret where it is.
fn follow(element: &impl Typed, value: RwSignal<String>, adopted: Option<bool>) -> bool {
    let (typed, text) = (element.text(), value.get());

    if adopted != Some(true) && !typed.is_empty() && typed != text {
        value.set(typed);
    } else if typed != text {
        element.set_text(&text);
    }
    true
}
