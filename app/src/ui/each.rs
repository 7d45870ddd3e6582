//! Lists whose rows keep their elements while others come, go and move.

use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash},
    sync::Arc,
};

use leptos::prelude::*;

/// A row that can be drawn if it is new.
struct Entry {
    key: u64,
    draw: Box<dyn FnOnce() -> AnyView + Send>,
}

/// A row for each item, drawn once for each key. Does what `For` does by one compiled list for all rows of the app, where
/// `For` compiles one for each (docs/decisions/0013).
pub fn each<T, K>(
    items: impl Fn() -> Vec<T> + Send + Sync + 'static,
    key: impl Fn(&T) -> K + Send + Sync + 'static,
    row: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Send + 'static,
    K: Hash,
{
    let row = Arc::new(row);
    let hasher = BuildHasherDefault::<DefaultHasher>::default();
    let entries = move || {
        let entry = |item: T| {
            let (key, row) = (hasher.hash_one(key(&item)), row.clone());
            Entry { key, draw: Box::new(move || row(item)) }
        };
        items().into_iter().map(entry).collect::<Vec<_>>()
    };

    list(Box::new(entries))
}

fn list(entries: Box<dyn Fn() -> Vec<Entry> + Send + Sync>) -> AnyView {
    view! { <For each=entries key=|entry| entry.key children=|entry| (entry.draw)()/> }.into_any()
}
