//! What stands around every page: navigation, account menu, friends, player.
//!
//! Visitors and the doors (sign up, log in, invite) see the page alone. Nothing here reads a resource.

use domain::account::{Me, Person, Role};
use leptos::{html, prelude::*, web_sys};
use leptos_router::hooks::use_location;
use wasm_bindgen::JsCast;

use crate::{
    browser::{JamRoom, Link, Live, page},
    command::{Command, CommandForm},
    features::{
        accounts::api::LogOut,
        activity::FriendsPanel,
        jam::Banner,
        library::{Sharing, SharingDialog},
        messages::UnreadBadge,
        player::PlayerBar,
        toasts::Saying,
    },
    ui::{Face, FaceSize, Icon, IconButton, Mark},
    watch::watch,
};

/// The frame. Its shape follows the member and the address.
#[component]
pub fn Frame(
    /// The routes.
    children: Children,
) -> impl IntoView {
    let live = Live::get();
    let path = use_location().pathname;
    let friends_open = RwSignal::new(false);

    let member = live.me.with_untracked(Option::is_some);
    let plain = Memo::new(move |_| !member || path.with(|path| is_door(path)));
    let social = Memo::new(move |_| live.me.with(|me| me.as_ref().is_some_and(|me| me.social)));
    let friends = Memo::new(move |_| !plain.get() && social.get() && path.with(|path| has_friends(path)));

    // A drawer belongs to the page on which it was opened.
    watch(move || {
        path.track();
        friends_open.set(false);
    });
    watch(move || {
        page::listen(&window(), "keydown", move |event| {
            if event.dyn_ref::<web_sys::KeyboardEvent>().is_some_and(|event| event.key() == "Escape") {
                friends_open.set(false);
            }
        });
    });
    // What opens it also closes it, by itself.
    let press_elsewhere = move |event: web_sys::MouseEvent| {
        let pressed = event_target::<web_sys::Element>(&event);
        if pressed.closest(".friends, .friends-opener").is_ok_and(|inside| inside.is_none()) {
            friends_open.set(false);
        }
    };

    view! {
        <a class="skip" href="#content">
            "Skip to content"
        </a>
        <div class="app" class:plain=plain class:no-friends=move || !friends.get() class:has-player=member
            on:click=press_elsewhere
        >
            {move || {
                (member && live.link.get() == Link::Lost)
                    .then(|| view! { <p class="offline-line" role="status">"Offline. Trying to reach the server."</p> })
            }}
            {move || (!plain.get()).then(|| view! { <Navigation path=path.into() social friends friends_open/> })}
            <main class="content" id="content" tabindex="-1">
                {move || (!plain.get()).then(|| view! { <TopBar friends friends_open/> })}
                {children()}
            </main>
            {move || {
                friends
                    .get()
                    .then(|| {
                        view! {
                            <aside class="friends" class:open=friends_open aria-label="Friends">
                                <FriendsPanel/>
                            </aside>
                        }
                    })
            }}
            {member.then(|| view! { <PlayerBar/> })}
        </div>
        {move || live.me.get().map(|me| view! { <AccountMenu me/> })}
        {member.then(|| view! { <SharingDialog sharing=Sharing::get()/> })}
        {member.then(|| view! { <Banner/> })}
        <Saying/>
    }
    .into_any()
}

/// The rail, which phones show as tabs at the bottom.
#[component]
fn Navigation(
    path: Signal<String>,
    social: Memo<bool>,
    friends: Memo<bool>,
    friends_open: RwSignal<bool>,
) -> impl IntoView {
    let room = JamRoom::get();
    let link = move |here: fn(&str) -> bool| move || path.with(|path| here(path)).then_some("page");

    view! {
        <nav class="nav" aria-label="Main">
            <a class="brand" href="/">
                <Mark/>
                <span>"Earshot"</span>
            </a>
            <ul>
                <li>
                    <a href="/" aria-current=link(|path| path == "/")>
                        <Icon name="home"/>
                        <span>"Home"</span>
                    </a>
                </li>
                <li>
                    <a href="/search" aria-current=link(|path| path == "/search")>
                        <Icon name="search"/>
                        <span>"Search"</span>
                    </a>
                </li>
                <li>
                    <a href="/library" aria-current=link(is_music)>
                        <Icon name="library"/>
                        <span>"Library"</span>
                    </a>
                </li>
                {move || {
                    social
                        .get()
                        .then(|| {
                            view! {
                                <li>
                                    <a href="/messages" aria-current=link(|path| path.starts_with("/messages"))>
                                        <Icon name="message"/>
                                        <span>"Messages"</span>
                                        <UnreadBadge/>
                                    </a>
                                </li>
                                <li>
                                    <a href="/jam" aria-current=link(|path| path.starts_with("/jam"))>
                                        <Icon name="jam"/>
                                        <span>"Jam"</span>
                                        {move || {
                                            room.seat.get().map(|_| view! { <span class="dot-live" title="A Jam is on"></span> })
                                        }}
                                    </a>
                                </li>
                            }
                        })
                }}
            </ul>
            <div class="nav-foot">
                <FriendsButton friends friends_open/>
                <AccountButton/>
            </div>
        </nav>
    }
    .into_any()
}

/// What phones have at the top, where there is no room in the tabs.
#[component]
fn TopBar(friends: Memo<bool>, friends_open: RwSignal<bool>) -> impl IntoView {
    view! {
        <header class="topbar">
            <a class="brand" href="/">
                <Mark/>
                <span>"Earshot"</span>
            </a>
            <div class="row">
                <FriendsButton friends friends_open/>
                <AccountButton/>
            </div>
        </header>
    }
    .into_any()
}

/// Opens the friends where they are a drawer.
#[component]
fn FriendsButton(friends: Memo<bool>, friends_open: RwSignal<bool>) -> impl IntoView {
    move || {
        friends.get().then(|| {
            view! {
                <span class="friends-opener">
                    <IconButton icon="users" label="Friends" pressed=friends_open
                        on_click=move |_| friends_open.update(|open| *open = !*open)/>
                </span>
            }
        })
    }
}

const ACCOUNT_MENU: &str = "account-menu";

/// Opens the account menu, by the browser alone.
#[component]
fn AccountButton() -> impl IntoView {
    let live = Live::get();

    view! {
        <button type="button" class="account-button" popovertarget=ACCOUNT_MENU title="Account">
            {move || live.me.get().map(|me| view! { <Face person=person(&me) size=FaceSize::Small/> })}
            <span>"Account"</span>
        </button>
    }
}

/// The account menu: a popover of the browser, so that it opens and logs out before the wasm arrives.
#[component]
fn AccountMenu(me: Me) -> impl IntoView {
    let node = NodeRef::<html::Nav>::new();
    let close = move |_| {
        if let Some(menu) = node.get_untracked() {
            // It is closed already when the browser was quicker.
            let _ = menu.hide_popover();
        }
    };

    let log_out = Command::<LogOut>::new();
    watch(move || {
        if let Some(Ok(())) = log_out.value().get() {
            page::go("/");
        }
    });

    view! {
        <nav id=ACCOUNT_MENU aria-label="Account" class="account-menu" popover="auto" node_ref=node>
            <p class="account-who">
                <Face person=person(&me)/>
                <span class="stack-tight">
                    <span class="one-line">{me.name.clone()}</span>
                    <span class="sub one-line">"@"{me.username.clone()}</span>
                </span>
            </p>
            <a href="/settings" on:click=close>
                <Icon name="settings"/>
                <span>"Settings"</span>
            </a>
            <a href="/settings/privacy" on:click=close>
                <Icon name="shield"/>
                <span>"Privacy and social"</span>
            </a>
            {(me.role == Role::Administrator)
                .then(|| {
                    view! {
                        <a href="/admin" on:click=close>
                            <Icon name="folder"/>
                            <span>"Administration"</span>
                        </a>
                    }
                })}
            <CommandForm command=log_out>
                <button type="submit">
                    <Icon name="log-out"/>
                    <span>"Log out"</span>
                </button>
            </CommandForm>
        </nav>
    }
    .into_any()
}

fn person(me: &Me) -> Person {
    Person { id: me.id, name: me.name.clone() }
}

/// Pages that stand alone.
fn is_door(path: &str) -> bool {
    matches!(path, "/login" | "/signup") || path.starts_with("/invite/")
}

/// Messages show the same people, and a Jam its own.
fn has_friends(path: &str) -> bool {
    !path.starts_with("/messages") && !path.starts_with("/jam")
}

fn is_music(path: &str) -> bool {
    ["/library", "/album/", "/artist/", "/track/"].iter().any(|start| path.starts_with(start))
}
