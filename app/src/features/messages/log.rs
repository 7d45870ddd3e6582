//! The log of a conversation: grouped bubbles, days, earlier messages on request, and no jump while somebody reads.

use domain::{ConversationId, account::Person, messages::BodyView};
use leptos::{html, prelude::*, task::spawn_local, web_sys::HtmlDivElement};

use super::{
    Mailbox, api,
    music_card::{Music, MusicCard},
    state::{Line, Standing, Thread, lines},
};
use crate::{
    browser::{Live, page},
    ui::{Alert, Button, ButtonKind, day_text, each, ready, time_text},
    watch::watch,
};

/// This close to the end, in pixels, somebody reads the end.
const AT_END_PX: i32 = 48;

/// The log "Messages". It begins at its end and stays there until somebody scrolls up; what arrives then is announced by a
/// pill.
#[component]
pub fn Log(
    /// Which.
    conversation: ConversationId,
    /// The other.
    with: Person,
) -> impl IntoView {
    let (live, mailbox) = (Live::get(), Mailbox::get());
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));
    let utc_offset_min = RwSignal::new(0);
    watch(move || utc_offset_min.set(page::utc_offset_min()));
    let lines = Memo::new(move |_| {
        let (thread, outbox, utc) = (mailbox.thread.read(), mailbox.outbox.read(), utc_offset_min.get());
        me.map(|me| lines(&thread, &outbox, me, utc)).unwrap_or_default()
    });

    let view = Scroll::new();
    view.follow(lines);
    mark_as_read(conversation, live, mailbox, view);
    let name = StoredValue::new(with.name);

    view! {
        <div class="log" role="log" aria-label="Messages" tabindex="0" node_ref=view.node on:scroll=move |_| view.moved()>
            <Earlier conversation view/>
            {each(move || lines.get(), Line::key, move |line| row(line, name, utc_offset_min))}
        </div>
        {move || {
            view.news
                .get()
                .then(|| {
                    view! {
                        <button type="button" class="new-pill" on:click=move |_| view.to_end()>
                            "New messages"
                        </button>
                    }
                })
        }}
    }
}

/// Where the log is scrolled to.
#[derive(Clone, Copy)]
struct Scroll {
    node: NodeRef<html::Div>,
    at_end: RwSignal<bool>,
    news: RwSignal<bool>,
}

impl Scroll {
    fn new() -> Self {
        Self { node: NodeRef::new(), at_end: RwSignal::new(true), news: RwSignal::new(false) }
    }

    /// After each change at the end: stay there, or say that there is something new.
    fn follow(self, lines: Memo<Vec<Line>>) {
        Effect::new(move |before: Option<_>| {
            let end = lines.with(|lines| lines.last().map(|line| (line.id, line.own)));
            let mine = end.is_some_and(|(_, own)| own);

            if self.at_end.get_untracked() || (mine && before != Some(end)) {
                self.to_end();
            } else if before.is_some_and(|before| before != end) {
                self.news.set(true);
            }
            end
        });
    }

    /// Nothing once this page is left: a frame or an answer that was waited for comes all the same.
    fn log(self) -> Option<HtmlDivElement> {
        self.node.try_get_untracked().flatten()
    }

    fn to_end(self) {
        self.news.set(false);
        self.at_end.set(true);
        // Once what has just been added has its height.
        request_animation_frame(move || {
            if let Some(log) = self.log() {
                log.set_scroll_top(log.scroll_height());
            }
        });
    }

    fn moved(self) {
        let Some(log) = self.log() else { return };
        let at_end = log.scroll_height() - log.scroll_top() - log.client_height() < AT_END_PX;

        if at_end != self.at_end.get_untracked() {
            self.at_end.set(at_end);
        }
        if at_end {
            self.news.set(false);
        }
    }

    /// Keeps what is read in its place while something is added above it.
    fn hold(self, add: impl FnOnce()) {
        let below = self.log().map(|log| log.scroll_height() - log.scroll_top());
        add();

        request_animation_frame(move || {
            if let (Some(log), Some(below)) = (self.log(), below) {
                log.set_scroll_top(log.scroll_height() - below);
            }
        });
    }
}

/// Moves the read marker when the end is truly in sight. Every second, because a page comes into sight without a signal.
fn mark_as_read(conversation: ConversationId, live: Live, mailbox: Mailbox, view: Scroll) {
    let unread = mailbox.conversation(conversation);

    watch(move || {
        live.every_second().track();
        let waits = unread.with(|it| it.as_ref().is_some_and(|it| it.unread != 0));
        let known = mailbox.thread.with(|thread| thread.conversation == Some(conversation) && thread.end() != 0);

        if waits && known && view.at_end.get() && !page::is_hidden() {
            mailbox.mark_read(conversation);
        }
    });
}

/// "Show earlier", while there is something.
#[component]
fn Earlier(conversation: ConversationId, view: Scroll) -> impl IntoView {
    let mailbox = Mailbox::get();
    let before = Memo::new(move |_| mailbox.thread.with(Thread::earlier_than));
    let reading = RwSignal::new(false);
    let trouble = RwSignal::new(None::<String>);
    let show = move |_| {
        let Some(before) = before.get_untracked() else { return };
        reading.set(true);
        spawn_local(async move {
            match api::earlier_messages(conversation, before).await {
                Ok(messages) => view.hold(|| mailbox.put_messages(messages)),
                Err(error) => trouble.set(Some(error.to_string())),
            }
            reading.set(false);
        });
    };

    view! {
        <Alert message=trouble/>
        {move || {
            before
                .get()
                .map(|_| {
                    view! {
                        <p class="log-day">
                            <Button small=true kind=ButtonKind::Quiet disabled=reading on_click=show>
                                "Show earlier"
                            </Button>
                        </p>
                    }
                })
        }}
    }
}

fn row(line: Line, name: StoredValue<String>, utc_offset_min: RwSignal<i32>) -> AnyView {
    let live = Live::get();
    let Line { own, at, first, last, opens_day, .. } = line;
    let day = move || day_text(live.server_now(), at, utc_offset_min.get());
    let time = move || time_text(at, utc_offset_min.get());
    let who = if own { "You".into() } else { name.get_value() };

    view! {
        {opens_day.then(|| view! { <p class="log-day">{day}</p> })}
        <article class="message" class:own=own class:first=first class:last=last
            class:sending=line.standing == Standing::Sending class:failed=matches!(line.standing, Standing::Refused(_))
        >
            <span class="visually-hidden">{move || format!("{who}, {}", time())}</span>
            {body(line.body.clone(), own)}
            {standing(&line)}
        </article>
        {last
            .then(|| {
                view! {
                    <span class="group-time" class:own=own aria-hidden="true">
                        {time}
                    </span>
                }
            })}
    }
    .into_any()
}

fn body(body: BodyView, own: bool) -> AnyView {
    match body {
        BodyView::Text(text) => view! { <p class="bubble">{text}</p> }.into_any(),
        BodyView::Track(track) => view! { <MusicCard music=Music::Track(track) own/> }.into_any(),
        BodyView::Album(album) => view! { <MusicCard music=Music::Album(album) own/> }.into_any(),
        BodyView::Jam(id) => view! {
            <p class="bubble">
                "A Jam. "
                <a href=format!("/jam/{id}")>"Go there"</a>
            </p>
        }
        .into_any(),
        BodyView::Gone => view! { <p class="bubble gone">"This can no longer be shown."</p> }.into_any(),
    }
}

fn standing(line: &Line) -> AnyView {
    let mailbox = Mailbox::get();
    let id = line.id;

    match &line.standing {
        Standing::Sent => ().into_any(),
        Standing::Sending => view! { <span class="message-state">"Sending"</span> }.into_any(),
        Standing::Refused(reason) => {
            let ready = ready();
            view! {
                <span class="message-state" role="alert">
                    "Not sent. "
                    {reason.clone()}
                    " "
                    <button type="button" class="link" prop:disabled=move || !ready.get() on:click=move |_| mailbox.send_again(id)>
                        "Retry"
                    </button>
                </span>
            }
            .into_any()
        }
    }
}
