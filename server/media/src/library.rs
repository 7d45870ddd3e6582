//! The music folders as one library: scanned at the start, watched from then on, scanned again when asked to.
//!
//! Opening forgets nothing, because any node may open: only the one that scans looks at folders that the settings name no
//! longer, and what it may do with them is in [`Unlisted`].
//!
//! Folders are known by their real, absolute path, also while the disk behind a link is away. One that cannot be read, or
//! that has become empty, is listed among the problems and keeps what is known of it, and the others work; only when none
//! can be read, opening fails. Nothing is ever written to them.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use domain::{ArtworkId, FolderId, library::ScanProgress};
use services::ports::{
    Bus, Clock, Delivery, Media, Note, Random, Store, Topic,
    store::{StoreError, StoreResult},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    artwork::{ArtworkError, Artworks},
    resolver::Resolver,
    scan::{Progress, Root, Tools, hold, picture, scan},
    watch::Watch,
};

/// How often folders are looked at that cannot be watched.
const UNWATCHED_EVERY: Duration = Duration::from_secs(5 * 60);
/// When a scan is tried again that the store did not allow to end.
const RETRY_AFTER: Duration = Duration::from_secs(30);

/// Links that lead to one another before they count as a circle.
const LINKS: usize = 16;

/// What becomes of folders that the settings do not name any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlisted {
    /// They are forgotten with their music: nobody else works on the database, so these settings are all there is.
    Forget,
    /// They stay, and are listed among the problems. Other nodes may share the database, and one of them that was started
    /// with wrong settings must not empty the library of all. A person lets them go with [`forget_folder`].
    Keep,
}

/// The library.
pub struct Library {
    roots: Vec<Root>,
    unlisted: Unlisted,
    tools: Tools,
    progress: Progress,
    asked: Notify,
    /// Whether this node is the one that scans.
    scans: AtomicBool,
}

/// Why a library does not open.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Each is named with its reason.
    #[error("None of the music folders can be read: {0}. Check that they exist and that Earshot may read them.")]
    NoFolder(String),
    /// The place for pictures.
    #[error("The cache folder {0} cannot be used: {1}.")]
    Cache(PathBuf, io::Error),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Library {
    /// Takes up these folders. What is to become of others happens when this node scans.
    pub async fn open(
        folders: Vec<PathBuf>,
        unlisted: Unlisted,
        store: Arc<dyn Store>,
        bus: Arc<dyn Bus>,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        cache_dir: PathBuf,
    ) -> Result<Arc<Self>, Error> {
        let artworks = Artworks::open(&cache_dir).map_err(|error| Error::Cache(cache_dir, error))?;
        let mut roots = Vec::new();
        for path in apart(readable(folders)?) {
            let fresh = FolderId(random.id(clock.now()));
            roots.push(Root { id: store.folder(&path.to_string_lossy(), fresh).await?, path });
        }

        let resolver = Resolver::new(roots.iter().map(|root| (root.id, root.path.clone())));
        let tools = Tools { store, bus, clock, random, resolver, artworks: Arc::new(artworks) };
        Ok(Arc::new(Self {
            roots,
            unlisted,
            tools,
            progress: Progress::default(),
            asked: Notify::new(),
            scans: AtomicBool::new(false),
        }))
    }

    /// Scans and watches until shutdown; answers when everything that it started has ended.
    pub async fn run(self: Arc<Self>, shutdown: CancellationToken) {
        self.scans.store(true, Ordering::SeqCst);
        self.scan_until(&shutdown).await;
        self.scans.store(false, Ordering::SeqCst);
    }

    async fn scan_until(&self, shutdown: &CancellationToken) {
        let folders = self.roots.iter().map(|root| root.path.clone()).collect();
        let watch =
            tokio::task::spawn_blocking(|| Watch::start(folders)).await.expect("starting to watch does not panic");
        let mut due = self.roots.clone();
        let mut settled = false;

        while !shutdown.is_cancelled() {
            let outcome = match settled {
                true => Ok(()),
                false => self.settle_unlisted().await,
            };
            settled = outcome.is_ok();
            let outcome = outcome.and(scan(&self.tools, &due, self.progress.clone(), shutdown).await);

            let pause = match outcome {
                Err(error) => {
                    tracing::error!(%error, "the scan could not end and is tried again");
                    Some(RETRY_AFTER)
                }
                Ok(()) => (!watch.is_complete()).then_some(UNWATCHED_EVERY),
            };
            due = tokio::select! {
                () = shutdown.cancelled() => return,
                touched = watch.burst(), if pause != Some(RETRY_AFTER) => {
                    touched.into_iter().map(|place| self.roots[place].clone()).collect()
                }
                () = self.asked.notified() => self.roots.clone(),
                () = tokio::time::sleep(pause.unwrap_or_default()), if pause.is_some() => self.roots.clone(),
            };
        }
    }

    /// Looks at folders that the settings do not name.
    async fn settle_unlisted(&self) -> StoreResult<()> {
        let listed: Vec<_> = self.roots.iter().map(|root| root.id).collect();
        if self.unlisted == Unlisted::Forget {
            return self.tools.store.keep_folders(&listed).await;
        }

        for (folder, path) in self.tools.store.folders().await? {
            // A node that only opened the library leaves a folder without anything in it.
            if listed.contains(&folder) || self.tools.store.known_files(folder).await?.is_empty() {
                continue;
            }
            tracing::warn!(
                folder = path,
                "a music folder is not in the settings of this node, which scans; its music stays"
            );
            self.tools.store.put_unopened(folder, "", &not_listed(&path)).await?;
        }
        Ok(())
    }

    /// Hears the other nodes until shutdown: who wants a scan, and how far the node is that scans.
    pub async fn listen(self: Arc<Self>, shutdown: CancellationToken) {
        let mut notes = self.tools.bus.subscribe().await;
        notes.watch(&[Topic::Library]).await;

        while let Some(delivery) = shutdown.run_until_cancelled(notes.next()).await {
            match delivery {
                Delivery::Note(Note::Rescan) => self.rescan(),
                Delivery::Note(Note::Scan(progress)) if !self.scans.load(Ordering::SeqCst) => {
                    *hold(&self.progress) = progress;
                }
                Delivery::Closed => return,
                _ => {}
            }
        }
    }

    /// Asks for a scan soon; harmless while one runs, or while another node scans.
    pub fn rescan(&self) {
        self.asked.notify_one();
    }

    /// The one who opens media files.
    pub fn resolver(&self) -> &Resolver {
        &self.tools.resolver
    }

    /// The JPEG of a picture, in one of `artwork::SIZES`. One that this node's cache does not have, because another node
    /// scans or because it was lost, is made again of the music.
    pub async fn artwork_file(&self, id: ArtworkId, size: u32) -> Result<PathBuf, ArtworkError> {
        let artworks = self.tools.artworks.clone();
        match blocking(move || artworks.file(id, size)).await {
            Err(ArtworkError::Unknown) => {}
            found => return found,
        }

        let bearer = self.tools.store.file_with_artwork(id).await.map_err(io::Error::other)?;
        let bearer = bearer.ok_or(ArtworkError::Unknown)?;
        let (resolver, artworks) = (self.tools.resolver.clone(), self.tools.artworks.clone());
        blocking(move || {
            let bytes = picture(&resolver, &bearer, id).ok_or(ArtworkError::Unknown)?;
            artworks.keep(id, &bytes)?;
            artworks.file(id, size)
        })
        .await
    }
}

impl Media for Library {
    fn progress(&self) -> ScanProgress {
        hold(&self.progress).clone()
    }
}

/// Lets a folder go that no settings name any more, with all that is known of it; the disk is not touched. Answers whether
/// there was such a folder.
pub async fn forget_folder(store: &dyn Store, folder: &Path) -> StoreResult<bool> {
    let path = real(folder);
    let (gone, kept): (Vec<_>, Vec<_>) =
        store.folders().await?.into_iter().partition(|(_, known)| *known == path.to_string_lossy());

    store.keep_folders(&kept.into_iter().map(|(id, _)| id).collect::<Vec<_>>()).await?;
    Ok(!gone.is_empty())
}

fn not_listed(path: &str) -> String {
    format!(
        "The folder {path} is not among the music folders of the node that scans. Its music stays listed. If it should go, \
         take the folder out of the settings of every node, stop them, and run: earshot admin forget-folder {path}"
    )
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ArtworkError> + Send + 'static,
) -> Result<T, ArtworkError> {
    tokio::task::spawn_blocking(work).await.map_err(|failed| io::Error::other(failed.to_string()))?
}

/// The folders by their real paths. Refuses when there are some and none can be read.
fn readable(folders: Vec<PathBuf>) -> Result<Vec<PathBuf>, Error> {
    let faults: Vec<String> = folders.iter().filter_map(|folder| fault(folder)).collect();
    if !folders.is_empty() && faults.len() == folders.len() {
        return Err(Error::NoFolder(faults.join(", ")));
    }

    Ok(folders.iter().map(|folder| real(folder)).collect())
}

/// Where a folder really lies, as far as can be told while it is not there: what a link says stays true without its target.
pub fn real(folder: &Path) -> PathBuf {
    let mut place = std::path::absolute(folder).unwrap_or_else(|_| folder.into());
    for _ in 0..LINKS {
        if let Ok(real) = place.canonicalize() {
            return real;
        }
        match fs::read_link(&place) {
            Ok(target) => place = place.parent().unwrap_or(Path::new("/")).join(target),
            Err(_) => break,
        }
    }

    match (place.parent(), place.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => place,
    }
}

fn fault(folder: &Path) -> Option<String> {
    fs::read_dir(folder).err().map(|error| format!("{} ({})", folder.display(), error.kind()))
}

/// Without folders that are named twice or lie in another: their music would be there twice.
fn apart(mut folders: Vec<PathBuf>) -> Vec<PathBuf> {
    folders.sort();
    folders.dedup();
    let all = folders.clone();

    folders.retain(|folder| !all.iter().any(|other| folder != other && folder.starts_with(other)));
    folders
}

#[cfg(test)]
mod tests;
