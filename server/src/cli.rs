//! The command line.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand};

/// Your own music, your friends, one server.
#[derive(Debug, Parser)]
#[command(name = "earshot", version)]
pub struct Cli {
    /// What to do; serving when left out.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What every command understands.
    #[command(flatten)]
    pub options: Options,
}

/// What `earshot` can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve members until stopped.
    Serve,
    /// Write everything that the database holds into a new file, while the server runs. SQLite only.
    Backup {
        /// The file that is made.
        file: PathBuf,
    },
    /// Put a backup where the database was, while no server runs. SQLite only.
    Restore {
        /// The backup.
        file: PathBuf,
    },
    /// Move everything into another database, while no server runs: from SQLite to PostgreSQL, or back.
    MigrateStore {
        /// Where everything is: sqlite: and a path, or postgres://user:password@host/name
        #[arg(long, value_name = "URL")]
        from: String,
        /// The new and empty database, written in the same way
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Look after the server.
    Admin {
        /// What to look after.
        #[command(subcommand)]
        command: Admin,
    },
}

/// What an administrator can do on the machine itself.
#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make a member administrator.
    Grant {
        /// Their username.
        name: String,
    },
    /// Let a music folder go that no settings name any more, with all that is known of it. The disk is not touched.
    ForgetFolder {
        /// The folder, as the list of problems writes it.
        folder: PathBuf,
    },
}

/// Settings on the command line; they win over files and environment.
#[derive(Clone, Debug, Default, Args)]
pub struct Options {
    /// A folder with music; may be given several times
    #[arg(long, value_name = "DIR", global = true)]
    pub library: Vec<PathBuf>,
    /// Where accounts and messages are kept
    #[arg(long, value_name = "DIR", global = true)]
    pub data: Option<PathBuf>,
    /// Where to listen
    #[arg(long, value_name = "ADDR:PORT", global = true)]
    pub listen: Option<SocketAddr>,
    /// Try it out: music, members and a companion of its own
    #[arg(long, global = true)]
    pub demo: bool,
    /// A file with settings, instead of ./Leptos.toml
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
}
