//! "Night Bus Arcade" by Kilo Tanager: four pieces with the lights on.

use super::{beat, sing};
use crate::demo::{
    score::{chords, melody, strikes},
    studio::Studio,
    voices::{chip, drums, epiano, lead, pad, reed_bass, stab, sub, vibraphone},
};

/// House: a chord that opens over sixty bars, and goes home.
pub fn tram(studio: &mut Studio) {
    let harmony = chords("Am9 Fmaj9 Cmaj9 Em7");
    let hook = melody(
        "./.5 E5/.5 ./.5 G5/.5 A5/1 ./.5 B5/.5 | A5/1 G5/.5 E5/1 D5/.5 E5/1 | ./.5 C5/.5 ./.5 E5/.5 G5/1 ./.5 A5/.5 | G5/1 E5/.5 D5/1 C5/.5 D5/1",
    );
    let end = 240.0;
    let kicks: Vec<_> =
        strikes("x", 16.0, end - 8.0, 1.0, 0.0).into_iter().filter(|(at, _)| !(128.0..160.0).contains(at)).collect();
    let (mut stabs, mut pads, mut bass, mut song) = (studio.layer(), studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 8.0) {
        for (hit, loud) in strikes("x..x..o...x..o..", at, at + 8.0, 0.25, 0.1) {
            chord.close(65.0).into_iter().for_each(|note| stabs.play(hit, stab(note, 0.16, 0.5), 0.26 * loud, 0.0));
        }
        for note in chord.close(60.0) {
            pads.play(at, pad(note, studio.seconds(8.0), 0.35, 0.2), 0.13, -0.7);
            pads.play(at, pad(note, studio.seconds(8.0), 0.4, 0.6), 0.13, 0.7);
        }
        if at >= 32.0 && !(128.0..144.0).contains(&at) {
            let root = chord.bass(33.0);
            for (hit, loud) in strikes("..x...xo..x..xo.", at, at + 8.0, 0.25, 0.1) {
                let note = if loud < 1.0 { root + 12.0 } else { root };
                bass.play(hit, reed_bass(note, 0.17, 0.3), 0.55, 0.0);
            }
        }
    }
    for from in [80.0, 96.0, 144.0, 160.0, 176.0, 192.0] {
        sing(&mut song, from, &hook, 0.32, 0.1, |note, _| epiano(note.note, studio.seconds(note.beats), 0.8));
    }

    let mut kit = studio.layer();
    let on = |strikes: Vec<(f32, f32)>| -> Vec<_> {
        strikes.into_iter().filter(|(at, _)| !(128.0..158.0).contains(at)).collect()
    };
    beat(&mut kit, &kicks, 0.95, 0.0, |_| drums::kick(50.0, 0.26));
    beat(&mut kit, &on(strikes("....x.......x...", 32.0, end, 0.25, 0.0)), 0.42, 0.05, |n| drums::clap(n + 1));
    beat(&mut kit, &on(strikes("..x.", 24.0, end, 0.25, 0.0)), 0.22, -0.2, |n| drums::hat(8_500.0, 0.12, n + 1));
    beat(&mut kit, &on(strikes("xo.oxo.o", 48.0, end, 0.25, 0.1)), 0.1, 0.3, |n| drums::shaker(n + 1));

    // The stabs open slowly, close for the break, and open again.
    let light = |at: f32| 380.0 + 4_200.0 * if at < 128.0 { at / 128.0 } else { (at - 128.0).min(48.0) / 48.0 };
    studio.add(stabs.sweep(light).echo(0.75, 0.4, 0.3).duck(&kicks, 0.4), 0.85, 0.3);
    studio.add(pads.chorus().duck(&kicks, 0.75), 0.75, 0.3);
    studio.add(bass.duck(&kicks, 0.5), 0.75, 0.0);
    studio.add(song.tremolo(2.0, 0.25).echo(0.75, 0.4, 0.25), 0.8, 0.35);
    studio.add(kit, 0.85, 0.06);
}

/// Chiptune: four voices, as the console had them.
pub fn comet(studio: &mut Studio) {
    let (verse, bridge) = ("C G Am F C G F G", "F G Em Am F G C C7");
    let harmony = chords(&["C G Am F", verse, verse, bridge, verse, bridge, verse, verse, "F G C C"].join(" "));
    let tune = melody(
        "E5/.5 G5/.5 C6/1 B5/.5 G5/.5 E5/1 | D5/.5 G5/.5 B5/1 A5/.5 G5/.5 D5/1 | C5/.5 E5/.5 A5/1 G5/.5 E5/.5 C5/1 |
        A4/.5 C5/.5 F5/1 E5/1 D5/1 | E5/.5 G5/.5 C6/1 D6/.5 E6/.5 C6/1 | B5/.5 A5/.5 G5/1 B5/1 D6/1 |
        C6/.5 A5/.5 F5/1 A5/.5 C6/.5 F6/1 | D6/2 B5/1 G5/1",
    );
    let turn = melody(
        "A5/1.5 G5/.5 F5/1 C6/1 | B5/1.5 A5/.5 G5/1 D6/1 | G5/1 B5/1 E6/2 | C6/1 B5/1 A5/2 | A5/.5 C6/.5 F6/1 E6/.5 D6/.5 C6/1 |
        B5/.5 D6/.5 G6/1 F6/.5 E6/.5 D6/1 | E6/2 G6/1 E6/1 | C6/2 Bb5/2",
    );
    let end = 240.0;
    let (mut high, mut arps, mut bass) = (studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 4.0) {
        // A console has too few voices for chords, so one voice runs through them.
        let tones = chord.close(66.0);
        for place in 0..32 {
            arps.play(at + place as f32 * 0.125, chip(tones[place % tones.len()], 0.04, 0.125), 0.3, -0.35);
        }
        let (root, fifth) = (chord.bass(36.0), chord.fifth(36.0));
        for (place, note) in
            [root, root + 12.0, root, root + 12.0, fifth, root + 12.0, root, fifth].into_iter().enumerate()
        {
            bass.play(at + place as f32 * 0.5, chip(note, studio.seconds(0.42), 0.0), 0.42, 0.0);
        }
    }
    for (from, notes, width) in [
        (16.0, &tune, 0.5),
        (48.0, &tune, 0.25),
        (80.0, &turn, 0.5),
        (112.0, &tune, 0.25),
        (144.0, &turn, 0.5),
        (208.0, &tune, 0.5),
    ] {
        sing(&mut high, from, notes, 0.42, 0.12, |note, _| chip(note.note, studio.seconds(note.beats) * 0.85, width));
    }
    // In the last verses a second pulse sings a third below what the harmony allows: an octave and an echo behind.
    sing(&mut high, 208.375, &tune, 0.14, -0.4, |note, _| {
        chip(note.note - 12.0, studio.seconds(note.beats) * 0.8, 0.25)
    });

    let mut kit = studio.layer();
    beat(&mut kit, &strikes("x.......x..x....", 16.0, end, 0.25, 0.0), 0.7, 0.0, |_| drums::kick(60.0, 0.12));
    beat(&mut kit, &strikes("....x.......x.o.", 16.0, end, 0.25, 0.0), 0.42, 0.0, |n| drums::snare(230.0, 0.09, n + 1));
    beat(&mut kit, &strikes("x.x.", 8.0, end, 0.25, 0.0), 0.14, 0.25, |n| drums::hat(6_000.0, 0.02, n + 1));

    studio.add(high.echo(0.75, 0.3, 0.22), 0.8, 0.12);
    studio.add(arps.echo(0.5, 0.2, 0.2), 0.55, 0.12);
    studio.add(bass, 0.9, 0.0);
    studio.add(kit, 0.9, 0.04);
}

/// Synthwave in F minor: a motorway at night.
pub fn sodium(studio: &mut Studio) {
    let harmony = chords("Fm Db Ab Eb");
    let song = melody(
        "C5/3 Ab4/1 | Bb4/2 Ab4/1 G4/1 | F4/3 Ab4/1 | F5/2 Eb5/1 Db5/1 | C5/3 Eb5/1 | Eb5/2 Db5/1 C5/1 | Bb4/3 G4/1 | Bb4/2 C5/2",
    );
    let rise = melody(
        "F5/2 Eb5/1 C5/1 | Ab5/3 G5/1 | F5/2 Ab5/2 | Ab5/1 G5/1 F5/2 | Eb5/2 C5/1 Eb5/1 | Ab5/3 Bb5/1 | G5/3 Eb5/1 | Bb5/2 G5/2",
    );
    let end = 192.0;
    let (mut arps, mut pads, mut bass, mut voice) = (studio.layer(), studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 8.0) {
        let root = chord.bass(29.0);
        for (place, (hit, _)) in strikes("x", at, at + 8.0, 0.5, 0.0).into_iter().enumerate() {
            let note = if place % 8 == 7 { root + 12.0 } else { root };
            bass.play(hit, reed_bass(note, studio.seconds(0.4), 0.35), 0.5, 0.0);
        }
        let tones = chord.close(72.0);
        for (place, (hit, _)) in strikes("x", at, at + 8.0, 0.25, 0.0).into_iter().enumerate().filter(|_| at >= 16.0) {
            let up = if place % 6 >= 3 { 12.0 } else { 0.0 };
            let pan = if place % 2 == 0 { -0.5 } else { 0.5 };
            arps.play(hit, stab(tones[place % 3] + up, 0.1, 0.4), 0.16, pan);
        }
        for note in chord.close(60.0) {
            pads.play(at, pad(note, studio.seconds(8.0), 0.5, 0.1), 0.16, -0.8);
            pads.play(at, pad(note, studio.seconds(8.0), 0.55, 0.8), 0.16, 0.8);
        }
    }
    for (from, notes) in [(32.0, &song), (64.0, &rise), (112.0, &song), (144.0, &rise)] {
        sing(&mut voice, from, notes, 0.42, 0.0, |note, _| lead(note.note, studio.seconds(note.beats) * 0.94));
    }

    let mut kit = studio.layer();
    let mut gated = studio.layer();
    let kicks: Vec<_> =
        strikes("x...", 16.0, end, 0.25, 0.0).into_iter().filter(|(at, _)| !(96.0..110.0).contains(at)).collect();
    let snares: Vec<_> = strikes("....x.......x...", 32.0, end, 0.25, 0.0)
        .into_iter()
        .filter(|(at, _)| !(96.0..108.0).contains(at))
        .collect();
    beat(&mut kit, &kicks, 0.9, 0.0, |_| drums::kick(49.0, 0.24));
    beat(&mut gated, &snares, 0.55, 0.0, |n| drums::snare(165.0, 0.3, n + 1));
    beat(&mut kit, &strikes("x.o.x.o.x.o.x.oo", 24.0, end, 0.25, 0.0), 0.12, 0.3, |n| drums::hat(9_000.0, 0.04, n + 1));

    let dusk = |at: f32| 500.0 + 90.0 * at.min(64.0);
    studio.add(arps.sweep(dusk).echo(0.75, 0.4, 0.35).duck(&kicks, 0.3), 0.75, 0.3);
    studio.add(pads.chorus().duck(&kicks, 0.5), 0.7, 0.35);
    studio.add(bass.duck(&kicks, 0.35), 0.85, 0.0);
    studio.add(voice.chorus().echo(0.75, 0.42, 0.3), 0.8, 0.4);
    studio.add(kit, 0.85, 0.05);
    studio.add(gated, 0.8, 0.6);
}

/// Drum and bass, the liquid kind: quick drums under slow chords.
pub fn elevator(studio: &mut Studio) {
    let harmony = chords("Cm9 Abmaj9 Ebmaj9 Bb6");
    let song = melody("G5/3 Eb5/1 D5/4 | ./2 C5/1 D5/1 Eb5/2 G5/2 | F5/3 D5/1 Bb4/4 | ./2 F5/1 G5/1 F5/2 D5/2");
    let high = melody("C6/3 Bb5/1 G5/4 | ./2 G5/1 Bb5/1 C6/2 Eb6/2 | D6/3 Bb5/1 G5/4 | ./2 F5/1 G5/1 Bb5/2 D6/2");
    let end = 320.0;
    let (mut keys, mut pads, mut bass, mut bars) = (studio.layer(), studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 8.0) {
        for (place, gate, touch) in [(0.0, 2.5, 0.8), (2.75, 0.6, 0.5), (3.5, 1.5, 0.6), (6.5, 0.8, 0.5)] {
            for note in chord.close(64.0) {
                keys.play(at + place, epiano(note, studio.seconds(gate), touch), 0.22 * touch, 0.0);
            }
        }
        for note in chord.close(60.0) {
            pads.play(at, pad(note, studio.seconds(8.0), 0.3, 0.3), 0.14, -0.8);
            pads.play(at, pad(note, studio.seconds(8.0), 0.3, 0.9), 0.14, 0.8);
        }
        if at >= 64.0 && !(192.0..224.0).contains(&at) {
            let (root, fifth) = (chord.bass(29.0), chord.fifth(29.0));
            for (place, note, gate) in
                [(0.0, root, 2.2), (2.5, root, 0.8), (3.5, fifth, 1.5), (5.5, root + 12.0, 0.7), (6.5, root, 1.2)]
            {
                bass.play(at + place, sub(note, studio.seconds(gate)), 0.6, 0.0);
            }
        }
    }
    for (from, notes) in [(96.0, &song), (128.0, &song), (160.0, &high), (192.0, &song), (256.0, &high), (288.0, &song)]
    {
        sing(&mut bars, from, notes, 0.36, 0.15, |note, _| vibraphone(note.note, 1.6));
    }

    let mut kit = studio.layer();
    let on = |rhythm, from| -> Vec<_> {
        strikes(rhythm, from, end, 0.25, 0.06).into_iter().filter(|(at, _)| !(192.0..222.0).contains(at)).collect()
    };
    beat(&mut kit, &on("x.........x..... x.o.......x.....", 64.0), 0.9, 0.0, |_| drums::kick(54.0, 0.17));
    beat(&mut kit, &on("....x..o.o..x..o ....x..o.o..x.o.", 64.0), 0.5, 0.0, |n| drums::snare(205.0, 0.14, n + 1));
    beat(&mut kit, &on("x.xox.x.x.xox.xo", 32.0), 0.15, -0.25, |n| drums::hat(8_000.0, 0.035, n + 1));
    beat(&mut kit, &on("..o...o...o...o.", 128.0), 0.2, 0.3, |n| drums::shaker(n + 1));

    let doors = |at: f32| 450.0 + if at < 64.0 { 40.0 * at } else { 3_400.0 };
    studio.add(keys.tremolo(2.8, 0.3).sweep(doors), 0.85, 0.35);
    studio.add(pads.chorus(), 0.75, 0.45);
    studio.add(bass.drive(1.4), 0.8, 0.0);
    studio.add(bars.echo(1.5, 0.45, 0.35), 0.85, 0.5);
    studio.add(kit.drive(1.2), 0.85, 0.1);
}
