//! The colour of a picture: the hue that it has most of, as the eye would name it.
//!
//! A plain average of a picture is nearly always a brown grey. So each pixel votes for its hue (24 of them) with its
//! colourfulness as weight, and the tint is the weighted average of the winning hue and its two neighbours. A picture
//! without colours has its plain average.

use image::RgbImage;

const HUES: usize = 24;
/// Below this mean colourfulness (0 to 255) a picture counts as grey.
const GREY: f32 = 8.0;

/// The tint of a small picture.
pub fn of(picture: &RgbImage) -> [u8; 3] {
    let mut votes = [[0.0f32; 4]; HUES];
    let mut all = [0.0f32; 4];

    for pixel in picture.pixels() {
        let colour = pixel.0.map(f32::from);
        let (hue, chroma) = hue_and_chroma(colour);
        add(&mut votes[hue], colour, chroma);
        add(&mut all, colour, 1.0);
    }

    let colourfulness: f32 = votes.iter().map(|vote| vote[3]).sum();
    if colourfulness < GREY * all[3] {
        return mean(&all);
    }
    let around = |hue: usize| {
        let near = [hue + HUES - 1, hue, hue + 1].map(|hue| votes[hue % HUES]);
        std::array::from_fn::<f32, 4, _>(|part| near.iter().map(|vote| vote[part]).sum())
    };
    let strongest = (0..HUES).map(around).max_by(|a, b| a[3].total_cmp(&b[3])).expect("there are hues");

    mean(&strongest)
}

fn add(sum: &mut [f32; 4], colour: [f32; 3], weight: f32) {
    for (part, value) in sum.iter_mut().zip([colour[0] * weight, colour[1] * weight, colour[2] * weight, weight]) {
        *part += value;
    }
}

fn mean(sum: &[f32; 4]) -> [u8; 3] {
    [sum[0], sum[1], sum[2]].map(|part| (part / sum[3].max(1e-6)).round() as u8)
}

/// Which of the hues, and how colourful from 0 to 255.
fn hue_and_chroma([red, green, blue]: [f32; 3]) -> (usize, f32) {
    let most = red.max(green).max(blue);
    let chroma = most - red.min(green).min(blue);
    if chroma == 0.0 {
        return (0, 0.0);
    }

    let sixth = if most == red {
        ((green - blue) / chroma).rem_euclid(6.0)
    } else if most == green {
        (blue - red) / chroma + 2.0
    } else {
        (red - green) / chroma + 4.0
    };
    ((sixth / 6.0 * HUES as f32) as usize % HUES, chroma)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::of;

    #[test]
    fn a_little_orange_on_grey_is_orange() {
        let picture = RgbImage::from_fn(10, 10, |x, _| if x < 3 { Rgb([255, 140, 60]) } else { Rgb([90, 90, 90]) });

        assert_eq!(of(&picture), [255, 140, 60]);
    }

    #[test]
    fn a_grey_picture_has_its_own_grey() {
        assert_eq!(of(&RgbImage::from_pixel(4, 4, Rgb([120, 121, 119]))), [120, 121, 119]);
    }
}
