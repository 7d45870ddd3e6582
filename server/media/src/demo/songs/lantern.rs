//! "Kitchen After Midnight" by Lantern Street: four pieces with a slow pulse.

use super::{beat, sing};
use crate::demo::{
    score::{chords, melody, strikes},
    studio::Studio,
    synth::Dice,
    voices::{drums, epiano, flute, melodica, organ, pad, pluck, reed_bass, sub, vibraphone, waves},
};

/// Lo-fi: electric piano, a tired drum kit, rain on the window.
pub fn rain(studio: &mut Studio) {
    let harmony = chords("Dm9 G13 Cmaj9 Am9 Fmaj9 Em7 Dm9 G13");
    let song = melody(
        "./1 E5/.5 G5/.5 A5/1.5 G5/.5 | E5/1 D5/.5 C5/.5 D5/2 | ./1 E5/.5 G5/.5 C6/1 B5/1 | A5/2 G5/1 E5/1 |
        ./.5 A5/.5 C6/1 A5/.5 G5/1.5 | E5/1.5 G5/.5 B4/2 | D5/.5 E5/.5 F5/1 A5/1 E5/1 | D5/3 ./1",
    );
    let end = 144.0;
    let (mut keys, mut bass, mut bars) = (studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 4.0) {
        for (place, gate, touch) in [(0.0, 2.2, 0.7), (2.62, 1.2, 0.45)] {
            for (string, note) in chord.close(63.0).into_iter().enumerate() {
                let late = 0.02 * string as f32 + 0.01 * studio.dice.unit();
                keys.play(at + place + late, epiano(note, studio.seconds(gate), touch), 0.24 * touch, 0.0);
            }
        }
        let (root, fifth) = (chord.bass(33.0), chord.fifth(33.0));
        for (place, note, gate) in [(0.0, root, 1.2), (1.62, root, 0.4), (2.62, fifth, 0.6), (3.5, root, 0.4)] {
            bass.play(at + place, sub(note, studio.seconds(gate)), 0.42, 0.0);
        }
    }
    for from in [32.0, 64.0, 112.0] {
        sing(&mut bars, from + 0.03, &song, 0.3, 0.25, |note, _| vibraphone(note.note, 1.7));
    }

    let mut kit = studio.layer();
    let swing = 0.3;
    let away = |strikes: Vec<(f32, f32)>| -> Vec<_> {
        strikes.into_iter().filter(|(at, _)| !(96.0..112.0).contains(at)).collect()
    };
    beat(&mut kit, &away(strikes("x.....o...x..... x..o......x.....", 16.0, end, 0.25, swing)), 0.8, 0.0, |_| {
        drums::kick(52.0, 0.22)
    });
    beat(&mut kit, &away(strikes("....x.......x..o", 16.0, end, 0.25, swing)), 0.42, 0.05, |n| {
        drums::snare(185.0, 0.16, n + 1)
    });
    beat(&mut kit, &away(strikes("x.o.x.o.x.oox.o.", 8.0, end, 0.25, swing)), 0.16, -0.3, |n| {
        drums::hat(7_000.0, 0.05, n + 1)
    });

    let (mut window, mut dice) = (studio.layer(), Dice::new(11));
    window.play(0.0, waves(130.0, 5_200.0, 17.0, 3), 0.05, -0.4);
    window.play(0.0, waves(130.0, 3_900.0, 23.0, 4), 0.05, 0.4);
    for _ in 0..700 {
        // Drops, and the dust of an old record.
        let at = end * dice.unit();
        window.play(
            at,
            drums::hat(3_000.0 + 4_000.0 * dice.unit(), 0.006, (at * 100.0) as u32),
            0.1 * dice.unit(),
            dice.around(),
        );
    }

    studio.add(keys.tremolo(1.3, 0.3).drive(1.6).lowpass(3_600.0), 1.0, 0.25);
    studio.add(bass, 0.85, 0.0);
    studio.add(bars.echo(0.75, 0.4, 0.3), 0.9, 0.5);
    studio.add(kit.drive(1.4).lowpass(7_500.0), 0.95, 0.1);
    studio.add(window, 1.0, 0.2);
}

/// Dub: one drop, a long bass, everything else is echo.
pub fn lamp(studio: &mut Studio) {
    let harmony = chords("Am7 Am7 Dm7 Em7");
    let line = melody(
        "A1/1 ./.5 A1/.5 C2/.5 E2/.5 ./1 | A1/1 ./.5 G1/.5 A1/1.5 ./.5 | D2/1 ./.5 D2/.5 F2/.5 A2/.5 ./1 |
        E2/1 ./.5 D2/.5 E2/.5 G1/.5 ./1",
    );
    let reeds = melody("E5/1.5 D5/.5 C5/1 A4/1 | ./1 C5/.5 D5/.5 E5/2 | F5/1.5 E5/.5 D5/1 A4/1 | B4/1 D5/1 E5/2");
    let high = melody("A5/2 G5/1 E5/1 | ./2 E5/.5 G5/.5 A5/1 | A5/1 F5/1 D5/2 | E5/1 G5/1 B4/2");
    let end = 144.0;
    let (mut skank, mut bass, mut song) = (studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 4.0).filter(|(at, _)| !(80.0..88.0).contains(at)) {
        for place in [0.5, 1.5, 2.5, 3.5] {
            let loud = if place == 3.5 { 0.2 } else { 0.13 };
            chord.close(64.0).into_iter().for_each(|note| skank.play(at + place, organ(note, 0.07), loud, 0.15));
        }
    }
    for from in (1..9).map(|round| round as f32 * 16.0) {
        sing(&mut bass, from, &line, 0.62, 0.0, |note, _| sub(note.note + 12.0, studio.seconds(note.beats) * 0.9));
    }
    for (from, notes) in [(32.0, &reeds), (48.0, &high), (64.0, &reeds), (96.0, &reeds), (112.0, &high)] {
        sing(&mut song, from, notes, 0.34, -0.15, |note, _| melodica(note.note, studio.seconds(note.beats) * 0.85));
    }

    let (mut kit, mut splash) = (studio.layer(), studio.layer());
    beat(&mut kit, &strikes("........x.......", 16.0, end, 0.25, 0.0), 0.95, 0.0, |_| drums::kick(48.0, 0.3));
    beat(&mut kit, &strikes("........x.....o.", 16.0, end, 0.25, 0.0), 0.4, 0.1, |_| drums::rim(420.0));
    beat(&mut kit, &strikes("x.oox.o.x.oox.o.", 8.0, end, 0.25, 0.25), 0.15, -0.35, |n| {
        drums::hat(8_000.0, 0.045, n + 1)
    });
    beat(
        &mut splash,
        &strikes("x...............................................................", 30.0, end, 0.25, 0.0),
        0.5,
        0.3,
        |n| drums::snare(210.0, 0.2, n + 5),
    );
    let mut haze = studio.layer();
    for (at, chord) in studio.harmony(&harmony, 4.0).filter(|(at, _)| *at >= 64.0) {
        chord
            .close(57.0)
            .into_iter()
            .for_each(|note| haze.play(at, pad(note, studio.seconds(4.0), 0.1, 0.4), 0.1, 0.0));
    }

    studio.add(skank.highpass(300.0).echo(0.75, 0.62, 0.6), 0.9, 0.4);
    studio.add(bass.lowpass(900.0), 1.0, 0.0);
    studio.add(song.echo(1.5, 0.5, 0.4), 0.9, 0.4);
    studio.add(kit, 0.9, 0.15);
    studio.add(splash.echo(0.75, 0.7, 0.9).highpass(250.0), 0.7, 0.9);
    studio.add(haze.chorus(), 1.0, 0.5);
}

/// Downtempo in D: plucked figures that turn over a broken beat.
pub fn cardamom(studio: &mut Studio) {
    let harmony = chords("Dm9 Bbmaj7 Gm9 A7");
    let song = melody(
        "./2 A4/.5 Bb4/.5 A4/1 | G4/.5 F4/.5 E4/1 D4/2 | ./1 D5/1 C5/.5 Bb4/.5 A4/1 | Bb4/2 A4/1 F4/1 |
        ./2 Bb4/.5 C5/.5 D5/1 | C5/.5 Bb4/.5 A4/1 G4/2 | ./1 E5/1 D5/.5 C#5/.5 Bb4/1 | A4/4",
    );
    let end = 176.0;
    let (mut figure, mut pads, mut bass) = (studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 8.0) {
        let tones = chord.close(69.0);
        for place in 0..16 {
            let string = [0, 2, 1, 3, 2, 0, 3, 1][place % 8] % tones.len();
            let loud = if place % 8 == 0 { 0.3 } else { 0.16 + 0.08 * studio.dice.unit() };
            let seed = (at as u32) * 16 + place as u32 + 1;
            figure.play(at + place as f32 * 0.5, pluck(tones[string], 0.7, 0.45, 1.6, seed), loud, 0.45);
        }
        for note in chord.close(58.0) {
            pads.play(at, pad(note, studio.seconds(8.0), 0.18, 0.2), 0.13, -0.6);
            pads.play(at, pad(note, studio.seconds(8.0), 0.22, 0.7), 0.13, 0.6);
        }
        if at >= 16.0 {
            let (root, fifth) = (chord.bass(31.0), chord.fifth(31.0));
            for (place, note, gate) in [
                (0.0, root, 1.4),
                (1.75, root, 0.5),
                (2.5, fifth, 1.2),
                (4.0, root, 1.4),
                (6.5, root, 0.4),
                (7.0, fifth, 0.8),
            ] {
                bass.play(at + place, reed_bass(note, studio.seconds(gate), 0.12), 0.42, 0.0);
            }
        }
    }

    let (mut oud, mut answer) = (studio.layer(), studio.layer());
    for from in [32.0, 64.0, 128.0] {
        sing(&mut oud, from, &song, 0.62, -0.2, |note, place| {
            pluck(note.note, studio.seconds(note.beats) + 0.2, 0.72, 2.4, place as u32 + 40)
        });
    }
    sing(&mut answer, 96.0, &song, 0.3, 0.1, |note, place| {
        flute(note.note, studio.seconds(note.beats) * 0.9, place as u32)
    });
    sing(&mut answer, 128.0, &song, 0.14, 0.3, |note, place| {
        flute(note.note + 12.0, studio.seconds(note.beats) * 0.9, place as u32)
    });

    let mut kit = studio.layer();
    let playing = |rhythm| -> Vec<_> {
        strikes(rhythm, 16.0, end, 0.25, 0.12).into_iter().filter(|(at, _)| !(96.0..110.0).contains(at)).collect()
    };
    beat(&mut kit, &playing("x.....x.o.x..... x..o..x...x....."), 0.85, 0.0, |_| drums::kick(50.0, 0.25));
    beat(&mut kit, &playing("....x..o....x... ....x..o.o..x..o"), 0.42, 0.0, |n| drums::snare(175.0, 0.18, n + 1));
    beat(&mut kit, &playing("x.o.x.o.x.o.xoo."), 0.13, -0.4, |n| drums::hat(7_500.0, 0.04, n + 1));
    beat(&mut kit, &strikes("..x...x...x...xo", 48.0, end, 0.25, 0.12), 0.16, 0.4, |n| drums::shaker(n + 1));

    studio.add(figure.echo(0.75, 0.45, 0.35), 0.85, 0.35);
    studio.add(pads.chorus(), 0.8, 0.4);
    studio.add(bass, 0.9, 0.0);
    studio.add(oud.highpass(120.0), 1.0, 0.35);
    studio.add(answer.echo(1.0, 0.35, 0.25), 1.0, 0.5);
    studio.add(kit.drive(1.3), 0.9, 0.12);
}

/// Bossa nova in F: nylon strings, a rim, and a flute that takes its time.
pub fn saturday(studio: &mut Studio) {
    let (verse, bridge) = ("Fmaj9 Fmaj9 Gm9 C13 Am7 D7b9 Gm9 C13", "Bbmaj7 Bbm6 Am7 Dm9 Gm9 C13 Fmaj9 C13");
    let intro = "Gm9 C13 Fmaj9 C13";
    let harmony = chords(&[intro, verse, verse, bridge, verse, verse, bridge, verse, "Fmaj9 Fmaj9"].join(" "));
    let first = melody(
        "A4/1 C5/1 E5/1.5 D5/.5 | C5/3 ./1 | Bb4/1 D5/1 F5/1.5 E5/.5 | D5/3 ./1 | C5/1 E5/1 G5/1.5 E5/.5 | F#5/1 Eb5/1 C5/2 |
        D5/1 Bb4/1 A4/.5 G4/1.5 | E4/1 G4/1 A4/2",
    );
    let second = melody(
        "A5/1.5 G5/.5 E5/1 C5/1 | D5/1 C5/3 | F5/1.5 D5/.5 Bb4/1 A4/1 | A4/1 Bb4/1 D5/2 | E5/2 G5/1 E5/1 | C5/1.5 Eb5/.5 F#4/2 |
        A4/.5 Bb4/.5 D5/1 F5/1 D5/1 | E5/2 D5/2",
    );
    let middle = melody(
        "F5/2 D5/1 A4/1 | G5/2 F5/1 Db5/1 | E5/3 C5/1 | F5/1 E5/1 C5/2 | D5/1.5 F5/.5 A5/2 | G5/1 E5/1 A4/2 | F5/4 | ./4",
    );
    let (mut guitar, mut bass, mut song) = (studio.layer(), studio.layer(), studio.layer());

    for (place, (at, chord)) in studio.harmony(&harmony, 4.0).enumerate() {
        // The clave of two bars: three and two.
        let hits: &[f32] = if place % 2 == 0 { &[0.0, 1.5, 3.0] } else { &[1.0, 2.5] };
        for hit in hits {
            for (string, note) in chord.close(61.0).into_iter().enumerate() {
                let seed = at as u32 * 8 + string as u32 + 1;
                guitar.play(at + hit + 0.012 * string as f32, pluck(note, 0.42, 0.36, 1.8, seed), 0.34, -0.3);
            }
        }
        let (root, fifth) = (chord.bass(36.0), chord.fifth(31.0));
        for (beat, note, gate) in [(0.0, root, 1.3), (1.5, fifth, 0.4), (2.0, fifth, 1.3), (3.5, root, 0.4)] {
            bass.play(at + beat, sub(note, studio.seconds(gate)), 0.4, 0.0);
        }
    }
    for (from, notes) in [(16.0, &first), (48.0, &second), (80.0, &middle), (176.0, &middle), (208.0, &first)] {
        sing(&mut song, from, notes, 0.38, 0.2, |note, place| {
            flute(note.note, studio.seconds(note.beats) * 0.9, place as u32)
        });
    }
    // The vibraphone takes the third and fourth verse.
    for (from, notes) in [(112.0, &first), (144.0, &second)] {
        sing(&mut song, from + 0.06, notes, 0.36, 0.25, |note, _| vibraphone(note.note, 1.4));
    }

    let mut kit = studio.layer();
    beat(&mut kit, &strikes("x..x..x. ..x..x..", 16.0, 240.0, 0.5, 0.0), 0.3, 0.35, |_| drums::rim(510.0));
    beat(&mut kit, &strikes("xoxo xoxo", 8.0, 240.0, 0.5, 0.08), 0.2, -0.35, |n| drums::shaker(n + 1));
    beat(&mut kit, &strikes("x..xx..x", 16.0, 240.0, 0.5, 0.0), 0.3, 0.0, |_| drums::kick(54.0, 0.14));

    let mut warm = studio.layer();
    for (at, chord) in studio.harmony(&harmony, 4.0).filter(|(at, _)| (80.0..112.0).contains(at) || *at >= 176.0) {
        chord
            .close(63.0)
            .into_iter()
            .for_each(|note| warm.play(at, epiano(note, studio.seconds(3.6), 0.25), 0.06, 0.0));
    }
    studio.add(guitar, 1.0, 0.25);
    studio.add(bass, 0.8, 0.0);
    studio.add(song, 0.9, 0.4);
    studio.add(kit, 0.9, 0.2);
    studio.add(warm.tremolo(4.0, 0.2), 1.0, 0.4);
}
