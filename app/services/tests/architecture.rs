//! This crate knows use cases and ports: no page, no transport, no database, no bus.

use std::{fs, path::Path};

const OTHERS: [&str; 8] = ["axum", "leptos", "sqlx", "async-nats", "tower-http", "lofty", "notify", "reqwest"];
const ADAPTERS: [&str; 4] = ["store", "bus", "hub", "media"];

#[test]
fn services_depend_on_no_framework_and_no_adapter() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let names: Vec<_> = manifest.lines().filter_map(|line| line.split(['.', ' ', '=']).next()).collect();

    for forbidden in OTHERS.iter().chain(&ADAPTERS) {
        assert!(!names.contains(forbidden), "Cargo.toml names {forbidden}");
    }
}

#[test]
fn sources_name_no_framework_and_no_adapter() {
    let mut seen = 0;

    for (path, text) in sources(&root().join("src")) {
        seen += 1;
        for forbidden in OTHERS.map(|name| name.replace('-', "_")) {
            assert!(!text.contains(&format!("{forbidden}::")), "{path} names {forbidden}");
        }
        for adapter in ADAPTERS {
            let imports = |line: &str| line.trim_start().starts_with(&format!("use {adapter}::"));
            assert!(!text.lines().any(imports), "{path} names the adapter {adapter}");
        }
    }
    assert!(seen > 20, "only {seen} files were found");
}

#[test]
fn services_read_the_clock_randomness_and_files_through_ports_only() {
    for (path, text) in sources(&root().join("src")) {
        for forbidden in ["SystemTime", "Instant::now", "Timestamp::now(", "std::fs", "rand::rng(", "new_v4", "now_v7"]
        {
            assert!(!text.contains(forbidden), "{path} uses {forbidden}");
        }
    }
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn sources(folder: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());

    entries
        .flat_map(|path| match path.is_dir() {
            true => sources(&path),
            false => vec![(path.display().to_string(), fs::read_to_string(&path).unwrap())],
        })
        .collect()
}
