//! The life of a server: adapters are opened, tasks begin, requests are served, and everything ends in order.

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::{Result, anyhow};
use bus::{ConnectError, LocalBus, NatsBus};
use domain::{account::Role, library::ScanProgress};
use hub::Hub;
use leptos::config::{LeptosOptions, get_config_from_str};
use media::{Library, library::Unlisted};
use services::{
    Ports, Services,
    ports::{Bus, Media, store::AccountStore},
};
use store::{OpenError, SqlStore, alone::Alone};
use tokio::{net::TcpListener, task::JoinHandle, time::Instant};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    config::{Config, DEFAULTS},
    demo::Demo,
    host::{SharedTime, SystemClock, SystemRandom},
    keys::MasterKey,
    place::Places,
    serving,
    site::{self, Hashed},
    web::{self, Web},
};

/// How often Jams move on.
const JAM_TICK: Duration = Duration::from_millis(100);
/// The lease of the node that scans the music.
const SCAN: &str = "scan";
/// How often the database is asked for its time at the start.
const FIRST_QUESTIONS: usize = 8;
/// How long is waited before something at the start is tried again: twice as long each time, up to the second.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// How often leases and requests are looked at.
const SECOND: Duration = Duration::from_secs(1);
/// How often what is old is deleted.
const HOUR: Duration = Duration::from_secs(60 * 60);
/// How long sockets, and then tasks, may take to end; what takes longer is left behind.
const LAST_WORK: Duration = Duration::from_secs(5);

/// Serves until `shutdown` is cancelled, then ends in order: no new connection, sockets told and closed, tasks waited
/// for, store closed. An error is a sentence for who runs the server.
pub async fn run(config: Config, listener: TcpListener, shutdown: CancellationToken) -> Result<()> {
    prepare(&config.data())?;
    let _alone = alone(&config)?;
    let stage = Stage::set(&config).await?;
    let library = stage.library(&config).await?;
    let services = stage.services(&config, library.clone());
    services.beat().await.map_err(unavailable)?;

    let hub = Hub::new(services.clone(), &*stage.bus, config.hub(), shutdown.clone()).await;
    let tasks = TaskTracker::new();
    let demo = match config.demo.enabled {
        true => Some(Demo::open(&config, services.clone(), stage.bus.clone()).await?),
        false => None,
    };

    tasks.spawn(library.clone().listen(shutdown.clone()));
    tasks.spawn(scan_alone(services.clone(), library.clone(), shutdown.clone()));
    tasks.spawn(keep_beating(services.clone(), stage.store.clone(), shutdown.clone()));
    tasks.spawn(keep_mending(services.clone(), shutdown.clone()));
    tasks.spawn(keep_time(services.clone(), shutdown.clone()));
    tasks.spawn(forget_what_is_old(services.clone(), shutdown.clone()));
    tasks.spawn(move_jams_on(services.clone(), shutdown.clone()));
    if let Some(demo) = &demo {
        demo.begin(&tasks, &shutdown);
    }

    let files = site::files();
    let web = Web {
        services: services.clone(),
        hub: hub.clone(),
        library,
        places: Arc::new(Places::new(&config)),
        hashed: Hashed::new(&files),
        files,
        operator: config.site.operator.as_str().into(),
        demo_door: demo.map(|demo| demo.door()),
        leptos: leptos_options(),
        nats: stage.nats.clone(),
        public_metrics: config.server.public_metrics,
        tasks: tasks.clone(),
        shutdown: shutdown.clone(),
    };
    serving::serve(web::router(web), listener, &shutdown).await;

    tasks.close();
    in_time("sockets", hub.drain()).await;
    in_time("tasks", tasks.wait()).await;
    in_time("the other nodes", async { drop(services.leave().await) }).await;
    in_time("the database", stage.store.close()).await;
    Ok(())
}

/// Waits for an end, but not for ever: a server that was told to stop stops.
async fn in_time(what: &str, end: impl Future<Output = ()>) {
    if tokio::time::timeout(LAST_WORK, end).await.is_err() {
        tracing::warn!("{what} did not end in time and are left behind");
    }
}

/// `earshot admin grant NAME`: answers whether there is such a member.
pub async fn grant(config: &Config, name: &str) -> Result<bool> {
    let stage = Stage::set(config).await?;
    let services = stage.services(config, Arc::new(NoScanner));
    let granted = services.grant(name, Role::Administrator).await.map_err(unavailable)?;

    stage.store.close().await;
    Ok(granted)
}

/// The adapters.
struct Stage {
    store: Arc<SqlStore>,
    bus: Arc<dyn Bus>,
    /// The same, where it leads to other nodes.
    nats: Option<NatsBus>,
    keys: Arc<MasterKey>,
}

impl Stage {
    /// Opens everything that can fail at the start. Nothing is served with a key that does not open what is stored.
    async fn set(config: &Config) -> Result<Self> {
        let data = config.data();
        prepare(&data)?;

        let url = config.database_url();
        let store = patiently(config, || SqlStore::open(&url), OpenError::may_pass).await?;
        let mut time = SharedTime::default();
        for _ in 0..FIRST_QUESTIONS {
            time.ask(&store).await.map_err(|error| unavailable(error.into()))?;
        }
        let needed = store.knows_a_key().await.map_err(|error| unavailable(error.into()))?;
        let keys = MasterKey::of(&data, &config.keys.master, needed)?;
        keys.prove(&store).await?;

        let nats = nats(config, &store).await?;
        let bus: Arc<dyn Bus> = match &nats {
            Some(nats) => Arc::new(nats.clone()),
            None => Arc::new(LocalBus::new()),
        };
        Ok(Self { store: Arc::new(store), bus, nats, keys: Arc::new(keys) })
    }

    async fn library(&self, config: &Config) -> Result<Arc<Library>> {
        let folders = config.folders();
        if config.demo.enabled {
            folders.iter().try_for_each(|folder| prepare(folder))?;
        }
        let cache = config.data().join("cache");
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let unlisted = if self.store.is_shared() { Unlisted::Keep } else { Unlisted::Forget };

        Library::open(folders, unlisted, self.store.clone(), self.bus.clone(), clock, random, cache)
            .await
            .map_err(|error| anyhow!("{}", capital(&error.to_string())))
    }

    fn services(&self, config: &Config, media: Arc<dyn Media>) -> Arc<Services> {
        let ports = Ports {
            store: self.store.clone(),
            bus: self.bus.clone(),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            keys: self.keys.clone(),
            media,
            presence: self.store.clone(),
        };

        Services::new(ports, config.use_cases())
    }
}

/// For commands that leave the music alone.
struct NoScanner;

impl Media for NoScanner {
    fn progress(&self) -> ScanProgress {
        ScanProgress::default()
    }
}

/// The bus between nodes, if the settings name one. Nodes over one database find each other by its epoch, so that several Earshots can share a NATS.
async fn nats(config: &Config, store: &SqlStore) -> Result<Option<NatsBus>> {
    let Some(url) = config.bus_url() else { return Ok(None) };
    let epoch = store.epoch().await.map_err(|error| unavailable(error.into()))?;
    let instance = format!("{epoch:x}");

    let bus = patiently(config, || NatsBus::connect(url, &instance), ConnectError::may_pass).await?;
    Ok(Some(bus))
}

/// Keeps a second server away from a database that is a file: each would take what it keeps in memory for all there is.
fn alone(config: &Config) -> Result<Option<Alone>> {
    store::alone::alone(&config.database_url()).map_err(|taken| {
        anyhow!("{}. Stop it, or use PostgreSQL to run several (database.url).", capital(&taken.to_string()))
    })
}

/// Tries until it works, something is wrong that does not pass, or `server.wait_s` is over. Says once that it waits.
async fn patiently<T, E: std::fmt::Display, F: Future<Output = std::result::Result<T, E>>>(
    config: &Config,
    attempt: impl Fn() -> F,
    may_pass: impl Fn(&E) -> bool,
) -> Result<T> {
    let wait_s = config.server.wait_s;
    let end = Instant::now() + Duration::from_secs(wait_s);
    let mut pause = FIRST_PAUSE;
    let mut said = false;

    loop {
        let error = match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let sentence = capital(error.to_string().trim_end_matches('.'));
        if !may_pass(&error) {
            return Err(anyhow!("{sentence}."));
        }
        if Instant::now() + pause >= end {
            return Err(anyhow!("{sentence}. Earshot has waited for {wait_s} seconds (server.wait_s) and gives up."));
        }
        if !std::mem::replace(&mut said, true) {
            eprintln!("{sentence}. Earshot tries again for {wait_s} seconds.");
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// One node scans; when it dies or stops, another does.
async fn scan_alone(services: Arc<Services>, library: Arc<Library>, shutdown: CancellationToken) {
    let mut seconds = tokio::time::interval(SECOND);
    let mut scanning: Option<(CancellationToken, JoinHandle<()>)> = None;

    while let Some(_tick) = shutdown.run_until_cancelled(seconds.tick()).await {
        // While the store does not answer, nothing changes: a scan cannot write then either.
        let Ok(ours) = services.hold(SCAN).await else { continue };

        match (ours, scanning.take()) {
            (true, None) => {
                let stop = shutdown.child_token();
                scanning = Some((stop.clone(), tokio::spawn(library.clone().run(stop))));
            }
            (false, Some((stop, running))) => {
                stop.cancel();
                let _ = running.await;
            }
            (_, same) => scanning = same,
        }
    }
    if let Some((_, running)) = scanning {
        let _ = running.await;
    }
}

/// Says that this node works, and asks the database what time it is.
async fn keep_beating(services: Arc<Services>, store: Arc<SqlStore>, shutdown: CancellationToken) {
    let mut time = SharedTime::default();
    let mut beats = tokio::time::interval(Duration::from_millis(services::nodes::BEAT_MS));
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut troubled = false;

    while let Some(_beat) = shutdown.run_until_cancelled(beats.tick()).await {
        // A database whose machine has vanished answers nothing, not even that.
        let beaten = tokio::time::timeout(LAST_WORK, async {
            services.beat().await?;
            time.ask(&store).await.map_err(services::Error::from)
        });
        let beaten = beaten.await.unwrap_or_else(|_| Err(services::Error::Unavailable("no answer".into())));
        if let Err(error) = &beaten
            && !troubled
        {
            tracing::warn!(%error, "this node cannot say that it works");
        }
        troubled = beaten.is_err();
    }
}

/// Does what the beats have found, in its own time.
async fn keep_mending(services: Arc<Services>, shutdown: CancellationToken) {
    let mut beats = tokio::time::interval(Duration::from_millis(services::nodes::BEAT_MS));
    beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);

    while let Some(_beat) = shutdown.run_until_cancelled(beats.tick()).await {
        services.mend().await;
    }
}

async fn keep_time(services: Arc<Services>, shutdown: CancellationToken) {
    let mut seconds = tokio::time::interval(SECOND);
    seconds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);

    while let Some(_tick) = shutdown.run_until_cancelled(seconds.tick()).await {
        services.expire_activity().await;
        if let Err(error) = services.settle_tabs().await {
            tracing::debug!(%error, "the tabs of this node could not be put right yet");
        }
        if let Err(error) = services.expire_jam_requests().await {
            tracing::warn!(%error, "old Jam requests could not be closed");
        }
    }
}

/// Every node does: it is one statement, and a node that is the only one must.
async fn forget_what_is_old(services: Arc<Services>, shutdown: CancellationToken) {
    let mut hours = tokio::time::interval(HOUR);
    hours.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);

    while let Some(_tick) = shutdown.run_until_cancelled(hours.tick()).await {
        if let Err(error) = services.forget_played_long_ago().await {
            tracing::warn!(%error, "what was played long ago could not be deleted");
        }
    }
}

async fn move_jams_on(services: Arc<Services>, shutdown: CancellationToken) {
    let mut ticks = tokio::time::interval(JAM_TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);

    while let Some(_tick) = shutdown.run_until_cancelled(ticks.tick()).await {
        services.tick_jams().await;
    }
}

/// Makes a folder that only this user may look into, and checks that it can be written to.
pub(crate) fn prepare(folder: &Path) -> Result<()> {
    let mut maker = std::fs::DirBuilder::new();
    maker.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut maker, 0o700);

    // Nodes may share the folder and look at the same moment.
    let probe = folder.join(format!(".earshot-{:x}", rand::random::<u64>()));
    let works =
        maker.create(folder).and_then(|()| std::fs::write(&probe, [])).and_then(|()| std::fs::remove_file(&probe));
    works.map_err(|error| {
        anyhow!(
            "The data folder {} cannot be used ({}). Check that Earshot may write there, or name another with --data.",
            folder.display(),
            error.kind()
        )
    })
}

fn leptos_options() -> LeptosOptions {
    get_config_from_str(DEFAULTS).expect("a test keeps the Leptos block of Leptos.toml readable")
}

fn unavailable(error: services::Error) -> anyhow::Error {
    anyhow!("The store does not work: {error}.")
}

pub(crate) fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();

    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
