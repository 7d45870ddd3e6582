//! What a member's own pages show of them, and what they and administrators can switch (rules A7, L1, L10, L12, M13).

use domain::{
    Refusal,
    account::{Me, Role, Switch, Switches},
};

use crate::{Error, Principal, Result, Services};

/// How often a switch is tried again because others are turned at the same moment.
const ATTEMPTS: usize = 20;

impl Services {
    /// What a member's own pages show of them.
    pub fn me(&self, who: &Principal) -> Me {
        let member = &who.member;

        Me {
            id: member.id,
            username: member.username.as_str().into(),
            name: member.display_name.as_str().into(),
            role: member.role,
            tier: member.tier,
            social: who.social,
            switches: member.switches,
        }
    }

    /// Turns a switch of Privacy and social. Switching activity or messages off cuts it from every open screen at once (L10, M13).
    pub async fn set_switch(&self, who: &Principal, switch: Switch, on: bool) -> Result<Me> {
        let social = matches!(switch, Switch::Messages | Switch::ListeningActivity);
        if social && !who.social {
            return Err(Refusal::TooYoung.into());
        }

        let (before, after) = self.turn(who, switch, on).await?;
        // First of all: whoever watches stops showing it, even if this node gets no further.
        let contacts = self.ports.store.contacts(who.id()).await?;
        self.permissions_changed(contacts.iter().map(|contact| contact.member.id).chain([who.id()])).await;
        // What was played last goes with the switch, even behind a private session. Off again clears what a node that
        // died on the way may have left.
        let forgets = switch == Switch::ListeningActivity && !on;
        if forgets || (shares(before) && !shares(after)) {
            self.cut_activity(who.id()).await?;
        }
        if !shares(before) && shares(after) {
            self.start_activity(who.id()).await?;
        }
        if before.messages && !after.messages {
            self.drop_jam_requests(who.id()).await?;
        }

        let mut me = self.me(who);
        me.switches = after;
        Ok(me)
    }

    /// `earshot admin grant NAME` (A7). Answers whether there is such a member.
    pub async fn grant(&self, username: &str, role: Role) -> Result<bool> {
        let member = self.ports.store.set_role(&username.trim().to_lowercase(), role).await?;

        self.permissions_changed(member).await;
        Ok(member.is_some())
    }

    /// Stores the switches with one turned. Answers them before and after. Two that are turned at once both stay turned.
    async fn turn(&self, who: &Principal, switch: Switch, on: bool) -> Result<(Switches, Switches)> {
        for _ in 0..ATTEMPTS {
            let before = self.ports.store.member(who.id()).await?.ok_or(Refusal::LogInFirst)?.switches;
            let after = before.with(switch, on);

            if let Some(heads) = self.ports.store.set_switches(who.id(), before, after).await? {
                self.hint(heads).await;
                return Ok((before, after));
            }
        }
        Err(Error::Unavailable("the switches of a member are turned all the time".into()))
    }
}

/// Whether somebody could see what a member with these switches plays.
fn shares(switches: Switches) -> bool {
    switches.messages && switches.listening_activity && !switches.private_session
}
