//! The log-ins of a member, and how they end (rule A4).

use domain::{MemberId, Refusal, SessionId, account::SessionView};

use super::passwords;
use crate::{Principal, Result, Services, ports::Note};

impl Services {
    /// Ends the log-in of this principal; its sockets close.
    pub async fn log_out(&self, who: &Principal) -> Result<()> {
        self.end_session(who, who.session).await
    }

    /// The log-ins of this member (A4).
    pub async fn sessions(&self, who: &Principal) -> Result<Vec<SessionView>> {
        let sessions = self.ports.store.sessions(who.id()).await?;
        let views = sessions.into_iter().map(|session| SessionView {
            id: session.id,
            device: session.device,
            last_used_at: session.last_used_at,
            current: session.id == who.session,
        });

        Ok(views.collect())
    }

    /// Ends one of them (A4).
    pub async fn end_session(&self, who: &Principal, session: SessionId) -> Result<()> {
        if self.ports.store.end_session(who.id(), session).await? {
            self.session_ended(who.id(), session).await;
        }
        Ok(())
    }

    /// Changes the password and ends all other log-ins (A4).
    pub async fn change_password(&self, who: &Principal, old: &str, new: &str) -> Result<()> {
        let key = who.member.username.key();
        passwords::check(new, who.member.username.as_str())?;
        if !passwords::is_possible(old) {
            return Err(Refusal::WrongCredentials.into());
        }

        // Counted like a log-in: a page that was left open must not help to guess.
        self.guards.attempt_by_name(&key, self.now())?;
        let hash = self.ports.store.password_hash(who.id()).await?;
        if !self.guards.verify(old, hash).await? {
            return Err(Refusal::WrongCredentials.into());
        }
        self.guards.succeeded_by_name(&key);

        let hash = self.guards.hash(new, self.ports.random.secret()).await?;
        for session in self.ports.store.set_password(who.id(), &hash, Some(who.session)).await? {
            self.session_ended(who.id(), session).await;
        }
        Ok(())
    }

    async fn session_ended(&self, member: MemberId, session: SessionId) {
        self.ports.bus.publish(Note::SessionEnded { member, session }).await;
    }
}
