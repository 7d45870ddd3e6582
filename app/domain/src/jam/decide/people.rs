//! Seats: who is here, who decides, and what happens when they go (J2, J6, J8).

use super::Draft;
use crate::{
    MemberId, Refusal,
    jam::{Actor, Event, HOST_LOST_MS, Member, SEATS, Standing},
};

impl Draft {
    pub(super) fn join(&mut self, actor: Actor, id: MemberId, may_host: bool) -> Result<(), Refusal> {
        actor.is_owner()?;

        let joined = match self.state.member(id) {
            Some(seated) if seated.may_host == may_host => return Ok(()),
            Some(seated) => Member { may_host, ..seated.clone() },
            None if self.state.members.len() >= SEATS => return Err(Refusal::JamFull { limit: SEATS as u32 }),
            None => Member::seated(id, may_host, self.now),
        };

        self.happen(Event::Joined(joined));
        Ok(())
    }

    pub(super) fn stand(&mut self, actor: Actor, id: MemberId, listening: bool, present: bool) -> Result<(), Refusal> {
        actor.is_owner()?;
        let member = self.state.member(id).ok_or(Refusal::NotInJam)?;

        let standing = match (present, listening) {
            (true, true) => Standing::Listening,
            (true, false) => Standing::Present,
            (false, _) if member.is_here() => Standing::Lost { since: self.now },
            (false, _) => member.standing,
        };
        if standing != member.standing {
            self.happen(Event::Stands(id, standing));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self, id: MemberId) -> Result<(), Refusal> {
        self.happen(Event::Left(id));
        Ok(())
    }

    pub(super) fn expel(&mut self, actor: Actor, id: MemberId) -> Result<(), Refusal> {
        self.hosted_by(actor)?;
        if self.state.member(id).is_some() {
            self.happen(Event::Left(id));
        }
        Ok(())
    }

    pub(super) fn hand_over(&mut self, actor: Actor, to: MemberId) -> Result<(), Refusal> {
        if to == self.state.host {
            return Ok(());
        }
        self.hosted_by(actor)?;
        // Who is not here would lose it again at once.
        let heir = self.state.member(to).filter(|member| member.is_here()).ok_or(Refusal::NotReachable)?;
        if !heir.may_host {
            return Err(Refusal::PremiumNeeded);
        }

        self.happen(Event::HostIs(to));
        Ok(())
    }

    pub(super) fn end(&mut self, actor: Actor) -> Result<(), Refusal> {
        self.hosted_by(actor)?;
        self.happen(Event::Ended(self.now));
        Ok(())
    }

    /// Gives the Jam of a host who left or is lost to the longest present guest who may host, or ends it (J8).
    pub(super) fn replace_host(&mut self) {
        let left = self.state.member(self.state.host).is_none();
        let given_up = self.state.host_given_up_at().is_some_and(|at| at <= self.now);

        if left || given_up {
            self.happen(match self.heir() {
                Some(heir) => Event::HostIs(heir),
                None => Event::Ended(self.now),
            });
        }
    }

    /// Those who are here go before those whose tabs went a moment ago.
    fn heir(&self) -> Option<MemberId> {
        let lost_ms = |member: &Member| match member.standing {
            Standing::Lost { since } => self.now.since(since),
            Standing::Listening | Standing::Present => 0,
        };
        let guests = self.state.members.iter().filter(|member| member.id != self.state.host && member.may_host);

        guests.filter(|guest| lost_ms(guest) < HOST_LOST_MS).min_by_key(|guest| !guest.is_here()).map(|guest| guest.id)
    }
}
