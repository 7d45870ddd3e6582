//! Values by key, each behind a lock of its own that may be held across a commit and the hint after it: what happens to
//! one member or one Jam happens in one order, and nobody else waits for it.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard},
};

use tokio::sync::{Mutex as Lock, OwnedMutexGuard};

/// See the module. How many values there are is bounded by what the keys name, and by [`Keyed::shed`].
pub(crate) struct Keyed<K, V>(Mutex<HashMap<K, Arc<Lock<V>>>>);

impl<K, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash, V> Keyed<K, V> {
    /// The value of a key, once nobody else holds it. An empty one is made where there is none.
    pub(crate) async fn hold(&self, key: K) -> OwnedMutexGuard<V>
    where
        V: Default,
    {
        let value = self.values().entry(key).or_default().clone();

        value.lock_owned().await
    }

    /// The value of a key, if there is one.
    pub(crate) async fn find(&self, key: K) -> Option<OwnedMutexGuard<V>> {
        let value = self.values().get(&key).cloned()?;

        Some(value.lock_owned().await)
    }

    /// The value of a key, unless somebody holds it at this moment.
    pub(crate) fn free(&self, key: K) -> Option<OwnedMutexGuard<V>> {
        let value = self.values().get(&key).cloned()?;

        value.try_lock_owned().ok()
    }

    /// Puts a value in, unless the key has one.
    pub(crate) fn add(&self, key: K, value: V) {
        self.values().entry(key).or_insert_with(|| Arc::new(Lock::new(value)));
    }

    /// Takes the value of a key out. Who holds it keeps it.
    pub(crate) fn remove(&self, key: K) {
        self.values().remove(&key);
    }

    /// All keys.
    pub(crate) fn keys(&self) -> Vec<K> {
        self.values().keys().copied().collect()
    }

    /// Lets go of values that are idle and that nobody holds or waits for, once there are more than `keep`.
    pub(crate) fn shed(&self, keep: usize, idle: impl Fn(&V) -> bool) {
        let mut values = self.values();

        if values.len() > keep {
            values.retain(|_, value| Arc::get_mut(value).is_none_or(|value| !idle(value.get_mut())));
        }
    }

    fn values(&self) -> MutexGuard<'_, HashMap<K, Arc<Lock<V>>>> {
        self.0.lock().expect("no holder of the map panics")
    }
}
