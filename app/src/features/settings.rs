//! What a member decides about their own account and screens.

pub mod api;
mod preview;
mod switches;
mod theme;

pub use preview::ActivityPreview;
pub use switches::SocialSwitches;
pub use theme::ThemeForm;
