//! Jam requests (rules R1 to R5).
//!
//! An open request that is past its time counts as gone everywhere, whether or not the store has been told yet.

use domain::{
    ConversationId, JamId, JamRequestId, MemberId, Refusal,
    account::Person,
    jam_request::{JAM_REQUEST_LIFE_MS, JamRequestState, JamRequestView, may_host},
    player::PlayerView,
};

use crate::{
    Error, Principal, Result, Services,
    jams::{Beginning, Opening},
    ports::store::{StoreError, StoredJamRequest, StoredMember},
};

impl Services {
    /// Asks the other member of a conversation for a Jam (R1, R2).
    pub async fn request_jam(
        &self,
        who: &Principal,
        id: JamRequestId,
        conversation: ConversationId,
    ) -> Result<JamRequestView> {
        who.social()?;
        let contact = self.own_conversation(who, conversation).await?.contact;
        if let Some(known) = self.ports.store.jam_request(id).await? {
            let same = known.from == who.id() && known.conversation == conversation;
            return if same { self.jam_request_view(known).await } else { Err(Refusal::IdTaken.into()) };
        }
        if !who.may_host() {
            return Err(Refusal::PremiumNeeded.into());
        }
        if !self.is_reachable(&contact) {
            return Err(Refusal::NotReachable.into());
        }

        let now = self.now();
        let request = StoredJamRequest {
            id,
            conversation,
            from: who.id(),
            to: contact.member.id,
            sent_at: now,
            expires_at: now + JAM_REQUEST_LIFE_MS,
            state: JamRequestState::Open,
        };
        let heads = self.ports.store.add_jam_request(&request).await?;
        self.hint(heads).await;

        Ok(self.jam_request_between(who, &contact.member, &request))
    }

    /// Accepts: the acceptor hosts, and the Jam starts from what the host plays (R3). Twice answers the same Jam.
    pub async fn accept_jam(&self, who: &Principal, id: JamRequestId) -> Result<JamId> {
        who.social()?;
        let request = self.jam_request_to(who, id).await?;
        match request.state {
            JamRequestState::Accepted(jam) => return Ok(jam),
            JamRequestState::Open if self.now() < request.expires_at => {}
            _ => return Err(Refusal::JamRequestGone.into()),
        }
        let contact = self.own_conversation(who, request.conversation).await?.contact;
        if !self.is_reachable(&contact) {
            return Err(Refusal::JamRequestGone.into());
        }

        match self.begin_jam(&self.opening(who, &contact.member, id).await?).await {
            // Pressed twice at once: the other press has opened it.
            Err(Error::Refused(Refusal::JamRequestGone)) => match self.jam_request_to(who, id).await?.state {
                JamRequestState::Accepted(jam) => Ok(jam),
                _ => Err(Refusal::JamRequestGone.into()),
            },
            answer => answer,
        }
    }

    /// Says no.
    pub async fn decline_jam(&self, who: &Principal, id: JamRequestId) -> Result<()> {
        let request = self.jam_request_to(who, id).await?;

        self.close(request, JamRequestState::Declined).await
    }

    /// The sender takes it back.
    pub async fn withdraw_jam(&self, who: &Principal, id: JamRequestId) -> Result<()> {
        let request = self.ports.store.jam_request(id).await?.filter(|request| request.from == who.id());

        self.close(request.ok_or(Refusal::JamRequestGone)?, JamRequestState::Gone).await
    }

    /// Lets old requests disappear on both sides (R4). The server calls this every second.
    pub async fn expire_jam_requests(&self) -> Result<()> {
        let overdue = self.ports.store.overdue_jam_requests(self.now()).await?;

        self.let_fall(overdue).await
    }

    /// All open requests to and from a member fall: they turned messages off (R5).
    pub(crate) async fn drop_jam_requests(&self, member: MemberId) -> Result<()> {
        let open = self.ports.store.open_jam_requests(member, self.now()).await?;

        self.let_fall(open.into_iter().map(|request| request.id)).await
    }

    /// The open requests that a member has sent fall: they are in another Jam now (R5).
    pub(crate) async fn drop_sent_jam_requests(&self, member: MemberId) -> Result<()> {
        let open = self.ports.store.open_jam_requests(member, self.now()).await?;
        let sent = open.into_iter().filter(|request| request.from == member);

        self.let_fall(sent.map(|request| request.id)).await
    }

    /// A request as both sides see it.
    pub(crate) async fn jam_request_view(&self, request: StoredJamRequest) -> Result<JamRequestView> {
        let people = self.ports.store.members(&[request.from, request.to]).await?;
        let named = |id| {
            people
                .iter()
                .find(|member| member.id == id)
                .map(|member| self.person(member))
                .ok_or(Refusal::JamRequestGone)
        };

        Ok(self.shown(&request, named(request.from)?, named(request.to)?))
    }

    /// The same, where both sides are at hand.
    pub(crate) fn jam_request_between(
        &self,
        who: &Principal,
        other: &StoredMember,
        request: &StoredJamRequest,
    ) -> JamRequestView {
        let (me, other) = (who.member.person(), self.person(other));

        if request.from == me.id { self.shown(request, me, other) } else { self.shown(request, other, me) }
    }

    fn shown(&self, request: &StoredJamRequest, from: Person, to: Person) -> JamRequestView {
        let mut view = JamRequestView {
            id: request.id,
            conversation: request.conversation,
            from,
            to,
            expires_at: request.expires_at,
            state: request.state,
        };
        if view.state == JamRequestState::Open && !view.is_open(self.now()) {
            view.state = JamRequestState::Gone;
        }
        view
    }

    async fn jam_request_to(&self, who: &Principal, id: JamRequestId) -> Result<StoredJamRequest> {
        let request = self.ports.store.jam_request(id).await?.filter(|request| request.to == who.id());

        Ok(request.ok_or(Refusal::JamRequestGone)?)
    }

    /// Who hosts, who else is seated, and from what the Jam starts (R3).
    ///
    /// Only what sounds at this moment counts: a paused player is silent. Both have asked for a Jam by pressing its
    /// button, so that this is no matter of listening activity.
    async fn opening(&self, acceptor: &Principal, requester: &StoredMember, request: JamRequestId) -> Result<Opening> {
        let requester_may_host = may_host(requester.tier);
        let (host, guest) = match acceptor.may_host() {
            true => (acceptor.id(), (requester.id, requester_may_host)),
            false if requester_may_host => (requester.id, (acceptor.id(), false)),
            false => return Err(Refusal::PremiumNeeded.into()),
        };

        let sounding = match self.sounding(host).await? {
            Some(sounding) => Some(sounding),
            None => self.sounding(guest.0).await?,
        };
        Ok(Opening {
            host,
            guest: Some(guest),
            beginning: sounding.map_or(Beginning::Tracks(Vec::new()), |playing| Beginning::Playing(Box::new(playing))),
            request: Some(request),
        })
    }

    async fn sounding(&self, member: MemberId) -> Result<Option<PlayerView>> {
        Ok(self.playing_of(member).await?.filter(|player| player.playing))
    }

    /// Twice is once.
    async fn close(&self, request: StoredJamRequest, state: JamRequestState) -> Result<()> {
        if request.state == state {
            return Ok(());
        }
        let heads = self.ports.store.close_jam_request(request.id, state, self.now()).await?;
        self.hint(heads).await;

        Ok(())
    }

    async fn let_fall(&self, requests: impl IntoIterator<Item = JamRequestId>) -> Result<()> {
        for id in requests {
            match self.ports.store.close_jam_request(id, JamRequestState::Gone, self.now()).await {
                Ok(heads) => self.hint(heads).await,
                // Somebody answered it in the meantime.
                Err(StoreError::Refused(Refusal::JamRequestGone)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
