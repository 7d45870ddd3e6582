//! A reproducible shuffle: the same seed and rows give the same order on every machine.
//!
//! SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014) drives the Fisher-Yates
//! shuffle in Durstenfeld's form. Good enough for music, and deliberately not for secrets.

/// Shuffles in place.
pub(super) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut random = SplitMix64(seed);

    for last in (1..items.len()).rev() {
        items.swap(last, random.up_to(last));
    }
}

struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);

        mixed ^ (mixed >> 31)
    }

    /// An index from 0 to `last`. The high half of a product; its bias is far below what anyone can hear.
    fn up_to(&mut self, last: usize) -> usize {
        let choices = last as u128 + 1;

        ((u128::from(self.next()) * choices) >> 64) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn j9_the_generator_gives_the_published_sequence() {
        let mut random = SplitMix64(1_234_567);

        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn j9_every_order_of_three_comes_up() {
        let mut orders: Vec<[u8; 3]> = Vec::new();
        for seed in 0..200 {
            let mut items = [1, 2, 3];
            shuffle(&mut items, seed);
            orders.push(items);
        }
        orders.sort_unstable();
        orders.dedup();

        assert_eq!(orders.len(), 6);
    }
}
