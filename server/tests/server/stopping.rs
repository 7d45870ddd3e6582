//! A server that is told to stop stops, whatever its visitors do.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::test_app::TestApp;

/// Ten times as long as it should ever take is far more than systemd waits; this is what is promised.
const IN_TIME: Duration = Duration::from_secs(15);

#[tokio::test]
async fn a_request_of_which_only_the_half_came_does_not_keep_a_server_from_stopping() {
    let app = TestApp::new().await;
    let half = [
        "POST /api/log_in HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: 10\r\n\r\n",
        "GET / HTTP/1.1\r\nHo",
        "",
    ];
    let mut visitors = Vec::new();
    for text in half {
        let mut visitor = TcpStream::connect(app.address).await.unwrap();
        visitor.write_all(text.replace("{host}", &app.address.to_string()).as_bytes()).await.unwrap();
        visitors.push(visitor);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;

    let start = Instant::now();
    app.stop().await.unwrap();

    assert!(start.elapsed() < IN_TIME, "{:?}", start.elapsed());
    for mut visitor in visitors {
        let ended = tokio::time::timeout(IN_TIME, visitor.read_to_end(&mut Vec::new())).await;
        assert!(ended.is_ok(), "the connection is closed");
    }
}
