//! Who is kept out: blocked people (M12), and contacts from whom I hide what I play (L2). For Privacy and social.

use domain::account::Person;
use leptos::prelude::*;

use super::api::{self, HideFrom, Unblock};
use crate::{
    command::{Command, CommandForm},
    data::{Data, read},
    pages::loaded,
    ui::{Alert, Button, Face, Shape},
};

/// Whom I have blocked, with a way to undo it.
#[component]
pub fn BlockedPeople() -> impl IntoView {
    let unblock = Command::<Unblock>::new();
    let people = read(move || unblock.version().get(), |_| api::blocked());
    let row = move |person: Person| {
        view! {
            <CommandForm command=unblock>
                <input type="hidden" name="member" value=person.id.to_string()/>
                <Button small=true>"Unblock"</Button>
            </CommandForm>
        }
        .into_any()
    };

    list("Blocked", "You have blocked no one.", people, unblock.refusal(), row)
}

/// The contacts from whom I hide what I play, with a way to show it again.
#[component]
pub fn HiddenContacts() -> impl IntoView {
    let show = Command::<HideFrom>::new();
    let people = read(move || show.version().get(), |_| api::hidden_from());
    let row = move |person: Person| {
        view! {
            <CommandForm command=show>
                <input type="hidden" name="member" value=person.id.to_string()/>
                <input type="hidden" name="hidden" value="false"/>
                <Button small=true>"Show again"</Button>
            </CommandForm>
        }
        .into_any()
    };

    list("Hidden from", "You hide it from no one.", people, show.refusal(), row)
}

fn list(
    label: &'static str,
    nobody: &'static str,
    people: Data<Vec<Person>>,
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
