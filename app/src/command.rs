//! Forms that command something. They post as plain forms before the wasm arrives; afterwards the page posts the same
//! fields itself and stays where it is.
//!
//! In place of Leptos' `ActionForm`, which reads the fields into the arguments only to write them out again, by code of its
//! own for each server function (docs/decisions/0013).

use std::marker::PhantomData;

use leptos::{
    ev::SubmitEvent, form::form_data_from_event, prelude::*, server::ServerActionError, server_fn::ServerFn,
    task::spawn_local,
};
use serde::de::DeserializeOwned;
use web_sys::UrlSearchParams;

use crate::{browser::post, error::ApiError};

/// What a server function was last asked for by this part of the page, and what it answered.
pub struct Command<S: ServerFn>
where
    S::Output: Send + Sync + 'static,
{
    answer: RwSignal<Option<Result<S::Output, ApiError>>>,
    sending: Sending,
    function: PhantomData<fn() -> S>,
}

/// The part that is the same for all.
#[derive(Clone, Copy)]
struct Sending {
    pending: RwSignal<bool>,
    version: RwSignal<u32>,
    fields: RwSignal<String>,
    deliver: Callback<Result<Vec<u8>, ApiError>>,
}

impl<S> Command<S>
where
    S: ServerFn<Error = ApiError>,
    S::Output: Clone + DeserializeOwned + Send + Sync + 'static,
{
    /// Not asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The last answer.
    pub fn value(self) -> RwSignal<Option<Result<S::Output, ApiError>>> {
        self.answer
    }

    /// Whether an answer is on its way.
    pub fn pending(self) -> Signal<bool> {
        self.sending.pending.into()
    }

    /// How often it was answered. For what must be read again then.
    pub fn version(self) -> Signal<u32> {
        self.sending.version.into()
    }

    /// Why it was refused, as a sentence, until it is tried again.
    pub fn refusal(self) -> Signal<Option<String>> {
        let Self { answer, sending, .. } = self;

        Signal::derive(move || {
            let error = answer.with(|answer| answer.as_ref()?.as_ref().err().map(ToString::to_string));
            error.filter(|_| !sending.pending.get())
        })
    }

    /// What a field of the form held when it was last sent.
    pub fn field(self, name: &'static str) -> Option<String> {
        let fields = Some(self.sending.fields.get()).filter(|fields| !fields.is_empty())?;
        UrlSearchParams::new_with_str(&fields).ok()?.get(name)
    }

    /// Waits for an answer that was asked for without a form.
    pub fn run(self, asked: impl Future<Output = Result<S::Output, ApiError>> + 'static) {
        let Self { answer, sending, .. } = self;

        sending.pending.set(true);
        spawn_local(async move {
            let answered = asked.await;
            answer.try_set(Some(answered));
            sending.done();
        });
    }
}

impl<S> Default for Command<S>
where
    S: ServerFn<Error = ApiError>,
    S::Output: Clone + DeserializeOwned + Send + Sync + 'static,
{
    /// Not asked yet, except by a plain form: why that was refused stands in the address of this page.
    fn default() -> Self {
        let refused = use_context::<ServerActionError>().filter(|error| error.path() == S::PATH);
        let answer = RwSignal::new(refused.map(|error| Err(ApiError::from_address(error.err()))));
        let deliver = Callback::new(move |bytes: Result<Vec<u8>, ApiError>| {
            answer.try_set(Some(bytes.and_then(|bytes| post::decode(&bytes))));
        });
        let sending = Sending {
            pending: RwSignal::new(false),
            version: RwSignal::new(0),
            fields: RwSignal::new(String::new()),
            deliver,
        };

        Self { answer, sending, function: PhantomData }
    }
}

impl<S: ServerFn> Clone for Command<S>
where
    S::Output: Send + Sync + 'static,
{
    fn clone(&self) -> Self {
        *self
    }
}

impl<S: ServerFn> Copy for Command<S> where S::Output: Send + Sync + 'static {}

impl Sending {
    fn submit(self, path: &'static str, event: &SubmitEvent) {
        event.prevent_default();
        let Ok(data) = form_data_from_event(event) else { return };
        let Ok(fields) = UrlSearchParams::new_with_str_sequence_sequence(&data) else { return };
        let fields = String::from(fields.to_string());

        self.fields.set(fields.clone());
        self.pending.set(true);
        spawn_local(async move {
            self.deliver.run(post::form(path, fields).await);
            self.done();
        });
    }

    /// The page may have been left meanwhile.
    fn done(self) {
        self.pending.try_set(false);
        self.version.try_update(|version| *version += 1);
    }
}

/// The first of several refusals, for commands whose troubles are told in one place.
pub fn first_refusal<const N: usize>(refusals: [Signal<Option<String>>; N]) -> Signal<Option<String>> {
    Signal::derive(move || refusals.iter().find_map(Signal::get))
}

/// A form that sends a command.
#[component]
pub fn CommandForm<S>(
    /// Which.
    command: Command<S>,
    /// Its fields and buttons; their names are those of the server function's arguments.
    children: Children,
    /// The classes of the form.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView
where
    S: ServerFn<Error = ApiError> + 'static,
    S::Output: Send + Sync + 'static,
{
    form(S::url(), command.sending, class, children)
}

fn form(path: &'static str, sending: Sending, class: &'static str, children: Children) -> AnyView {
    view! {
        <form method="post" action=path class=class on:submit=move |event| sending.submit(path, &event)>
            {children()}
        </form>
    }
    .into_any()
}
