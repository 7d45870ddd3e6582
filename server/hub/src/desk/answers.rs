//! Frames of a page, each led to the use case that decides about it.

use domain::{JamId, Refusal, wire::ClientFrame, wire::ServerFrame};
use services::{Result, jams::JamView, ports::Topic};

use super::{Desk, refusal_of};

impl Desk<'_> {
    /// Carries out one frame. A refusal is answered; only what the server is to blame for is an error.
    pub(super) async fn answer(&mut self, frame: ClientFrame) -> Result<()> {
        let services = self.services();
        let done = match frame {
            ClientFrame::Missed { position } => {
                self.read = position;
                return self.catch_up().await;
            }
            ClientFrame::JamHere { jam, listening } => return self.show_jam(jam, Some(listening)).await,
            ClientFrame::JamAgain { jam } => return self.show_jam(jam, None).await,
            ClientFrame::JamGone { jam } => {
                self.leave_jam_page(jam).await;
                return Ok(());
            }
            ClientFrame::Jam { jam, nonce, command } => {
                let done = refusal_of(services.jam_command(&self.who, jam, command).await)?;
                if let Err(refusal) = done {
                    self.send(&ServerFrame::JamRefused { nonce, refusal }).await;
                }
                return Ok(());
            }

            ClientFrame::Player(report) => services.report(&self.who, self.tab, report).await,
            ClientFrame::Control(control) => services.control(&self.who, control).await,
            ClientFrame::HandOver { to, queue } => services.hand_over(&self.who, to, queue).await,
            ClientFrame::React { to, track, reaction } => services.react(&self.who, to, track, reaction).await,
            // One that is on its way when the Jam ends is refused without a word.
            ClientFrame::JamOffset { jam, offset_ms } => {
                refusal_of(services.jam_offset(&self.who, jam, offset_ms).await)?.ok();
                return Ok(());
            }
            // A tab says hello once, and its clock questions are answered before they come here.
            ClientFrame::Hello { .. } | ClientFrame::Clock { .. } => Ok(()),
        };

        if let Err(refusal) = refusal_of(done)? {
            self.send(&ServerFrame::Refused(refusal)).await;
        }
        Ok(())
    }

    /// Watches a Jam, then sends all of it; what happens in between follows it.
    async fn show_jam(&mut self, jam: JamId, listening: Option<bool>) -> Result<()> {
        self.mailbox.hold();
        self.watch(vec![Topic::Jam(jam)]).await;
        // Before the services know of it, so that it is given up even if they fail half way.
        self.jams.insert(jam);

        match refusal_of(self.read_jam(jam, listening).await)? {
            Ok(view) => self.send_jam(view).await,
            Err(refusal) => self.shut_jam_page(jam, refusal).await,
        }
        self.release();
        Ok(())
    }

    async fn read_jam(&self, jam: JamId, listening: Option<bool>) -> Result<JamView> {
        match listening {
            Some(listening) => self.services().jam_here(&self.who, jam, self.tab, listening).await,
            None => self.services().jam(&self.who, jam).await,
        }
    }

    /// The page may not show a Jam any more.
    pub(super) async fn shut_jam_page(&mut self, jam: JamId, refusal: Refusal) {
        self.leave_jam_page(jam).await;
        self.send(&ServerFrame::JamShut { jam, refusal }).await;
    }

    /// The page shows a Jam no longer.
    pub(super) async fn leave_jam_page(&mut self, jam: JamId) {
        if self.jams.remove(&jam) {
            self.hub.switchboard.unwatch(self.id, Topic::Jam(jam)).await;
            self.services().jam_gone(self.who.id(), jam, self.tab).await;
        }
    }
}
