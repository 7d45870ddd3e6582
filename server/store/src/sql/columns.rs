//! Every statement names its columns. A node of the version before runs beside a newer one that has added some: where it
//! asked for "all of them", the plan that its connection remembers has become wrong, and every question fails.

use std::{fs, path::Path};

#[test]
fn no_statement_asks_for_all_columns() {
    let mut seen = 0;

    for (path, text) in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        seen += 1;
        let stars: Vec<_> = (1..).zip(text.lines()).filter(|(_, line)| asks_for_all(line)).collect();
        assert!(stars.is_empty(), "{path} asks for all columns: {stars:?}");
    }
    assert!(seen > 20, "only {seen} files were found");
}

#[test]
fn a_statement_that_asks_for_all_columns_is_found() {
    // Put together here, so that this file itself has none of them.
    for words in
        ["SELECT @ FROM members", "RETURNING @\"", "SELECT m.@, 1", "SELECT DISTINCT @ FROM", "SELECT id, @ FROM"]
    {
        assert!(asks_for_all(&words.replace('@', "*")), "{words}");
    }
    for words in
        ["SELECT count(*) FROM members", "let both = (one, *other);", "extract(epoch FROM now()) * 1000", "&mut *on"]
    {
        assert!(!asks_for_all(words), "{words}");
    }
}

/// Whether a line of code has a star where SQL names columns.
fn asks_for_all(line: &str) -> bool {
    line.match_indices('*').any(|(place, _)| {
        let (before, after) = (line[..place].trim_end(), &line[place + 1..]);
        let of_a_table = before.len() == place
            && before.strip_suffix('.').is_some_and(|table| table.ends_with(|sign: char| sign.is_ascii_alphanumeric()));
        let in_a_list = ["SELECT", "DISTINCT", "ALL", "RETURNING", ","].iter().any(|word| before.ends_with(word));

        // In Rust a name follows.
        (of_a_table || in_a_list) && !after.starts_with(|sign: char| sign.is_alphanumeric() || "_(*".contains(sign))
    })
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).expect("a folder of this package").flatten().map(|entry| entry.path());

    entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![(path.display().to_string(), fs::read_to_string(&path).expect("a source is text"))],
        })
        .collect()
}
