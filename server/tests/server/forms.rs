//! Forms, cookies, headers and limits over HTTP.

use reqwest::header::{CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE};

use crate::test_app::{PASSWORD, TestApp};

#[tokio::test]
async fn a4_signing_up_keeps_a_session_that_scripts_and_other_sites_cannot_use() {
    let app = TestApp::new().await;

    let answer = app.sign_up("ana").await;

    assert_eq!(answer.status(), 200);
    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("__Host-earshot="), "{cookie}");
    for attribute in ["HttpOnly", "Secure", "SameSite=Lax", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    app.stop().await.unwrap();
}

#[tokio::test]
async fn a_plain_form_without_wasm_is_sent_on() {
    let app = TestApp::new().await.with_member("ana").await;

    let answer = app
        .post("/api/log_in")
        .header("accept", "text/html")
        .header(ORIGIN, app.origin())
        .form(&[("username", "ana"), ("password", PASSWORD), ("next", "/library")])
        .send()
        .await
        .unwrap();

    assert_eq!((answer.status().as_u16(), &answer.headers()[LOCATION]), (303, &"/library".parse().unwrap()));
    assert!(answer.headers().contains_key(SET_COOKIE));
}

#[tokio::test]
async fn forms_from_other_sites_are_refused() {
    let app = TestApp::new().await;
    let foreign = [
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ];

    for (name, value) in foreign {
        let answer = app.post("/api/log_out").header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{name}: {value}");
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn a_name_that_was_bent_to_this_machine_is_not_ours() {
    let app = TestApp::new().await;

    let answer = app.get("/").header(HOST, "evil.example").send().await.unwrap();

    assert_eq!(answer.status(), 421);
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    assert!(answer.headers().contains_key(CONTENT_SECURITY_POLICY));
}

#[tokio::test]
async fn pages_carry_a_policy_with_a_fresh_nonce() {
    let app = TestApp::new().await;
    let policy = async || {
        let answer = app.get("/login").send().await.unwrap();
        assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
        assert_eq!(answer.headers()["cross-origin-opener-policy"], "same-origin");
        assert_eq!(answer.headers()["cross-origin-embedder-policy"], "require-corp");
        let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap().to_owned();
        let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
        assert!(answer.text().await.unwrap().contains(&format!("nonce=\"{nonce}\"")), "the page uses its nonce");
        (policy, nonce)
    };

    let (first, nonce) = policy().await;
    let (_, another) = policy().await;

    assert_ne!(nonce, another);
    for part in ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "'wasm-unsafe-eval'"] {
        assert!(first.contains(part), "{first}");
    }
    assert!(!first.contains("'unsafe-eval'") && !first.contains("script-src 'unsafe-inline'"));
}

#[tokio::test]
async fn wrong_passwords_are_counted_and_sign_ups_too() {
    let app = TestApp::with(|config| {
        config.accounts.failed_log_ins_a_minute = 3;
        config.accounts.sign_ups_an_hour = 2;
    })
    .await
    .with_member("ana")
    .await;
    let wrong = async || {
        let form = [("username", "ana"), ("password", "not this one at all")];
        app.post("/api/log_in").form(&form).send().await.unwrap().status().as_u16()
    };

    assert_eq!([wrong().await, wrong().await, wrong().await, wrong().await], [401, 401, 401, 429]);
    assert_eq!(app.sign_up("ben").await.status(), 200);
    assert_eq!(app.sign_up("cleo").await.status(), 429);
}

#[tokio::test]
async fn plain_http_elsewhere_gets_a_cookie_that_browsers_keep() {
    let app = TestApp::with(|config| config.site.allow_plain_http = true).await;
    let form = [
        ("username", "ana"),
        ("display_name", "Ana"),
        ("password", PASSWORD),
        ("date_of_birth", "1990-01-31"),
        ("country", "SE"),
    ];

    let answer = app.post("/api/sign_up").header(HOST, "music.lan:3000").form(&form).send().await.unwrap();

    let cookie = answer.headers()[SET_COOKIE].to_str().unwrap();
    assert!(cookie.starts_with("earshot=") && !cookie.contains("Secure"), "{cookie}");
    assert!(!answer.headers().contains_key("cross-origin-embedder-policy"));
    assert!(!answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test]
async fn nobody_is_logged_in_by_a_made_up_cookie() {
    let app = TestApp::new().await.with_member("ana").await;
    let status = async |cookie: &str| {
        let answer = app.get("/artwork/00000000-0000-0000-0000-000000000000/320").header(COOKIE, cookie);
        answer.send().await.unwrap().status().as_u16()
    };

    assert_eq!(status(app.cookie("ana")).await, 404);
    for made_up in ["__Host-earshot=", "__Host-earshot=abc", "__Host-earshot=\u{e9}", "earshot=abc"] {
        assert_eq!(status(made_up).await, 401, "{made_up}");
    }
}
