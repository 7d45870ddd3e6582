//! One scan: a folder is walked, compared with what the store knows, and what changed is read and put into the store.
//!
//! Tracks go in by small batches as they are read, so that there is music to play long before a first scan ends; the
//! first batch is the smallest. A scan that is stopped half way leaves a store that the next one simply completes.

mod read;
mod report;
mod walk;

use std::{path::PathBuf, sync::Arc, time::Duration};

use domain::FolderId;
use services::ports::{
    Bus, Clock, Random, Store,
    store::{KnownFile, ScannedTrack, StoreResult},
};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::{artwork::Artworks, resolver::Resolver};
pub use read::picture;
use read::{Fault, Reading};
use report::{PROGRESS_EVERY, Report};
pub use report::{Progress, hold};
use walk::Walked;

/// So that something shows at once.
const FIRST_BATCH: usize = 10;
/// Tracks in one transaction.
const BATCH: usize = 100;
/// A smaller batch goes in after this time: slow disks show progress too.
const BATCH_EVERY: Duration = Duration::from_secs(1);
/// Vanished files in one transaction.
const REMOVALS: usize = 500;

/// A music folder.
#[derive(Clone, Debug)]
pub struct Root {
    /// Which.
    pub id: FolderId,
    /// Where, without links.
    pub path: PathBuf,
}

/// What a scan works with.
#[derive(Clone)]
pub struct Tools {
    pub store: Arc<dyn Store>,
    pub bus: Arc<dyn Bus>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub resolver: Resolver,
    pub artworks: Arc<Artworks>,
}

/// Scans these folders.
pub async fn scan(tools: &Tools, roots: &[Root], progress: Progress, shutdown: &CancellationToken) -> StoreResult<()> {
    let report = Report::start(tools.bus.clone(), tools.clock.clone(), progress);
    let mut scan = Scan { tools, report, batch: Vec::new(), batch_size: FIRST_BATCH, shutdown };

    let mut outcome = Ok(());
    for root in roots {
        outcome = outcome.and(scan.folder(root).await);
    }

    tools.artworks.end_scan();
    scan.report.end().await;
    outcome
}

struct Scan<'a> {
    tools: &'a Tools,
    report: Report,
    batch: Vec<ScannedTrack>,
    batch_size: usize,
    shutdown: &'a CancellationToken,
}

impl Scan<'_> {
    async fn folder(&mut self, root: &Root) -> StoreResult<()> {
        let known = self.tools.store.known_files(root.id).await?;
        let Some(walked) = self.walk(root, known).await else {
            return Ok(());
        };

        for (file, reason) in &walked.problems {
            self.tools.store.put_problem(root.id, file, reason).await?;
            self.report.changed().await;
        }
        for paths in walked.vanished.chunks(REMOVALS) {
            self.tools.store.remove_files(root.id, paths).await?;
            self.report.changed().await;
        }
        self.report.count(|progress| progress.done += walked.unchanged).await;

        self.read(root.id, walked.fresh).await
    }

    /// Nothing when the server stops.
    async fn walk(&mut self, root: &Root, known: Vec<KnownFile>) -> Option<Walked> {
        let (path, progress, shutdown) = (root.path.clone(), self.report.progress(), self.shutdown.clone());
        let before = hold(&progress).found;
        let mut walking = tokio::task::spawn_blocking(move || {
            let walked = walk::walk(&path, known, |found| {
                hold(&progress).found = before + found;
                !shutdown.is_cancelled()
            })?;
            hold(&progress).found = before + walked.unchanged + walked.fresh.len() as u32;
            Some(walked)
        });

        loop {
            tokio::select! {
                walked = &mut walking => return walked.expect("a walk does not panic"),
                () = tokio::time::sleep(PROGRESS_EVERY) => self.report.count(|_| ()).await,
            }
        }
    }

    async fn read(&mut self, folder: FolderId, files: Vec<KnownFile>) -> StoreResult<()> {
        let (mut readings, mut workers) = read::start(self.tools, folder, files);

        let outcome = self.collect(folder, &mut readings).await;

        // Workers end when nobody listens any more; the scan is over when they are.
        drop(readings);
        while workers.join_next().await.is_some() {}
        outcome
    }

    async fn collect(
        &mut self,
        folder: FolderId,
        readings: &mut tokio::sync::mpsc::Receiver<Reading>,
    ) -> StoreResult<()> {
        let mut due = Instant::now() + BATCH_EVERY;

        loop {
            let next = tokio::select! {
                biased;
                () = self.shutdown.cancelled() => return self.put(folder).await,
                next = timeout_at(due, readings.recv()) => next,
            };
            match next {
                Ok(Some(reading)) => self.take(folder, reading).await?,
                Ok(None) => return self.put(folder).await,
                Err(_) => {}
            }

            if self.batch.len() >= self.batch_size || Instant::now() >= due {
                self.put(folder).await?;
                due = Instant::now() + BATCH_EVERY;
            }
        }
    }

    async fn take(&mut self, folder: FolderId, reading: Reading) -> StoreResult<()> {
        match reading {
            Ok(track) => {
                self.batch.push(track);
                self.report.count(|progress| progress.done += 1).await;
            }
            Err(fault) => {
                match fault {
                    Fault::Broken(file, reason) => self.tools.store.put_problem(folder, &file, &reason).await?,
                    Fault::Unopened(file, reason) => {
                        self.tools.store.put_unopened(folder, &file.path, &reason).await?;
                    }
                }
                self.report.changed().await;
                let counted = |progress: &mut domain::library::ScanProgress| {
                    progress.done += 1;
                    progress.failed += 1;
                };
                self.report.count(counted).await;
            }
        }
        Ok(())
    }

    async fn put(&mut self, folder: FolderId) -> StoreResult<()> {
        let tracks = std::mem::take(&mut self.batch);
        if tracks.is_empty() {
            return Ok(());
        }

        self.tools.store.put_tracks(folder, &tracks, self.tools.clock.now()).await?;
        self.batch_size = BATCH;
        self.report.changed().await;
        self.report.count(|progress| progress.changed += tracks.len() as u32).await;
        Ok(())
    }
}
