//! The one place on the page from which a track is shared; rows only say which.

use domain::library::Track;
use leptos::prelude::*;

use crate::features::messages::ShareDialog;

/// The handle with which a row asks for the dialog.
#[derive(Clone, Copy)]
pub struct Sharing {
    track: RwSignal<Option<Track>>,
    open: RwSignal<bool>,
}

impl Sharing {
    /// Makes the handle and puts it into context.
    pub fn provide() -> Self {
        let sharing = Self { track: RwSignal::default(), open: RwSignal::default() };
        provide_context(sharing);
        sharing
    }

    /// The handle of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Opens the dialog for this track.
    pub fn share(self, track: Track) {
        self.track.set(Some(track));
        self.open.set(true);
    }
}

/// The dialog; mounted once, outside of everything that scrolls.
#[component]
pub fn SharingDialog(
    /// What it serves.
    sharing: Sharing,
) -> impl IntoView {
    view! { <ShareDialog track=sharing.track open=sharing.open/> }
}
