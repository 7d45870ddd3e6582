//! Looking after the database: backups, putting them back, moving to another engine, forgetting a music folder. How far something is goes to standard
//! error, what was done to standard output.

use std::{
    fmt::Display,
    path::Path,
    sync::Mutex,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow, ensure};
use media::library;
use services::ports::store::LibraryStore;
use store::{
    SqlStore,
    alone::alone,
    backup,
    transfer::{Doing, Moved, Step, transfer},
};

use crate::{
    config::Config,
    run::{capital, prepare},
};

/// How often a large table says how far it is.
const SECOND: Duration = Duration::from_secs(1);

/// `earshot backup FILE`.
pub async fn back_up(config: &Config, file: &Path) -> Result<()> {
    let size_bytes = backup::back_up(&config.database_url(), file).await.map_err(sentence)?;

    println!("The backup {} is made ({}).", file.display(), size(size_bytes));
    println!("The key of its messages is not in it: keep a copy of master.key in another place.");
    Ok(())
}

/// `earshot restore FILE`.
pub async fn restore(config: &Config, file: &Path) -> Result<()> {
    let url = config.database_url();
    if url.starts_with("sqlite:") {
        prepare(&config.data())?;
    }
    let size_bytes = backup::restore(&url, file).await.map_err(sentence)?;

    println!("The backup {} is put back ({}). Pages that were open will load anew.", file.display(), size(size_bytes));
    println!("The server starts with the key of these messages only: put their master.key into the data folder.");
    Ok(())
}

/// `earshot migrate-store --from URL --to URL`.
pub async fn migrate_store(from: &str, to: &str) -> Result<()> {
    let said = Mutex::new(Instant::now());
    let moved = transfer(from, to, &|step| say(step, &said)).await.map_err(sentence)?;

    print(&moved);
    println!("Everything has moved, and is the same in both databases.");
    println!(
        "Messages are sealed as before: the server needs the same key, so take master.key along, or EARSHOT_KEYS_MASTER. \
         Then write the new address into database.url. Keep the old database until you have seen the new one work."
    );
    Ok(())
}

/// `earshot admin forget-folder DIR`.
pub async fn forget_folder(config: &Config, folder: &Path) -> Result<()> {
    ensure!(
        !config.folders().iter().any(|listed| library::real(listed) == library::real(folder)),
        "The folder {} is in these settings. Take it out of the settings of every node first.",
        folder.display()
    );
    // A node that still has it would go on looking for it in vain.
    let _alone = alone(&config.database_url()).map_err(sentence)?;
    let store = SqlStore::open(&config.database_url()).await.map_err(sentence)?;
    ensure!(
        store.is_at_rest().await.map_err(sentence)?,
        "A server works on this database. Stop every node first, and start them when this is done."
    );
    let forgotten = library::forget_folder(&store, folder).await.map_err(sentence)?;
    let left = store.folders().await.map_err(sentence)?;
    store.close().await;

    let names = left.into_iter().map(|(_, path)| path).collect::<Vec<_>>().join(", ");
    ensure!(forgotten, "There is no music folder {} in the database. It has these: {names}.", folder.display());
    println!("The folder {} and what was known of its music are forgotten.", folder.display());
    Ok(())
}

/// A line at the end of each table, and one a second on the way.
fn say(step: Step, said: &Mutex<Instant>) {
    let mut said = said.lock().expect("nothing panics while it holds the moment");
    let done = match step.doing {
        Doing::Copying => "copied",
        Doing::Indexing => "indexed for searches",
        Doing::Comparing => "compared",
    };

    let ends = step.of > 0 && step.rows == step.of;
    if ends || said.elapsed() >= SECOND {
        eprintln!("{}: {} of {} rows {done}", step.table, step.rows, step.of);
        *said = Instant::now();
    }
}

fn print(moved: &[Moved]) {
    for Moved { table, rows } in moved {
        println!("{table:<20}{rows:>12}  verified");
    }
}

fn sentence(error: impl Display) -> anyhow::Error {
    anyhow!("{}.", capital(error.to_string().trim_end_matches('.')))
}

/// In the unit that a person would use.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}
