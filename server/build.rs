//! Makes sure that there is a folder for the files of the site: the server compiles before the site is built, and a
//! release is compiled again when the site has changed.

use std::{env, fs, path::Path};

fn main() {
    let site =
        Path::new(&env::var("CARGO_MANIFEST_DIR").expect("Cargo names the folder of the package")).join("../site");
    fs::create_dir_all(&site).expect("the folder of the site can be made");

    println!("cargo::rerun-if-changed=build.rs");
    if env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../site");
    }
}
