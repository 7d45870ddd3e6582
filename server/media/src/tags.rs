//! What a music file says about itself. Tags are hostile until cleaned: every text is cut, every number bounded, every
//! picture weighed, and a reader that falls over takes nothing else with it.
//!
//! A tag that cannot be read does not make the music unplayable: it is then tried without pictures, then without tags.
//! Compressed ID3v2 frames are not unfolded at all (the feature is off in Cargo.toml): nothing bounds their size.

use std::{
    fs::File,
    io::{self, BufReader, Seek},
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use lofty::{
    config::{GlobalOptions, ParseOptions, apply_global_options},
    error::LoftyError,
    file::{AudioFile, FileType, TaggedFile, TaggedFileExt},
    picture::PictureType,
    probe::Probe,
    tag::{Accessor, ItemKey, Tag},
};
use services::ports::store::{AlbumTags, ArtistTags};

use crate::names::{album_id, artist_id, clean};

/// The endings of files that are taken for music, in lower case.
pub const MUSIC: [&str; 8] = ["flac", "mp3", "m4a", "aac", "ogg", "oga", "opus", "wav"];
/// Larger embedded pictures are ignored, in bytes.
const PICTURE_BYTES: usize = 20 << 20;
/// What stands where no artist is named.
const NOBODY: &str = "Unknown artist";

/// A file's own words, cleaned.
#[derive(Debug)]
#[allow(missing_docs, reason = "the same fields as ScannedTrack, where they are explained")]
pub struct Tags {
    pub mime: &'static str,
    pub title: String,
    pub artist: ArtistTags,
    pub album: Option<AlbumTags>,
    pub disc: Option<u32>,
    pub number: Option<u32>,
    pub duration_ms: u32,
    pub genre: Option<String>,
    pub year: Option<i32>,
    /// The front cover as it is embedded, not yet looked at.
    pub picture: Option<Vec<u8>>,
}

/// Why a file is not music, as a sentence.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It has no bytes.
    #[error("The file is empty.")]
    Empty,
    /// It is something else, or damaged.
    #[error("This is not an audio file that Earshot can read: {0}.")]
    NotAudio(String),
    /// The disk or the network behind it did not answer: nothing is said about the file.
    #[error("The file cannot be read: {0}.")]
    Unread(String),
}

/// Whether a file of this name is taken for music.
pub fn is_music(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase);

    ending.is_some_and(|ending| MUSIC.contains(&ending.as_str()))
}

/// Reads a file from its start. `path` gives the title where no tag does.
pub fn read(mut file: File, path: &Path) -> Result<Tags, Broken> {
    if file.metadata().is_ok_and(|about| about.len() == 0) {
        return Err(Broken::Empty);
    }

    let kind = path.extension().and_then(FileType::from_ext);
    let attempts =
        [ParseOptions::new(), ParseOptions::new().read_cover_art(false), ParseOptions::new().read_tags(false)];
    let mut fault = Broken::Empty;
    for options in attempts {
        match parse(&mut file, kind, options) {
            Ok(tagged) => return understand(tagged, path),
            Err(reason) => fault = reason,
        }
    }
    Err(fault)
}

/// One attempt of the reader. Its panics are faults of the file like any other.
fn parse(file: &mut File, kind: Option<FileType>, options: ParseOptions) -> Result<TaggedFile, Broken> {
    apply_global_options(GlobalOptions::new().allocation_limit(PICTURE_BYTES));

    let attempt = catch_unwind(AssertUnwindSafe(|| {
        file.rewind()?;
        let reader = BufReader::new(&mut *file);
        let probe = match kind {
            Some(kind) => Probe::with_file_type(reader, kind),
            None => Probe::new(reader),
        };
        probe.options(options).guess_file_type()?.read()
    }));

    let read = attempt.map_err(|_| Broken::NotAudio("its contents make no sense".into()))?;
    read.map_err(|error: LoftyError| match system_fault(&error) {
        Some(reason) => Broken::Unread(reason),
        None => Broken::NotAudio(innermost(&error)),
    })
}

/// What the system said, if it was the system that could not go on.
fn system_fault(error: &LoftyError) -> Option<String> {
    let mut reason: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = reason {
        if let Some(fault) = error.downcast_ref::<io::Error>().filter(|fault| fault.raw_os_error().is_some()) {
            return Some(fault.kind().to_string());
        }
        reason = error.source();
    }
    None
}

/// The most exact of the reasons that a reader names, without its full stop.
fn innermost(error: &LoftyError) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }

    clean(&reason.to_string()).unwrap_or_default().trim_end_matches('.').to_owned()
}

fn understand(mut tagged: TaggedFile, path: &Path) -> Result<Tags, Broken> {
    let mime = mime(tagged.file_type()).ok_or_else(|| Broken::NotAudio("it holds another format".into()))?;
    let duration_ms = u32::try_from(tagged.properties().duration().as_millis()).unwrap_or(u32::MAX);
    if duration_ms == 0 {
        return Err(Broken::NotAudio("it holds no sound".into()));
    }

    let picture = front_cover(&mut tagged);
    let nothing = Tag::new(tagged.primary_tag_type());
    let tag = tagged.primary_tag().or(tagged.first_tag()).unwrap_or(&nothing);
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let artist = text(tag.artist()).unwrap_or_else(|| NOBODY.into());

    Ok(Tags {
        mime,
        title: text(tag.title()).or(text(stem)).unwrap_or_else(|| "Untitled".into()),
        album: text(tag.album()).map(|title| album(title, tag, &artist)),
        artist: named(artist),
        disc: tag.disk().filter(|disc| (1..1_000).contains(disc)),
        number: tag.track().filter(|number| (1..100_000).contains(number)),
        duration_ms,
        genre: text(tag.genre()),
        year: tag.date().map(|date| i32::from(date.year)).filter(|year| (1_000..3_000).contains(year)),
        picture,
    })
}

/// The album belongs to its album artist; a compilation without one to many; else to the artist of the track.
fn album(title: String, tag: &Tag, artist: &str) -> AlbumTags {
    let compilation = tag.get_string(ItemKey::FlagCompilation) == Some("1");
    let owner = text(tag.get_string(ItemKey::AlbumArtist))
        .or(compilation.then(|| "Various artists".into()))
        .unwrap_or_else(|| artist.into());

    AlbumTags { id: album_id(&title, &owner), title, artist: named(owner) }
}

fn named(name: String) -> ArtistTags {
    ArtistTags { id: artist_id(&name), name }
}

fn text(raw: Option<impl AsRef<str>>) -> Option<String> {
    raw.and_then(|raw| clean(raw.as_ref()))
}

/// The picture that calls itself the front cover, or else the first.
fn front_cover(tagged: &mut TaggedFile) -> Option<Vec<u8>> {
    let kind = tagged.primary_tag().or(tagged.first_tag())?.tag_type();
    let tag = tagged.tag_mut(kind)?;
    let front = tag.pictures().iter().position(|picture| picture.pic_type() == PictureType::CoverFront);
    let at = front.or((tag.picture_count() > 0).then_some(0))?;

    Some(tag.remove_picture(at).into_data()).filter(|bytes| !bytes.is_empty() && bytes.len() <= PICTURE_BYTES)
}

/// What browsers call the format; none for formats that are not taken in.
fn mime(kind: FileType) -> Option<&'static str> {
    match kind {
        FileType::Flac => Some("audio/flac"),
        FileType::Mpeg => Some("audio/mpeg"),
        FileType::Mp4 => Some("audio/mp4"),
        FileType::Aac => Some("audio/aac"),
        FileType::Vorbis | FileType::Opus => Some("audio/ogg"),
        FileType::Wav => Some("audio/wav"),
        _ => None,
    }
}
