//! Drums, made of sweeps and noise.

use super::Voice;
use crate::demo::synth::{Dice, Filter, Phase, sine};

/// A bass drum: a sine that falls to `hz`, with a click in front.
pub fn kick(hz: f32, seconds: f32) -> Voice {
    let mut phase = Phase::at(0.0);

    Voice::new(seconds * 2.2, move |t| {
        let sweep = hz * (1.0 + 3.2 * (-t * 34.0).exp());
        let body = sine(phase.step(sweep)) * (-t / (seconds * 0.45)).exp();
        let click = (-t * 900.0).exp() * 0.35;
        ((body + click) * 1.5).tanh()
    })
}

/// A snare: skin and wires.
pub fn snare(hz: f32, seconds: f32, seed: u32) -> Voice {
    let mut dice = Dice::new(seed);
    let (mut skin, mut wires) = (Phase::at(0.0), Filter::new(3_200.0, 0.6));

    Voice::new(seconds * 3.0, move |t| {
        let skin = sine(skin.step(hz * (1.0 + 0.6 * (-t * 60.0).exp()))) * (-t * 22.0).exp();
        let wires = wires.band(dice.around()) * (-t / (seconds * 0.4)).exp();
        0.6 * skin + 1.1 * wires
    })
}

/// A hand clap: three bursts and their tail.
pub fn clap(seed: u32) -> Voice {
    let mut dice = Dice::new(seed);
    let mut tone = Filter::new(1_500.0, 1.1);

    Voice::new(0.4, move |t| {
        let burst = if t < 0.033 { (-(t % 0.011) * 240.0).exp() } else { (-(t - 0.033) * 17.0).exp() };
        tone.band(dice.around()) * burst * 1.6
    })
}

/// Noise above a frequency that dies in some seconds: hats, shakers, brushes.
pub fn hat(hz: f32, seconds: f32, seed: u32) -> Voice {
    let mut dice = Dice::new(seed);
    let mut tone = Filter::new(hz, 0.9);

    Voice::new(seconds * 4.0, move |t| tone.high(dice.around()) * (-t / (seconds * 0.5)).exp() * 0.5)
}

/// A shaker: noise that swells before it stops.
pub fn shaker(seed: u32) -> Voice {
    let mut dice = Dice::new(seed);
    let mut tone = Filter::new(6_200.0, 1.4);

    Voice::new(0.12, move |t| {
        let swell = if t < 0.035 { t / 0.035 } else { (-(t - 0.035) * 45.0).exp() };
        tone.band(dice.around()) * swell * 0.8
    })
}

/// A stick across the rim.
pub fn rim(hz: f32) -> Voice {
    let (mut low, mut high) = (Phase::at(0.0), Phase::at(0.0));

    Voice::new(0.12, move |t| (sine(low.step(hz)) + 0.6 * sine(high.step(hz * 2.73))) * (-t * 75.0).exp() * 0.7)
}
