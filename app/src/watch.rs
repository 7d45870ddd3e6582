//! Reacting to signals.

use leptos::prelude::Effect;

/// Runs once the page has settled, and again whenever a signal that it reads has changed. Never on the server.
///
/// An `Effect` that keeps nothing from run to run, compiled once for all instead of once for each (docs/decisions/0013).
pub fn watch(run: impl FnMut() + 'static) {
    boxed(Box::new(run));
}

fn boxed(mut run: Box<dyn FnMut()>) {
    Effect::new(move |_| run());
}
