//! The way to the other nodes: one session after another, for as long as the bus lives.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::sync::oneshot;

use super::{
    Shared,
    address::Address,
    session::{Ending, Session, Work},
};

/// The first attempt to connect again comes after this long.
const FIRST_DELAY: Duration = Duration::from_millis(100);
/// Later ones are at most this far apart.
const LONGEST_DELAY: Duration = Duration::from_secs(1);

/// Keeps up the way until the other end of `stop` is gone.
pub(super) async fn keep(
    shared: Arc<Shared>,
    address: Address,
    mut session: Session,
    mut work: Work,
    mut stop: oneshot::Receiver<Infallible>,
) {
    loop {
        let ending = session.run(&shared, work).await;
        shared.interrupt();
        session.end().await;
        if ending == Ending::Closed {
            return;
        }

        tracing::warn!(server = %address, "The connection to NATS is lost: other nodes are heard again when it is back.");
        session = tokio::select! {
            session = open_again(&shared, &address) => session,
            _ = &mut stop => return,
        };
        let Some(next) = shared.begin() else { return session.end().await };
        work = next;
        tracing::info!(server = %address, "The connection to NATS is back.");
    }
}

async fn open_again(shared: &Shared, address: &Address) -> Session {
    let mut told = String::new();
    let mut failures = 0;

    loop {
        tokio::time::sleep(delay(failures, rand::random())).await;
        match Session::open(address, shared).await {
            Ok(session) => return session,
            Err(error) => tell_once(&mut told, error.to_string()),
        }
        failures += 1;
    }
}

/// An outage may be long, and its cause may change: the password, say, of a server that is back.
fn tell_once(told: &mut String, sentence: String) {
    if *told != sentence {
        tracing::warn!("{sentence}");
        *told = sentence;
    }
}

/// Doubles with each failure; `jitter`, from 0 to 1, takes up to half of it away, so that nodes do not come all at once.
fn delay(failures: u32, jitter: f64) -> Duration {
    let full = FIRST_DELAY.saturating_mul(2_u32.saturating_pow(failures)).min(LONGEST_DELAY);

    full.mul_f64(1.0 - jitter / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_to_a_second_and_keeps_half_of_itself() {
        for (failures, longest_ms) in
            [(0, 100), (1, 200), (2, 400), (3, 800), (4, 1_000), (5, 1_000), (u32::MAX, 1_000)]
        {
            assert_eq!(delay(failures, 0.0), Duration::from_millis(longest_ms));
            assert_eq!(delay(failures, 1.0), Duration::from_millis(longest_ms / 2));
        }
    }
}
