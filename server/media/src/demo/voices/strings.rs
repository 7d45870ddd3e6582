//! Strings: plucked (Karplus and Strong) and bowed.

use super::Voice;
use crate::demo::synth::{Dice, Envelope, Filter, Phase, RATE, hz, sine};

/// A plucked string. `bright` from 0 (felt) to 1 (steel); `ring` is how long it sounds, in seconds, if nobody damps it.
pub fn pluck(note: f32, gate: f32, bright: f32, ring: f32, seed: u32) -> Voice {
    let pitch = hz(note);
    let period = RATE / pitch - 0.5;
    let length = period as usize;
    // The rest of the period is delayed by an allpass, so that high notes are in tune.
    let part = period - length as f32;
    let tuning = (1.0 - part) / (1.0 + part);

    let mut dice = Dice::new(seed);
    let mut tone = Filter::new(700.0 + 6_500.0 * bright * bright, 0.6);
    let mut string: Vec<f32> = (0..length).map(|_| tone.low(dice.around())).collect();
    let mean = string.iter().sum::<f32>() / length as f32;
    string.iter_mut().for_each(|x| *x -= mean);

    let hold = 0.001f32.powf(1.0 / (ring * pitch));
    let damped = 0.001f32.powf(1.0 / (0.25 * pitch));
    let (mut head, mut last, mut tuned) = (0, 0.0, [0.0; 2]);

    Voice::new((gate + 0.3).min(ring), move |t| {
        let out = string[head];
        let mean = 0.5 * (out + last) * if t < gate { hold } else { damped };
        last = out;
        tuned = [mean, tuning * (mean - tuned[1]) + tuned[0]];
        string[head] = tuned[1];
        head = (head + 1) % length;
        out * 1.6
    })
}

/// A bowed string: two saws that vibrate once the note stands.
pub fn bowed(note: f32, gate: f32, bright: f32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.22, decay: 1.0, sustain: 0.85, release: 0.25, gate };
    let (mut one, mut two, mut slow) = (Phase::at(0.1), Phase::at(0.6), Phase::at(0.0));
    let mut body = Filter::new((pitch * (2.5 + 5.0 * bright)).min(6_000.0), 0.7);
    let mut frequency = pitch;

    Voice::new(envelope.seconds(), move |t| {
        let vibrato = 0.004 * ((t - 0.35).clamp(0.0, 0.6) / 0.6) * sine(slow.step(5.2));
        frequency += 0.01 * (pitch * (1.0 + vibrato) - frequency);
        let strings = one.saw(frequency) + 0.7 * two.saw(frequency * 1.003);
        body.low(strings) * envelope.level(t) * 0.45
    })
}
