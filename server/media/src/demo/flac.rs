//! A finished song as a FLAC file with its label: 44.1 kHz, two channels, 16 bits.

use std::{fs, path::Path};

use flacenc::{bitsink::ByteSink, component::BitRepr, error::Verify, source::MemSource};
use image::{RgbImage, codecs::jpeg::JpegEncoder};
use lofty::{
    config::WriteOptions,
    picture::{MimeType, Picture, PictureType},
    tag::{Accessor, ItemKey, Tag, TagExt, TagType, items::Timestamp},
};
use tiny_skia::Pixmap;

use super::{Error, synth::RATE};

/// What stands on a song.
#[allow(missing_docs, reason = "named like tags are")]
pub struct Label {
    pub title: &'static str,
    pub artist: &'static str,
    pub album: &'static str,
    pub genre: &'static str,
    pub year: u16,
    pub number: u32,
    pub total: u32,
    pub cover: Pixmap,
}

/// Writes a song to a new file.
pub fn write(path: &Path, left: &[f32], right: &[f32], label: &Label) -> Result<(), Error> {
    fs::write(path, encode(left, right))?;
    tag(label).save_to_path(path, WriteOptions::default())?;
    Ok(())
}

fn encode(left: &[f32], right: &[f32]) -> Vec<u8> {
    let whole = |x: &f32| (x * 32_767.0).round() as i32;
    let samples: Vec<i32> = left.iter().zip(right).flat_map(|(left, right)| [whole(left), whole(right)]).collect();

    // The fixed predictors alone: files are a twentieth larger and made much sooner.
    let mut config = flacenc::config::Encoder::default();
    config.subframe_coding.use_lpc = false;
    let config = config.into_verified().expect("these settings are sound");
    let source = MemSource::from_samples(&samples, 2, 16, RATE as usize);
    let stream = flacenc::encode_with_fixed_block_size(&config, source, config.block_size)
        .expect("16 bits, two channels and a usual rate can be encoded");
    let mut bytes = ByteSink::new();
    stream.write(&mut bytes).expect("memory takes every byte");
    bytes.into_inner()
}

fn tag(label: &Label) -> Tag {
    let mut tag = Tag::new(TagType::VorbisComments);
    tag.set_title(label.title.into());
    tag.set_artist(label.artist.into());
    tag.set_album(label.album.into());
    tag.insert_text(ItemKey::AlbumArtist, label.artist.into());
    tag.set_genre(label.genre.into());
    tag.set_date(Timestamp { year: label.year, ..Timestamp::default() });
    tag.set_track(label.number);
    tag.set_track_total(label.total);
    tag.set_disk(1);
    tag.push_picture(
        Picture::unchecked(jpeg(&label.cover)).pic_type(PictureType::CoverFront).mime_type(MimeType::Jpeg).build(),
    );
    tag
}

fn jpeg(cover: &Pixmap) -> Vec<u8> {
    let opaque: Vec<u8> = cover.pixels().iter().flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect();
    let picture = RgbImage::from_raw(cover.width(), cover.height(), opaque).expect("three bytes for each pixel");
    let mut jpeg = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 90)).expect("memory takes every byte");
    jpeg
}
