//! Stories of what a library does not lose: folders that are away for a while, files that did not open once, pictures.

use super::*;

#[tokio::test]
async fn t1_a_folder_that_has_become_empty_keeps_its_music_and_says_so() {
    let story = Story::new();
    song(&story.path("one.wav"), "One");
    song(&story.path("Album/two.wav"), "Two");
    story.run().await.stop().await;
    let before = story.tracks().await;

    // As an unplugged disk leaves the place where it was mounted.
    let away = story.dir.path().join("away");
    fs::rename(story.path(""), &away).unwrap();
    fs::create_dir(story.path("")).unwrap();
    let running = story.run().await;

    assert_eq!(story.tracks().await, before);
    assert!(story.reason("").await.starts_with("This folder is empty"), "{}", story.reason("").await);
    running.library.rescan();
    story.scan_ends().await;
    assert_eq!(story.tracks().await, before, "not even when somebody asks for a scan");
    running.stop().await;

    fs::remove_dir(story.path("")).unwrap();
    fs::rename(&away, story.path("")).unwrap();
    let running = story.run().await;
    assert_eq!((story.tracks().await, story.problems().await), (before, Vec::new()));
    running.stop().await;
}

#[tokio::test]
async fn t1_a_new_folder_may_be_empty() {
    let story = Story::new();

    let running = story.run().await;

    assert_eq!(story.problems().await, []);
    running.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn t1_a_linked_folder_keeps_its_music_while_its_disk_is_away() {
    let story = Story::new();
    song(&story.path("one.wav"), "One");
    let disk = story.dir.path().join("disk");
    song(&disk.join("two.wav"), "Two");
    std::os::unix::fs::symlink(&disk, story.dir.path().join("linked")).unwrap();
    let both = async || {
        let running = Running::start(story.open(&["music", "linked"]).await.unwrap());
        story.scan_ends().await;
        running
    };
    both().await.stop().await;
    let before = story.tracks().await;
    assert_eq!(before.len(), 2);

    fs::rename(&disk, story.dir.path().join("away")).unwrap();
    let running = both().await;
    assert_eq!(story.tracks().await, before);

    fs::rename(story.dir.path().join("away"), &disk).unwrap();
    running.library.rescan();
    story.scan_ends().await;
    assert_eq!((story.tracks().await, story.problems().await), (before.clone(), Vec::new()));
    let stored = story.store.track_file(before[1].id).await.unwrap().unwrap();
    assert!(running.library.resolver().open(&stored).await.is_ok());
    running.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn t1_a_file_that_did_not_open_once_is_tried_again_and_keeps_its_track() {
    use std::os::unix::fs::symlink;
    let story = Story::new();
    song(&story.path("one.wav"), "One");
    let inside = story.path("two.wav");
    song(&inside, "Two");
    story.run().await.stop().await;
    let before = story.tracks().await;

    // Changed, and not to be opened, whoever asks: root may read everything, so permissions would prove nothing.
    let outside = story.dir.path().join("outside.wav");
    song(&outside, "Two, changed");
    fs::remove_file(&inside).unwrap();
    symlink(&outside, &inside).unwrap();
    symlink(&outside, story.path("three.wav")).unwrap();
    let running = story.run().await;
    assert_eq!(story.tracks().await, before);
    assert!(story.reason("two.wav").await.starts_with("The file cannot be opened"));
    assert!(story.reason("three.wav").await.starts_with("The file cannot be opened"));

    // Opens again, with the same size and time.
    let about = fs::metadata(&outside).unwrap();
    for name in ["two.wav", "three.wav"] {
        fs::remove_file(story.path(name)).unwrap();
        fs::copy(&outside, story.path(name)).unwrap();
        fs::File::options()
            .write(true)
            .open(story.path(name))
            .unwrap()
            .set_modified(about.modified().unwrap())
            .unwrap();
    }
    running.library.rescan();
    until("both are read", async || story.problems().await.is_empty() && story.tracks().await.len() == 3).await;
    let after = story.tracks().await;
    assert!(after.iter().any(|track| track.id == before[1].id && track.title == "Two, changed"), "{after:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_picture_that_the_cache_lacks_is_made_again_of_the_music() {
    let story = Story::new();
    tagged(&story.path("one.wav"), |tag| {
        tag.push_picture(Picture::unchecked(png(80)).pic_type(PictureType::CoverFront).build());
    });
    tagged(&story.path("two.wav"), |_| {});
    fs::write(story.path("cover.png"), png(90)).unwrap();
    story.run().await.stop().await;
    fs::remove_dir_all(story.dir.path().join("cache")).unwrap();

    // A node that does not scan: it only serves.
    let library = story.open(&["music"]).await.unwrap();

    for track in story.tracks().await {
        let picture = track.artwork.expect("one is embedded, one lies beside").id;
        assert!(library.artwork_file(picture, 56).await.is_ok_and(|path| path.is_file()));
        assert!(library.artwork_file(picture, 640).await.is_ok_and(|path| path.is_file()));
    }
    let unknown = library.artwork_file(ArtworkId(uuid::Uuid::nil()), 56).await;
    assert!(matches!(unknown, Err(ArtworkError::Unknown)), "{unknown:?}");
}
