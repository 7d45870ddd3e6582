//! Who is kept out: blocked people (M12), and contacts from whom I hide what I play (L2). For Privacy and social.

use domain::account::Person;
use leptos::prelude::*;

use super::api::{self, HideFrom, Unblock};
use crate::{
    error::ApiError,
    pages::loaded,
    ui::{Alert, Button, Face, Shape},
};

/// Whom I have blocked, with a way to undo it.
#[component]
pub fn BlockedPeople() -> impl IntoView {
    let unblock = ServerAction::<Unblock>::new();
    let people = Resource::new(move || unblock.version().get(), |_| api::blocked());
    let row = move |person: Person| {
        view! {
            <ActionForm action=unblock>
                <input type="hidden" name="member" value=person.id.to_string()/>
                <Button small=true>"Unblock"</Button>
            </ActionForm>
        }
        .into_any()
    };

    list("Blocked", "You have blocked no one.", people, trouble(unblock.value()), row)
}

/// The contacts from whom I hide what I play, with a way to show it again.
#[component]
pub fn HiddenContacts() -> impl IntoView {
    let show = ServerAction::<HideFrom>::new();
    let people = Resource::new(move || show.version().get(), |_| api::hidden_from());
    let row = move |person: Person| {
        view! {
            <ActionForm action=show>
                <input type="hidden" name="member" value=person.id.to_string()/>
                <input type="hidden" name="hidden" value="false"/>
                <Button small=true>"Show again"</Button>
            </ActionForm>
        }
        .into_any()
    };

    list("Hidden from", "You hide it from no one.", people, trouble(show.value()), row)
}

fn trouble(
    value: impl Get<Value = Option<Result<(), ApiError>>> + Copy + Send + Sync + 'static,
) -> Signal<Option<String>> {
    Signal::derive(move || value.get().and_then(Result::err).map(|error| error.to_string()))
}

fn list(
    label: &'static str,
    nobody: &'static str,
    people: Resource<Result<Vec<Person>, ApiError>>,
    trouble: Signal<Option<String>>,
    action: impl Fn(Person) -> AnyView + Copy + Send + Sync + 'static,
) -> AnyView {
    let row = move |person: Person| {
        view! {
            <li class="session">
                <Face person=person.clone()/>
                <span class="one-line">{person.name.clone()}</span>
                {action(person)}
            </li>
        }
    };
    let show = move |people: Vec<Person>| match people.is_empty() {
        true => view! { <p class="muted">{nobody}</p> }.into_any(),
        false => view! {
            <ul class="session-list" aria-label=label>
                {people.into_iter().map(row).collect_view()}
            </ul>
        }
        .into_any(),
    };

    view! {
        <Alert message=trouble/>
        {loaded(people, Shape::Lines(1), show)}
    }
    .into_any()
}
