//! Who is in the Jam: faces in an arc, each with the measured offset, and what the host may do about them (J6, J10).

use std::collections::HashMap;

use domain::{
    MemberId,
    account::Person,
    jam::{Command, Member, Standing},
};
use leptos::prelude::*;

use crate::{
    browser::{JamRoom, Live},
    ui::{Face, Icon, Menu, MenuItem, each},
};

/// The list "In this Jam".
#[component]
pub fn People() -> impl IntoView {
    let (room, live) = (JamRoom::get(), Live::get());
    let members = Memo::new(move |_| {
        room.state.with(|state| state.as_ref().map(|state| state.members.clone()).unwrap_or_default())
    });
    let ids = Memo::new(move |_| members.with(|all| all.iter().map(|member| member.id).collect::<Vec<_>>()));
    let by_id = Memo::new(move |_| {
        members.with(|all| all.iter().map(|member| (member.id, member.clone())).collect::<HashMap<_, _>>())
    });
    let host = Memo::new(move |_| room.state.with(|state| state.as_ref().map(|state| state.host)));
    let me = live.me.with_untracked(|me| me.as_ref().map(|me| me.id));

    let seat = move |id| {
        let member = Memo::new(move |_| by_id.with(|all| all.get(&id).cloned()));
        person(room, Seat { id, member, host, me })
    };

    view! {
        <ul class="jam-people" aria-label="In this Jam">
            {each(move || ids.get(), |id| *id, seat)}
        </ul>
    }
}

#[derive(Clone, Copy)]
struct Seat {
    id: MemberId,
    member: Memo<Option<Member>>,
    host: Memo<Option<MemberId>>,
    me: Option<MemberId>,
}

fn person(room: JamRoom, seat: Seat) -> AnyView {
    let Seat { id, member, host, me } = seat;
    let name = Memo::new(move |_| room.people.with(|all| all.get(&id).cloned().unwrap_or_default()));
    let offset = Memo::new(move |_| room.offsets.with(|all| all.get(&id).copied().flatten()));
    let away = move || member.with(|it| it.as_ref().is_some_and(|it| matches!(it.standing, Standing::Lost { .. })));
    let is_host = move || host.get() == Some(id);
    let words = move || match (away(), offset.get()) {
        (true, _) => "Away".into(),
        (false, Some(offset_ms)) => format!("{} ms", offset_ms.round() as i32),
        (false, None) => String::new(),
    };
    let may_remove = Memo::new(move |_| me.is_some() && host.get() == me && me != Some(id));

    view! {
        <li class="jam-person" class:host=is_host class:away=away class:in-sync=move || offset.get().is_some() && !away()>
            {move || view! { <Face person=Person { id, name: name.get() }/> }}
            <span class="name one-line">{name}</span>
            {move || {
                is_host()
                    .then(|| {
                        view! {
                            <Icon name="crown"/>
                            <span class="visually-hidden">"Host"</span>
                        }
                    })
            }}
            <span class="offset tabular">{words}</span>
            {move || may_remove.get().then(|| host_menu(room, id, name.get()))}
        </li>
    }
    .into_any()
}

fn host_menu(room: JamRoom, id: MemberId, name: String) -> AnyView {
    let items = move |()| {
        vec![
            MenuItem::run("Make host", "crown", move || room.command(Command::HandOver(id))),
            MenuItem::run("Remove from Jam", "x", move || room.command(Command::Expel(id))).danger(),
        ]
    };

    view! { <Menu label=format!("More for {name}") items/> }.into_any()
}
