//! Things that are struck: piano, electric piano, bells, bars, and the organ, which is at least pressed.

use super::Voice;
use crate::demo::synth::{Dice, Envelope, Filter, Phase, RATE, hz, sine};

/// A felt piano. `touch` from 0 to 1 makes it brighter.
pub fn piano(note: f32, gate: f32, touch: f32, seed: u32) -> Voice {
    let base = hz(note);
    let mut dice = Dice::new(seed);
    // Stiff strings sound sharper the higher the partial; high partials die first.
    let mut partials: Vec<(Phase, f32, f32, f32)> = (1..=9)
        .map(|n| n as f32)
        .map(|n| (n, base * n * (1.0 + 0.00035 * n * n).sqrt()))
        .take_while(|(_, hz)| *hz < 9_000.0)
        .map(|(n, hz)| {
            let level = 0.55 * (-(n - 1.0) * (0.85 - 0.35 * touch)).exp();
            let life = 5.0 * (-(note - 40.0) / 26.0).exp2().min(2.0) / (1.0 + 0.35 * (n - 1.0));
            (Phase::at(dice.unit()), hz, level, (-1.0 / (life.max(0.2) * 0.45 * RATE)).exp())
        })
        .collect();
    let mut felt = Filter::new(900.0, 0.8);

    Voice::new(gate + 0.7, move |t| {
        let strings: f32 = partials
            .iter_mut()
            .map(|(phase, hz, level, keep)| {
                *level *= *keep;
                *level * sine(phase.step(*hz))
            })
            .sum();
        let hammer = felt.low(dice.around()) * (-t * 90.0).exp() * 0.16 * touch;
        let damper = if t < gate { 1.0 } else { (-(t - gate) * 9.0).exp() };
        (strings * (t * 400.0).min(1.0) + hammer) * damper
    })
}

/// An electric piano: a bar that a second sine bends, more when struck harder, and its tine.
pub fn epiano(note: f32, gate: f32, touch: f32) -> Voice {
    let base = hz(note);
    let envelope = Envelope { attack: 0.004, decay: 1.6, sustain: 0.0, release: 0.12, gate };
    let (mut bar, mut bend, mut tine) = (Phase::at(0.0), Phase::at(0.0), Phase::at(0.0));

    Voice::new(envelope.seconds().min(8.0), move |t| {
        let depth = 0.22 * touch * (-t * 2.5).exp() + 0.03;
        let bar = sine(bar.step(base) + depth * sine(bend.step(base)));
        let tine = sine(tine.step((base * 7.0).min(9_000.0))) * (-t * 11.0).exp() * 0.09 * touch;
        (bar + tine) * envelope.level(t) * 0.6
    })
}

/// A small bell or music box.
pub fn bell(note: f32, life: f32) -> Voice {
    ringing([(1.0, 0.6, life), (2.76, 0.2, life * 0.45), (5.4, 0.1, life * 0.2), (8.9, 0.04, life * 0.1)], note)
}

/// A vibraphone: bars over tubes.
pub fn vibraphone(note: f32, life: f32) -> Voice {
    ringing([(1.0, 0.7, life), (3.98, 0.14, life * 0.3), (9.9, 0.05, life * 0.08), (2.0, 0.05, life * 0.6)], note)
}

/// Partials (ratio, level, life in seconds) that die away.
fn ringing(partials: [(f32, f32, f32); 4], note: f32) -> Voice {
    let base = hz(note);
    let life = partials[0].2;
    let mut partials = partials.map(|(ratio, level, life)| {
        (Phase::at(0.0), (base * ratio).min(16_000.0), level, (-1.0 / (life * 0.3 * RATE)).exp())
    });

    Voice::new(life * 1.8, move |t| {
        let sum: f32 = partials
            .iter_mut()
            .map(|(phase, hz, level, keep)| {
                *level *= *keep;
                *level * sine(phase.step(*hz))
            })
            .sum();
        sum * (t * 700.0).min(1.0)
    })
}

/// A small organ, for short chords.
pub fn organ(note: f32, gate: f32) -> Voice {
    let envelope = Envelope { attack: 0.006, decay: 0.3, sustain: 0.7, release: 0.03, gate };
    let mut bars = [(0.5, 0.25), (1.0, 0.5), (2.0, 0.3), (3.0, 0.16), (4.0, 0.1)]
        .map(|(ratio, level)| (Phase::at(0.0), hz(note) * ratio, level));

    Voice::new(envelope.seconds(), move |t| {
        bars.iter_mut().map(|(phase, hz, level)| *level * sine(phase.step(*hz))).sum::<f32>() * envelope.level(t)
    })
}
