//! The last step of every song: one loudness for all, no peak too high, a beginning and an end without clicks.

use crate::demo::synth::{Filter, RATE};

/// Mean level: -14 dB below full scale.
const LEVEL: f32 = 0.2;
/// No sample is louder.
const CEILING: f32 = 0.94;
/// The limiter looks at the sound in blocks of this many frames, one ahead.
const BLOCK: usize = 128;
const FADE_IN_S: f32 = 0.02;
const FADE_OUT_S: f32 = 5.0;

/// Finishes a song in place.
pub fn master(left: &mut [f32], right: &mut [f32], light: f32) {
    for side in [&mut *left, &mut *right] {
        let (mut rumble, mut bright) = (Filter::new(28.0, 0.7), Filter::new(1_500.0, 0.6));
        for x in side {
            let clean = rumble.high(*x);
            *x = clean + light * bright.high(clean);
        }
    }
    level(left, right);
    limit(left, right);
    // What the limiter took away comes back once; the second pass has little left to do.
    level(left, right);
    limit(left, right);
    fade(left);
    fade(right);
}

/// Brings the mean level of what is not silence to [`LEVEL`].
fn level(left: &mut [f32], right: &mut [f32]) {
    let both = left.iter().zip(&*right).map(|(left, right)| 0.5 * (left * left + right * right));
    let (sum, count) = both
        .filter(|power| *power > 1e-7)
        .fold((0.0f64, 0u32), |(sum, count), power| (sum + f64::from(power), count + 1));
    let gain = LEVEL / ((sum / f64::from(count.max(1))).sqrt() as f32).max(1e-6);

    left.iter_mut().chain(right).for_each(|x| *x *= gain);
}

/// Turns down before each peak and comes back slowly.
fn limit(left: &mut [f32], right: &mut [f32]) {
    let peak = |block: &[f32]| block.iter().fold(0.0f32, |peak, x| peak.max(x.abs()));
    let mut gains: Vec<f32> = left
        .chunks(BLOCK)
        .zip(right.chunks(BLOCK))
        .map(|(left, right)| (CEILING / peak(left).max(peak(right)).max(1e-6)).min(1.0))
        .collect();

    // A block and its neighbours share the lowest gain, then it rises by at most one percent a block.
    let near = |place: usize| gains[place.saturating_sub(1)..(place + 2).min(gains.len())].iter().copied();
    gains = (0..gains.len()).map(|place| near(place).fold(1.0, f32::min)).collect();
    for place in 1..gains.len() {
        gains[place] = gains[place].min(gains[place - 1] + 0.01);
    }

    for side in [left, right] {
        for (place, block) in side.chunks_mut(BLOCK).enumerate() {
            let (from, to) = (gains[place], gains.get(place + 1).copied().unwrap_or(gains[place]));
            for (frame, x) in block.iter_mut().enumerate() {
                let gain = from + (to - from) * frame as f32 / BLOCK as f32;
                *x = (*x * gain).clamp(-CEILING, CEILING);
            }
        }
    }
}

fn fade(side: &mut [f32]) {
    let (frames, rise) = (side.len(), FADE_IN_S * RATE);
    let fall = (FADE_OUT_S * RATE).min(frames as f32 / 2.0);

    for (frame, x) in side.iter_mut().enumerate() {
        let out = ((frames - frame) as f32 / fall).min(1.0);
        *x *= (frame as f32 / rise).min(1.0) * out * out;
    }
}
