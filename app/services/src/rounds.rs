//! Rounds: what the store says of the topics that a node watches, compared with what it has heard of them.
//!
//! The bus may lose notes. Whoever may have missed some asks here and gets notes about exactly that, read from the truth.

use std::collections::HashMap;

use domain::{JamId, MemberId};

use crate::{
    Result, Services,
    jams::at_revision,
    ports::{Note, Topic, store::JamMark},
};

/// How far something is. It only grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Mark {
    /// The head of an inbox, or the revision of a Jam or of what somebody plays.
    at: i64,
    /// How often what a member may see or do has changed.
    permissions: i64,
}

/// What is true of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct News {
    /// Which.
    pub topic: Topic,
    /// How far it is.
    pub mark: Mark,
    /// What there was to tell beyond what was known.
    pub notes: Vec<Note>,
}

impl Mark {
    /// Of a member whose inbox and permissions were read.
    pub fn read(head: i64, permissions: i64) -> Self {
        Self { at: head, permissions }
    }

    /// Takes in a note of the topic that this is the mark of.
    pub fn hear(&mut self, note: &Note) {
        match note {
            Note::Inbox { head: at, .. } | Note::Activity { revision: at, .. } => self.at = self.at.max(*at),
            Note::Jam { revision, .. } => self.at = self.at.max(signed(*revision)),
            _ => {}
        }
    }

    /// Takes in what was read.
    pub fn reach(&mut self, other: Self) {
        self.at = self.at.max(other.at);
        self.permissions = self.permissions.max(other.permissions);
    }

    /// Whether a note says what was true before this.
    pub fn is_past(&self, note: &Note) -> bool {
        matches!(note, Note::Activity { revision, .. } if *revision < self.at)
    }
}

impl Services {
    /// What there is to tell of these topics beyond what is known of them; of those of which nothing is known, everything.
    pub async fn news(&self, known: &[(Topic, Option<Mark>)]) -> Result<Vec<News>> {
        let (mut members, mut listeners, mut jams) = (Known::new(), Known::new(), Known::new());
        for (topic, mark) in known {
            match topic {
                Topic::Member(member) => drop(members.insert(*member, *mark)),
                Topic::Activity(member) => drop(listeners.insert(*member, *mark)),
                Topic::Jam(jam) => drop(jams.insert(*jam, *mark)),
                // Lists of music are read anew whenever a page opens one.
                Topic::Library => {}
            }
        }

        let mut news = self.news_for(&members).await?;
        news.extend(self.news_of_listeners(&listeners).await?);
        news.extend(self.news_of_jams(&jams).await?);
        Ok(news)
    }

    async fn news_for(&self, members: &Known<MemberId>) -> Result<Vec<News>> {
        let stored = self.ports.store.marks(&keys(members)).await?;

        let news = stored.into_iter().map(|(member, marks)| {
            let known = members[&member];
            let mut notes = Vec::new();
            if known.is_none_or(|known| known.at < marks.head) {
                notes.push(Note::Inbox { member, head: marks.head });
            }
            if known.is_none_or(|known| known.permissions != marks.permissions) {
                notes.push(Note::Permissions(member));
            }
            let mark = Mark { at: marks.head, permissions: marks.permissions };
            News { topic: Topic::Member(member), mark, notes }
        });
        Ok(news.collect())
    }

    async fn news_of_listeners(&self, members: &Known<MemberId>) -> Result<Vec<News>> {
        let revisions = self.ports.presence.listening_revisions(&keys(members)).await?;
        let behind =
            revisions.iter().filter(|(member, revision)| members[member].is_none_or(|known| known.at < *revision));
        let behind: Vec<_> = behind.map(|(member, _)| *member).collect();
        let mut activities = self.shown_activities(&behind).await?;

        let mut news = Vec::with_capacity(revisions.len());
        for (member, revision) in revisions {
            let mut notes = Vec::new();
            if let Some(activity) = activities.remove(&member) {
                notes.push(Note::Activity { member, revision, activity });
            }
            let mark = Mark { at: revision, permissions: 0 };
            news.push(News { topic: Topic::Activity(member), mark, notes });
        }
        Ok(news)
    }

    async fn news_of_jams(&self, jams: &Known<JamId>) -> Result<Vec<News>> {
        let stored = self.ports.store.jam_revisions(&keys(jams)).await?;

        let news = stored.into_iter().map(|JamMark { jam, revision, .. }| {
            let behind = jams[&jam].is_none_or(|known| known.at < signed(revision));
            let notes = behind.then(|| at_revision(jam, revision)).into_iter().collect();
            News { topic: Topic::Jam(jam), mark: Mark { at: signed(revision), permissions: 0 }, notes }
        });
        Ok(news.collect())
    }
}

/// Things of one kind, with what is known of them.
type Known<K> = HashMap<K, Option<Mark>>;

fn keys<K: Copy>(known: &Known<K>) -> Vec<K> {
    known.keys().copied().collect()
}

fn signed(revision: u64) -> i64 {
    i64::try_from(revision).unwrap_or(i64::MAX)
}
