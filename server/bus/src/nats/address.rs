//! Where NATS is and who we are there, out of one URL.
//!
//! async-nats leaves alone what stands before the `@`, and writes addresses into its log. So the secrets are taken out
//! here, and the address goes on without them.

use std::{fmt, time::Duration};

use async_nats::{ConnectOptions, ServerAddr};

use super::ConnectError;

/// A connection that no server greets within this time does not come about.
const GREETING: Duration = Duration::from_secs(2);
/// A silent server is asked this often whether it is still there. The connection ends when the third question is due
/// and none was answered.
const PING: Duration = Duration::from_secs(1);

/// The address of a NATS server, with what it wants to know.
#[derive(Clone)]
pub(super) struct Address {
    server: ServerAddr,
    login: Login,
}

#[derive(Clone, PartialEq)]
enum Login {
    None,
    Token(String),
    User { name: String, password: String },
}

impl Address {
    /// Reads `nats://` or `tls://`, then nothing, `token@` or `user:password@`, then host and port.
    pub(super) fn parse(url: &str) -> Result<Self, ConnectError> {
        let refuse = |reason| ConnectError::Address { reason };
        if !["nats://", "tls://"].iter().any(|scheme| url.starts_with(scheme)) {
            return Err(refuse("it must begin with nats:// or tls://"));
        }

        let given: ServerAddr = url.parse().map_err(|_| refuse("it is not a URL"))?;
        if given.host().is_empty() {
            return Err(refuse("it names no host"));
        }
        let login = Login::of(&given).ok_or(refuse("it has a % that stands for no character"))?;

        let mut bare = given.into_inner();
        bare.set_username("").and_then(|()| bare.set_password(None)).map_err(|()| refuse("it names no host"))?;
        let server = ServerAddr::from_url(bare).map_err(|_| refuse("it is not a URL"))?;

        Ok(Self { server, login })
    }

    /// Where to connect to.
    pub(super) fn server(&self) -> &ServerAddr {
        &self.server
    }

    /// How to connect: with the login, to this one server and no other of which it tells.
    pub(super) fn options(&self) -> ConnectOptions {
        let options = match self.login.clone() {
            Login::None => ConnectOptions::new(),
            Login::Token(token) => ConnectOptions::with_token(token),
            Login::User { name, password } => ConnectOptions::with_user_and_password(name, password),
        };

        options.name("Earshot").connection_timeout(GREETING).ping_interval(PING).ignore_discovered_servers()
    }
}

/// Host and port, and nothing secret.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.server.host(), self.server.port())
    }
}

impl Login {
    fn of(given: &ServerAddr) -> Option<Self> {
        match (given.username(), given.password()) {
            (None, None) => Some(Self::None),
            (Some(token), None) => decoded(token).map(Self::Token),
            (name, Some(password)) => {
                Some(Self::User { name: decoded(name.unwrap_or_default())?, password: decoded(password)? })
            }
        }
    }
}

/// Resolves `%41` and the like.
fn decoded(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    let mut bytes = parts.next()?.as_bytes().to_vec();

    for part in parts {
        let (code, rest) = part.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(code, 16).ok()?);
        bytes.extend(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_gives_up_its_login() {
        let user = |name: &str, password: &str| Login::User { name: name.into(), password: password.into() };
        let rows = [
            ("nats://localhost", "localhost:4222", Login::None),
            ("tls://nats.example:4300", "nats.example:4300", Login::None),
            ("nats://[::1]:4222", "::1:4222", Login::None),
            ("nats://s3cret@host", "host:4222", Login::Token("s3cret".into())),
            ("nats://ana:s3cret@host:1", "host:1", user("ana", "s3cret")),
            ("nats://:s3cret@host", "host:4222", user("", "s3cret")),
            ("nats://a%40b:p%3Aq%25@host", "host:4222", user("a@b", "p:q%")),
        ];

        for (url, shown, login) in rows {
            let address = Address::parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));

            assert_eq!(address.to_string(), shown);
            assert!(address.login == login, "{url}");
            assert!(!address.server.as_url_str().contains('@'), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        let rows = [
            "",
            "localhost:4222",
            "http://s3cret@host",
            "ws://s3cret@host",
            "nats://",
            "nats://s3cret@",
            "nats://ana:s3cret@host:port",
            "nats://s3cret%@host",
            "nats://s3cret%zz@host",
            "nats://s3cret%ff@host",
            "nats://s3cret@one:4222,nats://s3cret@other:4222",
        ];

        for url in rows {
            let error = Address::parse(url).err().unwrap_or_else(|| panic!("{url} should be refused")).to_string();

            assert!(error.contains("bus.url") && !error.contains("s3cret"), "{url}: {error}");
        }
    }
}
