//! Ids made of names and contents, so that the same thing is found again after a new scan or on a new server.

use domain::{AlbumId, ArtistId, ArtworkId};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// The artist of this name. Case and blanks do not make another artist.
pub fn artist_id(name: &str) -> ArtistId {
    ArtistId(digest("artist", &[folded(name).as_bytes()]))
}

/// The album of this title by this album artist.
pub fn album_id(title: &str, artist: &str) -> AlbumId {
    AlbumId(digest("album", &[folded(title).as_bytes(), folded(artist).as_bytes()]))
}

/// The picture with these bytes.
pub fn artwork_id(bytes: &[u8]) -> ArtworkId {
    ArtworkId(digest("artwork", &[bytes]))
}

/// Text without control characters and needless blanks, at most 500 characters; nothing when nothing is left.
pub fn clean(text: &str) -> Option<String> {
    let visible: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(4_000).collect();
    let joined = visible.split_whitespace().collect::<Vec<_>>().join(" ");

    (!joined.is_empty()).then(|| joined.chars().take(500).collect())
}

fn folded(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The first 16 bytes of SHA-256, shaped as a UUID of version 8. Lengths go in too, so that parts cannot run together.
fn digest(kind: &str, parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new_with_prefix(kind);
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    let first = hash.finalize().first_chunk::<16>().copied().expect("SHA-256 has 32 bytes");

    Builder::from_custom_bytes(first).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_blanks_do_not_make_another_artist() {
        assert_eq!(artist_id("Nina  Brandt "), artist_id("nina brandt"));
        assert_ne!(artist_id("Nina Brandt"), artist_id("Nina Brand"));
        assert_ne!(album_id("a b", "c"), album_id("a", "b c"));
        assert_eq!(artist_id("x").0.get_version_num(), 8);
    }

    #[test]
    fn t1_hostile_text_is_made_harmless() {
        assert_eq!(clean("  a\u{0}b\n\tc\u{1b}[31m "), Some("a b c [31m".into()));
        assert_eq!(clean("\u{0}\u{7}  "), None);
        assert_eq!(clean(&"x".repeat(1 << 20)).map(|text| text.len()), Some(500));
    }
}
