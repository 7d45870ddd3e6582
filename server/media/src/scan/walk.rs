//! Looking at a folder: what is new or changed, what has vanished, what cannot be looked at. Opens no file.

use std::{
    collections::HashMap,
    fs, io,
    path::{Component, Path},
};

use services::ports::store::KnownFile;
use walkdir::{DirEntry, WalkDir};

use crate::{resolver::modified_ms, tags::is_music};

/// What is said of a library that had music and is empty now.
const EMPTIED: &str = "This folder is empty now. If its disk is not connected, connect it. The music that was found here \
                       stays listed until there is something in the folder again.";

/// What a walk has found.
#[derive(Debug, Default)]
pub struct Walked {
    /// New and changed music files, by path.
    pub fresh: Vec<KnownFile>,
    /// Music files that are as they were.
    pub unchanged: u32,
    /// What cannot be a track whatever it holds, with the reason.
    pub problems: Vec<(KnownFile, String)>,
    /// Known paths that are gone.
    pub vanished: Vec<String>,
}

/// Walks a folder and compares it with what is known of it. `step` hears how many music files there are so far and says
/// whether to go on; nothing is answered when it does not.
///
/// Hidden files and folders are skipped and links to folders are not followed. What lies in a folder that cannot be
/// read counts as still there, and so does everything when the whole library has become empty: a disk that is not plugged
/// in leaves either of the two, and must not empty the library.
pub fn walk(root: &Path, known: Vec<KnownFile>, mut step: impl FnMut(u32) -> bool) -> Option<Walked> {
    let mut known = by_path(known);
    let mut walked = Walked::default();
    let mut unreadable = Vec::new();
    let mut found = 0;
    let mut is_empty = true;

    let entries = WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(|entry| !is_hidden(entry));
    for entry in entries {
        if !step(found) {
            return None;
        }
        is_empty &= entry.as_ref().is_ok_and(|entry| entry.depth() == 0);
        let (file, fault) = match look(root, entry) {
            Sight::Nothing => continue,
            Sight::File(file) => (file, None),
            Sight::Fault(file, reason) => (file, Some(reason)),
            Sight::Unreadable(file, reason) => {
                unreadable.push(file.path.clone());
                (file, Some(reason))
            }
        };

        let same = known.remove(&file.path) == Some((file.size_bytes, file.modified_ms));
        found += u32::from(fault.is_none());
        match fault {
            Some(_) if same => {}
            Some(reason) => walked.problems.push((file, reason)),
            None if same => walked.unchanged += 1,
            None => walked.fresh.push(file),
        }
    }

    if is_empty && known.keys().any(|path| !path.is_empty()) {
        unreadable.push(String::new());
        walked.problems.push((unknown(String::new()), EMPTIED.into()));
    }

    let still_there = |path: &str| unreadable.iter().any(|dir| is_below(path, dir));
    walked.vanished = known.into_keys().filter(|path| !still_there(path)).collect();
    Some(walked)
}

/// Paths with size and time. One that is known twice, as a track and as a file that did not open, is as no file ever is.
fn by_path(known: Vec<KnownFile>) -> HashMap<String, (i64, i64)> {
    let mut files = HashMap::with_capacity(known.len());

    for file in known {
        let known_before = files.insert(file.path.clone(), (file.size_bytes, file.modified_ms)).is_some();
        if known_before {
            files.insert(file.path, (-1, -1));
        }
    }
    files
}

enum Sight {
    /// Not music, or gone again.
    Nothing,
    File(KnownFile),
    Fault(KnownFile, String),
    /// A folder that does not open.
    Unreadable(KnownFile, String),
}

fn look(root: &Path, entry: walkdir::Result<DirEntry>) -> Sight {
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => return fault_of(root, &error),
    };
    if entry.file_type().is_dir() || !is_music(entry.path()) {
        return Sight::Nothing;
    }

    // Follows a link, so that a changed target is noticed.
    let about = match fs::metadata(entry.path()) {
        Ok(about) => about,
        Err(_) if entry.path_is_symlink() => {
            return Sight::Fault(unknown(below(root, entry.path()).0), "This link leads nowhere.".into());
        }
        Err(_) => return Sight::Nothing,
    };
    if !about.is_file() {
        return Sight::Nothing;
    }

    let (path, exact) = below(root, entry.path());
    let size_bytes = i64::try_from(about.len()).unwrap_or(i64::MAX);
    let file = KnownFile { path, size_bytes, modified_ms: modified_ms(&about) };
    if exact { Sight::File(file) } else { Sight::Fault(file, "The name of this file is not valid Unicode.".into()) }
}

/// A folder that does not open is a problem; one that has just been deleted is none, unless it is the whole library.
fn fault_of(root: &Path, error: &walkdir::Error) -> Sight {
    let kind = error.io_error().map_or(io::ErrorKind::Other, io::Error::kind);
    let path = error.path().map(|path| below(root, path).0).unwrap_or_default();
    if kind == io::ErrorKind::NotFound && !path.is_empty() {
        return Sight::Nothing;
    }

    Sight::Unreadable(unknown(path), format!("This folder cannot be read: {kind}."))
}

fn unknown(path: String) -> KnownFile {
    KnownFile { path, size_bytes: 0, modified_ms: 0 }
}

/// The path below the root with `/` between its parts, and whether that is exact.
fn below(root: &Path, path: &Path) -> (String, bool) {
    let mut exact = true;
    let parts = path.strip_prefix(root).unwrap_or(path).components().filter_map(|part| match part {
        Component::Normal(name) => {
            exact &= name.to_str().is_some();
            Some(name.to_string_lossy())
        }
        _ => None,
    });

    (parts.collect::<Vec<_>>().join("/"), exact)
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Whether a path is this folder or lies in it; the empty path is the whole library.
fn is_below(path: &str, dir: &str) -> bool {
    dir.is_empty() || path.strip_prefix(dir).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
