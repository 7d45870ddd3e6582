//! Rounds of this node: at intervals, and at once when the bus was interrupted, the store is asked what is true of all that
//! open sockets watch.

use std::{sync::Arc, time::Duration};

use services::Services;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::dispatcher::Switchboard;

/// Between two rounds while every note should be heard.
const CALM: Duration = Duration::from_secs(5);
/// The same while notes may be missing.
const ALERT: Duration = Duration::from_secs(1);
/// How long the store may take to answer. Then nothing of others is shown until it does.
const PATIENCE: Duration = Duration::from_secs(3);

/// Makes rounds until told to stop. `alarm` begins one at once.
pub(crate) async fn go(services: Arc<Services>, switchboard: Switchboard, alarm: Arc<Notify>, stop: CancellationToken) {
    let rounds = async {
        let mut alert = false;

        loop {
            tokio::select! {
                () = alarm.notified() => {}
                () = tokio::time::sleep(if alert { ALERT } else { CALM }) => {}
            }
            let Some(watched) = switchboard.watched().await else { return };
            if watched.topics.is_empty() {
                continue;
            }

            let looked = tokio::time::timeout(PATIENCE, services.news(&watched.topics)).await;
            let found = looked.ok().and_then(|news| news.ok());
            alert = watched.interrupted || found.is_none();
            switchboard.found(found).await;
        }
    };

    stop.run_until_cancelled(rounds).await;
}
