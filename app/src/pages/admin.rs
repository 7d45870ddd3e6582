//! What an administrator sees of the library: how much there is, what could not be read, and a scan on demand.

use domain::{
    account::Role,
    library::{LibrarySize, ProblemFile},
};
use leptos::prelude::*;

use super::{NotFoundPage, loaded};
use crate::{
    browser::Live,
    command::{Command, CommandForm},
    data::read,
    features::library::{
        ScanLine,
        api::{self, Rescan},
    },
    ui::{Alert, Button, EmptyState, PageTitle, Shape},
};

/// How many broken files are shown.
const SHOWN: u32 = 200;

/// The page; for others it is not there.
#[component]
pub fn AdminPage() -> impl IntoView {
    let runs_it = Live::get().me.with_untracked(|me| me.as_ref().is_some_and(|me| me.role == Role::Administrator));

    if runs_it { view! { <Library/> }.into_any() } else { view! { <NotFoundPage/> }.into_any() }
}

#[component]
fn Library() -> impl IntoView {
    let live = Live::get();
    let version = live.library_version;
    let size = read(move || version.get(), |_| api::library_counts());
    let problems = read(move || version.get(), |_| api::problems(0, SHOWN));
    let rescan = Command::<Rescan>::new();
    let scanning = Signal::derive(move || live.scan.with(|scan| scan.as_ref().is_some_and(|scan| scan.running)));

    view! {
        <PageTitle text="Administration"/>
        <div class="page settings">
            <header class="page-head">
                <h1>"Administration"</h1>
                <CommandForm command=rescan>
                    <Button icon="refresh-cw" disabled=scanning>
                        "Scan again"
                    </Button>
                </CommandForm>
            </header>
            <Alert message=rescan.refusal()/>
            <ScanLine/>
            {loaded(size, Shape::Lines(2), figures)}
            <section class="setting-group card">
                <h2>"Files that could not be read"</h2>
                {loaded(problems, Shape::Rows(3), broken)}
            </section>
        </div>
    }
}

fn figures(size: LibrarySize) -> AnyView {
    let figure = |name: &'static str, count: u32| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{grouped(count)}</dd>
            </div>
        }
    };

    view! {
        <dl class="figures">
            {figure("Tracks", size.tracks)} {figure("Albums", size.albums)} {figure("Artists", size.artists)}
            {figure("Problems", size.problems)}
        </dl>
    }
    .into_any()
}

fn broken(problems: Vec<ProblemFile>) -> AnyView {
    if problems.is_empty() {
        return view! { <EmptyState line="Every file was readable." icon="check"/> }.into_any();
    }
    let all = problems.len() < SHOWN as usize;
    let row = |problem: ProblemFile| {
        view! {
            <tr>
                <td>
                    <code>{problem.path}</code>
                </td>
                <td>{problem.reason}</td>
            </tr>
        }
    };

    view! {
        <table class="plain-table">
            <thead>
                <tr>
                    <th scope="col">"Path"</th>
                    <th scope="col">"Reason"</th>
                </tr>
            </thead>
            <tbody>{problems.into_iter().map(row).collect_view()}</tbody>
        </table>
        {(!all).then(|| view! { <p class="muted small">{format!("These are the first {SHOWN}.")}</p> })}
    }
    .into_any()
}

/// "1,204"
fn grouped(count: u32) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let (head, tail) = digits.split_at(first);
    let groups = tail.as_bytes().chunks(3).map(|group| String::from_utf8_lossy(group).into_owned());

    std::iter::once(head.to_owned()).filter(|head| !head.is_empty()).chain(groups).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_grouped() {
        for (count, expected) in
            [(0, "0"), (999, "999"), (1_204, "1,204"), (100_000, "100,000"), (1_234_567, "1,234,567")]
        {
            assert_eq!(grouped(count), expected);
        }
    }
}
