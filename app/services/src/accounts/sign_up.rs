//! Making an account (rules A1, A2, A7).

use domain::{
    MemberId, Refusal,
    account::{AgeGate, DisplayName, Market, Role, Switches, Username},
};
use jiff::civil::Date;

use super::{SessionToken, SignUp, Visitor, gates::today, passwords, token_hash};
use crate::{Result, Services, ports::store::StoredMember, settings::SignUps};

impl Services {
    /// Makes an account and logs it in (A1, A2, A7). Under 16 it succeeds, with the social side closed.
    pub async fn sign_up(&self, form: SignUp, visitor: &Visitor) -> Result<SessionToken> {
        let now = self.now();
        self.check_sign_ups(form.invite.as_deref()).await?;

        let username = Username::parse(&form.username)?;
        let display_name = DisplayName::parse(&form.display_name)?;
        passwords::check(&form.password, username.as_str())?;
        let born: Date = form.date_of_birth.trim().parse().map_err(|_| Refusal::BirthDateInvalid)?;
        let age = AgeGate::at_sign_up(born, today(now))?;
        let market = Market::parse(&form.country)?;

        // Counted only here, so that a form with a slip costs nothing, but asking which names are taken does.
        self.guards.sign_up(visitor.address, now)?;
        if self.ports.store.credentials(&username.key()).await?.is_some() {
            return Err(Refusal::UsernameTaken.into());
        }
        let password_hash = self.guards.hash(&form.password, self.ports.random.secret()).await?;

        let id = MemberId(self.fresh_id());
        let member = StoredMember {
            id,
            username,
            display_name,
            role: Role::Member,
            tier: self.settings.tier,
            market,
            age: self.stored_age(id, age),
            switches: Switches::default(),
            created_at: now,
        };
        self.ports.store.add_member(&member, &password_hash).await?;
        let (_, token) = self.start_session(id, visitor).await?;

        Ok(token)
    }

    /// Whether the next account is the first (A7).
    pub async fn is_empty(&self) -> Result<bool> {
        Ok(self.ports.store.member_count().await? == 0)
    }

    /// Whether somebody who holds this invite, or none, may sign up now.
    async fn check_sign_ups(&self, invite: Option<&str>) -> Result<()> {
        match self.settings.sign_ups {
            SignUps::Open => Ok(()),
            _ if self.is_empty().await? => Ok(()),
            SignUps::Closed => Err(Refusal::SignUpClosed.into()),
            SignUps::Invited => {
                let hash = token_hash(invite.ok_or(Refusal::SignUpByInvitation)?).ok_or(Refusal::InviteUnknown)?;
                let invite = self.ports.store.invite(&hash).await?.ok_or(Refusal::InviteUnknown)?;
                Ok(invite.life.check(self.now())?)
            }
        }
    }
}
