//! Signing up, logging in and out, sessions.

pub mod api;
mod forms;
mod sessions;

pub use forms::{DemoDoors, LogInForm, PasswordForm, SignUpForm, door};
pub use sessions::SessionList;
