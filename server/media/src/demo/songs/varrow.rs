//! "Rooms at Low Tide" by Ines Varrow: four quiet pieces for evening and shore.

use super::sing;
use crate::demo::{
    score::{chords, melody},
    studio::Studio,
    voices::{bell, bowed, flute, pad, piano, pluck, sub, waves},
};

/// Ambient: eight slow chords in D, bells over water.
pub fn harbour(studio: &mut Studio) {
    let harmony = chords("Dmaj9 Bm9 Gmaj9 Asus4 Dmaj9 F#m7 Gmaj9 Em9");
    let (mut pads, mut low, mut bells) = (studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 8.0) {
        for (place, note) in chord.close(62.0).into_iter().enumerate() {
            let gate = studio.seconds(8.2);
            pads.play(at, pad(note, gate, 0.25, 0.1 + 0.2 * place as f32), 0.2, -0.8);
            pads.play(at, pad(note, gate, 0.32, 0.5 + 0.1 * place as f32), 0.2, 0.8);
        }
        low.play(at, pad(chord.bass(38.0), studio.seconds(7.6), 0.05, 0.3), 0.42, 0.0);

        // Two handfuls of chord tones, from a bell that somebody passes now and then.
        let tones = chord.close(80.0);
        for place in [0.0, 1.5, 2.5, 4.0, 5.5, 6.5] {
            if studio.dice.unit() < 0.62 {
                let note = tones[(studio.dice.unit() * tones.len() as f32) as usize];
                let (loud, pan) = (0.1 + 0.12 * studio.dice.unit(), 0.7 * studio.dice.around());
                bells.play(at + place, bell(note, 3.4), loud, pan);
            }
        }
    }

    let mut water = studio.layer();
    water.play(0.0, waves(150.0, 620.0, 11.0, 5), 0.10, -0.5);
    water.play(0.0, waves(150.0, 900.0, 13.7, 6), 0.08, 0.5);

    studio.add(pads.chorus(), 0.8, 0.5);
    studio.add(low, 1.0, 0.1);
    studio.add(bells.echo(1.5, 0.55, 0.5), 0.75, 0.9);
    studio.add(water, 0.7, 0.1);
}

/// A waltz for piano in A minor, whose middle part looks out of the window in C.
pub fn waltz(studio: &mut Studio) {
    let verse =
        "E5/2 D5/.5 C5/.5 | B4/2 G#4/1 | A4/1 C5/1 E5/1 | G5/2 F5/.5 E5/.5 | F5/2 E5/.5 D5/.5 | C5/1 E5/1 A5/1 |
        A5/1.5 F5/.5 D5/1 | G#4/2 B4/1 | E5/2 D5/.5 C5/.5 | B4/2 E5/1 | C5/1 B4/.5 A4/.5 C5/1 | C#5/1 E5/1 G5/1 |
        F5/1.5 E5/.5 D5/1 | C5/1.5 B4/.5 A4/1 | B4/1 G#4/1 E4/1 | A4/3";
    let window = "G5/2 E5/1 | F5/2 D5/1 | E5/1 D5/.5 C5/.5 E5/1 | C#5/1 E5/1 G5/1 | F5/2 A5/1 | B4/1 D5/1 F5/1 | E5/3 |
        E5/1 G5/1 Bb5/1 | A5/2 G5/.5 F5/.5 | Ab5/2 F5/1 | G5/2 E5/1 | G5/1 E5/1 C#5/1 | D5/1 F5/1 A5/1 | A5/1 F5/1 D5/1 |
        E5/1 D5/1 B4/1 | G#4/3";
    let verse_harmony = "Am E7 Am A7 Dm Am Bm7b5 E7 Am E7 Am A7 Dm Am E7 Am";
    let window_harmony = "C G7 C A7 Dm G7 Cmaj7 C7 Fmaj7 Fm6 C A7 Dm7 Bm7b5 E7 E7";
    let harmony = chords(&[verse_harmony, verse_harmony, window_harmony, verse_harmony].join(" "));
    let song = melody(&[verse, verse, window, verse].join(" "));
    let mut keys = studio.layer();

    for (place, note) in song.iter().enumerate() {
        // Nobody plays like a clock: each note is a little late and its own.
        let (late, touch) = (0.012 + 0.02 * studio.dice.unit(), 0.55 + 0.3 * studio.dice.unit());
        let gate = studio.seconds(note.beats) + 0.15;
        keys.play(note.at + late, piano(note.note, gate, touch, place as u32), 0.34, 0.12);
        if note.at >= 144.0 {
            keys.play(note.at + late, piano(note.note + 12.0, gate, 0.3, place as u32), 0.09, 0.3);
        }
    }
    for (at, chord) in studio.harmony(&harmony, 3.0) {
        let gate = studio.seconds(2.6);
        keys.play(at, piano(chord.bass(38.0), gate, 0.5, 1), 0.32, -0.3);
        for (beat, loud) in [(1.0, 0.13), (2.0, 0.11)] {
            for note in chord.close(58.0) {
                let late = 0.02 * studio.dice.unit();
                keys.play(at + beat + late, piano(note, studio.seconds(0.8), 0.3, note as u32), loud, -0.15);
            }
        }
    }

    let mut room = studio.layer();
    for (at, chord) in studio.harmony(&harmony, 3.0).filter(|(at, _)| (48.0..144.0).contains(at)) {
        chord.close(64.0).into_iter().for_each(|note| room.play(at, bowed(note, studio.seconds(2.9), 0.0), 0.05, 0.4));
    }
    studio.add(keys.lowpass(6_500.0), 1.0, 0.35);
    studio.add(room.chorus(), 1.0, 0.7);
}

/// Folk in G: a steel guitar that picks, a flute that walks along.
pub fn copper(studio: &mut Studio) {
    let harmony = chords("G D/F# Em C G D/F# C C Em C G D C D G G");
    let song = melody(
        "B4/1.5 A4/.5 G4/1 D5/1 | A4/3 F#4/1 | G4/1.5 A4/.5 B4/1 E5/1 | D5/2 C5/1 B4/1 | B4/1.5 A4/.5 G4/1 B4/1 |
        A4/2 F#5/1 E5/1 | E5/2 D5/1 C5/1 | G4/3 ./1 | E5/1.5 F#5/.5 G5/1 E5/1 | E5/1 D5/1 C5/1 E5/1 | D5/2 B4/1 G4/1 |
        A4/3 B4/.5 C5/.5 | E5/1.5 D5/.5 C5/1 E5/1 | F#5/1 E5/.5 D5/.5 A4/2 | B4/1 A4/.5 G4/.5 G4/2 | ./4",
    );
    let mut guitar = studio.layer();

    for (at, chord) in studio.harmony(&harmony, 4.0) {
        let tones = chord.close(62.0);
        let top = tones.len() - 1;
        for (beat, note) in
            [(0.0, chord.bass(40.0)), (1.0, chord.fifth(45.0)), (2.0, chord.bass(40.0)), (3.0, chord.fifth(45.0))]
        {
            guitar.play(at + beat, pluck(note, 1.0, 0.5, 3.5, (at + beat) as u32 + 1), 0.5, -0.15);
        }
        for (place, string) in [(0.5, 1), (1.0, top), (1.5, 0), (2.5, 1), (3.0, top), (3.5, 0)] {
            let (late, loud) = (0.015 * studio.dice.unit(), 0.28 + 0.1 * studio.dice.unit());
            let seed = (at * 8.0 + place * 2.0) as u32 + 7;
            guitar.play(at + place + late, pluck(tones[string], 1.1, 0.62, 3.0, seed), loud, 0.2);
        }
    }

    let (mut flutes, mut second) = (studio.layer(), studio.layer());
    for from in [64.0, 128.0] {
        sing(&mut flutes, from, &song, 0.34, 0.05, |note, place| {
            flute(note.note, studio.seconds(note.beats) * 0.93, place as u32)
        });
    }
    // The last verse has a second guitar an octave above, and strings far behind.
    sing(&mut second, 128.0, &song, 0.22, -0.5, |note, place| pluck(note.note + 12.0, 0.9, 0.7, 2.0, place as u32 + 3));
    let mut strings = studio.layer();
    for (at, chord) in studio.harmony(&harmony, 4.0).filter(|(at, _)| *at >= 96.0) {
        for note in chord.close(57.0) {
            strings.play(at, bowed(note, studio.seconds(3.9), 0.1), 0.06, 0.0);
        }
    }

    studio.add(guitar.highpass(70.0), 1.0, 0.22);
    studio.add(flutes, 0.85, 0.5);
    studio.add(second, 1.0, 0.4);
    studio.add(strings.chorus(), 1.0, 0.6);
}

/// A slow build in F: a music box, then a cello, then everyone.
pub fn field(studio: &mut Studio) {
    let harmony = chords("Fadd9 C/E Dm7 Bbmaj7 F/A Gm7 Bbmaj7 Csus4");
    let cello = melody("C4/3 D4/1 | E4/4 | F4/3 E4/1 | D4/4 | C4/2 F4/2 | G4/3 F4/1 | F4/2 D4/2 | C4/2 G3/2");
    let answer =
        melody("A4/2 G4/1 C5/1 | G4/4 | A4/2 C5/2 | D5/3 C5/1 | A4/2 C5/2 | Bb4/2 D5/2 | F5/2 D5/2 | C5/2 G4/2");
    let (mut boxes, mut strings, mut song, mut low) = (studio.layer(), studio.layer(), studio.layer(), studio.layer());

    for (at, chord) in studio.harmony(&harmony, 4.0) {
        let tones = chord.close(76.0);
        for (place, string) in [0, 1, 2, 3, 2, 1, 2, 1].into_iter().enumerate() {
            let note = tones[string % tones.len()] + if string >= tones.len() { 12.0 } else { 0.0 };
            let loud = 0.17 + 0.05 * studio.dice.unit();
            boxes.play(at + place as f32 * 0.5, bell(note, 1.6), loud, if place % 2 == 0 { -0.35 } else { 0.35 });
        }
        if at >= 48.0 {
            let swell = ((at - 48.0) / 48.0).min(1.0);
            for note in chord.close(64.0) {
                strings.play(at, bowed(note, studio.seconds(4.0), 0.15 + 0.3 * swell), 0.05 + 0.07 * swell, -0.4);
                strings.play(at, bowed(note + 0.05, studio.seconds(4.0), 0.1 + 0.3 * swell), 0.05 + 0.07 * swell, 0.4);
            }
        }
        if at >= 32.0 {
            low.play(at, sub(chord.bass(29.0), studio.seconds(3.8)), 0.26, 0.0);
        }
    }
    for (from, line, up, loud) in [
        (32.0, &cello, 0.0, 0.3),
        (64.0, &cello, 0.0, 0.3),
        (64.0, &answer, 0.0, 0.2),
        (96.0, &cello, 12.0, 0.2),
        (96.0, &answer, 12.0, 0.22),
    ] {
        sing(&mut song, from, line, loud, if up > 0.0 { 0.25 } else { -0.2 }, |note, _| {
            bowed(note.note + up, studio.seconds(note.beats) * 0.97, 0.35)
        });
    }

    studio.add(boxes.echo(0.75, 0.4, 0.3), 0.8, 0.6);
    studio.add(strings.chorus(), 1.0, 0.5);
    studio.add(song, 1.0, 0.45);
    studio.add(low, 1.0, 0.0);
}
