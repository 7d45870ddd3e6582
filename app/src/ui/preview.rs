//! What a picture looks like before it arrives: a thumbhash unfolded into four soft corners.
//!
//! The hash (format by Evan Wallace, <https://evanw.github.io/thumbhash/>) holds a few terms of a cosine transform of
//! luminance and two colour differences. Evaluating it at five points and letting CSS gradients blend between them is a
//! hundredth of the work of unfolding it into pixels, and a list may show hundreds.

use std::f32::consts::PI;

/// A CSS background; none when the hash is too short.
pub(super) fn preview(hash: &[u8]) -> Option<String> {
    let colours = Colours::read(hash)?;
    let mut css = String::new();

    for (x, y) in [(0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0)] {
        let [r, g, b] = colours.at(0.15 + 0.7 * x, 0.15 + 0.7 * y);
        css += &format!("radial-gradient(at {}% {}%,rgb({r} {g} {b}),transparent 75%),", x * 100.0, y * 100.0);
    }
    let [r, g, b] = colours.at(0.5, 0.5);
    css += &format!("rgb({r} {g} {b})");

    Some(css)
}

/// One channel: its mean, and the terms that vary, each with its place in the transform.
struct Channel {
    mean: f32,
    terms: Vec<(f32, f32, f32)>,
}

struct Colours {
    light: Channel,
    yellow_blue: Channel,
    red_green: Channel,
}

impl Colours {
    fn read(hash: &[u8]) -> Option<Self> {
        let (head, rest) = hash.split_at_checked(5)?;
        let first = u32::from_le_bytes([head[0], head[1], head[2], 0]);
        let second = u32::from(u16::from_le_bytes([head[3], head[4]]));
        let bits = |word: u32, from: u32, count: u32| ((word >> from) & ((1 << count) - 1)) as f32;

        let alpha = first >> 23 == 1;
        let longer = if alpha { 5 } else { 7 };
        let shorter = second & 7;
        let (nx, ny) = if second >> 15 == 1 { (longer, shorter) } else { (shorter, longer) };

        let mut nibbles = rest.iter().skip(usize::from(alpha)).flat_map(|byte| [byte & 15, byte >> 4]);
        let mut channel = |nx: u32, ny: u32, mean: f32, scale: f32| -> Option<Channel> {
            let mut terms = Vec::new();
            for cy in 0..ny {
                for cx in u32::from(cy == 0)..nx {
                    if cx * ny >= nx * (ny - cy) {
                        break;
                    }
                    let amplitude = (f32::from(nibbles.next()?) / 7.5 - 1.0) * scale;
                    terms.push((cx as f32, cy as f32, amplitude));
                }
            }
            Some(Channel { mean, terms })
        };

        Some(Self {
            light: channel(nx.max(3), ny.max(3), bits(first, 0, 6) / 63.0, bits(first, 18, 5) / 31.0)?,
            yellow_blue: channel(3, 3, bits(first, 6, 6) / 31.5 - 1.0, bits(second, 3, 6) / 50.4)?,
            red_green: channel(3, 3, bits(first, 12, 6) / 31.5 - 1.0, bits(second, 9, 6) / 50.4)?,
        })
    }

    /// Red, green and blue at a place between 0 and 1 in both directions.
    fn at(&self, x: f32, y: f32) -> [u8; 3] {
        let (l, p, q) = (self.light.at(x, y), self.yellow_blue.at(x, y), self.red_green.at(x, y));
        let b = l - 2.0 / 3.0 * p;
        let r = (3.0 * l - b + q) / 2.0;
        let g = r - q;

        [r, g, b].map(|value| (value.clamp(0.0, 1.0) * 255.0) as u8)
    }
}

impl Channel {
    fn at(&self, x: f32, y: f32) -> f32 {
        self.terms.iter().fold(self.mean, |sum, (cx, cy, amplitude)| {
            sum + 2.0 * amplitude * (PI * cx * x).cos() * if *cy == 0.0 { 1.0 } else { (PI * cy * y).cos() }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A 3 x 3 transform has five varying terms per colour channel, the 7 x 7 luminance 27: 5 bytes and 37 nibbles.
    const LENGTH: usize = 5 + 19;

    #[test]
    fn a_short_hash_has_no_preview() {
        assert!(preview(&[]).is_none());
        assert!(preview(&[1, 2, 3, 4, 5, 6]).is_none());
    }

    #[test]
    fn a_flat_hash_is_its_mean_colour_everywhere() {
        let mut hash = [0x88; LENGTH];
        // Full luminance, both colour differences in the middle, no scale.
        hash[..5].copy_from_slice(&[0b0011_1111 | 0b1000_0000, 0b0000_0111 | 0b1111_0000, 0b0000_0001, 7, 0]);
        let colours = Colours::read(&hash).expect("long enough");

        assert_eq!(colours.at(0.1, 0.9), colours.at(0.5, 0.5));
    }
}
