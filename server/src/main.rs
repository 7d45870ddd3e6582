//! The program `earshot`: reads settings, binds, serves until it is told to stop.
//!
//! What goes wrong at the start is one sentence on standard error and exit code 1.

use std::{io, net::SocketAddr, process::ExitCode, time::Duration};

use anyhow::{Context, Result, bail};
use clap::Parser;
use server::{
    Config,
    cli::{Admin, Cli, Command},
    upkeep,
};
use tokio::{net::TcpListener, runtime::Runtime};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// How long threads that wait on a disk may take at the end; one that hangs on a network drive ends with the process.
const LAST_READS: Duration = Duration::from_secs(2);

/// What is logged unless `RUST_LOG` says otherwise. NATS and the database have their say through our own lines.
const LOGGED: &str = "warn,async_nats=off,bus=info,lofty=error,media=info,server=info,sqlx=error";

fn main() -> ExitCode {
    let runtime = Runtime::new().expect("a machine that starts a program can start its threads");

    let ended = runtime.block_on(run());
    runtime.shutdown_timeout(LAST_READS);
    ended
}

async fn run() -> ExitCode {
    let cli = Cli::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOGGED));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();

    match start(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn start(cli: Cli) -> Result<()> {
    let config = || Config::load(&cli.options);

    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => serve(config()?).await,
        Command::Backup { file } => unless_stopped(upkeep::back_up(&config()?, &file)).await,
        Command::Restore { file } => unless_stopped(upkeep::restore(&config()?, &file)).await,
        Command::MigrateStore { from, to } => unless_stopped(upkeep::migrate_store(&from, &to)).await,
        Command::Admin { command: Admin::Grant { name } } => grant(&config()?, &name).await,
        Command::Admin { command: Admin::ForgetFolder { folder } } => upkeep::forget_folder(&config()?, &folder).await,
    }
}

async fn serve(config: Config) -> Result<()> {
    let listener = bind(config.server.listen).await?;
    let address = listener.local_addr().context("The address that was bound cannot be read.")?;
    let what = if config.demo.enabled { "Earshot's demo" } else { "Earshot" };
    println!("{what} is at http://{address}");

    let shutdown = CancellationToken::new();
    tokio::spawn(stop_when_asked(shutdown.clone()));
    server::run(config, listener, shutdown).await
}

async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow::anyhow!(
            "Another program already listens on {address}. Stop it, or choose another address with --listen."
        ),
        io::ErrorKind::PermissionDenied => {
            anyhow::anyhow!("This user may not listen on {address}. Choose a port from 1024 on with --listen.")
        }
        _ => anyhow::anyhow!("{address} cannot be listened on ({error}). Choose another address with --listen."),
    })
}

async fn grant(config: &Config, name: &str) -> Result<()> {
    if !server::grant(config, name).await? {
        bail!("There is no member with the username {name}.");
    }

    println!("{name} is an administrator now.");
    Ok(())
}

/// Does something that clears away what it has begun when it is told to stop.
async fn unless_stopped(work: impl Future<Output = Result<()>>) -> Result<()> {
    let stop = CancellationToken::new();
    tokio::spawn(stop_when_asked(stop.clone()));

    match stop.run_until_cancelled(work).await {
        Some(done) => done,
        None => bail!("Stopped before it was done."),
    }
}

/// Waits for Ctrl+C or the system's request to end.
async fn stop_when_asked(shutdown: CancellationToken) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate()).expect("a process may hear that it should end");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;

    shutdown.cancel();
}
