//! The one place that opens media files. Nothing that it opens lies outside the music folders.
//!
//! A path is taken apart before the file system sees it: absolute paths, `..`, backslashes and NUL are refused by form.
//! Then the real place of the file, with every link followed, must still lie below the real place of its folder,
//! compared part by part (a comparison of text would let `/music-private` pass for `/music`). Only plain files are
//! opened: a pipe would make the reader wait for ever. Files are opened for reading; the music is never written to.

use std::{
    collections::HashMap,
    fs::{File, Metadata},
    io,
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use domain::FolderId;
use services::ports::store::StoredFile;

/// Opens files of the music folders.
#[derive(Clone, Debug)]
pub struct Resolver {
    folders: Arc<HashMap<FolderId, PathBuf>>,
}

/// Why a file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// Its folder is not one of the music folders of this server.
    #[error("its music folder is not in use any more")]
    FolderUnknown,
    /// Its path could lead anywhere.
    #[error("its path is not a plain path below its music folder")]
    PathRefused,
    /// It, or a folder on the way, is a link to somewhere else.
    #[error("it is a link that leads out of its music folder")]
    LeadsOut,
    /// It is a folder, a pipe or a device.
    #[error("it is not a plain file")]
    NotAFile,
    /// The file system says no.
    #[error("{0}")]
    Unreadable(#[from] io::Error),
}

/// A file that may be sent.
#[derive(Debug)]
pub struct OpenMedia {
    /// At its first byte.
    pub file: tokio::fs::File,
    /// Its length.
    pub size_bytes: u64,
    /// When it changed last, in milliseconds since 1970.
    pub modified_ms: i64,
    /// For example `audio/flac`.
    pub mime: String,
}

impl Resolver {
    /// Over these folders and no others.
    pub fn new(folders: impl IntoIterator<Item = (FolderId, PathBuf)>) -> Self {
        Self { folders: Arc::new(folders.into_iter().collect()) }
    }

    /// Opens the bytes of a track.
    pub async fn open(&self, stored: &StoredFile) -> Result<OpenMedia, ResolveError> {
        let (resolver, folder, path) = (self.clone(), stored.folder, stored.path.clone());
        let (file, about) = tokio::task::spawn_blocking(move || resolver.file(folder, &path))
            .await
            .map_err(|failed| io::Error::other(failed.to_string()))??;

        Ok(OpenMedia {
            file: tokio::fs::File::from_std(file),
            size_bytes: about.len(),
            modified_ms: modified_ms(&about),
            mime: stored.mime.clone(),
        })
    }

    /// The same for those who may wait on the file system: the scanner.
    pub fn file(&self, folder: FolderId, path: &str) -> Result<(File, Metadata), ResolveError> {
        let root = self.folders.get(&folder).ok_or(ResolveError::FolderUnknown)?.canonicalize()?;
        let real = root.join(plain(path)?).canonicalize()?;

        if !real.starts_with(&root) {
            return Err(ResolveError::LeadsOut);
        }
        if !real.metadata()?.is_file() {
            return Err(ResolveError::NotAFile);
        }
        let file = File::open(&real)?;
        let about = file.metadata()?;

        Ok((file, about))
    }
}

/// When a file changed last, in milliseconds since 1970; negative before that.
pub(crate) fn modified_ms(about: &Metadata) -> i64 {
    let Ok(modified) = about.modified() else { return 0 };
    let ms = |span: std::time::Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);

    match modified.duration_since(std::time::UNIX_EPOCH) {
        Ok(after) => ms(after),
        Err(before) => -ms(before.duration()),
    }
}

/// The path, if it is made of plain names alone.
fn plain(path: &str) -> Result<&Path, ResolveError> {
    let harmless = !path.is_empty() && !path.contains(['\\', '\0']);
    let names_only = Path::new(path).components().all(|part| matches!(part, Component::Normal(_)));

    if harmless && names_only { Ok(Path::new(path)) } else { Err(ResolveError::PathRefused) }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;
    use uuid::Uuid;

    use super::*;

    const FOLDER: FolderId = FolderId(Uuid::from_u128(1));

    /// A music folder with one song, and secrets around it.
    fn place() -> (TempDir, Resolver) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("music/album")).unwrap();
        fs::create_dir_all(dir.path().join("music-private")).unwrap();
        fs::write(dir.path().join("music/album/song.flac"), "song").unwrap();
        fs::write(dir.path().join("music-private/secret.flac"), "secret").unwrap();
        fs::write(dir.path().join("secret.flac"), "secret").unwrap();

        let resolver = Resolver::new([(FOLDER, dir.path().join("music"))]);
        (dir, resolver)
    }

    #[test]
    fn hostile_paths_open_nothing() {
        let (dir, resolver) = place();
        let absolute = dir.path().join("secret.flac");

        for path in [
            "",
            ".",
            "..",
            "../secret.flac",
            "album/../../secret.flac",
            "album/..",
            "../music-private/secret.flac",
            "/etc/passwd",
            absolute.to_str().unwrap(),
            "..\\secret.flac",
            "album\\..\\..\\secret.flac",
            "album/song.flac\0.png",
            "C:\\secret.flac",
            "./../secret.flac",
        ] {
            let opened = resolver.file(FOLDER, path);
            assert!(matches!(opened, Err(ResolveError::PathRefused)), "{path:?}: {opened:?}");
        }
        assert!(matches!(resolver.file(FOLDER, "%2e%2e/secret.flac"), Err(ResolveError::Unreadable(_))));
        assert!(matches!(resolver.file(FOLDER, "album"), Err(ResolveError::NotAFile)));
        let elsewhere = FolderId(Uuid::from_u128(2));
        assert!(matches!(resolver.file(elsewhere, "album/song.flac"), Err(ResolveError::FolderUnknown)));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_out_open_nothing() {
        let (dir, resolver) = place();
        let link = |to: &str, at: &str| std::os::unix::fs::symlink(dir.path().join(to), dir.path().join(at)).unwrap();
        link("secret.flac", "music/file.flac");
        link("music-private", "music/folder");
        link("music/album/song.flac", "music/inside.flac");

        assert!(matches!(resolver.file(FOLDER, "file.flac"), Err(ResolveError::LeadsOut)));
        assert!(matches!(resolver.file(FOLDER, "folder/secret.flac"), Err(ResolveError::LeadsOut)));
        assert!(resolver.file(FOLDER, "inside.flac").is_ok());
    }

    #[tokio::test]
    async fn a_track_opens_with_its_length() {
        let (_dir, resolver) = place();
        let stored = StoredFile { folder: FOLDER, path: "album/song.flac".into(), mime: "audio/flac".into() };

        let media = resolver.open(&stored).await.unwrap();

        assert_eq!((media.size_bytes, media.mime.as_str()), (4, "audio/flac"));
        assert!(media.modified_ms > 0);
    }
}
