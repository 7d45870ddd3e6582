//! What stands between a visitor and the passwords: rate limits, and a bound on hashing.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::Arc,
};

use domain::{
    Refusal, Timestamp,
    time::{HOUR, MINUTE},
};
use tokio::sync::Semaphore;

use super::{buckets::Buckets, passwords};
use crate::{Settings, settings::PasswordCost};

/// Passwords that are hashed at the same time: each takes memory and a core of this machine.
const HASHES_AT_ONCE: usize = 2;
/// Passwords that are hashed or wait for it. Whoever comes when there are more is asked to come back in a moment.
const HASHES_IN_LINE: usize = 64;
/// That moment, in seconds: by then the line has moved on.
const LINE_S: u32 = 5;

/// Rate limits by address and name, and the bound on password hashing.
pub struct Guards {
    sign_ups: Buckets<IpAddr>,
    failures_by_address: Buckets<IpAddr>,
    failures_by_name: Buckets<String>,
    line: Arc<Semaphore>,
    hashing: Arc<Semaphore>,
    cost: PasswordCost,
    /// A hash of nothing that anybody knows, so that an unknown name takes as long as a wrong password.
    nobody: String,
}

impl Guards {
    pub(crate) fn new(settings: &Settings, salt: [u8; 32]) -> Self {
        let failures = settings.failed_log_ins_a_minute;

        Self {
            sign_ups: Buckets::new(settings.sign_ups_an_hour, HOUR, settings.sign_ups_an_hour),
            failures_by_address: Buckets::new(failures, MINUTE, failures),
            failures_by_name: Buckets::new(failures, MINUTE, failures),
            line: Arc::new(Semaphore::new(HASHES_IN_LINE)),
            hashing: Arc::new(Semaphore::new(HASHES_AT_ONCE)),
            cost: settings.password_cost,
            nobody: passwords::hash("", &salt, settings.password_cost),
        }
    }

    /// Counts a sign-up from this address.
    pub(super) fn sign_up(&self, address: IpAddr, now: Timestamp) -> Result<(), Refusal> {
        self.sign_ups.take(&network(address), now).map_err(too_many)
    }

    /// Counts an attempt to log in, as a failure until [`Guards::succeeded`]: attempts at the same time are all counted.
    pub(super) fn attempt(&self, address: IpAddr, name_key: &str, now: Timestamp) -> Result<(), Refusal> {
        let network = network(address);
        self.failures_by_address.take(&network, now).map_err(too_many)?;

        self.attempt_by_name(name_key, now).inspect_err(|_| self.failures_by_address.give_back(&network))
    }

    /// Counts an attempt by somebody who is logged in already.
    pub(super) fn attempt_by_name(&self, name_key: &str, now: Timestamp) -> Result<(), Refusal> {
        self.failures_by_name.take(&name_key.to_owned(), now).map_err(too_many)
    }

    /// The attempt was no failure.
    pub(super) fn succeeded(&self, address: IpAddr, name_key: &str) {
        self.failures_by_address.give_back(&network(address));
        self.succeeded_by_name(name_key);
    }

    /// The attempt of somebody logged in was no failure.
    pub(super) fn succeeded_by_name(&self, name_key: &str) {
        self.failures_by_name.give_back(&name_key.to_owned());
    }

    /// The hash of a new password.
    pub(super) async fn hash(&self, password: &str, salt: [u8; 32]) -> Result<String, Refusal> {
        let (password, cost) = (password.to_owned(), self.cost);

        self.hashed(move || passwords::hash(&password, &salt, cost)).await
    }

    /// Whether this is the password of a hash. Without a hash it takes as long, and it is not.
    pub(super) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, Refusal> {
        let (password, known) = (password.to_owned(), hash.is_some());
        let hash = hash.unwrap_or_else(|| self.nobody.clone());

        Ok(self.hashed(move || passwords::verify(&password, &hash)).await? && known)
    }

    async fn hashed<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Refusal> {
        let place = self.line.clone().try_acquire_owned().map_err(|_| too_many(LINE_S))?;
        let turn = self.hashing.clone().acquire_owned().await.expect("the semaphore is never closed");

        // Place and turn are given up by the work itself: a visitor who goes away does not stop it.
        let work = move || {
            let _held = (place, turn);
            work()
        };
        Ok(tokio::task::spawn_blocking(work).await.expect("hashing does not panic"))
    }
}

/// What one person commonly holds: an address, or the 2^64 addresses of a network of version 6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        address => address,
    }
}

fn too_many(retry_s: u32) -> Refusal {
    Refusal::TooManyAttempts { retry_s }
}

#[cfg(test)]
mod tests {
    use futures::future::join_all;

    use super::*;

    #[tokio::test]
    async fn a_long_line_of_passwords_turns_newcomers_away() {
        let password_cost = PasswordCost { memory_kib: 4_096, passes: 1 };
        let guards = Guards::new(&Settings { password_cost, ..Settings::default() }, [1; 32]);

        let answers = join_all((0..200).map(|_| guards.verify("a quiet kitchen", None))).await;

        assert!(answers.contains(&Ok(false)));
        assert!(answers.contains(&Err(Refusal::TooManyAttempts { retry_s: LINE_S })));
        assert_eq!(guards.verify("a quiet kitchen", None).await, Ok(false), "the line is empty again");
    }
}
