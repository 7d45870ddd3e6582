//! The demo music: a dozen songs that the program composes, plays, pictures and encodes by itself.
//!
//! Nothing is sampled or downloaded; every sound is computed from the score, the same on each run. Songs appear in the
//! folder one by one under their final names, so a library that watches it fills up while they are made, and one that
//! was interrupted is completed by the next run.

mod catalogue;
mod covers;
mod flac;
mod score;
mod songs;
mod studio;
mod synth;
mod voices;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use catalogue::{ALBUMS, Album, Song};
use flac::Label;
use studio::Studio;

/// Why the demo music could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder.
    #[error("the demo music cannot be written: {0}")]
    Folder(#[from] io::Error),
    /// The tags.
    #[error("the demo music cannot be labelled: {0}")]
    Tags(#[from] lofty::error::LoftyError),
}

/// Writes what is missing of the demo music below `dir`. `progress` hears how many songs are there, and of how many, before
/// the first and after each. It computes for several seconds, so it belongs on a thread of its own.
pub fn write(dir: &Path, progress: impl Fn(usize, usize)) -> Result<(), Error> {
    render(dir, None, progress)
}

/// The same, with songs cut after `cap_s` seconds.
fn render(dir: &Path, cap_s: Option<f32>, progress: impl Fn(usize, usize)) -> Result<(), Error> {
    let songs = || ALBUMS.iter().flat_map(|album| (0..album.songs.len()).map(move |place| (album, place)));
    let total = songs().count();
    progress(0, total);

    // The first song of each album comes first, so that there is something of everything soon.
    let mut order: Vec<_> = songs().collect();
    order.sort_by_key(|(_, place)| *place);
    for (done, (album, place)) in order.into_iter().enumerate() {
        let path = path(dir, album, place);
        if !path.exists() {
            song(&path, album, place, cap_s)?;
        }
        progress(done + 1, total);
    }
    Ok(())
}

fn path(dir: &Path, album: &Album, place: usize) -> PathBuf {
    let name = format!("{:02} {}.flac", place + 1, album.songs[place].title);

    dir.join(album.artist).join(album.title).join(name)
}

fn song(path: &Path, album: &Album, place: usize, cap_s: Option<f32>) -> Result<(), Error> {
    let song: &Song = &album.songs[place];
    let mut studio = Studio::new(song.bpm, song.beats, place as u32 + 1, cap_s);
    (song.compose)(&mut studio);
    let (left, right) = studio.finish(song.room, song.light);

    let label = Label {
        title: song.title,
        artist: album.artist,
        album: album.title,
        genre: song.genre,
        year: album.year,
        number: place as u32 + 1,
        total: album.songs.len() as u32,
        cover: (album.cover)(),
    };
    // A hidden name until it is whole: scanners skip those.
    let fresh = path.with_file_name(format!(".{:02}.flac", place + 1));
    fs::create_dir_all(path.parent().expect("a song lies in the folder of its album"))?;
    flac::write(&fresh, &left, &right, &label)?;
    fs::rename(&fresh, path)?;
    Ok(())
}

#[cfg(test)]
mod tests;
