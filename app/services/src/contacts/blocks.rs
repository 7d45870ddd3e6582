//! Blocks (rule M12). They work whatever is switched off: nobody should have to open a door to close another.

use domain::{MemberId, Refusal, account::Person};

use crate::{Error, Principal, Result, Services};

impl Services {
    /// Ends contact at once (M12): messages, requests, activity.
    pub async fn block(&self, who: &Principal, whom: MemberId) -> Result<()> {
        if who.id() == whom {
            return Err(Refusal::Yourself.into());
        }
        self.ports.store.member(whom).await?.ok_or(Refusal::NotReachable)?;

        let heads = self.ports.store.set_block(who.id(), whom, Some(self.now())).await?;
        self.hint(heads).await;
        self.permissions_changed([who.id(), whom]).await;
        match self.part_in_jam(who.id(), whom).await {
            // The block is done; the Jam has ended in the meantime, or they had left it.
            Err(Error::Refused(_)) => Ok(()),
            parted => parted,
        }
    }

    /// Undoes it.
    pub async fn unblock(&self, who: &Principal, whom: MemberId) -> Result<()> {
        let heads = self.ports.store.set_block(who.id(), whom, None).await?;

        self.hint(heads).await;
        self.permissions_changed([who.id(), whom]).await;
        Ok(())
    }

    /// Whom this member has blocked.
    pub async fn blocked(&self, who: &Principal) -> Result<Vec<Person>> {
        let blocked = self.ports.store.blocked_by(who.id()).await?;
        let members = self.ports.store.members(&blocked).await?;

        let mut people: Vec<_> = members.iter().map(|stored| self.member_from(stored).person()).collect();
        people.sort_by_cached_key(|person| (person.name.to_lowercase(), person.id));
        Ok(people)
    }
}
