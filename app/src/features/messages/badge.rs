//! The count of unread messages in the navigation.

use leptos::prelude::*;

use super::Mailbox;
use crate::ui::ready;

/// The count beside "Messages": `<span class="badge">`, or nothing.
#[component]
pub fn UnreadBadge() -> impl IntoView {
    let unread = Mailbox::get().unread();
    // The frame is drawn before any page has loaded anything, and must be the same on both sides.
    let ready = ready();

    move || {
        let count = if ready.get() { unread.get() } else { 0 };
        (count > 0).then(|| {
            view! {
                <span class="badge">
                    {if count > 99 { "99+".into() } else { count.to_string() }}
                    <span class="visually-hidden">" unread"</span>
                </span>
            }
        })
    }
}
