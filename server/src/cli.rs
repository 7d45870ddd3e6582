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
