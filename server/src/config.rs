//! The settings of a server: Leptos.toml, environment, command line, checked before anything starts.

use std::{fmt, net::SocketAddr, path::PathBuf};

use anyhow::{Context, Result, bail, ensure};
use domain::account::Tier;
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use serde::Deserialize;
use services::settings::SignUps;

use crate::{cli::Options, place::Network};

/// Every setting with its default and its explanation.
pub const DEFAULTS: &str = include_str!("../../Leptos.toml");

/// Sign-ups an hour that the demo needs, with room for those who try it.
const DEMO_SIGN_UPS: u32 = 20;

/// All settings. They are explained in Leptos.toml.
#[derive(Clone, Debug, Deserialize)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Config {
    pub site: Site,
    pub server: Server,
    pub library: Library,
    pub accounts: Accounts,
    pub messages: Messages,
    pub keys: Keys,
    pub database: Address,
    pub bus: Address,
    pub limits: Limits,
    pub demo: Demo,
}

/// Where members find the server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Site {
    pub public_url: String,
    pub allow_plain_http: bool,
    pub operator: String,
}

/// The process.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Server {
    pub listen: SocketAddr,
    pub data: PathBuf,
    pub trusted_proxies: Vec<Network>,
    pub public_metrics: bool,
    pub wait_s: u64,
}

/// The music.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Library {
    pub folders: Vec<PathBuf>,
}

/// Accounts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Accounts {
    pub sign_ups: SignUps,
    pub tier: TierName,
    pub sign_ups_an_hour: u32,
    pub failed_log_ins_a_minute: u32,
}

/// A tier as an administrator writes it.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "as in domain::account::Tier")]
pub enum TierName {
    Free,
    Premium,
}

/// Messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Messages {
    pub a_minute: u32,
    pub burst: u32,
}

/// The master key.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Keys {
    pub master: String,
}

/// Keys are never printed, not even while looking for a mistake.
impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// The address of something that Earshot stands on.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Address {
    pub url: String,
}

/// Passwords and tokens stand in addresses, before the host or as an option after it. Where one leads is enough to look
/// for a mistake.
impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.url.split_once("://") {
            _ if self.url.is_empty() || self.url.starts_with("sqlite:") => write!(f, "Address({:?})", self.url),
            Some((scheme, rest)) => {
                let (head, options) = rest.split_at(rest.find(['?', '#']).unwrap_or(rest.len()));
                let place = head.rsplit_once('@').map_or(head, |(_, place)| place);
                // Where a password may have signs of its own, nobody can tell what is the place.
                let place = if options.contains('@') { "..." } else { place };
                write!(f, "Address(\"{scheme}://{place}\")")
            }
            None => f.write_str("Address(not understood)"),
        }
    }
}

/// Bounds of live connections.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Limits {
    pub sockets: usize,
    pub sockets_of_member: usize,
    pub frames_a_second: u32,
    pub frame_burst: u32,
    pub waiting_frames: usize,
    pub waiting_bytes: usize,
}

/// Trying Earshot out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs, reason = "explained in Leptos.toml")]
pub struct Demo {
    pub enabled: bool,
    pub companion: bool,
}

impl Accounts {
    /// The demo signs its own members up and starts Jams with them, whatever real members may do here.
    fn open_for_the_demo(&mut self) {
        self.sign_ups = SignUps::Open;
        self.tier = TierName::Premium;
        self.sign_ups_an_hour = self.sign_ups_an_hour.max(DEMO_SIGN_UPS);
    }
}

impl Config {
    /// Reads the settings that hold for these options in this environment.
    pub fn load(options: &Options) -> Result<Self> {
        let environment = Env::prefixed("EARSHOT_").map(|key| key.as_str().replacen('_', ".", 1).into());
        let mut figment = Figment::from(Toml::string(DEFAULTS));
        if let Some(file) = file(options)? {
            figment = figment.merge(Toml::file_exact(file));
        }

        Self::from(figment.merge(environment), options)
    }

    /// The defaults with these options and nothing of this machine; for tests.
    pub fn for_test(options: &Options) -> Result<Self> {
        Self::from(Figment::from(Toml::string(DEFAULTS)), options)
    }

    fn from(figment: Figment, options: &Options) -> Result<Self> {
        let mut config: Self = figment.extract().map_err(|error| anyhow::anyhow!(sentence(&error)))?;
        config.take(options)?;
        config.check()?;
        Ok(config)
    }

    fn take(&mut self, options: &Options) -> Result<()> {
        if !options.library.is_empty() {
            self.library.folders = options.library.clone();
        }
        if let Some(data) = &options.data {
            self.server.data = data.clone();
        }
        if let Some(listen) = options.listen {
            self.server.listen = listen;
        }
        ensure!(
            !options.demo || options.library.is_empty(),
            "The demo plays music of its own. Leave out --demo or --library."
        );

        self.demo.enabled |= options.demo || self.library.folders.is_empty();
        Ok(())
    }

    fn check(&mut self) -> Result<()> {
        if self.demo.enabled {
            ensure!(
                self.server.listen.ip().is_loopback(),
                "The demo lets everybody in, so it listens on this machine only and not on {}. Use --listen 127.0.0.1:{}, \
                 or give a music folder with --library.",
                self.server.listen,
                self.server.listen.port(),
            );
            ensure!(
                self.site.public_url.is_empty() && self.server.trusted_proxies.is_empty(),
                "The demo lets everybody in, so it stands behind no public address. Give a music folder with --library, \
                 or leave out site.public_url and server.trusted_proxies."
            );
            // Without it, only this machine's own names are answered.
            self.site.allow_plain_http = false;
            self.accounts.open_for_the_demo();
        }
        self.check_public_url()?;
        Ok(())
    }

    fn check_public_url(&mut self) -> Result<()> {
        self.site.public_url = self.site.public_url.trim_end_matches('/').to_owned();
        let listen = self.server.listen;

        if self.site.public_url.is_empty() {
            ensure!(
                listen.ip().is_loopback() || self.site.allow_plain_http || !self.server.trusted_proxies.is_empty(),
                "Listening on {listen} reaches other machines: set site.public_url to the https address that members \
                 type, or site.allow_plain_http = true to do without https."
            );
            return Ok(());
        }

        let uri: http::Uri = self.site.public_url.parse().ok().with_context(|| self.bad_url())?;
        let plain = match uri.scheme_str() {
            Some("https") => false,
            Some("http") => true,
            _ => bail!(self.bad_url()),
        };
        ensure!(uri.authority().is_some() && uri.path() == "/" && uri.query().is_none(), self.bad_url());
        ensure!(
            !plain || self.site.allow_plain_http || uri.host().is_some_and(crate::place::is_loopback),
            "site.public_url is {}, which is not https: set site.allow_plain_http = true to do without, or use https.",
            self.site.public_url
        );

        // Browsers leave these out of the origin that they send.
        let usual = if plain { ":80" } else { ":443" };
        self.site.public_url = self.site.public_url.trim_end_matches(usual).to_ascii_lowercase();
        Ok(())
    }

    fn bad_url(&self) -> String {
        format!(
            "site.public_url is {:?}, which is not understood: write it like \"https://music.example.org\".",
            self.site.public_url
        )
    }

    /// Where this server keeps its things. The demo has a folder of its own, so that it never meets real accounts.
    pub fn data(&self) -> PathBuf {
        if self.demo.enabled { self.server.data.join("demo") } else { self.server.data.clone() }
    }

    /// Where the music is.
    pub fn folders(&self) -> Vec<PathBuf> {
        if self.demo.enabled { vec![self.data().join("music")] } else { self.library.folders.clone() }
    }

    /// The address of the database.
    pub fn database_url(&self) -> String {
        if self.database.url.is_empty() || self.demo.enabled {
            format!("sqlite:{}", self.data().join("earshot.db").display())
        } else {
            self.database.url.clone()
        }
    }

    /// The address of the bus between nodes; none within one process. The demo is always one.
    pub fn bus_url(&self) -> Option<&str> {
        Some(self.bus.url.as_str()).filter(|url| !url.is_empty() && !self.demo.enabled)
    }

    /// The settings of the use cases.
    pub fn use_cases(&self) -> services::Settings {
        services::Settings {
            sign_ups: self.accounts.sign_ups,
            tier: match self.accounts.tier {
                TierName::Free => Tier::Free,
                TierName::Premium => Tier::Premium,
            },
            messages_a_minute: self.messages.a_minute,
            message_burst: self.messages.burst,
            sign_ups_an_hour: self.accounts.sign_ups_an_hour,
            failed_log_ins_a_minute: self.accounts.failed_log_ins_a_minute,
            ..services::Settings::default()
        }
    }

    /// The bounds of the hub.
    pub fn hub(&self) -> hub::Limits {
        hub::Limits {
            sockets: self.limits.sockets,
            sockets_of_member: self.limits.sockets_of_member,
            frames_a_second: self.limits.frames_a_second,
            frame_burst: self.limits.frame_burst,
            waiting_frames: self.limits.waiting_frames,
            waiting_bytes: self.limits.waiting_bytes,
            ..hub::Limits::default()
        }
    }
}

/// The file with settings: the one that was named, or the one that lies here.
fn file(options: &Options) -> Result<Option<PathBuf>> {
    if let Some(path) = &options.config {
        let words = "is not there. Check the path after --config.";
        ensure!(path.is_file(), "The settings file {} {words}", path.display());
        return Ok(Some(path.clone()));
    }
    let here = PathBuf::from("Leptos.toml");

    Ok(here.is_file().then_some(here))
}

/// A mistake in the settings as one sentence that names the setting and where it was written.
fn sentence(error: &figment::Error) -> String {
    let what = if error.path.is_empty() { "text".into() } else { format!("setting {}", error.path.join(".")) };
    let place = error.metadata.as_ref().map(|from| match &from.source {
        Some(source) => format!(" in {source}"),
        None => format!(" in {}", from.name),
    });
    let reason = error.kind.to_string();
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");

    format!("The {what}{} is wrong: {reason}.", place.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn m14_settings_are_printed_without_their_secrets() {
        let mut config = Config::for_test(&Options { demo: true, ..Options::default() }).expect("the defaults work");
        config.keys.master = "s3cret key".into();

        for (url, place) in [
            ("postgres://ana:s3cret@db.example:5433/earshot?sslmode=require", "db.example:5433/earshot"),
            ("postgres://db.example/earshot?user=ana&password=s3cret", "db.example/earshot"),
            ("postgres://ana:s3cret%2Fp@ss@db.example/earshot", "db.example/earshot"),
            ("nats://s3cret@nats.example:4222", "nats.example:4222"),
            ("nats://ana:s3cret@one,nats://ana:s3cret@two", "two"),
            ("nats://one?token=s3cret@home", "nats://..."),
            ("postgres://ana:s3cret?more@db.example/earshot", "postgres://..."),
            ("ana:s3cret@db.example", "not understood"),
            ("sqlite:/srv/earshot.db", "/srv/earshot.db"),
        ] {
            (config.database.url, config.bus.url) = (url.into(), url.into());
            for printed in [format!("{config:?}"), format!("{config:#?}"), format!("{:?}", config.clone().bus)] {
                assert!(!printed.contains("s3cret") && printed.contains(place), "{printed}");
            }
        }
    }
}
