//! Invite links (rule M4): they name their maker on purpose, work for a week and create nothing by being opened.

use domain::{
    InviteId, Refusal, TrackId,
    messages::{InviteLanding, InviteView},
    relations::{INVITE_LIFE_MS, InviteLife},
};

use crate::{
    Principal, Result, Services,
    accounts::token_hash,
    ports::store::{StoredInvite, StoredMember},
};

impl Services {
    /// Makes an invite link (M4) and answers its token, which is stored only as a hash.
    pub async fn make_invite(&self, who: &Principal, track: Option<TrackId>) -> Result<String> {
        who.social()?;
        if let Some(track) = track {
            self.ports.store.track_file(track).await?.ok_or(Refusal::TrackUnknown)?;
        }

        let (now, secret) = (self.now(), self.fresh_secret());
        let invite = StoredInvite {
            id: InviteId(self.fresh_id()),
            maker: who.id(),
            token_hash: secret.hash,
            track,
            created_at: now,
            life: InviteLife { expires_at: now + INVITE_LIFE_MS, revoked_at: None },
        };
        self.ports.store.add_invite(&invite).await?;
        Ok(secret.token)
    }

    /// The links that still work.
    pub async fn invites(&self, who: &Principal) -> Result<Vec<InviteView>> {
        who.social()?;
        let invites = self.ports.store.live_invites(who.id(), self.now()).await?;
        let carried: Vec<_> = invites.iter().filter_map(|invite| invite.track).collect();
        let tracks = self.ports.store.tracks_by_id(&carried).await?;

        let views = invites.into_iter().map(|invite| InviteView {
            id: invite.id,
            expires_at: invite.life.expires_at,
            track: tracks.iter().find(|track| Some(track.id) == invite.track).cloned(),
        });
        Ok(views.collect())
    }

    /// Takes one back.
    pub async fn revoke_invite(&self, who: &Principal, id: InviteId) -> Result<()> {
        let theirs = self.ports.store.revoke_invite(who.id(), id, self.now()).await?;

        if theirs { Ok(()) } else { Err(Refusal::InviteUnknown.into()) }
    }

    /// The landing page, for visitors too. Creates nothing. Refuses unknown, expired and revoked links.
    pub async fn invite_landing(&self, who: Option<&Principal>, token: &str) -> Result<InviteLanding> {
        let (invite, maker) = self.live_invite(token).await?;
        let track = self.ports.store.tracks_by_id(invite.track.as_slice()).await?.pop();
        let mut landing = InviteLanding {
            from: self.member_from(&maker).person(),
            track,
            conversation: None,
            asked: false,
            own: who.is_some_and(|who| who.id() == maker.id),
        };

        if let Some(who) = who.filter(|_| !landing.own) {
            let contact = self.ports.store.contact(who.id(), maker.id).await?;
            landing.conversation = contact.filter(|contact| !contact.blocked).map(|contact| contact.conversation);
            landing.asked = landing.conversation.is_none() && self.has_asked(who.id(), maker.id).await?;
        }
        Ok(landing)
    }

    /// The invite of a token with its maker, as long as it works.
    pub(super) async fn live_invite(&self, token: &str) -> Result<(StoredInvite, StoredMember)> {
        let hash = token_hash(token).ok_or(Refusal::InviteUnknown)?;
        let invite = self.ports.store.invite(&hash).await?.ok_or(Refusal::InviteUnknown)?;
        invite.life.check(self.now())?;

        let maker = self.ports.store.member(invite.maker).await?.ok_or(Refusal::InviteUnknown)?;
        Ok((invite, maker))
    }
}
