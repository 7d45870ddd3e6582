//! What must hold for the house: who may depend on whom, where `cfg` may stand, what is in the wasm.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use figment::{
    Figment,
    providers::{Format, Toml},
    value::Value,
};
use server::config::DEFAULTS;

const ADAPTERS: [&str; 4] = ["store", "bus", "hub", "media"];

#[test]
fn only_the_server_names_an_adapter() {
    let outside = ["app", "app/domain", "app/services", "frontend"];
    let adapters = ADAPTERS.map(|adapter| format!("server/{adapter}"));
    let packages = outside.into_iter().map(String::from).chain(adapters);

    for package in packages {
        for dependency in dependencies(&package) {
            assert!(!ADAPTERS.contains(&dependency.as_str()), "{package} depends on {dependency}");
        }
    }
}

#[test]
fn rules_and_use_cases_know_no_adapter_of_others_either() {
    let forbidden = [
        ("app/domain", &["tokio", "async-trait", "leptos", "axum", "sqlx", "rand"][..]),
        ("app/services", &["leptos", "axum", "sqlx", "http"][..]),
        ("server/hub", &["axum", "leptos", "sqlx", "tokio-tungstenite"][..]),
        ("server/store", &["axum", "leptos"][..]),
        ("server/media", &["axum", "leptos", "sqlx"][..]),
    ];

    for (package, names) in forbidden {
        for dependency in dependencies(package) {
            assert!(!names.contains(&dependency.as_str()), "{package} depends on {dependency}");
        }
    }
}

#[test]
fn features_are_asked_for_in_few_places() {
    let allowed = |path: &Path| {
        let path = path.strip_prefix(root()).unwrap().to_string_lossy().replace('\\', "/");
        path == "app/src/lib.rs"
            || path == "app/src/server.rs"
            // The doubles and suites of the ports.
            || path == "app/services/src/lib.rs"
            || path.starts_with("app/src/browser")
    };

    for path in sources() {
        let asks = fs::read_to_string(&path).unwrap().contains(concat!("cfg(", "feature"));
        assert!(!asks || allowed(&path), "{} asks for a feature", path.display());
    }
}

#[test]
fn the_wasm_holds_nothing_of_the_server() {
    let tree = wasm_tree(&[]);

    for name in ["tokio", "sqlx", "axum", "services", "hyper", "rand"] {
        let found = tree.lines().any(|line| line.split(' ').next() == Some(name));
        assert!(!found, "{name} is in the wasm");
    }
}

#[test]
fn nobody_but_leptos_brings_regular_expressions_into_the_wasm() {
    // Its reader of settings names them; nothing of that is called in a browser, so the linker leaves it out.
    let users = wasm_tree(&["--invert", "regex", "--depth", "1"]);
    let users: Vec<&str> = users.lines().skip(1).filter_map(|line| line.split(' ').next()).collect();

    assert_eq!(users, ["leptos_config"]);
}

/// What the browser's package depends on, by name.
fn wasm_tree(more: &[&str]) -> String {
    let tree = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["tree", "--offline", "--locked", "-p", "frontend", "-e", "normal,no-proc-macro", "--prefix", "none"])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(more)
        .output()
        .unwrap();

    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    String::from_utf8(tree.stdout).unwrap()
}

#[test]
fn both_leptos_blocks_say_the_same() {
    let cargo = Figment::from(Toml::file_exact(root().join("Cargo.toml")));
    let cargo: Vec<BTreeMap<String, Value>> = cargo.extract_inner("workspace.metadata.leptos").unwrap();
    let served: BTreeMap<String, Value> =
        Figment::from(Toml::string(DEFAULTS)).extract_inner("package.metadata.leptos").unwrap();

    // A running server is none that is being worked on.
    for (key, value) in served.iter().filter(|(key, _)| *key != "env") {
        assert_eq!(shown(&cargo[0][key]), shown(value), "{key}");
    }
}

#[test]
fn every_setting_is_explained() {
    let settings = DEFAULTS.split("[package.metadata.leptos]").next().unwrap();
    let mut explained = false;

    for line in settings.lines() {
        match line.chars().next() {
            Some('#') => explained = true,
            None | Some('[') => explained = false,
            // Settings that belong together share an explanation.
            Some(_) => assert!(explained, "{line:?} has no explanation"),
        }
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map(String::from).unwrap_or_else(|| format!("{:?}", value.to_i128()))
}

/// What a package depends on, tests apart.
fn dependencies(package: &str) -> Vec<String> {
    let manifest = Figment::from(Toml::file_exact(root().join(package).join("Cargo.toml")));
    let dependencies: BTreeMap<String, Value> = manifest.extract_inner("dependencies").unwrap();

    dependencies.into_keys().collect()
}

fn sources() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = ["app", "frontend", "server"].map(|folder| root().join(folder)).into();

    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.ends_with("tests") {
                continue;
            }
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|ending| ending == "rs") {
                found.push(entry);
            }
        }
    }
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}
