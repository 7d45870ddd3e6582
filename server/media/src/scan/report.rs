//! Telling about a scan, but not too often: progress at most four times a second, changed lists at most once.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::library::ScanProgress;
use services::ports::{Bus, Clock, Note};
use tokio::time::Instant;

/// Between two notes of progress.
pub const PROGRESS_EVERY: Duration = Duration::from_millis(250);
const CHANGES_EVERY: Duration = Duration::from_secs(1);

/// How far the scan is, shared with whoever asks.
pub type Progress = Arc<Mutex<ScanProgress>>;

/// The voice of one scan.
pub struct Report {
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    progress: Progress,
    told_progress: Instant,
    told_change: Option<Instant>,
    untold_change: bool,
}

impl Report {
    /// A scan begins.
    pub fn start(bus: Arc<dyn Bus>, clock: Arc<dyn Clock>, progress: Progress) -> Self {
        *hold(&progress) = ScanProgress { running: true, ..ScanProgress::default() };

        Self { bus, clock, progress, told_progress: Instant::now(), told_change: None, untold_change: false }
    }

    /// The numbers, for those who count in another thread.
    pub fn progress(&self) -> Progress {
        self.progress.clone()
    }

    /// Counts, and tells if it is time.
    pub async fn count(&mut self, count: impl FnOnce(&mut ScanProgress)) {
        count(&mut hold(&self.progress));

        if self.told_progress.elapsed() >= PROGRESS_EVERY {
            self.tell().await;
        }
    }

    /// Lists have changed.
    pub async fn changed(&mut self) {
        self.untold_change = true;

        if self.told_change.is_none_or(|told| told.elapsed() >= CHANGES_EVERY) {
            self.tell_change().await;
        }
    }

    /// The scan is over.
    pub async fn end(mut self) {
        hold(&self.progress).running = false;

        if self.untold_change {
            self.tell_change().await;
        }
        self.tell().await;
    }

    async fn tell(&mut self) {
        let now = hold(&self.progress).clone();
        self.bus.publish(Note::Scan(now)).await;
        self.told_progress = Instant::now();
    }

    async fn tell_change(&mut self) {
        self.bus.publish(Note::LibraryChanged { at: self.clock.now() }).await;
        self.told_change = Some(Instant::now());
        self.untold_change = false;
    }
}

/// The numbers, for a moment.
pub fn hold(progress: &Progress) -> std::sync::MutexGuard<'_, ScanProgress> {
    progress.lock().expect("nothing panics while the numbers are held")
}
