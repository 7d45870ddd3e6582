//! What stands in the place of data while it is on its way, and when it does not come.

use leptos::prelude::*;

use crate::{
    data::Data,
    ui::{Alert, Shape, Skeleton},
    watch::watch,
};

/// Shows what a resource brings: the shape of it first, then the view or the reason why there is none. While it is read
/// again, what was there stays.
pub fn loaded<T>(data: Data<T>, shape: Shape, show: impl Fn(T) -> AnyView + Clone + Send + Sync + 'static) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    let content = move || {
        let show = show.clone();
        Suspend::new(async move {
            match data.await {
                Ok(value) => show(value),
                Err(error) => view! { <Alert message=Some(error.to_string())/> }.into_any(),
            }
        })
    };

    view! { <Transition fallback=move || view! { <Skeleton shape/> }>{content}</Transition> }.into_any()
}

/// Whether a resource brought nothing yet. It says no until it has been read, because then there is something to come.
pub(super) fn emptiness<T>(data: Data<T>, is_empty: fn(&T) -> bool) -> Signal<bool>
where
    T: Clone + Send + Sync + 'static,
{
    let empty = RwSignal::new(false);
    watch(move || empty.set(data.with(|data| matches!(data, Some(Ok(data)) if is_empty(data)))));

    empty.into()
}
