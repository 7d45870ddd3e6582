//! Listening activity (rules L1 to L10): who plays what, to whom it is shown.
//!
//! What plays now is kept in memory; only "last played" is stored. Every answer passes `domain::activity::may_see`. What
//! nobody may see is not even recorded: nothing of it can come to light later (L10, L12).

use domain::{
    MemberId, Refusal, Timestamp, TrackId,
    account::{Person, Switches},
    activity::{ActivityState, ActivityView, LastPlayed, Listener, Reaction, Sight, may_see},
    library::Track,
    player::PlayerReport,
};

use crate::{
    Principal, Result, Services,
    keyed::Keyed,
    ports::{
        Note,
        store::{Contact, StoredMember},
    },
};

/// Listeners that are kept in memory at least; beyond that the silent ones are read from the store when they are asked for.
const KEPT: usize = 10_000;

/// What members listen to at this moment. A member whose last played track was not read yet is none.
#[derive(Default)]
pub struct Listeners(Keyed<MemberId, Option<Listener>>);

impl Services {
    /// Everyone whose activity this member may see, with what they play (nothing for those who are silent). Hubs watch just these.
    pub async fn watch_list(&self, who: &Principal) -> Result<Vec<(MemberId, Option<ActivityView>)>> {
        let mut list = Vec::new();

        for contact in self.ports.store.contacts(who.id()).await? {
            if self.sees(who, &contact) {
                list.push((contact.member.id, self.view_of(contact.member.id).await?));
            }
        }
        Ok(list)
    }

    /// What `owner` plays, as far as this member may see it.
    pub async fn activity_of(&self, who: &Principal, owner: MemberId) -> Result<Option<ActivityView>> {
        match self.ports.store.contact(who.id(), owner).await? {
            Some(contact) => self.visible_activity(who, &contact).await,
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
        self.expire_players().await;
        let now = self.now();

        for member in self.listeners.0.keys() {
            // Who is busy reporting is looked at the next time.
            if let Some(mut known) = self.listeners.0.free(member)
                && let Some(listener) = known.as_mut()
                && let Err(error) = self.expire_listener(member, listener, now).await
            {
                tracing::warn!(%error, "the last played track was not stored");
            }
        }
        self.listeners.0.shed(KEPT, is_silent);
    }

    /// Takes in what a member plays, if they share it at all, and shows it to their contacts.
    pub(crate) async fn record_activity(
        &self,
        member: MemberId,
        report: &PlayerReport,
        track: Option<Track>,
    ) -> Result<()> {
        let mut known = self.listeners.0.hold(member).await;
        // Read while the listener is held: a report that overtakes the switch being turned off must leave no trace.
        if !self.shares(member).await? {
            return Ok(());
        }

        let listener = self.recall(member, &mut known).await?;
        let before = listener.last_played().cloned();
        listener.report(report, track, self.now());

        self.show(member, listener.view()).await;
        self.keep_last_played(member, listener, before).await
    }

    /// A member shares from now on: what plays at this moment becomes visible, nothing from before.
    pub(crate) async fn start_activity(&self, member: MemberId) -> Result<()> {
        self.report_again(member).await
    }

    /// A member shares no longer: it vanishes from every screen at once, last played included (L10). A private session, or
    /// messages switched off, keep what was last played before for later; a switched-off activity forgets it for good.
    pub(crate) async fn cut_activity(&self, member: MemberId) -> Result<()> {
        self.show(member, None).await;
        let stored = self.ports.store.member(member).await?;
        if !stored.is_some_and(|member| member.switches.listening_activity) {
            return self.forget_listener(member).await;
        }

        let mut known = self.listeners.0.hold(member).await;
        let listener = self.recall(member, &mut known).await?;
        let before = listener.last_played().cloned();
        listener.stop(self.now());

        // A report may have come between the first note and the lock.
        self.show(member, None).await;
        self.keep_last_played(member, listener, before).await
    }

    /// The socket of the sounding tab answered a ping.
    pub(crate) async fn touch_activity(&self, member: MemberId, now: Timestamp) {
        if let Some(mut known) = self.listeners.0.find(member).await
            && let Some(listener) = known.as_mut()
        {
            listener.touch(now);
        }
    }

    /// What a contact plays, if this member may see it.
    pub(crate) async fn visible_activity(&self, who: &Principal, contact: &Contact) -> Result<Option<ActivityView>> {
        match self.sees(who, contact) {
            true => self.view_of(contact.member.id).await,
            false => Ok(None),
        }
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
    async fn shares(&self, member: MemberId) -> Result<bool> {
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
        let mut known = self.listeners.0.hold(member).await;

        Ok(self.recall(member, &mut known).await?.view())
    }

    /// The listener, with what they played last before this server started.
    async fn recall<'a>(&self, member: MemberId, known: &'a mut Option<Listener>) -> Result<&'a mut Listener> {
        if known.is_none() {
            let last = match self.ports.store.last_played(member).await? {
                Some((track, at)) => self.find_track(track).await?.map(|track| LastPlayed { track, at }),
                None => None,
            };
            let mut listener = Listener::with_last(last);
            listener.expire(self.now());
            *known = Some(listener);
        }

        Ok(known.as_mut().expect("it was read a moment ago"))
    }

    async fn expire_listener(&self, member: MemberId, listener: &mut Listener, now: Timestamp) -> Result<()> {
        let before = listener.last_played().cloned();
        if !listener.expire(now) {
            return Ok(());
        }
        // While it is not known whether they share, they do not.
        let shares = self.shares(member).await;
        self.show(member, listener.view().filter(|_| matches!(shares, Ok(true)))).await;

        self.keep_last_played(member, listener, before).await
    }

    async fn forget_listener(&self, member: MemberId) -> Result<()> {
        let mut known = self.listeners.0.hold(member).await;
        *known = Some(Listener::default());
        self.show(member, None).await;

        Ok(self.ports.store.set_last_played(member, None).await?)
    }

    async fn show(&self, member: MemberId, activity: Option<ActivityView>) {
        self.ports.bus.publish(Note::Activity { member, activity }).await;
    }

    async fn keep_last_played(&self, member: MemberId, listener: &Listener, before: Option<LastPlayed>) -> Result<()> {
        let last = listener.last_played();
        if last == before.as_ref() {
            return Ok(());
        }

        Ok(self.ports.store.set_last_played(member, last.map(|last| (last.track.id, last.at))).await?)
    }
}

fn is_silent(known: &Option<Listener>) -> bool {
    let shown = known.as_ref().and_then(Listener::view);

    shown.is_none_or(|shown| matches!(shown.state, ActivityState::LastPlayed { .. }))
}
