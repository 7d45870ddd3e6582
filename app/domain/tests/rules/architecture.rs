//! What this crate must never depend on or call: it is pure, and it builds for the browser.

use std::{fs, path::Path};

const ALLOWED: [&str; 4] = ["jiff", "postcard", "serde", "uuid"];
const FORBIDDEN: [&str; 8] =
    ["SystemTime", "Instant::now", "Zoned::now", "Timestamp::now", "std::fs", "std::net", "rand::", "Uuid::now_v7"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn invariant_1_nothing_but_four_crates_is_depended_on() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let mut section = "";
    let mut found = Vec::new();

    for line in manifest.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if line.starts_with('[') {
            section = line;
            assert!(!section.starts_with("[target") && !section.starts_with("[build-dep"), "{section}");
        } else if section == "[dependencies]" {
            found.push(line.split(['.', ' ', '=']).next().unwrap());
        }
    }

    assert_eq!(found, ALLOWED);
}

#[test]
fn invariant_1_no_clock_no_randomness_no_files_no_sockets() {
    for (path, text) in sources(&root().join("src")) {
        for word in FORBIDDEN {
            assert!(!text.contains(word), "{path} uses {word}");
        }
        assert!(!text.contains("cfg(target") && !text.contains("cfg(feature"), "{path} is not the same everywhere");
    }
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();

    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            found.extend(sources(&entry));
        } else {
            found.push((entry.display().to_string(), fs::read_to_string(&entry).unwrap()));
        }
    }
    assert!(!found.is_empty());
    found
}
