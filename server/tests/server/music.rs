//! Music over HTTP: for members, in parts, and never from outside the library.

use reqwest::{StatusCode, header::*};

use crate::test_app::{TestApp, tone};

#[tokio::test]
async fn t2_a_track_is_sent_whole_and_in_parts() {
    let app = TestApp::new().await.with_member("ana").await;
    let path = format!("/media/{}", app.track().await);
    let tone = tone();
    let get = async |range: Option<&str>| {
        let request = app.get_as("ana", &path);
        range.into_iter().fold(request, |request, range| request.header(RANGE, range)).send().await.unwrap()
    };

    let whole = get(None).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(whole.headers()[ACCEPT_RANGES], "bytes");
    assert!(whole.headers()[CACHE_CONTROL].to_str().unwrap().starts_with("private"));
    assert!(whole.headers()[CONTENT_TYPE].to_str().unwrap().starts_with("audio/"));
    assert_eq!(whole.bytes().await.unwrap(), tone);

    let part = get(Some("bytes=100-199")).await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.headers()[CONTENT_RANGE].to_str().unwrap(), format!("bytes 100-199/{}", tone.len()));
    assert_eq!(part.bytes().await.unwrap(), tone[100..200]);

    let last = get(Some("bytes=-5")).await;
    assert_eq!(last.bytes().await.unwrap(), tone[tone.len() - 5..]);

    let behind = get(Some("bytes=99999999-")).await;
    assert_eq!(behind.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(behind.headers()[CONTENT_RANGE].to_str().unwrap(), format!("bytes */{}", tone.len()));
}

#[tokio::test]
async fn t2_what_a_browser_has_is_not_sent_again() {
    let app = TestApp::new().await.with_member("ana").await;
    let path = format!("/media/{}", app.track().await);
    let first = app.get_as("ana", &path).send().await.unwrap();
    let (tag, modified) = (first.headers()[ETAG].clone(), first.headers()[LAST_MODIFIED].clone());

    let again = app.get_as("ana", &path).header(IF_NONE_MATCH, tag.clone()).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);

    for (known, expected) in [(tag, 206), (modified, 206), ("\"another\"".parse().unwrap(), 200)] {
        let request = app.get_as("ana", &path).header(RANGE, "bytes=0-9").header(IF_RANGE, known);
        assert_eq!(request.send().await.unwrap().status().as_u16(), expected);
    }
}

#[tokio::test]
async fn music_and_covers_need_a_session() {
    let app = TestApp::new().await.with_member("ana").await;
    let track = app.track().await;

    for path in [format!("/media/{track}"), format!("/artwork/{}/320", track.0)] {
        assert_eq!(app.get(&path).send().await.unwrap().status(), 401, "{path}");
    }
}

#[tokio::test]
async fn no_path_leads_out() {
    let app = TestApp::new().await.with_member("ana").await;
    let paths = [
        "/media/..%2f..%2fdata%2fmaster.key",
        "/media/../../data/master.key",
        "/media/%2e%2e/master.key",
        "/media/..%5c..%5cmaster.key",
        "/artwork/..%2f..%2fmaster.key/320",
        "/artwork/00000000-0000-0000-0000-000000000000/..%2f320",
        "/pkg/../../Cargo.toml",
        "/pkg/..%2f..%2fCargo.toml",
        "/..%2fCargo.toml",
        "//etc/passwd",
    ];

    for path in paths {
        let answer = app.get_as("ana", path).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 404, "{path}");
        assert!(!text.contains("[workspace]") && !text.contains("root:"), "{path}");
    }
}

#[tokio::test]
async fn a_track_that_is_not_there_is_a_sentence() {
    let app = TestApp::new().await.with_member("ana").await;

    let answer = app.get_as("ana", "/media/00000000-0000-0000-0000-000000000000").send().await.unwrap();

    assert_eq!(answer.status(), 404);
    assert_eq!(answer.text().await.unwrap(), "This track is not in the library any more.");
}
