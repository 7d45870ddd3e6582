//! Places for sockets: how many the server has, how many of them one member may take, and how fast all of these together
//! may send.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use domain::MemberId;

use crate::{Limits, pace::Pace};

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Full {
    /// The server has none left, or stops.
    Server,
    /// This member has taken as many as one may.
    Member,
}

/// All places of this process.
pub(crate) struct Places {
    limits: Limits,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_member: HashMap<MemberId, Share>,
}

/// What the sockets of one member have together.
struct Share {
    sockets: usize,
    pace: Arc<Mutex<Pace>>,
}

/// The place of one socket, from before its handshake until it is dropped.
pub struct Place {
    places: Arc<Places>,
    member: MemberId,
    pace: Arc<Mutex<Pace>>,
}

impl Places {
    pub(crate) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, taken: Mutex::default() })
    }

    /// How many are taken.
    pub(crate) fn taken(&self) -> usize {
        self.hold().all
    }

    /// Takes one for a member.
    pub(crate) fn take(self: &Arc<Self>, member: MemberId) -> Result<Place, Full> {
        let mut taken = self.hold();
        if taken.all >= self.limits.sockets {
            return Err(Full::Server);
        }
        let fresh = || Pace::new(self.limits.frames_a_second, self.limits.frame_burst);
        let share =
            taken.by_member.entry(member).or_insert_with(|| Share { sockets: 0, pace: Arc::new(Mutex::new(fresh())) });
        if share.sockets >= self.limits.sockets_of_member {
            return Err(Full::Member);
        }

        share.sockets += 1;
        let pace = share.pace.clone();
        taken.all += 1;
        Ok(Place { places: self.clone(), member, pace })
    }

    fn give_back(&self, member: MemberId) {
        let mut taken = self.hold();
        taken.all -= 1;

        if let Some(share) = taken.by_member.get_mut(&member) {
            share.sockets -= 1;
            if share.sockets == 0 {
                taken.by_member.remove(&member);
            }
        }
    }

    fn hold(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().expect("nothing panics while it holds the places")
    }
}

impl Place {
    /// How fast the sockets of this member may send.
    pub(crate) fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().expect("nothing panics while it holds a pace")
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.give_back(self.member);
    }
}
