//! People as circles: initials on a tone that belongs to them.

use domain::{MemberId, account::Person};
use leptos::prelude::*;

/// How large a face is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FaceSize {
    /// 24 px, in rows.
    Small,
    /// 40 px, in lists.
    #[default]
    Medium,
    /// 72 px, where it is about this person.
    Large,
}

/// A person's initials. Decorative: their name stands beside it as text.
#[component]
pub fn Face(
    /// Who.
    person: Person,
    /// How large.
    #[prop(optional)]
    size: FaceSize,
) -> impl IntoView {
    let size = match size {
        FaceSize::Small => " small",
        FaceSize::Medium => "",
        FaceSize::Large => " large",
    };

    view! {
        <span class=format!("face {}{size}", tone(person.id)) aria-hidden="true">
            {initials(&person.name)}
        </span>
    }
}

/// The class of the tone that belongs to a member, the same on every screen.
pub fn tone(id: MemberId) -> &'static str {
    const TONES: [&str; 8] = ["tone-0", "tone-1", "tone-2", "tone-3", "tone-4", "tone-5", "tone-6", "tone-7"];
    let [.., last] = id.0.into_bytes();

    TONES[usize::from(last) % TONES.len()]
}

/// The first letters of the first and the last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let (first, last) = (words.next(), words.next_back());

    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_those_of_the_first_and_the_last_word() {
        for (name, expected) in [("Ana", "A"), ("ana maria lopez", "AL"), ("  ", ""), ("Øyvind Å", "ØÅ")] {
            assert_eq!(initials(name), expected, "{name:?}");
        }
    }
}
