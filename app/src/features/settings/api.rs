//! Switches and preferences.

use domain::{
    account::{Me, Switch},
    activity::ActivityView,
};
use leptos::{prelude::*, server_fn::codec::Postcard};

use crate::error::ApiError;

/// Turns a switch of Privacy and social.
#[server(endpoint = "set_switch", output = Postcard)]
pub async fn set_switch(switch: Switch, on: bool) -> Result<Me, ApiError> {
    use crate::server::{answer, principal, redirect, services};

    let me = answer(services()?.set_switch(&principal()?, switch, on).await)?;
    redirect("/settings/privacy");
    Ok(me)
}

/// What my contacts would see now.
#[server(endpoint = "own_activity", output = Postcard)]
pub async fn own_activity() -> Result<Option<ActivityView>, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.own_activity(&principal()?).await)
}

/// Forgets the last track that I played.
#[server(endpoint = "clear_last_played", output = Postcard)]
pub async fn clear_last_played() -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.clear_last_played(&principal()?).await)?;
    redirect("/settings/privacy");
    Ok(())
}

/// Keeps the theme of this browser: "dark", "light", or anything else for the system's.
#[server(endpoint = "set_theme", output = Postcard)]
pub async fn set_theme(theme: String) -> Result<(), ApiError> {
    use crate::server::{redirect, set_preference};

    let theme = if matches!(theme.as_str(), "dark" | "light") { &theme } else { "auto" };
    set_preference("theme", theme);
    redirect("/settings");
    Ok(())
}
