use std::{cell::RefCell, collections::HashSet};

use super::*;
use crate::tags;

#[test]
fn the_demo_music_is_labelled_complete_and_never_made_twice() {
    let dir = tempfile::tempdir().unwrap();
    let steps = RefCell::new(Vec::new());
    render(dir.path(), Some(1.0), |done, total| steps.borrow_mut().push((done, total))).unwrap();

    assert_eq!(steps.take(), (0..=12).map(|done| (done, 12)).collect::<Vec<_>>());
    let mut covers = HashSet::new();
    for album in &ALBUMS {
        for place in 0..4 {
            let path = path(dir.path(), album, place);
            let tags = tags::read(fs::File::open(&path).unwrap(), &path).unwrap();
            let from = tags.album.unwrap();
            assert_eq!((tags.title.as_str(), tags.artist.name.as_str()), (album.songs[place].title, album.artist));
            assert_eq!((from.title.as_str(), from.artist.name.as_str()), (album.title, album.artist));
            assert_eq!((tags.number, tags.disc), (Some(place as u32 + 1), Some(1)));
            assert_eq!(
                (tags.year, tags.genre.as_deref()),
                (Some(i32::from(album.year)), Some(album.songs[place].genre))
            );
            assert_eq!(tags.duration_ms, 1_000);
            covers.insert(tags.picture.unwrap());
        }
    }
    assert_eq!(covers.len(), 3, "one cover for each album");

    let first = path(dir.path(), &ALBUMS[0], 0);
    fs::write(&first, "untouched").unwrap();
    fs::remove_file(path(dir.path(), &ALBUMS[2], 3)).unwrap();
    render(dir.path(), Some(1.0), |_, _| ()).unwrap();
    assert_eq!(fs::read(&first).unwrap(), b"untouched");
    assert!(path(dir.path(), &ALBUMS[2], 3).exists());
}

#[test]
fn a_song_sounds_the_same_each_time_and_never_clips() {
    let song = || {
        let mut studio = Studio::new(138.0, 240.0, 2, Some(8.0));
        (ALBUMS[2].songs[1].compose)(&mut studio);
        studio.finish(0.3, 0.5)
    };

    let (left, right) = song();

    assert!(song() == (left.clone(), right.clone()));
    assert!(left.iter().chain(&right).all(|x| x.abs() <= 0.95));
    assert!(left.iter().any(|x| x.abs() > 0.3));
}
