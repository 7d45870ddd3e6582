//! Covers. The box has its final size from the first paint: a blur of the picture fills it, then the picture.

use domain::library::Artwork as Picture;
use leptos::{html::Span, prelude::*};

use super::{icon::Icon, preview::preview, tint::set_css};
use crate::watch::watch;

/// A square picture as wide as the place it stands in. Decorative unless `alt` says what it shows.
#[component]
pub fn Artwork(
    /// The picture; none shows a record.
    artwork: Option<Picture>,
    /// The width in CSS pixels for which a file is chosen: 56, 160, 320 or 640.
    #[prop(default = 160)]
    size: u16,
    /// Words in its place, where nothing beside it says them.
    #[prop(optional, into)]
    alt: String,
) -> impl IntoView {
    let frame = NodeRef::<Span>::new();
    let blur = artwork.as_ref().and_then(|picture| preview(&picture.thumbhash));

    watch(move || {
        if let (Some(frame), Some(blur)) = (frame.get(), &blur) {
            set_css(&frame, "--preview", blur);
        }
    });

    view! {
        <span class="artwork" node_ref=frame>
            {match artwork {
                Some(picture) => {
                    view! {
                        <img
                            src=file(&picture, size)
                            srcset=format!("{} 1x, {} 2x", file(&picture, size), file(&picture, denser(size)))
                            width=size
                            height=size
                            alt=alt
                            loading="lazy"
                            decoding="async"
                        />
                    }
                        .into_any()
                }
                None => view! { <Icon name="disc"/> }.into_any(),
            }}
        </span>
    }
}

fn file(picture: &Picture, size: u16) -> String {
    format!("/artwork/{}/{size}", picture.id)
}

/// The next larger file, for screens with two pixels in place of one.
fn denser(size: u16) -> u16 {
    match size {
        ..=56 => 160,
        57..=160 => 320,
        _ => 640,
    }
}
