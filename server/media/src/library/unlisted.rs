//! Stories of folders that the settings do not name any more, and of a node that was started with the wrong ones.

use super::*;

#[tokio::test]
async fn t1_a_folder_that_was_taken_out_of_the_settings_of_the_only_process_is_forgotten() {
    let story = Story::new();
    song(&story.path("one.wav"), "One");
    song(&story.dir.path().join("other/two.wav"), "Two");
    story.run().await.stop().await;

    let library = story.open(&["other"]).await.unwrap();
    assert_eq!(story.titles().await, ["One"], "to open is not to forget");

    let running = Running::start(library);
    until("the scan ends", async || story.titles().await == ["Two"]).await;
    running.stop().await;
}

#[tokio::test]
async fn t1_a_node_with_other_folders_takes_nothing_from_the_others() {
    let story = Story::new();
    song(&story.path("one.wav"), "One");
    song(&story.dir.path().join("wrong/two.wav"), "Two");
    let scans = async |folder| {
        // What was said of an earlier scan is no answer.
        story.bus.notes();
        let running = Running::start(story.open_with(&[folder], Unlisted::Keep).await.unwrap());
        story.scan_ends().await;
        running.stop().await;
    };
    scans("music").await;
    let before = story.tracks().await;

    // It serves beside the other, and when that one stops it scans.
    let wrong = story.open_with(&["wrong"], Unlisted::Keep).await.unwrap();
    assert_eq!(story.tracks().await, before);
    assert_eq!(story.problems().await, []);
    let running = Running::start(wrong);
    until("its own music is found", async || story.titles().await == ["One", "Two"]).await;
    running.stop().await;

    assert!(story.tracks().await.contains(&before[0]), "with the same id");
    let music = story.path("").canonicalize().unwrap().display().to_string();
    let reason = story.reason("").await;
    assert!(reason.starts_with(&format!("The folder {music} is not among")), "{reason}");
    assert!(reason.contains(&format!("earshot admin forget-folder {music}")), "{reason}");

    scans("music").await;
    let problems = story.problems().await;
    let wrong = story.dir.path().join("wrong");
    assert!(problems.len() == 1 && problems[0].reason.contains("/wrong is not among"), "{problems:?}");

    assert!(forget_folder(&*story.store, &wrong).await.unwrap());
    assert!(!forget_folder(&*story.store, &wrong).await.unwrap());
    assert_eq!((story.tracks().await, story.problems().await), (before, vec![]));
}
