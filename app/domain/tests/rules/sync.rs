//! The closed loop of a Jam against a simulated tab (J10).

use domain::sync::{Correction, HeardFilter, JUMP_FROM_MS, MOST_RATE};
use proptest::prelude::*;

/// A tab with an audio clock of its own. Times in milliseconds.
struct Tab {
    seed: u64,
    now: f64,
    /// Expected minus heard, the truth.
    error_ms: f64,
    /// How much slower its audio clock runs.
    skew: f64,
    rate: f64,
    filter: HeardFilter,
    jumps: u32,
}

impl Tab {
    fn new(seed: u64, error_ms: f64, skew: f64) -> Self {
        Self { seed, now: 1_000.0, error_ms, skew, rate: 1.0, filter: HeardFilter::default(), jumps: 0 }
    }

    fn unit(&mut self) -> f64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.seed >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// One reading every 100 ms: scatter of 1.5 ms, a block for the first second and a half, one wild reading in thirty.
    fn read(&mut self) -> Correction {
        let began = 1_000.0;
        self.now += 100.0;
        self.error_ms += 100.0 * (self.skew - (self.rate - 1.0));

        let block = if self.now - began < 1_500.0 { 10.7 } else { 0.0 };
        let wild = if self.unit() < 1.0 / 30.0 { 8.0 + 72.0 * self.unit() } else { 0.0 };
        let reading = self.error_ms + block + wild + 3.0 * (self.unit() - 0.5);

        let correction = self.filter.feed(self.now, reading);
        self.rate = match correction {
            Correction::Rate(rate) => rate,
            Correction::None => 1.0,
            Correction::Jump => {
                self.jumps += 1;
                self.error_ms = 0.0;
                1.0
            }
        };
        correction
    }

    fn run(&mut self, seconds: u32) {
        for _ in 0..seconds * 10 {
            self.read();
        }
    }
}

#[test]
fn j10_a_tab_in_time_is_left_alone() {
    let mut filter = HeardFilter::default();

    for step in 0..200 {
        let wobble = if step % 2 == 0 { 1.4 } else { -1.4 };
        assert_eq!(filter.feed(f64::from(step) * 100.0, wobble), Correction::None);
    }
}

#[test]
fn j10_a_late_tab_hurries_and_an_early_one_waits() {
    for (error_ms, hurries) in [(8.0, true), (-8.0, false)] {
        let mut filter = HeardFilter::default();
        let last = (0..40).map(|step| filter.feed(f64::from(step) * 100.0, error_ms)).last().unwrap();

        let Correction::Rate(rate) = last else { panic!("{last:?}") };
        assert_eq!(rate > 1.0, hurries);
    }
}

#[test]
fn j10_far_off_jumps_once_and_a_wild_reading_never() {
    let mut tab = Tab::new(1, 150.0, 0.0);
    tab.run(20);
    assert_eq!(tab.jumps, 1);

    let mut filter = HeardFilter::default();
    for step in 0..100 {
        let reading = if step % 4 == 0 { 80.0 } else { 0.0 };
        assert_ne!(filter.feed(f64::from(step) * 100.0, reading), Correction::Jump);
    }
}

#[test]
fn j10_nonsense_readings_change_nothing() {
    let mut filter = HeardFilter::default();
    for step in 0..50 {
        filter.feed(f64::from(step) * 100.0, 0.0);
    }
    let before = filter.error_ms();

    filter.feed(5_000.0, f64::NAN);
    filter.feed(0.0, 500.0);
    assert_eq!(filter.error_ms(), before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// From any start short of a jump and with up to 50 ppm of skew, a tab is within 2 ms of the truth after half a minute
    /// and stays there, without a jump and never faster than is inaudible.
    #[test]
    fn j10_the_loop_closes_and_stays_closed(seed: u64, error_ms in -45.0..45.0_f64, ppm in -50.0..50.0_f64) {
        let mut tab = Tab::new(seed, error_ms, ppm * 1e-6);

        tab.run(30);
        for _ in 0..3_000 {
            if let Correction::Rate(rate) = tab.read() {
                prop_assert!((rate - 1.0).abs() <= MOST_RATE + 1e-12);
            }
            prop_assert!(tab.error_ms.abs() < 2.0, "{} ms off", tab.error_ms);
        }
        prop_assert_eq!(tab.jumps, 0);
    }

    #[test]
    fn j10_beyond_the_limit_it_jumps_within_a_second(seed: u64, over in 15.0..2_000.0_f64, late: bool) {
        let error_ms = JUMP_FROM_MS + over;
        let mut tab = Tab::new(seed, if late { error_ms } else { -error_ms }, 0.0);

        tab.run(1);
        prop_assert_eq!(tab.jumps, 1);
    }
}
