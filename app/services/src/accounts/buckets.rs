//! Token buckets by key, on the clock of the caller.
//!
//! A bucket is one instant: when it will be full again. It needs no upkeep, and one that is full is the same as none.

use std::{collections::HashMap, hash::Hash, sync::Mutex};

use domain::Timestamp;

/// Buckets that are kept. When there are more, those that are full again go, and then the one that is next to be full:
/// whoever is limited hardest stays so.
const BUCKETS: usize = 10_000;

/// Buckets of one size.
pub(crate) struct Buckets<K> {
    /// How long one token takes to come back.
    refill_us: i64,
    /// How many there are in a full bucket.
    burst: i64,
    full_at_us: Mutex<HashMap<K, i64>>,
}

impl<K: Clone + Eq + Hash> Buckets<K> {
    /// `tokens` come back in each `period_ms`; a full bucket holds `burst`.
    pub fn new(tokens: u32, period_ms: i64, burst: u32) -> Self {
        let refill_us = (period_ms * 1_000 / i64::from(tokens.max(1))).max(1);

        Self { refill_us, burst: burst.into(), full_at_us: Mutex::default() }
    }

    /// Takes a token, or answers after how many seconds there will be one.
    pub fn take(&self, key: &K, now: Timestamp) -> Result<(), u32> {
        let mut buckets = self.full_at_us.lock().expect("nothing panics while it holds the buckets");
        let now_us = now.0 * 1_000;
        let full_at_us = buckets.get(key).map_or(now_us, |full_at| (*full_at).max(now_us)) + self.refill_us;

        let missing_us = full_at_us - now_us - self.refill_us * self.burst;
        if missing_us > 0 {
            return Err(u32::try_from((missing_us + 999_999) / 1_000_000).unwrap_or(u32::MAX));
        }

        make_room(&mut buckets, now_us);
        buckets.insert(key.clone(), full_at_us);
        Ok(())
    }

    /// Puts a token back that turned out not to be owed.
    pub fn give_back(&self, key: &K) {
        let mut buckets = self.full_at_us.lock().expect("nothing panics while it holds the buckets");

        if let Some(full_at_us) = buckets.get_mut(key) {
            *full_at_us -= self.refill_us;
        }
    }
}

fn make_room<K: Clone + Eq + Hash>(buckets: &mut HashMap<K, i64>, now_us: i64) {
    if buckets.len() < BUCKETS {
        return;
    }
    buckets.retain(|_, full_at_us| *full_at_us > now_us);

    if buckets.len() >= BUCKETS {
        let next_full = buckets.iter().min_by_key(|(_, full_at_us)| **full_at_us).map(|(key, _)| key.clone());
        next_full.and_then(|key| buckets.remove(&key));
    }
}

#[cfg(test)]
mod tests {
    use domain::time::{MINUTE, SECOND};

    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn a_bucket_holds_its_burst_and_refills_evenly() {
        let buckets = Buckets::new(10, MINUTE, 10);

        (0..10).for_each(|_| buckets.take(&"ana", NOW).unwrap());
        assert_eq!(buckets.take(&"ana", NOW), Err(6));
        assert_eq!(buckets.take(&"bo", NOW), Ok(()));

        assert_eq!(buckets.take(&"ana", NOW + 6 * SECOND), Ok(()));
        assert_eq!(buckets.take(&"ana", NOW + 6 * SECOND), Err(6));
    }

    #[test]
    fn a_token_that_is_given_back_can_be_taken_again() {
        let buckets = Buckets::new(1, MINUTE, 1);

        buckets.take(&"ana", NOW).unwrap();
        buckets.give_back(&"ana");

        assert_eq!(buckets.take(&"ana", NOW), Ok(()));
        assert_eq!(buckets.take(&"ana", NOW), Err(60));
    }

    #[test]
    fn the_table_stays_bounded_and_keeps_whoever_is_limited_hardest() {
        let buckets = Buckets::new(2, MINUTE, 2);
        (0..2).for_each(|_| buckets.take(&0, NOW).unwrap());

        (1..BUCKETS + 100).for_each(|key| buckets.take(&key, NOW).unwrap());

        assert_eq!(buckets.full_at_us.lock().unwrap().len(), BUCKETS);
        assert!(buckets.take(&0, NOW).is_err());
    }
}
