//! How fast a page may send: a token bucket.

use std::time::Duration;

use tokio::time::Instant;

/// Lets `burst` frames pass at once and `a_second` in the long run.
pub(crate) struct Pace {
    burst: f64,
    a_second: f64,
    tokens: f64,
    at: Instant,
}

impl Pace {
    pub(crate) fn new(a_second: u32, burst: u32) -> Self {
        Self { burst: burst.into(), a_second: a_second.into(), tokens: burst.into(), at: Instant::now() }
    }

    /// Whether one more may pass now.
    pub(crate) fn admits(&mut self) -> bool {
        let now = Instant::now();
        let grown = now.duration_since(self.at).as_secs_f64() * self.a_second;
        self.tokens = (self.tokens + grown).min(self.burst);
        self.at = now;

        let admitted = self.tokens >= 1.0;
        if admitted {
            self.tokens -= 1.0;
        }
        admitted
    }

    /// How long until the bucket is full again: what a page that was too fast is told to wait.
    pub(crate) fn calm_after(&self) -> Duration {
        Duration::from_secs_f64((self.burst - self.tokens) / self.a_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_burst_passes_then_only_the_long_run() {
        let mut pace = Pace::new(50, 200);

        assert_eq!((0..300).filter(|_| pace.admits()).count(), 200);
        assert_eq!(pace.calm_after(), Duration::from_secs(4));

        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!((0..300).filter(|_| pace.admits()).count(), 50);
    }
}
