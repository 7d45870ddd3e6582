//! Where an invite link leads: who invites, what they send along, one button (M4).

use domain::{ChatRequestId, messages::InviteLanding};
use leptos::prelude::*;
use leptos_meta::Meta;
use leptos_router::hooks::use_params_map;

use super::loaded;
use crate::{
    browser::Live,
    command::{Command, CommandForm},
    data::read,
    features::{
        accounts::door,
        messages::api::{self, AskByInvite, Landing},
    },
    ui::{Alert, Artwork, Button, ButtonKind, ButtonLink, Face, FaceSize, PageTitle, Shape, tone},
};

/// The landing page, for visitors and members.
#[component]
pub fn InvitePage() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let ask = Command::<AskByInvite>::new();
    let asked_for = token.clone();
    let landing = read(move || ask.version().get(), move |_| api::read_invite(asked_for.clone()));

    view! {
        <PageTitle text="Invite"/>
        <div class="gate">
            {loaded(landing, Shape::Lines(4), move |landing| invite(landing, &token, ask))}
            <p class="gate-other">
                <a href="/">"Earshot: listen together, wherever you are"</a>
            </p>
        </div>
    }
}

fn invite(landing: Landing, token: &str, ask: Command<AskByInvite>) -> AnyView {
    let Landing { invite, request_id } = landing;
    let title = format!("{} invites you to Earshot", invite.from.name);
    let member = Live::get().me.with_untracked(Option::is_some);

    view! {
        <Meta property="og:title" content=title.clone()/>
        <Meta property="og:type" content="website"/>
        <Meta property="og:description" content="Listen to the same music at the same instant."/>
        <div class=format!("gate-card invite-card card tinted {}", tone(invite.from.id))>
            <Face person=invite.from.clone() size=FaceSize::Large/>
            <h1>{title}</h1>
            {track(&invite, member)}
            <Alert message=ask.refusal()/>
            {next_step(&invite, request_id, token, member, ask)}
        </div>
    }
    .into_any()
}

/// The track that the link carries. Its picture needs a session.
fn track(invite: &InviteLanding, member: bool) -> Option<AnyView> {
    let track = invite.track.as_ref()?;
    let artwork = track.artwork.clone().filter(|_| member);

    Some(
        view! {
            <div class="music-card">
                <span class="cover-72">
                    <Artwork artwork size=160/>
                </span>
                <div class="music-text">
                    <span class="title two-line">{track.title.clone()}</span>
                    <span class="sub one-line">{track.artist.clone()}</span>
                </div>
            </div>
        }
        .into_any(),
    )
}

fn next_step(
    invite: &InviteLanding,
    request_id: ChatRequestId,
    token: &str,
    member: bool,
    ask: Command<AskByInvite>,
) -> AnyView {
    let name = invite.from.name.clone();
    let here = format!("/invite/{token}");

    if !member {
        return view! {
            <p class="muted">{format!("Make an account, ask to chat, and {name} decides. Your music and theirs, in one place.")}</p>
            <ButtonLink href=door("/signup", &here) kind=ButtonKind::Primary>"Create an account"</ButtonLink>
            <ButtonLink href=door("/login", &here)>"Log in"</ButtonLink>
        }
        .into_any();
    }
    if invite.own {
        return view! {
            <p class="muted">"This is your own link. Send it to the person you want to reach."</p>
            <ButtonLink href="/messages">"Go to Messages"</ButtonLink>
        }
        .into_any();
    }
    if let Some(conversation) = invite.conversation {
        return view! {
            <p class="muted">"You are already in touch."</p>
            <ButtonLink href=format!("/messages/{conversation}") kind=ButtonKind::Primary>"Open the conversation"</ButtonLink>
        }
        .into_any();
    }
    if invite.asked {
        return view! {
            <p class="muted" role="status">{format!("You asked {name}. The answer comes in Messages.")}</p>
            <ButtonLink href="/messages">"Go to Messages"</ButtonLink>
        }
        .into_any();
    }

    let token = token.to_owned();
    view! {
        <p class="muted">{format!("{name} gets your request and decides. Nothing else passes before that.")}</p>
        <CommandForm command=ask>
            <input type="hidden" name="id" value=request_id.to_string()/>
            <input type="hidden" name="token" value=token/>
            <Button kind=ButtonKind::Primary disabled=ask.pending()>"Ask to chat"</Button>
        </CommandForm>
    }
    .into_any()
}
