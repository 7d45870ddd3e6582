//! The smallest parts of sound: waves, envelopes, filters, chance. All of them repeat exactly.

/// Samples a second.
pub const RATE: f32 = 44_100.0;
/// Seconds of a sample.
pub const SAMPLE_S: f32 = 1.0 / RATE;

/// The frequency of a MIDI note.
pub fn hz(note: f32) -> f32 {
    440.0 * ((note - 69.0) / 12.0).exp2()
}

/// A sine of a phase in turns, by two parabolas; a thousandth off, and the same on every machine.
pub fn sine(turns: f32) -> f32 {
    let t = 2.0 * fraction(turns) - 1.0;
    let y = 4.0 * t * (1.0 - t.abs());

    -(0.225 * (y * y.abs() - y) + y)
}

/// What is left of whole turns. Rounding down is a call into a library on plain x86-64; this is not.
fn fraction(turns: f32) -> f32 {
    let rest = turns - (turns as i32) as f32;
    if rest < 0.0 { rest + 1.0 } else { rest }
}

/// A phase that goes round, in turns.
#[derive(Clone, Copy)]
pub struct Phase(f32);

impl Phase {
    /// Begins here.
    pub fn at(turns: f32) -> Self {
        Self(turns)
    }

    /// Moves on by one sample of this frequency and answers where it was.
    pub fn step(&mut self, hz: f32) -> f32 {
        let was = self.0;
        self.0 = fraction(self.0 + hz * SAMPLE_S);
        was
    }

    /// A sawtooth with rounded corners (polyBLEP), so that it does not alias.
    pub fn saw(&mut self, hz: f32) -> f32 {
        let turns = self.step(hz);
        2.0 * turns - 1.0 - corner(turns, hz * SAMPLE_S)
    }

    /// A pulse that is high for this part of a turn.
    pub fn pulse(&mut self, hz: f32, width: f32) -> f32 {
        let turns = self.step(hz);
        let fall = fraction(turns + 1.0 - width);
        let level = if turns < width { 1.0 } else { -1.0 };
        level + corner(turns, hz * SAMPLE_S) - corner(fall, hz * SAMPLE_S)
    }

    /// A triangle.
    pub fn triangle(&mut self, hz: f32) -> f32 {
        4.0 * (self.step(hz) - 0.5).abs() - 1.0
    }
}

fn corner(turns: f32, step: f32) -> f32 {
    if turns < step {
        let t = turns / step;
        t + t - t * t - 1.0
    } else if turns > 1.0 - step {
        let t = (turns - 1.0) / step;
        t * t + t + t + 1.0
    } else {
        0.0
    }
}

/// Loudness over time: rises, sinks to a level, holds it while the key is down, dies away. Times in seconds.
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the usual four, and how long the key is down")]
pub struct Envelope {
    pub attack: f32,
    pub decay: f32,
    pub sustain: f32,
    pub release: f32,
    pub gate: f32,
}

impl Envelope {
    /// The level at a time after the key went down.
    pub fn level(&self, t: f32) -> f32 {
        if t <= self.gate {
            return self.held(t);
        }
        self.held(self.gate) * (-(t - self.gate) / self.release).exp()
    }

    /// When it is silent.
    pub fn seconds(&self) -> f32 {
        self.gate + 6.0 * self.release
    }

    fn held(&self, t: f32) -> f32 {
        if t < self.attack {
            return t / self.attack;
        }
        self.sustain + (1.0 - self.sustain) * (-(t - self.attack) / self.decay).exp()
    }
}

/// A state-variable filter of two poles (the trapezoidal form of Andrew Simper).
#[derive(Clone, Copy, Default)]
pub struct Filter {
    a: [f32; 3],
    damping: f32,
    state: [f32; 2],
}

impl Filter {
    /// Tuned to a frequency; `q` of 0.7 is neutral, more of it rings.
    pub fn new(hz: f32, q: f32) -> Self {
        let mut filter = Self::default();
        filter.tune(hz, q);
        filter
    }

    /// Retunes while it runs.
    pub fn tune(&mut self, hz: f32, q: f32) {
        let g = (std::f32::consts::PI * hz.clamp(20.0, 18_000.0) / RATE).tan();
        self.damping = 1.0 / q;
        let first = 1.0 / (1.0 + g * (g + self.damping));
        self.a = [first, g * first, g * g * first];
    }

    /// What is below the frequency.
    pub fn low(&mut self, x: f32) -> f32 {
        self.step(x).0
    }

    /// What is around it.
    pub fn band(&mut self, x: f32) -> f32 {
        self.step(x).1
    }

    /// What is above it.
    pub fn high(&mut self, x: f32) -> f32 {
        let (low, band) = self.step(x);
        x - self.damping * band - low
    }

    fn step(&mut self, x: f32) -> (f32, f32) {
        let v3 = x - self.state[1];
        let band = self.a[0] * self.state[0] + self.a[1] * v3;
        let low = self.state[1] + self.a[1] * self.state[0] + self.a[2] * v3;
        self.state = [2.0 * band - self.state[0], 2.0 * low - self.state[1]];
        (low, band)
    }
}

/// Chance that repeats (xorshift).
#[derive(Clone, Copy)]
pub struct Dice(u32);

impl Dice {
    /// Different seeds roll differently.
    pub fn new(seed: u32) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9) | 1)
    }

    /// From 0 to 1.
    pub fn unit(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        (self.0 >> 8) as f32 / (1 << 24) as f32
    }

    /// From -1 to 1.
    pub fn around(&mut self) -> f32 {
        2.0 * self.unit() - 1.0
    }
}
