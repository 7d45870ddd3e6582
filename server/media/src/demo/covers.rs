//! The covers, drawn: warm flat shapes, one idea each.

use std::f32::consts::TAU;

use tiny_skia::{
    Color, FillRule, GradientStop, LineCap, LinearGradient, Paint, Path, PathBuilder, Pixmap, Point, RadialGradient,
    Rect, Shader, SpreadMode, Stroke, Transform,
};

use super::synth::Dice;

/// Draws a cover.
pub type Cover = fn() -> Pixmap;

const SIDE: f32 = 800.0;

/// "Rooms at Low Tide": a low sun over bands of water, and its broken light.
pub fn tide() -> Pixmap {
    let mut sheet = Sheet::new();
    sheet.fill(rect(0.0, 0.0, SIDE, SIDE), vertical(0.0, 470.0, &["#2b2a4c", "#8a4a5e", "#e8845c", "#f9cf9a"]));
    sheet.fill(circle(400.0, 372.0, 320.0), radial(400.0, 372.0, 320.0, &["#ffe2b0aa", "#ffc98a33", "#ffc98a00"]));
    sheet.fill(circle(400.0, 372.0, 118.0), vertical(254.0, 490.0, &["#fff3d6", "#ffb877"]));

    let bands = ["#e07f5f", "#c2645a", "#97505a", "#6a3f58", "#46324f", "#2a2440"];
    for (place, colour) in bands.into_iter().enumerate() {
        let place = place as f32;
        let top = 440.0 + 14.0 * place + 7.5 * place * place;
        sheet.fill(wave(top, 6.0 + 3.0 * place, 520.0 - 40.0 * place, 0.13 * place), flat(colour));
    }
    let mut dice = Dice::new(4);
    for place in 0..26 {
        let depth = place as f32 / 26.0;
        let (y, reach) = (462.0 + 310.0 * depth, 30.0 + 95.0 * (1.0 - depth) * dice.unit() + 40.0 * dice.unit());
        let middle = 400.0 + 46.0 * dice.around() * (0.4 + depth);
        sheet.line(&[(middle - reach, y), (middle + reach, y)], 3.0 + 4.5 * depth, flat("#ffd9a0b8"));
    }
    for (x, height) in [(168.0, 150.0), (236.0, 92.0)] {
        sheet.line(&[(x, 505.0), (x, 505.0 - height)], 7.0, flat("#2a2440"));
    }
    sheet.line(&[(168.0, 395.0), (236.0, 440.0)], 4.0, flat("#2a2440"));
    sheet.0
}

/// "Kitchen After Midnight": one lamp, the light that it throws, a table and a cup.
pub fn lamp() -> Pixmap {
    let mut sheet = Sheet::new();
    sheet.fill(rect(0.0, 0.0, SIDE, SIDE), vertical(0.0, SIDE, &["#1f2a33", "#233a3d", "#1a2428"]));
    // A window with the night in it.
    sheet.fill(rect(522.0, 132.0, 176.0, 236.0), vertical(132.0, 368.0, &["#2d4a63", "#4b6a78"]));
    sheet.fill(circle(646.0, 196.0, 26.0), flat("#f4e3bd"));
    sheet.fill(circle(657.0, 188.0, 24.0), flat("#355368"));
    for bar in [[(610.0, 132.0), (610.0, 368.0)], [(522.0, 250.0), (698.0, 250.0)]] {
        sheet.line(&bar, 8.0, flat("#17211f"));
    }

    sheet.fill(
        polygon(&[(236.0, 262.0), (424.0, 262.0), (720.0, 640.0), (-60.0, 640.0)]),
        vertical(262.0, 640.0, &["#ffcf7ad0", "#ff9a4d40"]),
    );
    sheet.fill(circle(330.0, 262.0, 250.0), radial(330.0, 262.0, 250.0, &["#ffd58a90", "#ffb05a30", "#ffb05a00"]));
    sheet.line(&[(330.0, 0.0), (330.0, 150.0)], 6.0, flat("#0f1518"));
    sheet.fill(
        polygon(&[(286.0, 150.0), (374.0, 150.0), (440.0, 266.0), (220.0, 266.0)]),
        vertical(150.0, 266.0, &["#d9583b", "#a83a2c"]),
    );
    sheet.fill(oval(330.0, 266.0, 110.0, 17.0), flat("#ffe9b8"));

    sheet.fill(rect(0.0, 636.0, SIDE, 164.0), vertical(636.0, SIDE, &["#b5643c", "#6f3424"]));
    sheet.fill(oval(330.0, 668.0, 300.0, 24.0), flat("#f2a65a70"));
    sheet.fill(oval(420.0, 668.0, 92.0, 13.0), flat("#4a2219a0"));
    sheet.line(&[(486.0, 588.0), (532.0, 590.0), (526.0, 634.0), (478.0, 640.0)], 13.0, flat("#efe2cf"));
    sheet.fill(
        polygon(&[(352.0, 560.0), (488.0, 560.0), (468.0, 664.0), (372.0, 664.0)]),
        vertical(560.0, 664.0, &["#fff4e2", "#d8bfa2"]),
    );
    sheet.fill(oval(420.0, 560.0, 68.0, 13.0), flat("#5a2d1e"));
    for (x, sway) in [(396.0, 1.0), (424.0, -1.0), (448.0, 1.0)] {
        let steam: Vec<_> =
            (0..24).map(|y| y as f32).map(|y| (x + sway * 9.0 * (y / 4.2).sin(), 538.0 - 5.0 * y)).collect();
        sheet.line(&steam, 5.0, flat("#fff4e250"));
    }
    sheet.0
}

/// "Night Bus Arcade": a road that runs to the horizon under a striped sun, between lit blocks.
pub fn bus() -> Pixmap {
    let mut sheet = Sheet::new();
    sheet.fill(rect(0.0, 0.0, SIDE, SIDE), vertical(0.0, 500.0, &["#170f2e", "#43195a", "#a82f63", "#ff7a4a"]));
    let mut dice = Dice::new(9);
    for _ in 0..70 {
        let (x, y, size) = (SIDE * dice.unit(), 260.0 * dice.unit() * dice.unit(), 1.0 + 1.6 * dice.unit());
        sheet.fill(circle(x, y, size), flat("#ffe9d0b0"));
    }
    sheet.fill(circle(400.0, 380.0, 205.0), vertical(175.0, 585.0, &["#ffe27a", "#ff9f4f", "#ff4f6d"]));
    for stripe in 0..6 {
        let y = 372.0 + 24.0 * stripe as f32;
        let reach = (205.0f32.powi(2) - (y + 8.0 - 380.0).powi(2)).sqrt();
        sheet.fill(rect(400.0 - reach, y, 2.0 * reach, 4.0 + 2.4 * stripe as f32), flat("#8e2a62"));
    }

    for side in [-1.0, 1.0] {
        for block in 0..5 {
            let near = block as f32 / 4.0;
            let (x, width) = (400.0 + side * (190.0 + 215.0 * near * (0.6 + 0.4 * near)), 84.0 + 34.0 * near);
            let top = 408.0 - 190.0 * near - 70.0 * dice.unit();
            let left = if side < 0.0 { x - width } else { x };
            sheet.fill(rect(left, top, width, 520.0 - top), flat("#1c1233"));
            for row in 0..((500.0 - top) / 24.0) as u32 {
                for column in 0..(width / 20.0) as u32 {
                    if dice.unit() < 0.42 {
                        let colour = ["#ffc46b", "#ff8a5c", "#5fd6b3"][(dice.unit() * 2.99) as usize];
                        sheet.fill(
                            rect(left + 8.0 + 20.0 * column as f32, top + 12.0 + 24.0 * row as f32, 9.0, 13.0),
                            flat(colour),
                        );
                    }
                }
            }
        }
    }

    sheet.fill(rect(0.0, 516.0, SIDE, 284.0), vertical(516.0, SIDE, &["#3a1450", "#150c26"]));
    for line in -12..=12 {
        let line = line as f32;
        sheet.line(&[(400.0 + 18.0 * line, 516.0), (400.0 + 120.0 * line, SIDE)], 2.5, flat("#ff5f8f90"));
    }
    for line in 0..10 {
        let y = 516.0 + 3.2 * (line as f32 + 0.4).powf(2.05);
        sheet.line(&[(0.0, y), (SIDE, y)], 1.5 + 0.3 * line as f32, flat("#ff5f8f90"));
    }
    sheet.line(&[(0.0, 516.0), (SIDE, 516.0)], 4.0, flat("#ffd08a"));
    sheet.0
}

/// Something to draw on.
struct Sheet(Pixmap);

impl Sheet {
    fn new() -> Self {
        Self(Pixmap::new(SIDE as u32, SIDE as u32).expect("800 by 800 pixels are few"))
    }

    fn fill(&mut self, shape: Path, colour: Shader<'static>) {
        self.0.fill_path(&shape, &paint(colour), FillRule::Winding, Transform::identity(), None);
    }

    fn line(&mut self, points: &[(f32, f32)], width: f32, colour: Shader<'static>) {
        let stroke = Stroke { width, line_cap: LineCap::Round, ..Stroke::default() };
        let mut line = PathBuilder::new();
        trace(&mut line, points);
        let line = line.finish().expect("a line has two points");
        self.0.stroke_path(&line, &paint(colour), &stroke, Transform::identity(), None);
    }
}

fn paint(shader: Shader<'static>) -> Paint<'static> {
    Paint { shader, anti_alias: true, ..Paint::default() }
}

/// Reads `#rrggbb` or `#rrggbbaa`.
fn colour(hex: &str) -> Color {
    let part =
        |at: usize| hex.get(at..at + 2).map_or(255, |digits| u8::from_str_radix(digits, 16).expect("two digits"));
    Color::from_rgba8(part(1), part(3), part(5), part(7))
}

fn flat(hex: &str) -> Shader<'static> {
    Shader::SolidColor(colour(hex))
}

fn stops(colours: &[&str]) -> Vec<GradientStop> {
    let last = (colours.len() - 1) as f32;
    colours.iter().enumerate().map(|(place, hex)| GradientStop::new(place as f32 / last, colour(hex))).collect()
}

fn vertical(top: f32, bottom: f32, colours: &[&str]) -> Shader<'static> {
    let (from, to) = (Point::from_xy(0.0, top), Point::from_xy(0.0, bottom));
    LinearGradient::new(from, to, stops(colours), SpreadMode::Pad, Transform::identity())
        .expect("two places, two colours")
}

fn radial(x: f32, y: f32, radius: f32, colours: &[&str]) -> Shader<'static> {
    let middle = Point::from_xy(x, y);
    RadialGradient::new(middle, 0.0, middle, radius, stops(colours), SpreadMode::Pad, Transform::identity())
        .expect("a circle, two colours")
}

fn rect(x: f32, y: f32, width: f32, height: f32) -> Path {
    PathBuilder::from_rect(Rect::from_xywh(x, y, width, height).expect("it has a width and a height"))
}

fn circle(x: f32, y: f32, radius: f32) -> Path {
    PathBuilder::from_circle(x, y, radius).expect("it has a radius")
}

fn oval(x: f32, y: f32, wide: f32, high: f32) -> Path {
    let around = Rect::from_xywh(x - wide, y - high, 2.0 * wide, 2.0 * high).expect("it has a width and a height");
    PathBuilder::from_oval(around).expect("it has a width and a height")
}

fn trace(path: &mut PathBuilder, points: &[(f32, f32)]) {
    for (place, (x, y)) in points.iter().enumerate() {
        if place == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
    }
}

fn polygon(corners: &[(f32, f32)]) -> Path {
    let mut path = PathBuilder::new();
    trace(&mut path, corners);
    path.close();
    path.finish().expect("it has corners")
}

/// Everything below a wave.
fn wave(top: f32, height: f32, length: f32, turn: f32) -> Path {
    let crest = (0..=80).map(|step| step as f32 * 10.0).map(|x| (x, top + height * ((x / length + turn) * TAU).sin()));
    let mut corners: Vec<_> = crest.collect();
    corners.extend([(SIDE, SIDE), (0.0, SIDE)]);
    polygon(&corners)
}
