//! What a connection does with the frames and signals that reach it: one use case after the other.

use std::{collections::HashSet, sync::Arc};

use domain::{
    JamId, MemberId, Refusal, TabId,
    account::Me,
    inbox::{Missed, Position},
    library::ScanProgress,
    wire::{ClientFrame, ServerFrame},
};
use services::{Error, Principal, Result, Services, jams::JamView, ports::Topic, rounds::Mark};

use crate::{
    Ending, Hub,
    dispatcher::encoded,
    hub::Holder,
    intake::Intake,
    mailbox::{Mailbox, Signals},
    seat::{Seat, SeatId},
};

mod answers;
mod sight;

/// A connection that has said `Hello`.
pub(crate) struct Desk<'a> {
    hub: &'a Hub,
    mailbox: &'a Arc<Mailbox>,
    id: SeatId,
    who: Box<Principal>,
    tab: TabId,
    /// What the page knows of its member.
    me: Me,
    /// The last inbox entry that was sent.
    read: Position,
    /// Whose activity is watched.
    watched: HashSet<MemberId>,
    /// Jams that the page shows.
    jams: HashSet<JamId>,
}

impl<'a> Desk<'a> {
    /// Waits for `Hello`, then works until the page is gone or has to go.
    pub(crate) async fn work(
        hub: &'a Hub,
        id: SeatId,
        who: Box<Principal>,
        mailbox: &'a Arc<Mailbox>,
        intake: &Intake,
    ) {
        let Some((tab, position)) = hello(hub, mailbox, intake).await else { return };
        // Whatever happens here, a newer socket of this tab does not wait for ever.
        let _leaves = mailbox.leaving();
        let me = hub.services.me(&who);
        let read = position.unwrap_or_default();
        let mut desk = Self { hub, mailbox, id, who, tab, me, read, watched: HashSet::new(), jams: HashSet::new() };

        Box::pin(desk.enter()).await;
        let worked = match Box::pin(desk.welcome(position)).await {
            Ok(()) => desk.serve(intake).await,
            Err(error) => Err(error),
        };
        if let Err(error) = worked {
            tracing::warn!(%error, "a socket is closed so that its page comes back");
            mailbox.close(None, Ending::Unavailable);
        }
        Box::pin(desk.leave()).await;
    }

    /// What a use case needs is taken when there is one: an idle connection keeps no place for it.
    async fn serve(&mut self, intake: &Intake) -> Result<()> {
        loop {
            tokio::select! {
                biased;
                signals = self.mailbox.signals() => Box::pin(self.look(signals)).await?,
                frame = intake.take() => match frame {
                    Some(_) if self.mailbox.is_barred() => return Ok(()),
                    Some(frame) => Box::pin(self.answer(*frame)).await?,
                    None => return Ok(()),
                },
            }
        }
    }

    async fn enter(&self) {
        let (member, session) = (self.who.id(), self.who.session);
        let seat = Seat { id: self.id, member, session, tab: self.tab, mailbox: self.mailbox.clone() };

        self.hub.take_tab(member, self.tab, Holder { id: self.id, mailbox: self.mailbox.clone() }).await;
        self.hub.switchboard.enter(seat).await;
    }

    async fn leave(&mut self) {
        self.hub.switchboard.leave(self.id).await;
        // A newer socket of the tab waits for this, and its page says anew in which Jam it is: it may be in none any more.
        for jam in std::mem::take(&mut self.jams) {
            self.services().jam_gone(self.who.id(), jam, self.tab).await;
        }

        if self.hub.give_tab_up(self.who.id(), self.tab, self.id) {
            self.services().tab_gone(&self.who, self.tab).await;
        }
    }

    /// Watches first and reads after, so that nothing falls in between.
    async fn welcome(&mut self, position: Option<Position>) -> Result<()> {
        self.mailbox.hold();
        self.watch(vec![Topic::Member(self.who.id()), Topic::Library]).await;

        // The log-in may have ended before its end could be heard.
        let Some(who) = self.services().refresh(&self.who).await? else {
            self.mailbox.close_at_once(Ending::SessionEnded);
            return Ok(());
        };
        self.me = self.services().me(&who);
        *self.who = who;

        self.services().tab_here(&self.who, self.tab).await?;

        let activity = self.settle_watch_list().await?;
        let missed = self.services().missed(&self.who, position).await?;
        let more = self.note_read(&missed);
        let frame = ServerFrame::Welcome {
            now: self.services().now(),
            me: self.me.clone(),
            missed,
            player: self.services().player(&self.who).await?,
            activity: activity.into_iter().filter_map(|(member, seen)| Some((member, seen?))).collect(),
            jam: self.services().own_jam(&self.who).await?,
        };

        let mark = Mark::read(self.read.seq, self.who.permissions);
        self.hub.switchboard.read(Topic::Member(self.who.id()), mark).await;

        self.send(&frame).await;
        self.send_scan().await;
        self.release();
        if more { self.catch_up().await } else { Ok(()) }
    }

    /// How far the scan is, or how the last one ended: a page that was away may have missed its end.
    async fn send_scan(&self) {
        let progress = self.services().scan_progress(&self.who);

        if progress != ScanProgress::default() {
            self.send(&ServerFrame::Scan(progress)).await;
        }
    }

    async fn look(&mut self, signals: Signals) -> Result<()> {
        if signals.permissions || signals.lost {
            self.look_at_permissions(signals.lost).await?;
        }
        if signals.lost || signals.head.is_some_and(|head| head > self.read.seq) {
            self.catch_up().await?;
        }
        if signals.pong {
            self.services().touch(&self.who, self.tab);
        }
        Ok(())
    }

    /// Sends entries of the inbox until its head is reached.
    async fn catch_up(&mut self) -> Result<()> {
        loop {
            let missed = self.services().missed(&self.who, Some(self.read)).await?;
            let nothing_new = matches!(&missed, Missed::Entries { entries, .. } if entries.is_empty());
            if nothing_new {
                return Ok(());
            }

            let more = self.note_read(&missed);
            self.send(&ServerFrame::Missed(missed)).await;
            if !more {
                return Ok(());
            }
        }
    }

    /// Remembers how far the page is with this answer. Says whether there is more.
    fn note_read(&mut self, missed: &Missed) -> bool {
        let (head, last) = match missed {
            Missed::StartOver { head } => (*head, None),
            Missed::Entries { entries, head } => (*head, entries.last()),
        };

        self.read = Position { seq: last.map_or(head.seq, |entry| entry.seq), ..head };
        self.read.seq < head.seq
    }

    async fn watch(&self, topics: Vec<Topic>) {
        self.hub.switchboard.watch(self.id, topics).await;
    }

    /// Lets held frames go, without what is watched no longer.
    fn release(&self) {
        self.mailbox.release(|topic| match topic {
            Topic::Member(_) | Topic::Library => true,
            Topic::Activity(member) => self.watched.contains(&member),
            Topic::Jam(jam) => self.jams.contains(&jam),
        });
    }

    async fn send_jam(&self, JamView { state, people, tracks }: JamView) {
        self.send(&ServerFrame::Jam { state: Box::new(state), people, tracks }).await;
    }

    async fn send(&self, frame: &ServerFrame) {
        self.mailbox.send(encoded(frame)).await;
    }

    fn services(&self) -> &'a Services {
        &self.hub.services
    }
}

/// The first frame, which must be `Hello` and come in time.
async fn hello(hub: &Hub, mailbox: &Mailbox, intake: &Intake) -> Option<(TabId, Option<Position>)> {
    let first = tokio::time::timeout(hub.limits.hello_within, intake.take()).await;

    match first.map(|frame| frame.map(|frame| *frame)) {
        Ok(Some(ClientFrame::Hello { tab, position })) => Some((tab, position)),
        Ok(None) => None,
        Ok(Some(_)) | Err(_) => {
            let refused = encoded(&ServerFrame::Refused(Refusal::FrameMalformed));
            mailbox.close(Some(refused), Ending::Refused);
            None
        }
    }
}

/// Passes what a member can be told; what the server is to blame for ends the socket.
fn refusal_of<T>(done: Result<T>) -> Result<std::result::Result<T, Refusal>> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(Error::Refused(refusal)) => Ok(Err(refusal)),
        Err(error) => Err(error),
    }
}
