//! The kit that every page is made of: buttons, fields, pictures, people, dialogs and the texts of time.
//!
//! A component here takes data and callbacks. It knows no server function, no resource and no context, and it renders
//! the same on the server and in the browser. Colours and positions that are known only at run time are set through the
//! style object of an element, because the page's policy refuses `style=""`.

mod artwork;
mod button;
mod dialog;
mod each;
mod face;
mod field;
mod icon;
mod live;
mod menu;
mod notice;
mod preview;
mod segments;
mod slider;
mod switch;
mod time;
mod tint;
mod title;

pub use artwork::Artwork;
pub use button::{Button, ButtonKind, ButtonLink, IconButton, ready};
pub use dialog::Dialog;
pub use each::each;
pub use face::{Face, FaceSize, tone};
pub use field::{TextArea, TextField};
pub use icon::{Icon, Mark};
pub use live::{Hairline, LiveBars};
pub use menu::{Menu, MenuItem};
pub use notice::{Alert, EmptyState, Notice, Shape, Skeleton, Toast, Toasts};
pub use segments::Segments;
pub use slider::Slider;
pub use switch::Switch;
pub use time::{Ago, ago, clock_text, day_text, minutes_text, time_text};
pub use tint::{Tinted, paint_tint};
pub use title::PageTitle;
