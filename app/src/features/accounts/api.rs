//! What people do with their account. Every command works as a plain form too; then the server sends its browser on.

use domain::{SessionId, account::SessionView};
use leptos::{prelude::*, server_fn::codec::Postcard};

use crate::error::ApiError;

/// Makes an account, logs it in and answers where to go on.
#[server(endpoint = "sign_up", output = Postcard)]
pub async fn sign_up(
    username: String,
    display_name: String,
    password: String,
    date_of_birth: String,
    country: String,
    #[server(default)] next: String,
) -> Result<String, ApiError> {
    use crate::server::{answer, enter, services, visitor};
    use domain::account::AgeGate;
    use services::accounts::SignUp;

    let services = services()?;
    let invite = next.strip_prefix("/invite/").map(Into::into);
    let form = SignUp { username, display_name, password, date_of_birth, country, invite };
    let token = answer(services.sign_up(form, &visitor()?).await)?;

    let who = answer(services.principal(&token.0).await)?;
    let closed = who.is_some_and(|who| matches!(who.member.age, AgeGate::Closed { .. }));
    enter(&token, if closed { "/?welcome=music" } else { &next })
}

/// Logs in and answers where to go on.
#[server(endpoint = "log_in", output = Postcard)]
pub async fn log_in(username: String, password: String, #[server(default)] next: String) -> Result<String, ApiError> {
    use crate::server::{answer, enter, services, visitor};

    let token = answer(services()?.log_in(&username, &password, &visitor()?).await)?;
    enter(&token, &next)
}

/// Enters the demo as one of its members.
#[server(endpoint = "enter_demo", output = Postcard)]
pub async fn enter_demo(name: String, #[server(default)] next: String) -> Result<String, ApiError> {
    use crate::server::{answer, demo_door, enter};

    let token = answer((demo_door()?.0)(name).await)?;
    enter(&token, &next)
}

/// Logs out.
#[server(endpoint = "log_out", output = Postcard)]
pub async fn log_out() -> Result<(), ApiError> {
    use crate::server::{answer, leave, principal, services};

    answer(services()?.log_out(&principal()?).await)?;
    leave();
    Ok(())
}

/// Changes the password and ends all other log-ins.
#[server(endpoint = "change_password", output = Postcard)]
pub async fn change_password(old: String, new: String) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.change_password(&principal()?, &old, &new).await)?;
    redirect("/settings?done=password");
    Ok(())
}

/// My log-ins.
#[server(endpoint = "sessions", output = Postcard)]
pub async fn sessions() -> Result<Vec<SessionView>, ApiError> {
    use crate::server::{answer, principal, services};

    answer(services()?.sessions(&principal()?).await)
}

/// Ends one of my log-ins.
#[server(endpoint = "end_session", output = Postcard)]
pub async fn end_session(id: SessionId) -> Result<(), ApiError> {
    use crate::server::{answer, principal, redirect, services};

    answer(services()?.end_session(&principal()?, id).await)?;
    redirect("/settings");
    Ok(())
}
