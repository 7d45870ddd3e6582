//! Backups of a database that is a file: made while the server runs, put back while it does not.
//!
//! Both write a draft beside the place, look whether it is whole, and only then give it its name, which must be free. So
//! what has the name is complete, whatever happened on the way. PostgreSQL brings programs of its own for this.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use services::ports::store::StoreError;
use sqlx::{AnyConnection, Connection};
use tempfile::TempPath;

use crate::{
    OpenError,
    alone::{Alone, Taken, alone},
    engine::{self, sqlite},
    migrate,
    sql::{only, sql},
};

/// What SQLite may keep beside a database.
const COMPANIONS: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Why there is no backup, or why it was not put back, as a sentence for who runs the server.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs, reason = "the sentence of each variant is its documentation")]
pub enum BackupError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(
        "the database {place} is in PostgreSQL, which has its own programs for this: pg_dump and pg_restore, as \
         docs/operations.md shows"
    )]
    Served { place: String },
    #[error("{taken}: stop it before a backup is put back")]
    Taken { taken: Taken },
    #[error("there is a file {} already: choose another name, or move it away first", file.display())]
    Exists { file: PathBuf },
    #[error("there is a database at this place already, or a part of one ({}): move it away first", file.display())]
    Occupied { file: PathBuf },
    #[error(
        "the backup {} is only a part of a database, because {} belongs to it: make one file of both with \
         earshot backup", file.display(), beside.display()
    )]
    Half { file: PathBuf, beside: PathBuf },
    #[error("the backup {} is damaged or not a database ({what}): take another", file.display())]
    Damaged { file: PathBuf, what: String },
    #[error("the file {} cannot be read or written ({source}): check the path, the permissions and the space there", file.display())]
    File { file: PathBuf, source: io::Error },
    #[error("the backup could not be made: {source}")]
    Failed { source: StoreError },
}

/// Writes all that the database of an address holds at this moment into a new file. Answers its size in bytes. Whoever
/// works on the database is not disturbed.
pub async fn back_up(url: &str, file: &Path) -> Result<u64, BackupError> {
    let place = place(url)?;
    expect_free(file)?;
    let mut source = sqlite::connect(place).await?;
    migrate::expect_known(&mut source, place).await?;

    let draft = draft(file)?;
    let copy = sql("VACUUM INTO $1").with(text(&draft)?);
    copy.run(&mut source).await.map_err(|source| BackupError::Failed { source })?;
    source.close().await.ok();
    work_on(&draft, file).await?.close().await.ok();

    keep(draft, file)
}

/// Puts a backup where the database of an address was, in a new life: pages that were open load anew. Answers its size in
/// bytes. The backup stays as it is.
pub async fn restore(url: &str, file: &Path) -> Result<u64, BackupError> {
    let place = place(url)?;
    let _alone: Option<Alone> = alone(url).map_err(|taken| BackupError::Taken { taken })?;
    expect_no_database(place)?;
    expect_whole(file)?;

    let place = Path::new(place);
    let draft = draft(place)?;
    copy(file, &draft).await.map_err(|source| BackupError::File { file: file.into(), source })?;
    let mut restored = work_on(&draft, file).await?;
    let anew = "UPDATE server SET epoch = random() WHERE one = 1";
    sql(anew).run(&mut restored).await.map_err(|source| BackupError::Failed { source })?;
    restored.close().await.ok();

    keep(draft, place)
}

/// The file of a database.
fn place(url: &str) -> Result<&str, BackupError> {
    match (engine::file(url), engine::place(url)) {
        (Some(file), _) => Ok(file),
        (None, Some(place)) => Err(BackupError::Served { place }),
        (None, None) => Err(OpenError::Address.into()),
    }
}

fn expect_free(file: &Path) -> Result<(), BackupError> {
    match file.symlink_metadata() {
        Ok(_) => Err(BackupError::Exists { file: file.into() }),
        Err(_) => Ok(()),
    }
}

/// A log that was left behind would be taken for one of the database that comes.
fn expect_no_database(place: &str) -> Result<(), BackupError> {
    let mut names = [""].iter().chain(&COMPANIONS).map(|end| PathBuf::from(format!("{place}{end}")));

    match names.find(|name| name.symlink_metadata().is_ok()) {
        Some(file) => Err(BackupError::Occupied { file }),
        None => Ok(()),
    }
}

/// A copy that somebody made of a running server's files may have its newest rows in another file.
fn expect_whole(file: &Path) -> Result<(), BackupError> {
    let beside = PathBuf::from(format!("{}-wal", file.display()));

    match beside.metadata() {
        Ok(log) if log.len() > 0 => Err(BackupError::Half { file: file.into(), beside }),
        _ => Ok(()),
    }
}

/// An empty file beside a place, readable by this user only, which goes unless it is kept.
fn draft(place: &Path) -> Result<TempPath, BackupError> {
    let made = tempfile::Builder::new().prefix(".earshot-").suffix(".draft").tempfile_in(folder(place));

    // Closing a file lets go of every lock that SQLite has on it, so it is closed before SQLite comes.
    Ok(made.map_err(|source| BackupError::File { file: place.into(), source })?.into_temp_path())
}

async fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let (mut from, mut to) = (File::open(from)?, File::options().write(true).open(to)?);
    let copied = tokio::task::spawn_blocking(move || io::copy(&mut from, &mut to)).await;

    copied.map_err(io::Error::other)?.map(drop)
}

/// Opens a draft that is made of a backup, if it is whole and one that this program understands.
async fn work_on(draft: &Path, file: &Path) -> Result<AnyConnection, BackupError> {
    let damaged = |what: String| {
        let what = what.split_whitespace().collect::<Vec<_>>().join(" ");
        BackupError::Damaged { file: file.into(), what }
    };

    let mut opened = match sqlite::work_on(text(draft)?).await {
        Err(OpenError::Damaged { source, .. }) => return Err(damaged(source.to_string())),
        other => other?,
    };
    for question in
        ["PRAGMA integrity_check(1)", "SELECT 'a row refers to nothing' FROM pragma_foreign_key_check LIMIT 1"]
    {
        let found =
            sql(question).first(&mut opened, only::<String>).await.map_err(|error| damaged(error.to_string()))?;
        if let Some(found) = found.filter(|found| found != "ok") {
            return Err(damaged(found));
        }
    }
    migrate::expect_known(&mut opened, &file.display().to_string()).await?;
    Ok(opened)
}

/// Gives a draft its name, so that it is there as a whole even after a power cut.
fn keep(draft: TempPath, place: &Path) -> Result<u64, BackupError> {
    let trouble = |source| BackupError::File { file: place.into(), source };

    let written = File::open(&draft).map_err(trouble)?;
    written.sync_all().map_err(trouble)?;
    let size_bytes = written.metadata().map_err(trouble)?.len();
    draft.persist_noclobber(place).map_err(|error| match error.error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists { file: place.into() },
        _ => trouble(error.error),
    })?;

    // The new name must be on disk as well. Elsewhere a folder cannot be opened as a file.
    if cfg!(unix) {
        File::open(folder(place)).and_then(|folder| folder.sync_all()).map_err(trouble)?;
    }
    Ok(size_bytes)
}

fn folder(of: &Path) -> &Path {
    of.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn text(path: &Path) -> Result<&str, BackupError> {
    let odd = || io::Error::new(io::ErrorKind::InvalidFilename, "the name is no text");

    path.to_str().ok_or_else(|| BackupError::File { file: path.into(), source: odd() })
}
