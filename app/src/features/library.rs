//! The music: lists, saving, sharing.

mod actions;
pub mod api;
mod covers;
mod rows;
mod scan;
mod sharing;
mod track_row;

pub use actions::MusicActions;
pub use covers::{AlbumGrid, ArtistGrid, album_rows, artist_rows};
pub use rows::{LongList, PART, ReadPart, Rows};
pub use scan::{NewMusic, ScanLine};
pub use sharing::{Sharing, SharingDialog};
pub use track_row::{TrackList, TrackMenu, artist_link, save, track_rows};
