//! Folders, files, and the lists that are made of them.

use domain::{
    library::{Artwork, LibrarySize, Order, Slice},
    time::DAY,
};

use super::makers::{NOW, folder, id, id_of, put, track};
use crate::ports::store::{ArtistTags, KnownFile, ScannedTrack, Store, StoredFile};

const ALL: Slice = Slice { offset: 0, limit: 200 };

/// By its path, over every start of the server.
pub async fn t1_a_folder_keeps_its_id(store: &dyn Store) {
    assert_eq!(store.folder("/music", id(1)).await.expect("a write"), id(1));
    assert_eq!(store.folder("/music", id(2)).await.expect("a write"), id(1));
    assert_eq!(store.folder("/more", id(3)).await.expect("a write"), id(3));
    assert_eq!(store.folders().await.expect("a read"), [(id(3), "/more".into()), (id(1), "/music".into())]);
}

/// In every list that shows it.
pub async fn t1_a_file_is_shown_with_all_its_tags(store: &dyn Store) {
    let scanned = ScannedTrack {
        disc: Some(2),
        number: None,
        genre: Some("Jazz".into()),
        year: Some(1957),
        artwork: Some(artwork(7)),
        ..track(4, "Blue Train", "John Coltrane", "Blue Train")
    };
    let folder = put(store, std::slice::from_ref(&scanned)).await;

    let tracks = store.tracks(Order::Title, ALL).await.expect("a read");
    let [found] = &tracks[..] else { panic!("one track is here: {tracks:?}") };
    assert_eq!((found.id, &*found.title, &*found.artist), (id(4), "Blue Train", "John Coltrane"));
    assert_eq!((found.disc, found.number, found.duration_ms), (Some(2), None, 180_000));
    assert_eq!((found.artist_id, found.album_id), (Some(id_of("John Coltrane")), Some(id_of("Blue Train"))));
    assert_eq!((found.album.as_deref(), found.artwork.clone()), (Some("Blue Train"), Some(artwork(7))));

    let page = store.album(id_of("Blue Train")).await.expect("a read").expect("the album is here");
    assert_eq!((&*page.album.title, &*page.album.artist, page.album.year), ("Blue Train", "John Coltrane", Some(1957)));
    assert_eq!((page.album.track_count, page.album.artwork), (1, Some(artwork(7))));
    assert_eq!(page.tracks, tracks);
    assert_eq!(store.known_files(folder).await.expect("a read"), [scanned.file]);
    let file = StoredFile { folder, path: "4.flac".into(), mime: "audio/flac".into() };
    assert_eq!(store.track_file(id(4)).await.expect("a read"), Some(file.clone()));
    assert_eq!(store.file_with_artwork(artwork(7).id).await.expect("a read"), Some(file));
    assert_eq!(store.file_with_artwork(artwork(8).id).await.expect("a read"), None);
    assert_eq!(store.track_file(id(9)).await.expect("a read"), None);
    let size = LibrarySize { tracks: 1, albums: 1, artists: 1, problems: 0 };
    assert_eq!(store.library_size().await.expect("a read"), size);
}

/// And its place among the newest; the tags are the new ones.
pub async fn t1_a_known_path_keeps_its_id(store: &dyn Store) {
    let folder = put(store, &[track(1, "Draft", "Ana", "Takes")]).await;
    store.put_tracks(folder, &[track(2, "Other", "Ana", "Takes")], NOW + DAY).await.expect("a write");

    let again = ScannedTrack { title: "Final".into(), ..track(3, "", "Ana", "Takes") };
    let again = ScannedTrack { file: KnownFile { path: "1.flac".into(), size_bytes: 5, modified_ms: 6 }, ..again };
    store.put_tracks(folder, std::slice::from_ref(&again), NOW + 2 * DAY).await.expect("a write");

    let tracks = store.tracks(Order::Newest, ALL).await.expect("a read");
    let tracks: Vec<_> = tracks.iter().map(|track| (track.id, &*track.title)).collect();
    assert_eq!(tracks, [(id(2), "Other"), (id(1), "Final")]);
    let known = store.known_files(folder).await.expect("a read");
    assert_eq!(known.len(), 2);
    assert!(known.contains(&again.file));
}

/// When their tags name another now.
pub async fn t1_an_album_that_lost_its_tracks_is_gone(store: &dyn Store) {
    let folder = put(store, &[track(1, "One", "Anna", "Tpyo"), track(2, "Two", "Ana", "Takes")]).await;

    store.put_tracks(folder, &[track(1, "One", "Ana", "Takes")], NOW).await.expect("a write");

    assert_eq!(store.album(id_of("Tpyo")).await.expect("a read"), None);
    assert_eq!(store.artist(id_of("Anna")).await.expect("a read"), None);
    let page = store.album(id_of("Takes")).await.expect("a read").expect("the album is here");
    assert_eq!((page.album.track_count, page.tracks.len()), (2, 2));
    let artists = store.artists(ALL).await.expect("a read");
    assert_eq!(artists.len(), 1);
    assert_eq!((artists[0].album_count, artists[0].track_count), (1, 2));
}

/// What is still needed stays.
pub async fn t1_vanished_files_take_empty_albums_and_artists_along(store: &dyn Store) {
    let tracks = [
        track(1, "One", "Ana", "First"),
        track(2, "Two", "Ana", "Second"),
        track(3, "Three", "Bo", "Third"),
        track(4, "Four", "Bo", "Third"),
    ];
    let folder = put(store, &tracks).await;

    let paths = ["2.flac", "3.flac", "4.flac", "never was.flac"].map(String::from);
    store.remove_files(folder, &paths).await.expect("a write");
    store.remove_files(folder, &paths).await.expect("a second time is harmless");

    let size = LibrarySize { tracks: 1, albums: 1, artists: 1, problems: 0 };
    assert_eq!(store.library_size().await.expect("a read"), size);
    assert_eq!(store.albums(Order::Title, ALL).await.expect("a read")[0].title, "First");
    let ana = &store.artists(ALL).await.expect("a read")[0];
    assert_eq!((&*ana.name, ana.album_count, ana.track_count), ("Ana", 1, 1));
    assert_eq!(store.tracks_by_id(&[id(3)]).await.expect("a read"), []);
}

/// The reason is shown, its old track goes, and nothing else is touched.
pub async fn t1_a_broken_file_is_listed_until_it_can_be_read(store: &dyn Store) {
    let folder = put(store, &[track(1, "One", "Ana", "First"), track(2, "Two", "Bo", "Second")]).await;
    let broken = KnownFile { path: "1.flac".into(), size_bytes: 0, modified_ms: 9 };

    store.put_problem(folder, &broken, "The file is empty.").await.expect("a write");
    store.put_problem(folder, &broken, "The file is damaged.").await.expect("the newest reason counts");

    let problems = store.problems(ALL).await.expect("a read");
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].folder, &*problems[0].path), (folder, "1.flac"));
    assert_eq!(problems[0].reason, "The file is damaged.");
    assert_eq!(store.problems(Slice { offset: 1, limit: 9 }).await.expect("a read"), []);
    let size = LibrarySize { tracks: 1, albums: 1, artists: 1, problems: 1 };
    assert_eq!(store.library_size().await.expect("a read"), size);
    assert!(store.known_files(folder).await.expect("a read").contains(&broken), "it is not read again and again");

    store.put_tracks(folder, &[track(3, "One", "Ana", "First")], NOW).await.expect("a write");
    store.put_tracks(folder, &[track(1, "One", "Ana", "First")], NOW).await.expect("it can be read again");
    assert_eq!(store.problems(ALL).await.expect("a read"), []);

    store.put_problem(folder, &broken, "The file is empty.").await.expect("a write");
    store.remove_files(folder, &["1.flac".into()]).await.expect("a write");
    assert_eq!(store.problems(ALL).await.expect("a read"), []);
}

/// It is tried again at the next scan, and vanishes as a whole.
pub async fn t1_a_file_that_does_not_open_keeps_its_track(store: &dyn Store) {
    let folder = put(store, &[track(1, "One", "Ana", "First")]).await;
    let unknown = |path: &str| KnownFile { path: path.into(), size_bytes: 0, modified_ms: 0 };

    store.put_unopened(folder, "1.flac", "It does not open.").await.expect("a write");
    store.put_unopened(folder, "1.flac", "It still does not open.").await.expect("the newest reason counts");
    store.put_unopened(folder, "new.flac", "It does not open.").await.expect("a write");

    let size = LibrarySize { tracks: 1, albums: 1, artists: 1, problems: 2 };
    assert_eq!(store.library_size().await.expect("a read"), size);
    assert_eq!(store.problems(ALL).await.expect("a read")[0].reason, "It still does not open.");
    let known = store.known_files(folder).await.expect("a read");
    assert!(known.contains(&unknown("1.flac")) && known.contains(&unknown("new.flac")) && known.len() == 3);

    store.put_tracks(folder, &[track(9, "One", "Ana", "First")], NOW).await.expect("a write");
    store.put_tracks(folder, &[track(1, "One", "Ana", "First")], NOW).await.expect("it opens again");
    assert_eq!(store.problems(ALL).await.expect("a read").len(), 1);
    store.put_unopened(folder, "1.flac", "It does not open.").await.expect("a write");
    store.remove_files(folder, &["1.flac".into()]).await.expect("a write");
    let size = LibrarySize { tracks: 1, albums: 1, artists: 1, problems: 1 };
    assert_eq!(store.library_size().await.expect("a read"), size);
}

/// Its problems, too; the others keep theirs.
pub async fn t1_a_forgotten_folder_takes_its_music_along(store: &dyn Store) {
    let kept = put(store, &[track(1, "One", "Ana", "First")]).await;
    let gone = store.folder("/gone", id(2)).await.expect("a write");
    store.put_tracks(gone, &[track(2, "Two", "Bo", "Second")], NOW).await.expect("a write");
    let broken = KnownFile { path: "broken.mp3".into(), size_bytes: 0, modified_ms: 0 };
    store.put_problem(gone, &broken, "The file is empty.").await.expect("a write");

    store.keep_folders(&[kept]).await.expect("a write");

    let size = LibrarySize { tracks: 1, albums: 1, artists: 1, problems: 0 };
    assert_eq!(store.library_size().await.expect("a read"), size);
    assert_eq!(store.known_files(gone).await.expect("a read"), []);
    assert_eq!(store.folder("/gone", id(9)).await.expect("a write"), id(9));
    assert_eq!(store.folder("/music", id(9)).await.expect("a write"), kept);
}

/// Tracks, albums and artists alike.
pub async fn t4_lists_come_in_three_orders_and_in_slices(store: &dyn Store) {
    let folder = folder(store).await;
    let songs =
        [("Delta", "Zoe", "Birds"), ("alpha", "Yan", "Clouds"), ("Éclair", "Zoe", "air"), ("Beta", "Zoe", "Birds")];
    for (number, (title, artist, album)) in (1..).zip(songs) {
        let track = track(number, title, artist, album);
        store.put_tracks(folder, &[track], NOW + number as i64 * DAY).await.expect("a write");
    }
    let tracks = async |order, offset, limit| -> Vec<String> {
        let tracks = store.tracks(order, Slice { offset, limit }).await.expect("a read");
        tracks.into_iter().map(|track| track.title).collect()
    };
    let albums = async |order| -> Vec<String> {
        let albums = store.albums(order, ALL).await.expect("a read");
        albums.into_iter().map(|album| album.title).collect()
    };

    assert_eq!(tracks(Order::Title, 0, 200).await, ["alpha", "Beta", "Delta", "Éclair"]);
    assert_eq!(tracks(Order::Title, 1, 2).await, ["Beta", "Delta"]);
    assert_eq!(tracks(Order::Title, 4, 2).await, [""; 0]);
    assert_eq!(tracks(Order::Newest, 0, 200).await, ["Beta", "Éclair", "alpha", "Delta"]);
    assert_eq!(tracks(Order::Artist, 0, 200).await, ["alpha", "Éclair", "Delta", "Beta"]);
    assert_eq!(albums(Order::Title).await, ["air", "Birds", "Clouds"]);
    assert_eq!(albums(Order::Newest).await, ["Birds", "air", "Clouds"]);
    assert_eq!(albums(Order::Artist).await, ["Clouds", "air", "Birds"]);
    let artists = store.artists(ALL).await.expect("a read");
    assert_eq!(artists.iter().map(|artist| &*artist.name).collect::<Vec<_>>(), ["Yan", "Zoe"]);
    assert_eq!(store.artists(Slice { offset: 1, limit: 1 }).await.expect("a read"), artists[1..]);
}

/// Disc by disc; the cover of one is that of all who have none.
pub async fn t4_an_album_shows_its_tracks_in_order(store: &dyn Store) {
    let on = |number: u128, disc, place| ScannedTrack {
        disc: Some(disc),
        number: Some(place),
        year: Some(1990 + disc as i32),
        ..track(number, &format!("Song {number}"), "Ana", "Box")
    };
    let cover = ScannedTrack { artwork: Some(artwork(5)), ..on(3, 1, 2) };
    put(store, &[on(1, 2, 1), on(2, 1, 10), cover, on(4, 1, 1)]).await;

    let page = store.album(id_of("Box")).await.expect("a read").expect("the album is here");

    assert_eq!(page.tracks.iter().map(|track| track.id).collect::<Vec<_>>(), [4, 3, 2, 1].map(id));
    assert_eq!((page.album.track_count, page.album.year), (4, Some(1992)));
    assert_eq!(page.album.artwork, Some(artwork(5)));
    assert!(page.tracks.iter().all(|track| track.artwork == Some(artwork(5))));
    assert_eq!(store.artists(ALL).await.expect("a read")[0].artwork, Some(artwork(5)));
    assert_eq!(store.album(id_of("Nothing")).await.expect("a read"), None);
}

/// Newest albums first; a song on somebody else's album is not lost.
pub async fn t4_an_artist_shows_albums_and_what_is_on_none(store: &dyn Store) {
    let year = |year, track| ScannedTrack { year: Some(year), ..track };
    let mut guest = track(3, "Guest", "Ana", "Friends");
    if let Some(album) = &mut guest.album {
        album.artist = ArtistTags { id: id_of("Various"), name: "Various".into() };
    }
    let single = ScannedTrack { album: None, ..track(4, "Alone", "Ana", "") };
    put(
        store,
        &[year(1980, track(1, "Old", "Ana", "Early")), year(2001, track(2, "New", "Ana", "Late")), guest, single],
    )
    .await;

    let page = store.artist(id_of("Ana")).await.expect("a read").expect("Ana is here");

    assert_eq!((&*page.artist.name, page.artist.album_count, page.artist.track_count), ("Ana", 2, 4));
    assert_eq!(page.albums.iter().map(|album| &*album.title).collect::<Vec<_>>(), ["Late", "Early"]);
    assert_eq!(page.tracks.iter().map(|track| &*track.title).collect::<Vec<_>>(), ["Alone", "Guest"]);
    let various = store.artist(id_of("Various")).await.expect("a read").expect("an album makes an artist");
    assert_eq!((various.artist.album_count, various.artist.track_count), (1, 0));
    assert_eq!(store.artist(id_of("Nobody")).await.expect("a read"), None);
}

/// As often as they are asked for; the unknown are left out.
pub async fn t4_tracks_come_in_the_order_asked_for(store: &dyn Store) {
    let tracks: Vec<_> = (1..=300).map(|number| track(number, &format!("Song {number}"), "Ana", "Many")).collect();
    put(store, &tracks).await;

    let ids: Vec<_> = (1..=300).rev().chain([7, 999, 7]).map(id).collect();
    let found = store.tracks_by_id(&ids).await.expect("a read");

    let expected: Vec<_> = ids.into_iter().filter(|track| *track != id(999)).collect();
    assert_eq!(found.iter().map(|track| track.id).collect::<Vec<_>>(), expected);
    assert_eq!(store.tracks_by_id(&[]).await.expect("a read"), []);
}

fn artwork(number: u128) -> Artwork {
    Artwork { id: id(number), thumbhash: vec![number as u8; 21], tint: [200, 100, 50] }
}
