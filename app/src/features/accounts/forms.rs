//! The forms of an account. They post as plain forms before the wasm arrives, and say then too why they were refused.

use domain::account::COUNTRIES;
use leptos::{prelude::*, server_fn::ServerFn};

use super::api::{ChangePassword, EnterDemo, LogIn, SignUp};
use crate::{
    browser::page,
    command::{Command, CommandForm},
    error::ApiError,
    ui::{Alert, Button, ButtonKind, TextField},
    watch::watch,
};

/// Username and password.
#[component]
pub fn LogInForm(
    /// Where to go on, as a path of this site; empty for home.
    next: String,
) -> impl IntoView {
    let log_in = Command::<LogIn>::new();
    let busy = go_on(log_in);

    view! {
        <CommandForm command=log_in class="form">
            <input type="hidden" name="next" value=next/>
            <TextField label="Username" name="username" autocomplete="username" required=true/>
            <TextField label="Password" name="password" kind="password" autocomplete="current-password" required=true/>
            <Alert message=log_in.refusal()/>
            <div class="form-actions">
                <Button kind=ButtonKind::Primary disabled=busy>
                    "Log in"
                </Button>
            </div>
        </CommandForm>
    }
}

/// Everything that a new account needs.
#[component]
pub fn SignUpForm(
    /// Where to go on, as a path of this site; empty for home.
    next: String,
) -> impl IntoView {
    let sign_up = Command::<SignUp>::new();
    let busy = go_on(sign_up);
    let countries = COUNTRIES.iter().map(|(code, name)| view! { <option value=*code>{*name}</option> }).collect_view();

    view! {
        <CommandForm command=sign_up class="form">
            <input type="hidden" name="next" value=next/>
            <TextField label="Username" name="username" autocomplete="username" required=true
                hint="To log in. 3 to 32 letters, digits, dots, underscores or hyphens."/>
            <TextField label="Display name" name="display_name" autocomplete="name" required=true
                hint="What others see."/>
            <TextField label="Password" name="password" kind="password" autocomplete="new-password" required=true
                hint="At least 8 characters."/>
            <TextField label="Date of birth" name="date_of_birth" kind="date" autocomplete="bday" required=true
                hint="We keep only whether you are 16, not the date."/>
            <label class="field">
                <span>"Country"</span>
                <select class="input" name="country" autocomplete="country" required=true>
                    <option value="">"Choose your country"</option>
                    {countries}
                </select>
            </label>
            <Alert message=sign_up.refusal()/>
            <div class="form-actions">
                <Button kind=ButtonKind::Primary disabled=busy>
                    "Create account"
                </Button>
            </div>
        </CommandForm>
    }
    .into_any()
}

/// A new password for the old one.
#[component]
pub fn PasswordForm(
    /// Whether it has just been changed by a plain form.
    done: bool,
) -> impl IntoView {
    let change = Command::<ChangePassword>::new();
    let said = move || match change.value().get() {
        Some(answer) => answer.is_ok(),
        None => done,
    };

    view! {
        <CommandForm command=change class="setting">
            <TextField label="Current password" name="old" kind="password" autocomplete="current-password" required=true/>
            <TextField label="New password" name="new" kind="password" autocomplete="new-password" required=true
                hint="At least 8 characters. Your other devices are logged out."/>
            <Alert message=change.refusal()/>
            {move || said().then(|| view! { <p class="muted" role="status">"Your password is changed."</p> })}
            <Button disabled=change.pending()>"Change password"</Button>
        </CommandForm>
    }
}

/// One button for each member of the demo.
#[component]
pub fn DemoDoors(
    /// Where to go on.
    next: String,
) -> impl IntoView {
    let enter = Command::<EnterDemo>::new();
    let busy = go_on(enter);

    view! {
        <CommandForm command=enter class="form demo-doors">
            <input type="hidden" name="next" value=next/>
            <Alert message=enter.refusal()/>
            <div class="row">
                <Button name="name" value="ana" disabled=busy>
                    "Enter as Ana"
                </Button>
                <Button name="name" value="ben" disabled=busy>
                    "Enter as Ben"
                </Button>
            </div>
        </CommandForm>
    }
}

/// The address of `/login` or `/signup` with the way back.
pub fn door(path: &str, next: &str) -> String {
    if next.is_empty() { path.into() } else { format!("{path}?next={}", leptos_router::location::Url::escape(next)) }
}

/// Loads the page that an answer leads to, whole, so that everything on it knows who is there now. Says whether the
/// command is on its way or its page is.
fn go_on<S>(action: Command<S>) -> Signal<bool>
where
    S: ServerFn<Output = String, Error = ApiError> + Clone + Send + Sync + 'static,
{
    let (value, pending) = (action.value(), action.pending());

    watch(move || {
        if let Some(Ok(path)) = value.get() {
            page::go(&path);
        }
    });
    Signal::derive(move || pending.get() || value.with(|answer| matches!(answer, Some(Ok(_)))))
}
