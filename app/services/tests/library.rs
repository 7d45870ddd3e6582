//! The music: lists, search, saving.

use domain::{
    AlbumId, ArtistId, FolderId, Refusal, TrackId,
    library::{Found, Order, Slice},
};
use services::{
    contract::{World, world::refused},
    ports::{
        Note,
        store::{KnownFile, LibraryStore},
    },
};

const ALL: Slice = Slice { offset: 0, limit: u32::MAX };

#[tokio::test]
async fn t4_lists_pages_and_search_show_the_music() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let track = world.track("Harbour lights", 120).await;
    let (album, artist) = {
        let track = world.services.track(&ana, track).await.unwrap();
        (track.album_id.unwrap(), track.artist_id.unwrap())
    };

    assert_eq!(world.services.tracks(&ana, Order::Title, ALL).await.unwrap()[0].id, track);
    assert_eq!(world.services.albums(&ana, Order::Newest, ALL).await.unwrap()[0].id, album);
    assert_eq!(world.services.artists(&ana, ALL).await.unwrap()[0].id, artist);
    assert_eq!(world.services.album(&ana, album).await.unwrap().tracks[0].id, track);
    assert_eq!(world.services.artist(&ana, artist).await.unwrap().albums[0].id, album);
    assert_eq!(world.services.search(&ana, "  harb ").await.unwrap().tracks[0].id, track);
    assert_eq!(world.services.library_size(&ana).await.unwrap().tracks, 1);
    assert_eq!(world.services.track_file(&ana, track).await.unwrap().path, "Harbour lights.flac");
}

#[tokio::test]
async fn t4_a_search_for_nothing_finds_nothing() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    world.track("Harbour lights", 120).await;

    for text in ["", "   ", &"x".repeat(10_000)] {
        assert_eq!(world.services.search(&ana, text).await.unwrap(), Found::default());
    }
}

#[tokio::test]
async fn t4_a_part_of_a_list_is_at_most_200_rows() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    for number in 0..201 {
        world.track(&format!("Track {number:03}"), 60).await;
    }

    let first = world.services.tracks(&ana, Order::Title, ALL).await.unwrap();
    let rest = world.services.tracks(&ana, Order::Title, Slice { offset: 200, limit: 200 }).await.unwrap();

    assert_eq!((first.len(), rest.len()), (200, 1));
}

#[tokio::test]
async fn t4_saving_twice_is_once_and_letting_go_undoes_it() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let track = world.track("Harbour lights", 120).await;

    world.services.save_track(&ana, track, true).await.unwrap();
    world.services.save_track(&ana, track, true).await.unwrap();
    assert_eq!(world.services.saved(&ana, 0).await.unwrap().len(), 1);

    world.services.save_track(&ana, track, false).await.unwrap();
    assert_eq!(world.services.saved(&ana, 0).await.unwrap(), []);
}

#[tokio::test]
async fn what_is_not_in_the_library_is_named_as_such() {
    let world = World::new().await;
    let ana = world.member("ana").await;
    let id = world.services.fresh_id();

    assert_eq!(refused(world.services.track(&ana, TrackId(id)).await), Refusal::TrackUnknown);
    assert_eq!(refused(world.services.album(&ana, AlbumId(id)).await), Refusal::AlbumUnknown);
    assert_eq!(refused(world.services.artist(&ana, ArtistId(id)).await), Refusal::ArtistUnknown);
    assert_eq!(refused(world.services.track_file(&ana, TrackId(id)).await), Refusal::TrackUnknown);
    assert_eq!(refused(world.services.save_track(&ana, TrackId(id), true).await), Refusal::TrackUnknown);
}

#[tokio::test]
async fn a1_the_music_is_open_to_those_under_16() {
    let world = World::new().await;
    let kim = world.young_member("kim").await;
    let track = world.track("Harbour lights", 120).await;

    world.services.save_track(&kim, track, true).await.unwrap();
    assert_eq!(world.services.saved(&kim, 0).await.unwrap()[0].id, track);
}

#[tokio::test]
async fn t1_only_administrators_ask_for_a_scan() {
    let world = World::new().await;
    let first = world.member("ana").await;
    let second = world.member("bo").await;

    assert_eq!(refused(world.services.rescan(&second).await), Refusal::AdministratorsOnly);
    assert!(!world.bus.notes().contains(&Note::Rescan));
    world.services.rescan(&first).await.unwrap();
    assert!(world.bus.notes().contains(&Note::Rescan));
    assert!(!world.services.scan_progress(&second).running);
}

/// They name files and folders of whoever runs the server.
#[tokio::test]
async fn t1_only_administrators_see_broken_files() {
    let world = World::new().await;
    let first = world.member("ana").await;
    let second = world.member("bo").await;
    world.store.put_problem(FolderId(world.services.fresh_id()), &broken("/home/ana/tax.mp3"), "broken").await.unwrap();

    assert_eq!(refused(world.services.problems(&second, ALL).await), Refusal::AdministratorsOnly);
    assert_eq!(world.services.library_size(&second).await.unwrap().problems, 0);
    assert_eq!(world.services.library_size(&first).await.unwrap().problems, 1);
}

fn broken(path: &str) -> KnownFile {
    KnownFile { path: path.into(), size_bytes: 1, modified_ms: 1 }
}
