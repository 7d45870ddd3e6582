//! Listening activity (rules L1 to L10): who plays what, to whom it is shown.
//!
//! What plays now is kept in `listening`; only "last played" is stored for good. Every answer passes `domain::activity::may_see`. What
//! nobody may see is not even recorded: nothing of it can come to light later (L10, L12).

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    MemberId, Refusal, TrackId,
    account::{Person, Switches},
    activity::{ActivityState, ActivityView, LAST_PLAYED_MS, Reaction, Sight, may_see},
};

use crate::{
    Principal, Result, Services,
    listening::{Listening, Moment},
    ports::{
        Note,
        store::{Contact, StoredMember},
    },
};

impl Services {
    /// Everyone whose activity this member may see, with what they play (nothing for those who are silent). Hubs watch just these.
    pub async fn watch_list(&self, who: &Principal) -> Result<Vec<(MemberId, Option<ActivityView>)>> {
        let contacts = self.ports.store.contacts(who.id()).await?;
        let mut seen = self.visible_activities(who, contacts.iter()).await?;

        let visible = contacts.iter().map(|contact| contact.member.id);
        Ok(visible.filter_map(|member| Some((member, seen.remove(&member)?))).collect())
    }

    /// What `owner` plays, as far as this member may see it.
    pub async fn activity_of(&self, who: &Principal, owner: MemberId) -> Result<Option<ActivityView>> {
        match self.ports.store.contact(who.id(), owner).await? {
            Some(contact) => Ok(self.visible_activities(who, [&contact].into_iter()).await?.remove(&owner).flatten()),
            None => Ok(None),
        }
    }

    /// What this member's contacts would see now: the preview on Privacy and social. Nothing while it is not shared.
    pub async fn own_activity(&self, who: &Principal) -> Result<Option<ActivityView>> {
        if !self.shares(who.id()).await? {
            return Ok(None);
        }

        self.view_of(who.id()).await
    }

    /// Forgets the last played track (L5). What plays at this moment goes on being shown.
    pub async fn clear_last_played(&self, who: &Principal) -> Result<()> {
        self.forget_listener(who.id()).await?;

        self.start_activity(who.id()).await
    }

    /// Hides this member's activity from one contact, or shows it again (L2).
    pub async fn hide_from(&self, who: &Principal, viewer: MemberId, hidden: bool) -> Result<()> {
        self.ports.store.contact(who.id(), viewer).await?.ok_or(Refusal::NotReachable)?;
        self.ports.store.set_hidden(who.id(), viewer, hidden).await?;
        self.ports.bus.publish(Note::Permissions(viewer)).await;

        Ok(())
    }

    /// The contacts from whom this member hides their activity.
    pub async fn hidden_from(&self, who: &Principal) -> Result<Vec<Person>> {
        let contacts = self.ports.store.contacts(who.id()).await?;
        let hidden = contacts.iter().filter(|contact| contact.hidden_by_me);

        let mut people: Vec<_> = hidden.map(|contact| self.person(&contact.member)).collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id));
        Ok(people)
    }

    /// Reacts to what a contact plays (L7 to L9): refused when it is not visible or over.
    pub async fn react(&self, who: &Principal, to: MemberId, track: TrackId, reaction: Reaction) -> Result<()> {
        who.social()?;
        let shown = self.activity_of(who, to).await?.filter(|shown| shown.track.id == Some(track));
        if shown.is_none_or(|shown| matches!(shown.state, ActivityState::LastPlayed { .. })) {
            return Err(Refusal::NothingPlaying.into());
        }

        let from = who.id();
        for member in [to, from] {
            self.ports.bus.publish(Note::Reacted { member, from, to, track, reaction }).await;
        }
        Ok(())
    }

    /// Lets leases run out (L5). The server calls this every second.
    pub async fn expire_activity(&self) {
        self.expire_listening().await;
    }

    /// Deletes what was played so long ago that nobody is shown it any more (L5). The server calls this every hour, on
    /// any node.
    pub async fn forget_played_long_ago(&self) -> Result<()> {
        let until = self.now() - LAST_PLAYED_MS;

        self.ports.store.forget_played_until(until).await?;
        Ok(self.ports.presence.forget_silent_until(until.0).await?)
    }

    /// A member shares from now on: what plays at this moment becomes visible, nothing from before.
    pub(crate) async fn start_activity(&self, member: MemberId) -> Result<()> {
        self.report_again(member).await
    }

    /// A member shares no longer: it vanishes from every screen at once, last played included (L10). A private session, or
    /// messages switched off, keep what was last played before for later; a switched-off activity forgets it for good.
    pub(crate) async fn cut_activity(&self, member: MemberId) -> Result<()> {
        self.show(member, self.now().0, None).await;
        let stored = self.ports.store.member(member).await?;
        if !stored.is_some_and(|member| member.switches.listening_activity) {
            return self.forget_listener(member).await;
        }

        let stop = |listening: &mut Listening, Moment { now, .. }| {
            listening.listener.stop(now);
            Some(())
        };
        self.change_listening(member, stop).await.map(drop)
    }

    /// What these contacts play: those whom this member may see, with nothing for the silent.
    pub(crate) async fn visible_activities<'a>(
        &self,
        who: &Principal,
        contacts: impl Iterator<Item = &'a Contact> + Send,
    ) -> Result<BTreeMap<MemberId, Option<ActivityView>>> {
        let visible = contacts.filter(|contact| self.sees(who, contact)).map(|contact| contact.member.id);
        let listening = self.listening_of(&visible.collect::<Vec<_>>()).await?;

        Ok(listening.into_iter().map(|(member, listening)| (member, listening.listener.view())).collect())
    }

    /// What these members show to those who may see them.
    pub(crate) async fn shown_activities(
        &self,
        members: &[MemberId],
    ) -> Result<BTreeMap<MemberId, Option<ActivityView>>> {
        let stored = self.ports.store.members(members).await?;
        let sharing: BTreeSet<_> =
            stored.iter().filter(|owner| self.shows_to_anybody(owner)).map(|owner| owner.id).collect();
        let listening = self.listening_of(members).await?;

        let shown = |(member, listening): (MemberId, Listening)| {
            (member, listening.listener.view().filter(|_| sharing.contains(&member)))
        };
        Ok(listening.into_iter().map(shown).collect())
    }

    fn sees(&self, who: &Principal, contact: &Contact) -> bool {
        may_see(&Sight {
            owner: contact.member.id,
            viewer: who.id(),
            contacts: true,
            blocked: contact.blocked,
            hidden: contact.hides_from_me,
            owner_switches: contact.member.switches,
            owner_social: self.social(&contact.member, self.now()),
            viewer_switches: who.member.switches,
            viewer_social: who.social,
        })
    }

    /// Whether any contact at all could see what this member plays.
    pub(crate) async fn shares(&self, member: MemberId) -> Result<bool> {
        let stored = self.ports.store.member(member).await?;

        Ok(stored.is_some_and(|member| self.shows_to_anybody(&member)))
    }

    fn shows_to_anybody(&self, owner: &StoredMember) -> bool {
        may_see(&Sight {
            owner: owner.id,
            viewer: owner.id,
            contacts: true,
            blocked: false,
            hidden: false,
            owner_switches: owner.switches,
            owner_social: self.social(owner, self.now()),
            viewer_switches: Switches::default(),
            viewer_social: true,
        })
    }

    /// Only for those who passed `may_see`.
    async fn view_of(&self, member: MemberId) -> Result<Option<ActivityView>> {
        Ok(self.listening(member).await?.listener.view())
    }

    async fn forget_listener(&self, member: MemberId) -> Result<()> {
        let forget = |listening: &mut Listening, _| {
            listening.listener.clear();
            Some(())
        };
        self.change_listening(member, forget).await?;

        Ok(self.ports.store.set_last_played(member, None).await?)
    }
}
