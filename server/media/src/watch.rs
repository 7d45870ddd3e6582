//! Noticing that a music folder changed. Says which folders to look at again, never what is in them.
//!
//! Events come in bursts (an album is copied, a tag editor saves twice), so a burst is waited out: half a second without
//! events, or five seconds at most. Where a folder cannot be watched, [`Watch::is_complete`] says so and the library
//! looks at its folders every few minutes instead. Network drives can be watched but send nothing for changes that
//! another machine makes; for these there is the rescan button.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use notify::{
    Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher,
    event::{AccessKind, AccessMode},
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep_until},
};

const QUIET: Duration = Duration::from_millis(500);
const LONGEST_BURST: Duration = Duration::from_secs(5);

/// Folders under watch, by their place in the list.
pub struct Watch {
    /// Watches for as long as it lives; none where the system has no such thing.
    _watcher: Option<RecommendedWatcher>,
    complete: bool,
    changes: Arc<Changes>,
}

#[derive(Default)]
struct Changes {
    folders: Mutex<BTreeSet<usize>>,
    arrived: Notify,
}

impl Watch {
    /// Begins to watch. May take a while in large trees, so it belongs on a thread that may wait.
    pub fn start(folders: Vec<PathBuf>) -> Self {
        let changes = Arc::<Changes>::default();
        let (heard, roots) = (changes.clone(), folders.clone());
        let watcher = notify::recommended_watcher(move |event| heard.hear(&roots, event));

        let (watcher, complete) = match watcher {
            Ok(mut watcher) => {
                let refused = folders.iter().filter(|folder| !watches(&mut watcher, folder)).count();
                (Some(watcher), refused == 0)
            }
            Err(error) => {
                tracing::warn!(%error, "music folders cannot be watched; they are looked at every few minutes");
                (None, false)
            }
        };
        Self { _watcher: watcher, complete, changes }
    }

    /// Whether every folder is watched.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Waits for a burst of changes to pass and answers which folders it touched, at least one.
    pub async fn burst(&self) -> BTreeSet<usize> {
        loop {
            self.changes.arrived.notified().await;
            self.quiet().await;

            let touched = std::mem::take(&mut *self.changes.hold());
            if !touched.is_empty() {
                return touched;
            }
        }
    }

    async fn quiet(&self) {
        let end = Instant::now() + LONGEST_BURST;

        loop {
            let quiet = (Instant::now() + QUIET).min(end);
            tokio::select! {
                biased;
                () = sleep_until(quiet) => return,
                () = self.changes.arrived.notified() => {}
            }
        }
    }
}

impl Changes {
    fn hear(&self, roots: &[PathBuf], event: notify::Result<Event>) {
        let touched: BTreeSet<usize> = match event {
            Ok(event) if event.need_rescan() => (0..roots.len()).collect(),
            Ok(event) if !changes_something(&event.kind) => return,
            Ok(event) => event.paths.iter().filter_map(|path| folder_of(roots, path)).collect(),
            Err(error) => {
                tracing::warn!(%error, "watching the music folders");
                (0..roots.len()).collect()
            }
        };
        if touched.is_empty() {
            return;
        }

        self.hold().extend(touched);
        self.arrived.notify_one();
    }

    fn hold(&self) -> MutexGuard<'_, BTreeSet<usize>> {
        self.folders.lock().expect("nothing panics while the changes are held")
    }
}

fn watches(watcher: &mut RecommendedWatcher, folder: &Path) -> bool {
    let watching = watcher.watch(folder, RecursiveMode::Recursive);

    watching.inspect_err(|error| tracing::warn!(%error, folder = %folder.display(), "cannot be watched")).is_ok()
}

/// Reading is no change: without this, each scan would call for the next.
fn changes_something(kind: &EventKind) -> bool {
    matches!(kind, EventKind::Access(AccessKind::Close(AccessMode::Write))) || !kind.is_access()
}

/// The folder of a path, unless a part of it below the folder is hidden.
fn folder_of(roots: &[PathBuf], path: &Path) -> Option<usize> {
    let (place, rest) =
        roots.iter().enumerate().find_map(|(place, root)| Some((place, path.strip_prefix(root).ok()?)))?;
    let hidden = rest.components().any(|part| part.as_os_str().as_encoded_bytes().starts_with(b"."));

    (!hidden).then_some(place)
}
