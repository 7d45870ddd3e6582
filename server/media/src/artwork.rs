//! Pictures of the music: looked at once, re-encoded, cached under the name of their content.
//!
//! What a file embeds is never served as it is. A picture is decoded within limits, cut to a square, and kept as a JPEG
//! of at most 640 px; smaller sizes are made of that one when they are first asked for. The same bytes are decoded once,
//! however many tracks carry them. Nothing is ever deleted from the cache: a picture is about 60 kB.

mod tint;

use std::{
    collections::HashMap,
    fs,
    hash::{BuildHasher, Hash, RandomState},
    io::{self, Cursor},
    panic::catch_unwind,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::{ArtworkId, FolderId, library::Artwork};
use image::{DynamicImage, ImageReader, Limits, RgbImage, codecs::jpeg::JpegEncoder, imageops::FilterType};

use crate::names::artwork_id;

/// The sizes in which a picture can be had, in pixels a side.
pub const SIZES: [u32; 5] = [56, 112, 160, 320, 640];
/// Side of the copy that all others are made of.
const ORIGINAL: u32 = 640;
/// Larger pictures are not decoded, in pixels a side.
const MAX_SIDE: u32 = 10_000;
/// Memory for one decoder, in bytes: a picture of 6,500 px a side.
const MAX_ALLOC: u64 = 128 << 20;
const JPEG_QUALITY: u8 = 86;

/// Why a picture cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ArtworkError {
    /// Not one of [`SIZES`].
    #[error("pictures come in 56, 112, 160, 320 and 640 pixels")]
    SizeUnknown,
    /// No music has this picture.
    #[error("there is no such picture")]
    Unknown,
    /// The cache cannot be read or written.
    #[error("the picture cache: {0}")]
    Cache(#[from] io::Error),
}

/// The picture cache.
pub struct Artworks {
    dir: PathBuf,
    /// What this scan has decoded.
    embedded: Memo<ArtworkId, Option<Artwork>>,
    /// What this scan has found beside the files of a folder.
    beside: Memo<(FolderId, String), Option<Artwork>>,
    decoded: AtomicU64,
    /// Names what is being written: it begins at random, so that no two nodes choose the same.
    written: AtomicU64,
}

impl Artworks {
    /// Keeps pictures below `cache_dir`, which several nodes may share.
    pub fn open(cache_dir: &Path) -> io::Result<Self> {
        let dir = cache_dir.join("artwork");
        fs::create_dir_all(&dir)?;

        Ok(Self {
            dir,
            embedded: Memo::default(),
            beside: Memo::default(),
            decoded: AtomicU64::new(0),
            written: AtomicU64::new(RandomState::new().hash_one(0)),
        })
    }

    /// Takes a picture in. Nothing when the bytes are no picture, or one that is too large.
    pub fn take(&self, bytes: &[u8]) -> Option<Artwork> {
        let id = artwork_id(bytes);

        self.embedded.get_or(id, || {
            self.decoded.fetch_add(1, Ordering::Relaxed);
            let square = self.keep(id, bytes).inspect_err(|error| tracing::debug!(%error, "no artwork")).ok()?;
            Some(describe(id, &square))
        })
    }

    /// Puts a picture into the cache.
    pub fn keep(&self, id: ArtworkId, bytes: &[u8]) -> Result<RgbImage, ArtworkError> {
        // A decoder that falls over makes a file without a picture, not a scan without an end.
        let square = catch_unwind(|| decode(bytes)).ok().flatten().ok_or(ArtworkError::Unknown)?;

        self.write(&self.path(id, ORIGINAL), &square)?;
        Ok(square)
    }

    /// The picture of a folder of files, looked up once in a scan.
    pub fn beside(&self, folder: FolderId, dir: &str, look: impl FnOnce() -> Option<Vec<u8>>) -> Option<Artwork> {
        self.beside.get_or((folder, dir.into()), || self.take(&look()?))
    }

    /// Forgets what this scan has decoded; a later one may find other pictures in the same place.
    pub fn end_scan(&self) {
        self.embedded.clear();
        self.beside.clear();
    }

    /// How many pictures were decoded since the start.
    pub fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }

    /// The JPEG of a picture in one of [`SIZES`], made now if nobody asked for it before.
    pub fn file(&self, id: ArtworkId, size: u32) -> Result<PathBuf, ArtworkError> {
        if !SIZES.contains(&size) {
            return Err(ArtworkError::SizeUnknown);
        }
        let path = self.path(id, size);
        if path.is_file() {
            return Ok(path);
        }

        let original = fs::read(self.path(id, ORIGINAL)).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => ArtworkError::Unknown,
            _ => ArtworkError::Cache(error),
        })?;
        let original = image::load_from_memory(&original).map_err(io::Error::other)?;
        let side = size.min(original.width());
        self.write(&path, &original.resize_exact(side, side, FilterType::CatmullRom).into_rgb8())?;

        Ok(path)
    }

    fn path(&self, id: ArtworkId, size: u32) -> PathBuf {
        self.dir.join(format!("{id}-{size}.jpg"))
    }

    /// Under another name first, so that nobody ever reads half a picture.
    fn write(&self, path: &Path, picture: &RgbImage) -> io::Result<()> {
        let mut jpeg = Vec::new();
        picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, JPEG_QUALITY)).map_err(io::Error::other)?;

        let place = self.written.fetch_add(1, Ordering::Relaxed);
        let fresh = path.with_extension(format!("{place:x}.new"));
        fs::write(&fresh, jpeg)?;
        fs::rename(&fresh, path)
    }
}

/// Decodes within limits and cuts to a square of at most [`ORIGINAL`] px.
fn decode(bytes: &[u8]) -> Option<RgbImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(MAX_ALLOC);

    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits);
    let picture = reader.decode().inspect_err(|error| tracing::debug!(%error, "a picture cannot be read")).ok()?;

    let side = picture.width().min(picture.height());
    let (left, top) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    let square = picture.crop_imm(left, top, side, side);
    let square = if side > ORIGINAL { square.thumbnail_exact(ORIGINAL, ORIGINAL) } else { square };
    (side > 0).then(|| on_paper(square))
}

/// Transparent parts show white, as on paper.
fn on_paper(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();

    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [red, green, blue, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        image::Rgb([red, green, blue].map(|part| ((part * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

fn describe(id: ArtworkId, square: &RgbImage) -> Artwork {
    let side = square.width().min(100);
    let small = image::imageops::thumbnail(square, side, side);
    let rgba = DynamicImage::ImageRgb8(small.clone()).into_rgba8();

    Artwork {
        id,
        thumbhash: thumbhash::rgba_to_thumb_hash(side as usize, side as usize, &rgba),
        tint: tint::of(&small),
    }
}

/// Answers that are worked out once per key, even when two workers ask at the same time.
struct Memo<K, V>(Mutex<HashMap<K, Arc<OnceLock<V>>>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    fn get_or(&self, key: K, work_out: impl FnOnce() -> V) -> V {
        let slot = self.0.lock().expect("nothing panics while the memo is held").entry(key).or_default().clone();

        slot.get_or_init(work_out).clone()
    }

    fn clear(&self) {
        self.0.lock().expect("nothing panics while the memo is held").clear();
    }
}

#[cfg(test)]
mod tests;
