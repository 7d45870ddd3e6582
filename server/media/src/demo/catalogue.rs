//! What the demo music consists of: three albums by three people who do not exist.

use super::{
    covers::{self, Cover},
    songs::{lantern, tanager, varrow},
    studio::Studio,
};

/// An album.
pub struct Album {
    /// Its title.
    pub title: &'static str,
    /// Who made it.
    pub artist: &'static str,
    /// When it came out.
    pub year: u16,
    /// What is drawn on it.
    pub cover: Cover,
    /// In order.
    pub songs: [Song; 4],
}

/// A song.
pub struct Song {
    /// Its title.
    pub title: &'static str,
    /// What kind of music it is.
    pub genre: &'static str,
    /// Beats a minute.
    pub bpm: f32,
    /// How long, in beats, before it dies away.
    pub beats: f32,
    /// How large the room sounds, from 0 to 1.
    pub room: f32,
    /// How much of what lies above 1.5 kHz is added, so that a dark mix opens up.
    pub light: f32,
    /// The composition.
    pub compose: fn(&mut Studio),
}

/// All of it.
pub const ALBUMS: [Album; 3] = [
    Album {
        title: "Rooms at Low Tide",
        artist: "Ines Varrow",
        year: 2021,
        cover: covers::tide,
        songs: [
            Song {
                title: "Harbour Before Light",
                genre: "Ambient",
                bpm: 60.0,
                beats: 128.0,
                room: 0.95,
                light: 0.60,
                compose: varrow::harbour,
            },
            Song {
                title: "Waltz for an Empty Kitchen",
                genre: "Piano",
                bpm: 104.0,
                beats: 192.0,
                room: 0.6,
                light: 0.35,
                compose: varrow::waltz,
            },
            Song {
                title: "Copper Thread",
                genre: "Folk",
                bpm: 96.0,
                beats: 192.0,
                room: 0.5,
                light: 0.00,
                compose: varrow::copper,
            },
            Song {
                title: "The Long Field",
                genre: "Modern classical",
                bpm: 72.0,
                beats: 136.0,
                room: 0.85,
                light: 0.60,
                compose: varrow::field,
            },
        ],
    },
    Album {
        title: "Kitchen After Midnight",
        artist: "Lantern Street",
        year: 2023,
        cover: covers::lamp,
        songs: [
            Song {
                title: "Rain on Line Four",
                genre: "Lo-fi",
                bpm: 76.0,
                beats: 144.0,
                room: 0.45,
                light: 0.90,
                compose: lantern::rain,
            },
            Song {
                title: "Slow Lamp",
                genre: "Dub",
                bpm: 72.0,
                beats: 144.0,
                room: 0.8,
                light: 0.90,
                compose: lantern::lamp,
            },
            Song {
                title: "Cardamom",
                genre: "Downtempo",
                bpm: 90.0,
                beats: 176.0,
                room: 0.6,
                light: 0.50,
                compose: lantern::cardamom,
            },
            Song {
                title: "Saturday, Unplanned",
                genre: "Bossa nova",
                bpm: 126.0,
                beats: 240.0,
                room: 0.35,
                light: 0.80,
                compose: lantern::saturday,
            },
        ],
    },
    Album {
        title: "Night Bus Arcade",
        artist: "Kilo Tanager",
        year: 2025,
        cover: covers::bus,
        songs: [
            Song {
                title: "Last Tram Home",
                genre: "House",
                bpm: 122.0,
                beats: 240.0,
                room: 0.6,
                light: 1.20,
                compose: tanager::tram,
            },
            Song {
                title: "Pocket Comet",
                genre: "Chiptune",
                bpm: 138.0,
                beats: 240.0,
                room: 0.3,
                light: 0.60,
                compose: tanager::comet,
            },
            Song {
                title: "Sodium Lights",
                genre: "Synthwave",
                bpm: 96.0,
                beats: 192.0,
                room: 0.75,
                light: 0.80,
                compose: tanager::sodium,
            },
            Song {
                title: "Glass Elevator",
                genre: "Drum and bass",
                bpm: 172.0,
                beats: 320.0,
                room: 0.65,
                light: 1.20,
                compose: tanager::elevator,
            },
        ],
    },
];
