//! How names are compared: in small letters, without the marks of Latin letters, split into words.
//!
//! The same folding makes sort keys and search words, in Rust, so that every engine sorts and finds alike. Marks of other
//! scripts are left as they are.

/// Words that a search looks at; nobody types more to find a song.
const WORDS: usize = 16;

/// The words of a text: runs of letters and digits, folded.
pub(crate) fn words(text: &str) -> Vec<String> {
    fold(text).split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The words of a text as a search index keeps them.
pub(crate) fn indexed(text: &str) -> String {
    words(text).join(" ")
}

/// The words that somebody searches for.
pub(crate) fn search_words(text: &str) -> Vec<String> {
    let mut words = words(text);
    words.truncate(WORDS);
    words
}

/// Those of the words that say something: what begins with "blue" begins with "bl" anyway.
pub(crate) fn telling(words: &[String]) -> Vec<&str> {
    let says_no_more = |place: usize, word: &str| {
        let mut others = words.iter().enumerate();
        others.any(|(other, longer)| longer.starts_with(word) && (longer.len() > word.len() || other < place))
    };

    words.iter().enumerate().filter(|(place, word)| !says_no_more(*place, word)).map(|(_, word)| &**word).collect()
}

/// Where a name stands in a list: its words without a leading "the". A name of signs only stands as it is written.
pub(crate) fn sort_key(name: &str) -> String {
    let words = words(name).join(" ");

    match words.strip_prefix("the ") {
        Some(rest) => rest.into(),
        None if words.is_empty() => fold(name.trim()),
        None => words,
    }
}

fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());

    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            // Marks that follow their letter, as some systems write file names.
            '\u{300}'..='\u{36f}' => {}
            letter if letter.is_ascii() => folded.push(letter),
            letter => match plain(letter) {
                Some(plain) => folded.push_str(plain),
                None => folded.push(letter),
            },
        }
    }
    folded
}

/// A small Latin letter without its mark.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'à'..='å'
        | 'ā'
        | 'ă'
        | 'ą'
        | 'ǎ'
        | 'ǻ'
        | 'ạ'
        | 'ả'
        | 'ấ'
        | 'ầ'
        | 'ẩ'
        | 'ẫ'
        | 'ậ'
        | 'ắ'
        | 'ằ'
        | 'ẳ'
        | 'ẵ'
        | 'ặ' => "a",
        'æ' | 'ǽ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ' | 'ẻ' | 'ẽ' | 'ế' | 'ề' | 'ể' | 'ễ' | 'ệ' => {
            "e"
        }
        'ĝ' | 'ğ' | 'ġ' | 'ģ' | 'ǧ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ỉ' | 'ị' => "i",
        'ĵ' => "j",
        'ķ' | 'ĸ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' => "n",
        'ò'..='ö'
        | 'ø'
        | 'ō'
        | 'ŏ'
        | 'ő'
        | 'ơ'
        | 'ǒ'
        | 'ọ'
        | 'ỏ'
        | 'ố'
        | 'ồ'
        | 'ổ'
        | 'ỗ'
        | 'ộ'
        | 'ớ'
        | 'ờ'
        | 'ở'
        | 'ỡ'
        | 'ợ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' | 'ǔ' | 'ụ' | 'ủ' | 'ứ' | 'ừ' | 'ử' | 'ữ' | 'ự' => {
            "u"
        }
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' | 'ỳ' | 'ỵ' | 'ỷ' | 'ỹ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_where_people_look_for_them() {
        for (name, key) in [
            ("The Beatles", "beatles"),
            ("The The", "the"),
            ("Theremin", "theremin"),
            ("Björk", "bjork"),
            ("Sigur Ro\u{301}s", "sigur ros"),
            ("Mötley Crüe", "motley crue"),
            ("Straße", "strasse"),
            ("(I Can't Get No) Satisfaction", "i can t get no satisfaction"),
            ("???", "???"),
            ("Кино", "кино"),
        ] {
            assert_eq!(sort_key(name), key);
        }
    }

    #[test]
    fn a_word_that_begins_another_asks_for_nothing() {
        let telling = |text| telling(&words(text)).join(" ");

        assert_eq!(telling("s s s"), "s");
        assert_eq!(telling("bl moon blue b"), "moon blue");
        assert_eq!(telling("moon blue"), "moon blue");
    }

    #[test]
    fn a_search_has_a_bound() {
        assert_eq!(search_words(&"la ".repeat(5_000)).len(), WORDS);
        assert!(search_words(" *\"'()-- ").is_empty());
    }
}
