//! Search as you type.

use domain::library::Found;

use super::makers::{put, track};
use crate::ports::store::{ScannedTrack, Store};

/// In whichever of title, artist and album; not in the middle of one.
pub async fn t4_every_word_must_begin_a_word(store: &dyn Store) {
    put(store, &[track(1, "Blue Train", "John Coltrane", "Locomotion"), track(2, "Blue Moon", "Ella", "Songbook")])
        .await;

    assert_eq!(titles(store, "blu").await, ["Blue Moon", "Blue Train"]);
    assert_eq!(titles(store, "tra blu").await, ["Blue Train"]);
    assert_eq!(titles(store, "loco colt train").await, ["Blue Train"]);
    assert_eq!(titles(store, "blue nothing").await, [""; 0]);
    assert_eq!(titles(store, "rain").await, [""; 0]);

    let found = search(store, "coltrane").await;
    assert_eq!(found.artists.iter().map(|artist| &*artist.name).collect::<Vec<_>>(), ["John Coltrane"]);
    assert_eq!(found.albums.iter().map(|album| &*album.title).collect::<Vec<_>>(), ["Locomotion"]);
    assert_eq!(found.tracks.len(), 1);
    assert_eq!(search(store, "blue").await.artists, []);
}

/// Neither in what is typed nor in what is found.
pub async fn t4_case_and_diacritics_do_not_matter(store: &dyn Store) {
    put(store, &[track(1, "Jóga", "Björk", "Homogenic"), track(2, "Ace of Spades", "Motörhead", "Ace of Spades")])
        .await;

    for text in ["bjork", "BJÖRK", "Bjö", "joga", "JÓGA homo"] {
        assert_eq!(titles(store, text).await, ["Jóga"], "{text}");
    }
    assert_eq!(search(store, "möt").await.artists.len(), 1);
    assert_eq!(titles(store, "motorhead").await, ["Ace of Spades"]);
}

/// At most as many of each as were asked for.
pub async fn t4_what_begins_with_the_text_comes_first(store: &dyn Store) {
    let songs = ["A Love Song", "Love Song", "Lovely Day", "Songs of Love"];
    let tracks: Vec<_> = (1..).zip(songs).map(|(number, title)| track(number, title, "Ana", title)).collect();
    put(store, &tracks).await;

    let found = store.search("love", 2).await.expect("a read");
    assert_eq!((found.tracks.len(), found.albums.len()), (2, 2));
    assert_eq!(titles(store, "love").await, ["A Love Song", "Love Song", "Lovely Day", "Songs of Love"]);
}

/// Signs are no words, and words are no operators.
pub async fn t4_a_search_is_never_a_query(store: &dyn Store) {
    put(store, &[track(1, "Near and Not", "Or", "Rock'n'Roll"), track(2, "100%", "AC/DC", "C++")]).await;

    for text in ["", "   ", "*", "\"", "'", "()", "--", ";", "\" *", "\u{0}", "%", "_", "💿"] {
        assert_eq!(search(store, text).await, Found::default(), "{text:?}");
    }
    for text in ["\" OR 1=1 --", "x' OR 'a'='a", "title:near", "{title}: near", "near AND zebra", "near NOT zebra"] {
        assert_eq!(titles(store, text).await, [""; 0], "{text:?}");
    }
    assert_eq!(titles(store, "near*").await, ["Near and Not"]);
    assert_eq!(titles(store, "NOT and").await, ["Near and Not"]);
    assert_eq!(titles(store, "ac/dc").await, ["100%"]);
    assert_eq!(titles(store, "rock'n").await, ["Near and Not"]);
    assert_eq!(titles(store, &"near ".repeat(2_000)).await, ["Near and Not"]);
}

/// New tags are found, old ones no more.
pub async fn t4_a_search_follows_the_files(store: &dyn Store) {
    let folder = put(store, &[track(1, "Before", "Ana", "First")]).await;

    let again = ScannedTrack { title: "After".into(), ..track(1, "", "Bo", "Second") };
    store.put_tracks(folder, &[again], super::makers::NOW).await.expect("a write");
    for gone in ["before", "ana", "first"] {
        assert_eq!(search(store, gone).await, Found::default(), "{gone}");
    }
    assert_eq!(titles(store, "after bo sec").await, ["After"]);

    store.remove_files(folder, &["1.flac".into()]).await.expect("a write");
    assert_eq!(search(store, "after").await, Found::default());
    assert_eq!(search(store, "bo").await, Found::default());
}

async fn search(store: &dyn Store, text: &str) -> Found {
    store.search(text, 20).await.expect("any text can be searched for")
}

/// The titles of the tracks found, by name.
async fn titles(store: &dyn Store, text: &str) -> Vec<String> {
    let mut titles: Vec<_> = search(store, text).await.tracks.into_iter().map(|track| track.title).collect();
    titles.sort();
    titles
}
