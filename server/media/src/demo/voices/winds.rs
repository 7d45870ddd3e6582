//! Sounds that are blown or held: flute, melodica, pads, basses and the machines of the second side.

use super::Voice;
use crate::demo::synth::{Dice, Envelope, Filter, Phase, hz, sine};

/// A wooden flute with breath and a late vibrato.
pub fn flute(note: f32, gate: f32, seed: u32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.07, decay: 0.8, sustain: 0.8, release: 0.09, gate };
    let (mut tone, mut slow) = (Phase::at(0.0), Phase::at(0.0));
    let (mut dice, mut breath) = (Dice::new(seed), Filter::new(pitch * 2.0, 1.2));

    Voice::new(envelope.seconds(), move |t| {
        let vibrato = 1.0 + 0.005 * ((t - 0.25).clamp(0.0, 0.5) * 2.0) * sine(slow.step(5.0));
        let turns = tone.step(pitch * vibrato);
        let tone = sine(turns) + 0.16 * sine(2.0 * turns) + 0.07 * sine(3.0 * turns);
        let breath = breath.band(dice.around()) * (0.05 + 0.16 * (-t * 18.0).exp());
        (tone + breath) * envelope.level(t) * 0.5
    })
}

/// A melodica: reeds behind a cheap keyboard.
pub fn melodica(note: f32, gate: f32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.05, decay: 0.5, sustain: 0.8, release: 0.08, gate };
    let (mut reed, mut second, mut slow) = (Phase::at(0.0), Phase::at(0.3), Phase::at(0.0));
    let mut body = Filter::new(2_100.0, 0.9);

    Voice::new(envelope.seconds(), move |t| {
        let frequency = pitch * (1.0 + 0.004 * sine(slow.step(5.6)));
        let reeds = reed.pulse(frequency, 0.34) + 0.5 * second.saw(frequency * 1.004);
        body.low(reeds) * envelope.level(t) * 0.35
    })
}

/// A soft pad of three saws. `open` from 0 to 1 lets more light in; `drift` makes two of them differ.
pub fn pad(note: f32, gate: f32, open: f32, drift: f32) -> Voice {
    let pitch = hz(note);
    let attack = (gate * 0.35).min(2.2);
    let envelope = Envelope { attack, decay: 3.0, sustain: 0.85, release: (gate * 0.2).clamp(0.15, 1.1), gate };
    let (mut saws, mut slow) = ([0.0, 0.37, 0.71].map(|at| Phase::at((at + drift).fract())), Phase::at(drift));
    let (mut tone, mut samples) = (Filter::new(400.0, 0.7), 0u32);

    Voice::new(envelope.seconds(), move |t| {
        if samples.is_multiple_of(64) {
            // The filter breathes once in nine seconds.
            let light = (260.0 + 2_400.0 * open) * (1.0 + 0.35 * sine(slow.step(64.0 * 0.11)));
            tone.tune(light * (0.5 + 0.5 * envelope.level(t)), 0.7);
        }
        samples += 1;
        let [a, b, c] = &mut saws;
        let sum = a.saw(pitch * (1.0 + 0.0011 * drift)) + b.saw(pitch * 1.0042) + c.saw(pitch * 0.9957);
        tone.low(sum) * envelope.level(t) * 0.28
    })
}

/// A deep sine with a little edge, so that small speakers show it too.
pub fn sub(note: f32, gate: f32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.012, decay: 1.5, sustain: 0.75, release: 0.07, gate };
    let mut tone = Phase::at(0.0);

    Voice::new(envelope.seconds(), move |t| {
        let turns = tone.step(pitch);
        let edge = 0.22 * sine(2.0 * turns) + 0.09 * sine(3.0 * turns);
        ((sine(turns) + edge) * 1.3).tanh() * envelope.level(t)
    })
}

/// A bass of one saw whose filter closes after each note.
pub fn reed_bass(note: f32, gate: f32, open: f32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.004, decay: 0.5, sustain: 0.6, release: 0.04, gate };
    let (mut saw, mut under) = (Phase::at(0.0), Phase::at(0.0));
    let (mut tone, mut samples) = (Filter::new(500.0, 1.2), 0u32);

    Voice::new(envelope.seconds(), move |t| {
        if samples.is_multiple_of(32) {
            tone.tune(140.0 + (300.0 + 2_200.0 * open) * (-t * 7.0).exp(), 1.3);
        }
        samples += 1;
        (tone.low(saw.saw(pitch)) * 0.8 + 0.5 * sine(under.step(pitch))) * envelope.level(t)
    })
}

/// A short chord tone of two saws with a filter that snaps shut.
pub fn stab(note: f32, gate: f32, open: f32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.003, decay: 0.35, sustain: 0.35, release: 0.1, gate };
    let (mut one, mut two) = (Phase::at(0.0), Phase::at(0.43));
    let (mut tone, mut samples) = (Filter::new(800.0, 1.0), 0u32);

    Voice::new(envelope.seconds(), move |t| {
        if samples.is_multiple_of(32) {
            tone.tune(300.0 + (600.0 + 4_000.0 * open) * (-t * 6.0).exp(), 1.1);
        }
        samples += 1;
        tone.low(one.saw(pitch * 1.003) + two.saw(pitch * 0.997)) * envelope.level(t) * 0.4
    })
}

/// A singing lead of two saws that slides into its note.
pub fn lead(note: f32, gate: f32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.03, decay: 0.8, sustain: 0.75, release: 0.2, gate };
    let (mut one, mut two, mut slow) = (Phase::at(0.0), Phase::at(0.5), Phase::at(0.0));
    let mut tone = Filter::new(2_800.0, 0.9);

    Voice::new(envelope.seconds(), move |t| {
        let slide = 1.0 - 0.03 * (-t * 22.0).exp();
        let vibrato = 1.0 + 0.005 * ((t - 0.3).clamp(0.0, 0.5) * 2.0) * sine(slow.step(5.4));
        let base = pitch * slide * vibrato;
        tone.low(one.saw(base * 1.004) + two.saw(base * 0.996)) * envelope.level(t) * 0.32
    })
}

/// A voice of an old game console: a pulse of some width, or a triangle for width zero.
pub fn chip(note: f32, gate: f32, width: f32) -> Voice {
    let pitch = hz(note);
    let envelope = Envelope { attack: 0.002, decay: 0.25, sustain: 0.55, release: 0.02, gate };
    let (mut wave, mut slow) = (Phase::at(0.0), Phase::at(0.0));

    Voice::new(envelope.seconds(), move |t| {
        let vibrato = 1.0 + 0.006 * ((t - 0.2).clamp(0.0, 0.2) * 5.0) * sine(slow.step(6.0));
        let base = pitch * vibrato;
        let wave = if width > 0.0 { wave.pulse(base, width) * 0.3 } else { wave.triangle(base) * 0.9 };
        wave * envelope.level(t)
    })
}

/// Water on a shore, or rain on a window: noise that comes and goes once in `swell` seconds.
pub fn waves(seconds: f32, tone_hz: f32, swell: f32, seed: u32) -> Voice {
    let mut dice = Dice::new(seed);
    let (mut tone, mut slow) = (Filter::new(tone_hz, 0.5), Phase::at(0.75));

    Voice::new(seconds, move |t| {
        let level = 0.55 + 0.45 * sine(slow.step(1.0 / swell));
        tone.band(dice.around()) * level * (t / 3.0).min(1.0)
    })
}
