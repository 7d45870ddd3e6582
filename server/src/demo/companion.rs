//! Mira, the demo's companion: she listens to music, answers, reacts, and joins Jams, by the use cases that pages call.
//!
//! She is one task with a short list of things to do later. What she cannot do she lets be: nobody waits for her.

mod jamming;
mod talk;

use std::{sync::Arc, time::Duration};

use domain::{
    ConversationId, JamId, JamRequestId, MemberId, MessageId, TabId, TrackId,
    activity::{ActivityState, ActivityView, Reaction},
    inbox::{InboxEvent, Missed, Position},
    jam_request::JamRequestState,
    library::{Order, Slice, Track},
    messages::{BodyView, MessageBody, MessageView},
    player::PlayerReport,
    relations::RequestState,
};
use services::{
    Principal, Result, Services,
    ports::{Bus, Delivery, Note, Subscription, Topic},
};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

/// She looks around this often: a track may be over, a Jam may be empty, her own lease goes on.
const LOOK_AROUND: Duration = Duration::from_secs(1);
const TOUCH_EVERY: Duration = Duration::from_secs(20);
const ANSWER_AFTER: Duration = Duration::from_secs(2);
const ACCEPT_AFTER: Duration = Duration::from_secs(3);
const REACT_AFTER: Duration = Duration::from_secs(8);
/// Things to do later. She forgets what comes on top.
const PLANS: usize = 32;

/// The companion.
#[derive(Clone)]
pub(crate) struct Companion {
    services: Arc<Services>,
    bus: Arc<dyn Bus>,
    who: Principal,
    tab: TabId,
    /// What she plays, and when it is over.
    playing: Option<(Track, Instant)>,
    /// How many tracks she has played.
    played: usize,
    /// How often she has answered.
    answered: usize,
    jam: Option<JamId>,
    /// What she last reported from a Jam: the track and whether it sounds.
    reported: Option<(Option<TrackId>, bool)>,
    plans: Vec<(Instant, Plan)>,
    touched: Instant,
}

/// Something to do later.
#[derive(Clone, PartialEq)]
enum Plan {
    Answer { conversation: ConversationId, to: Option<String> },
    AcceptJam(JamRequestId),
    React { to: MemberId, track: TrackId },
}

impl Companion {
    pub(crate) fn new(services: Arc<Services>, bus: Arc<dyn Bus>, who: Principal) -> Self {
        let tab = TabId(services.fresh_id());
        let touched = Instant::now();

        Self {
            services,
            bus,
            who,
            tab,
            playing: None,
            played: 0,
            answered: 0,
            jam: None,
            reported: None,
            plans: Vec::new(),
            touched,
        }
    }

    /// Keeps company until the server stops.
    pub(crate) async fn run(mut self, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            if let Some(Err(error)) = shutdown.run_until_cancelled(self.listen()).await {
                tracing::warn!(%error, "the companion begins again");
                let _ = shutdown.run_until_cancelled(tokio::time::sleep(LOOK_AROUND)).await;
            }
        }
        self.services.tab_gone(&self.who, self.tab).await;
    }

    async fn listen(&mut self) -> Result<()> {
        let mut hints = self.bus.subscribe().await;
        hints.watch(&[Topic::Member(self.who.id())]).await;
        let mut read = self.services.head(self.who.id()).await?;
        self.watch_contacts(&mut *hints).await?;
        self.jam = self.services.own_jam(&self.who).await?;
        if let Some(jam) = self.jam {
            self.come_back(&mut *hints, jam).await?;
        }
        let mut look = tokio::time::interval(LOOK_AROUND);

        loop {
            tokio::select! {
                delivery = hints.next() => match delivery {
                    Delivery::Note(note) => self.hear(note, &mut read, &mut *hints).await?,
                    Delivery::Interrupted => {}
                    Delivery::Lost | Delivery::Closed => return Ok(()),
                },
                _ = look.tick() => self.look_around(&mut *hints).await?,
            }
        }
    }

    async fn hear(&mut self, note: Note, read: &mut Position, hints: &mut dyn Subscription) -> Result<()> {
        match note {
            Note::Inbox { head, .. } if head > read.seq => self.read_inbox(read).await,
            Note::Permissions(_) => self.watch_contacts(hints).await,
            Note::Activity { member, activity: Some(activity), .. } => {
                self.notice(member, &activity);
                Ok(())
            }
            Note::Jam { jam, .. } if self.jam == Some(jam) => self.follow_jam(hints, jam).await,
            _ => Ok(()),
        }
    }

    async fn read_inbox(&mut self, read: &mut Position) -> Result<()> {
        let (entries, head) = match self.services.missed(&self.who, Some(*read)).await? {
            Missed::Entries { entries, head } => (entries, head),
            Missed::StartOver { head } => (Vec::new(), head),
        };
        *read = head;

        for entry in entries {
            match entry.event {
                InboxEvent::Message(message) if message.sender != self.who.id() => self.take(message).await?,
                InboxEvent::JamRequest(request)
                    if request.state == JamRequestState::Open && request.to.id == self.who.id() =>
                {
                    self.plan(ACCEPT_AFTER, Plan::AcceptJam(request.id));
                }
                InboxEvent::ChatRequest(request)
                    if request.state == RequestState::Open && request.to.id == self.who.id() =>
                {
                    self.services.accept(&self.who, request.id).await?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    async fn take(&mut self, message: MessageView) -> Result<()> {
        self.services.mark_read(&self.who, message.conversation, message.seq).await?;
        let to = match message.body {
            BodyView::Track(track) => Some(track.title),
            BodyView::Album(album) => Some(album.title),
            _ => None,
        };

        let awaited = self.plans.iter().any(
            |(_, plan)| matches!(plan, Plan::Answer { conversation, .. } if *conversation == message.conversation),
        );
        if !awaited {
            self.plan(ANSWER_AFTER, Plan::Answer { conversation: message.conversation, to });
        }
        Ok(())
    }

    /// Every other track of a contact gets a reaction, once it has sounded a little.
    fn notice(&mut self, member: MemberId, activity: &ActivityView) {
        let (Some(track), ActivityState::Playing { .. }) = (activity.track.id, activity.state) else { return };
        let plan = Plan::React { to: member, track };

        if track.0.as_u128() % 2 == 0 && !self.plans.iter().any(|(_, known)| *known == plan) {
            self.plan(REACT_AFTER, plan);
        }
    }

    fn plan(&mut self, after: Duration, plan: Plan) {
        if self.plans.len() < PLANS {
            self.plans.push((Instant::now() + after, plan));
        }
    }

    async fn look_around(&mut self, hints: &mut dyn Subscription) -> Result<()> {
        let now = Instant::now();
        let due = self.plans.extract_if(.., |(at, _)| *at <= now).map(|(_, plan)| plan).collect::<Vec<_>>();
        for plan in due {
            if let Err(services::Error::Unavailable(error)) = self.carry_out(plan, hints).await {
                tracing::warn!(%error, "the companion could not do what she wanted");
            }
        }

        if now.duration_since(self.touched) >= TOUCH_EVERY {
            self.touched = now;
            self.services.touch(&self.who, self.tab);
            self.leave_when_alone(hints).await?;
        }
        if self.jam.is_none() && self.playing.as_ref().is_none_or(|(_, over)| *over <= now) {
            self.play_next().await?;
        }
        Ok(())
    }

    async fn carry_out(&mut self, plan: Plan, hints: &mut dyn Subscription) -> Result<()> {
        match plan {
            Plan::Answer { conversation, to } => self.answer(conversation, to).await,
            Plan::AcceptJam(request) => {
                let jam = self.services.accept_jam(&self.who, request).await?;
                self.come_back(hints, jam).await
            }
            Plan::React { to, track } => {
                let reaction = Reaction::ALL[self.played % Reaction::ALL.len()];
                self.services.react(&self.who, to, track, reaction).await
            }
        }
    }

    async fn answer(&mut self, conversation: ConversationId, to: Option<String>) -> Result<()> {
        let playing = self.playing.as_ref().map(|(track, _)| track);
        let line = talk::line(self.answered, playing, to.as_deref());
        self.answered += 1;

        let id = MessageId(self.services.fresh_id());
        self.services.send(&self.who, id, conversation, MessageBody::text(&line)?).await.map(drop)
    }

    /// One track after the other; at the first start the music is still being composed.
    async fn play_next(&mut self) -> Result<()> {
        let tracks = self.services.tracks(&self.who, Order::Title, Slice { offset: 0, limit: 200 }).await?;
        let Some(track) = tracks.get(self.played % tracks.len().max(1)).cloned() else { return Ok(()) };
        self.played += 1;

        let report = PlayerReport { track: Some(track.id), playing: true, position_ms: 0, jam: None };
        let over = Instant::now() + Duration::from_millis(track.duration_ms.into());
        self.playing = Some((track, over));
        self.services.report(&self.who, self.tab, report).await
    }

    async fn watch_contacts(&mut self, hints: &mut dyn Subscription) -> Result<()> {
        let list = self.services.watch_list(&self.who).await?;
        let topics: Vec<_> = list.into_iter().map(|(member, _)| Topic::Activity(member)).collect();

        hints.watch(&topics).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
