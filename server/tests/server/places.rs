//! Routes for operators, files of the site, and pages that are not there.

use crate::test_app::TestApp;

#[tokio::test]
async fn operators_see_whether_it_serves() {
    let app = TestApp::new().await;

    assert_eq!(app.get("/healthz").send().await.unwrap().status(), 200);
    assert_eq!(app.get("/readyz").send().await.unwrap().status(), 200);
    let metrics = app.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("earshot_sockets 0\n"), "{metrics}");
}

#[tokio::test]
async fn metrics_are_for_this_machine() {
    let app = TestApp::with(|config| {
        config.server.trusted_proxies = vec!["127.0.0.1".parse().unwrap()];
    })
    .await;

    let from_outside = app.get("/metrics").header("x-forwarded-for", "203.0.113.9").send().await.unwrap();

    assert_eq!(from_outside.status(), 404);
}

#[tokio::test]
async fn a_page_that_is_not_there_says_so() {
    let app = TestApp::new().await;

    let answer = app.get("/no/such/page").send().await.unwrap();

    assert_eq!(answer.status(), 404);
    assert!(answer.text().await.unwrap().contains("<html"), "as a page, with its way back");
}

#[tokio::test]
async fn a_server_that_starts_again_still_knows_its_members() {
    let app = TestApp::new().await.with_member("ana").await;
    let cookie = app.cookie("ana").to_owned();

    let again = app.restart().await;

    let answer = again.get("/artwork/00000000-0000-0000-0000-000000000000/320").header("cookie", cookie);
    assert_eq!(answer.send().await.unwrap().status(), 404, "known, but there is no such picture");
    again.stop().await.unwrap();
}
