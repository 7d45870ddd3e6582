//! Reading changed files: a few workers that take from one list and hand over what they made of it.

use std::{
    io::Read,
    path::Path,
    sync::{Arc, Mutex},
    vec,
};

use domain::{ArtworkId, FolderId, TrackId, library::Artwork};
use services::ports::store::{KnownFile, ScannedTrack, StoredFile};
use tokio::{sync::mpsc, task::JoinSet};

use super::Tools;
use crate::{names::artwork_id, resolver::Resolver, tags};

/// More would only make a disk seek; two keep it busy while one of them decodes a picture.
const WORKERS: usize = 2;
/// Names of pictures beside the music, in the order of preference.
const BESIDE: [&str; 3] = ["cover", "folder", "front"];
const PICTURES: [&str; 4] = ["jpg", "jpeg", "png", "webp"];
/// Larger picture files are not read, in bytes.
const PICTURE_BYTES: u64 = 20 << 20;

/// What a file turned out to be.
pub type Reading = Result<ScannedTrack, Fault>;

/// Why a file is no track, with the reason as a sentence.
#[derive(Debug)]
pub enum Fault {
    /// It is not music, and will not be until it changes.
    Broken(KnownFile, String),
    /// It could not be looked at, and perhaps can be next time.
    Unopened(KnownFile, String),
}

/// Starts workers on these files of a folder. They stop when all is read, or when the receiver is dropped.
pub fn start(tools: &Tools, folder: FolderId, files: Vec<KnownFile>) -> (mpsc::Receiver<Reading>, JoinSet<()>) {
    let (sender, receiver) = mpsc::channel(64);
    let list = Arc::new(Mutex::new(files.into_iter()));
    let mut workers = JoinSet::new();

    for _ in 0..WORKERS {
        let (tools, list, sender) = (tools.clone(), list.clone(), sender.clone());
        workers.spawn_blocking(move || {
            while let Some(file) = next(&list) {
                if sender.blocking_send(read(&tools, folder, file)).is_err() {
                    return;
                }
            }
        });
    }
    (receiver, workers)
}

fn next(list: &Mutex<vec::IntoIter<KnownFile>>) -> Option<KnownFile> {
    list.lock().expect("nothing panics while the list is held").next()
}

fn read(tools: &Tools, folder: FolderId, file: KnownFile) -> Reading {
    let opened = match tools.resolver.file(folder, &file.path) {
        Ok((opened, _)) => opened,
        Err(error) => return Err(Fault::Unopened(file, format!("The file cannot be opened: {error}."))),
    };

    match tags::read(opened, Path::new(&file.path)) {
        Ok(tags) => Ok(track(tools, folder, file, tags)),
        Err(unread @ tags::Broken::Unread(_)) => Err(Fault::Unopened(file, unread.to_string())),
        Err(broken) => Err(Fault::Broken(file, broken.to_string())),
    }
}

fn track(tools: &Tools, folder: FolderId, file: KnownFile, tags: tags::Tags) -> ScannedTrack {
    let embedded = tags.picture.and_then(|picture| tools.artworks.take(&picture));

    ScannedTrack {
        id: TrackId(tools.random.id(tools.clock.now())),
        artwork: embedded.or_else(|| beside(tools, folder, &file.path)),
        file,
        mime: tags.mime.into(),
        title: tags.title,
        artist: tags.artist,
        album: tags.album,
        disc: tags.disc,
        number: tags.number,
        duration_ms: tags.duration_ms,
        genre: tags.genre,
        year: tags.year,
    }
}

/// The picture that lies in the same folder as a music file.
fn beside(tools: &Tools, folder: FolderId, path: &str) -> Option<Artwork> {
    let dir = path.rsplit_once('/').map_or("", |(dir, _)| dir);

    tools.artworks.beside(folder, dir, || look_beside(&tools.resolver, folder, dir))
}

fn look_beside(resolver: &Resolver, folder: FolderId, dir: &str) -> Option<Vec<u8>> {
    let names = BESIDE.iter().flat_map(|name| PICTURES.map(|ending| format!("{name}.{ending}")));
    let spellings = names.flat_map(|name| [capitalised(&name), name]);

    spellings.map(|name| if dir.is_empty() { name } else { format!("{dir}/{name}") }).find_map(|path| {
        let (file, about) = resolver.file(folder, &path).ok()?;
        let mut bytes = Vec::new();
        (about.len() <= PICTURE_BYTES && file.take(PICTURE_BYTES).read_to_end(&mut bytes).is_ok()).then_some(bytes)
    })
}

/// The bytes of a picture, from a music file that had it when it was scanned; nothing when it has another by now.
pub fn picture(resolver: &Resolver, file: &StoredFile, id: ArtworkId) -> Option<Vec<u8>> {
    let dir = file.path.rsplit_once('/').map_or("", |(dir, _)| dir);
    let embedded = || {
        let (opened, _) = resolver.file(file.folder, &file.path).ok()?;
        tags::read(opened, Path::new(&file.path)).ok()?.picture
    };
    let pictures = [&embedded as &dyn Fn() -> Option<Vec<u8>>, &|| look_beside(resolver, file.folder, dir)];

    pictures.into_iter().filter_map(|look| look()).find(|bytes| artwork_id(bytes) == id)
}

fn capitalised(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}
