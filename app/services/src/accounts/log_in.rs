//! Logging in, and who holds a token.

use domain::{
    MemberId, Refusal, SessionId,
    account::{AgeGate, Username},
    time::MINUTE,
};

use super::{SessionToken, Visitor, gates::today, passwords, token_hash};
use crate::{
    Principal, Result, Services,
    ports::store::{LogInKey, StoredLogIn, StoredSession},
};

impl Services {
    /// Logs in. A wrong name and a wrong password answer alike, in words and in time.
    pub async fn log_in(&self, username: &str, password: &str, visitor: &Visitor) -> Result<SessionToken> {
        // What cannot be a name or a password is not told apart from a wrong one, nor hashed or kept.
        let username = Username::parse(username).map_err(|_| Refusal::WrongCredentials)?;
        if !passwords::is_possible(password) {
            return Err(Refusal::WrongCredentials.into());
        }
        let key = username.key();
        self.guards.attempt(visitor.address, &key, self.now())?;

        let (id, hash) = self.ports.store.credentials(&key).await?.unzip();
        let right = self.guards.verify(password, hash.clone()).await?;
        let id = id.filter(|_| right).ok_or(Refusal::WrongCredentials)?;

        self.guards.succeeded(visitor.address, &key);
        let (session, token) = self.start_session(id, visitor).await?;

        // Changed while this one was verified: then the change did not end this log-in, because it had not begun.
        if self.ports.store.password_hash(id).await? == hash {
            Ok(token)
        } else {
            self.ports.store.end_session(id, session).await?;
            Err(Refusal::WrongCredentials.into())
        }
    }

    /// Who holds this token; nobody when it is unknown or ended. Opens the age gate when its day has come.
    pub async fn principal(&self, token: &str) -> Result<Option<Principal>> {
        let Some(hash) = token_hash(token) else { return Ok(None) };
        let Some(stored) = self.ports.store.log_in(LogInKey::TokenHash(hash)).await? else { return Ok(None) };

        let now = self.now();
        if now.since(stored.session.last_used_at) >= MINUTE {
            self.ports.store.touch_session(stored.session.id, now).await?;
        }
        self.principal_of(stored).await.map(Some)
    }

    /// The same log-in as it is now, for open sockets; nothing when it has ended. It is only read again if anything of it
    /// can have changed.
    pub async fn refresh(&self, who: &Principal) -> Result<Option<Principal>> {
        if self.still_holds(who).await? {
            return Ok(Some(who.clone()));
        }

        match self.ports.store.log_in(LogInKey::Session(who.session)).await? {
            Some(stored) => self.principal_of(stored).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether nothing has changed since this was read.
    pub(super) async fn still_holds(&self, who: &Principal) -> Result<bool> {
        let marks = self.ports.store.marks(&[who.id()]).await?;
        let unchanged = marks.first().is_some_and(|(_, marks)| marks.permissions == who.permissions);

        Ok(unchanged && who.social == who.member.age.is_open(today(self.now())))
    }

    /// A new log-in of a member.
    pub(super) async fn start_session(&self, member: MemberId, visitor: &Visitor) -> Result<(SessionId, SessionToken)> {
        let (now, secret) = (self.now(), self.fresh_secret());
        let session = StoredSession {
            id: SessionId(self.fresh_id()),
            member,
            token_hash: secret.hash,
            device: visitor.device.clone(),
            created_at: now,
            last_used_at: now,
        };

        self.ports.store.add_session(&session).await?;
        Ok((session.id, SessionToken(secret.token)))
    }

    async fn principal_of(&self, stored: StoredLogIn) -> Result<Principal> {
        let today = today(self.now());
        let mut member = self.member_from(&stored.member);

        if matches!(member.age, AgeGate::Closed { .. }) && member.age.is_open(today) {
            self.ports.store.open_age(member.id, today).await?;
            member.age = AgeGate::Open { decided_on: today };
            self.permissions_changed([member.id]).await;
        }

        let social = member.age.is_open(today);
        Ok(Principal { member, session: stored.session.id, social, permissions: stored.permissions })
    }
}
