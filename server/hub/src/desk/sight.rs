//! What a connection may see of others, read again whenever that may have changed.
//!
//! While this reads, the mailbox holds frames of topics back: nothing that is no longer permitted slips through.

use std::collections::HashSet;

use domain::{MemberId, activity::ActivityView, wire::ServerFrame};
use services::{Result, ports::Topic};

use super::{Desk, refusal_of};
use crate::Ending;

impl Desk<'_> {
    /// Reads log-in, switches and watch list again. `all` when notes may have been lost: then everything is told again.
    pub(super) async fn look_at_permissions(&mut self, all: bool) -> Result<()> {
        let Some(who) = self.services().refresh(&self.who).await? else {
            self.mailbox.close_at_once(Ending::SessionEnded);
            return Ok(());
        };
        let me = self.services().me(&who);
        *self.who = who;
        if all || me != self.me {
            self.me = me;
            self.send(&ServerFrame::Me(self.me.clone())).await;
        }

        let before = self.watched.clone();
        let seen = self.settle_watch_list().await?;
        for member in before.difference(&self.watched) {
            self.send(&ServerFrame::Activity { member: *member, activity: None }).await;
        }
        for (member, activity) in seen.into_iter().filter(|(member, _)| all || !before.contains(member)) {
            self.send(&ServerFrame::Activity { member, activity }).await;
        }

        if all {
            let player = self.services().player(&self.who).await?;
            self.send(&ServerFrame::Player(player)).await;
        }
        self.read_jams_again(all).await?;
        self.release();
        Ok(())
    }

    /// Watches exactly those whose activity may be seen, and answers what they play, read after it was watched.
    pub(super) async fn settle_watch_list(&mut self) -> Result<Vec<(MemberId, Option<ActivityView>)>> {
        loop {
            let list = self.services().watch_list(&self.who).await?;
            let visible: HashSet<MemberId> = list.iter().map(|(member, _)| *member).collect();
            let gone: Vec<MemberId> = self.watched.difference(&visible).copied().collect();
            let new: Vec<Topic> = visible.difference(&self.watched).copied().map(Topic::Activity).collect();

            for member in gone {
                self.hub.switchboard.unwatch(self.id, Topic::Activity(member)).await;
            }
            self.watched = visible;
            if new.is_empty() {
                return Ok(list);
            }
            self.watch(new).await;
        }
    }

    /// Lets go of Jams in which the seat is lost; `all` sends the others again.
    async fn read_jams_again(&mut self, all: bool) -> Result<()> {
        for jam in self.jams.clone() {
            match refusal_of(self.services().jam(&self.who, jam).await)? {
                Ok(view) if all => self.send_jam(view).await,
                Ok(_) => {}
                Err(refusal) => self.shut_jam_page(jam, refusal).await,
            }
        }
        Ok(())
    }
}
