//! Tickets: with one a page comes back to its live connection without a look at the log-ins.
//!
//! When a server has been away, everybody comes back at once. A ticket says, sealed, who somebody was when the mark of
//! their permissions had a certain value; if it still has, they still are, and one short row decides.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{Principal, Result, Services};

impl Services {
    /// A ticket for the log-in of this token. Without the token it is worth nothing.
    pub async fn ticket(&self, token: &str, who: &Principal) -> Result<String> {
        let context = self.ticket_context(token).await?;
        let plain = serde_json::to_vec(who).expect("a principal holds nothing that JSON cannot write");

        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.ports.keys.seal(&plain, &context)))
    }

    /// Who holds this token, if the ticket was made for it and nothing has changed since.
    pub async fn resume(&self, token: &str, ticket: &str) -> Result<Option<Principal>> {
        let Ok(sealed) = BASE64_URL_SAFE_NO_PAD.decode(ticket) else { return Ok(None) };
        let plain = self.ports.keys.open(&sealed, &self.ticket_context(token).await?);
        // Fields have names in there, so that a ticket of another version of Earshot is read rightly or not at all.
        let who: Option<Principal> = plain.and_then(|plain| serde_json::from_slice(&plain).ok());

        match who {
            Some(who) if self.still_holds(&who).await? => Ok(Some(who)),
            _ => Ok(None),
        }
    }

    /// Ties a ticket to its token, and to the epoch: in a database that was put back, marks rise to old values again.
    async fn ticket_context(&self, token: &str) -> Result<Vec<u8>> {
        let epoch = self.ports.store.epoch().await?;

        Ok([&b"ticket"[..], &epoch.to_be_bytes(), token.as_bytes()].concat())
    }
}
