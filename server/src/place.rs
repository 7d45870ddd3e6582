//! Where a request comes from and where it believes to have arrived: client address, scheme and host.
//!
//! Forwarded headers count only when a trusted proxy sent them.

use std::{net::IpAddr, str::FromStr};

use http::{HeaderMap, header};
use serde::{Deserialize, Deserializer, de::Error};

use crate::config::Config;

/// A request's place, in its extensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The client's address.
    pub address: IpAddr,
    /// What its `Origin` must be.
    pub origin: String,
    /// Whether the browser counts this as a secure place: https, or the machine itself.
    pub secure: bool,
    /// Whether it came by https.
    pub https: bool,
}

/// What decides about places.
#[derive(Clone, Debug)]
pub struct Places {
    proxies: Vec<Network>,
    public_url: String,
    allow_plain_http: bool,
}

impl Places {
    /// As these settings say.
    pub fn new(config: &Config) -> Self {
        Self {
            proxies: config.server.trusted_proxies.clone(),
            public_url: config.site.public_url.clone(),
            allow_plain_http: config.site.allow_plain_http,
        }
    }

    /// The place of a request; nothing when it came to an address that this server does not stand for.
    ///
    /// Without a public address only the machine's own names count, so that a page of somebody else, whose name was
    /// bent to point here, is not taken for ours.
    pub fn of(&self, peer: IpAddr, headers: &HeaderMap) -> Option<Place> {
        let peer = peer.to_canonical();
        let trusted = self.is_proxy(peer);
        let address = if trusted { self.client(headers).unwrap_or(peer) } else { peer };

        if !self.public_url.is_empty() {
            let https = self.public_url.starts_with("https:");
            let secure = https || host_of_origin(&self.public_url).is_some_and(is_loopback);
            return Some(Place { address, origin: self.public_url.clone(), secure, https });
        }

        let host = headers.get(header::HOST)?.to_str().ok()?;
        let https = trusted && text(headers, "x-forwarded-proto") == Some("https");
        let secure = https || is_loopback(without_port(host));
        let known = is_plain_host(host) && (secure || self.allow_plain_http);

        known.then(|| Place {
            address,
            origin: format!("{}://{host}", if https { "https" } else { "http" }).to_ascii_lowercase(),
            secure,
            https,
        })
    }

    /// The last address that no trusted proxy vouches for: all further to the left can be made up.
    fn client(&self, headers: &HeaderMap) -> Option<IpAddr> {
        let lines = headers.get_all("x-forwarded-for").into_iter().filter_map(|value| value.to_str().ok());
        let named: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();

        named
            .into_iter()
            .rev()
            .map_while(|name| name.parse().ok())
            .map(|address: IpAddr| address.to_canonical())
            .find(|address| !self.is_proxy(*address))
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|network| network.holds(address))
    }
}

/// Whether a host's name is this machine's own in every browser.
pub fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    let own_name = host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost");

    own_name || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn host_of_origin(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| without_port(host))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// A host that may be written into headers of ours.
fn is_plain_host(host: &str) -> bool {
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']'))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// An address or a range of them: `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    first: IpAddr,
    bits: u32,
}

impl Network {
    fn holds(self, address: IpAddr) -> bool {
        match (self.first, address) {
            (IpAddr::V4(first), IpAddr::V4(address)) => {
                (first.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V6(first), IpAddr::V6(address)) => {
                (first.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_one = || format!("{text:?} is neither an address nor a range like 10.0.0.0/8");
        let (first, bits) = text.split_once('/').map_or((text, None), |(first, bits)| (first, Some(bits)));
        let first: IpAddr = first.parse().map_err(|_| not_one())?;
        let most = if first.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.parse().map_err(|_| not_one()))?;

        if bits <= most { Ok(Self { first, bits }) } else { Err(not_one()) }
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn places(public_url: &str, proxies: &[&str], allow_plain_http: bool) -> Places {
        Places {
            proxies: proxies.iter().map(|proxy| proxy.parse().unwrap()).collect(),
            public_url: public_url.into(),
            allow_plain_http,
        }
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies() {
        let headers = headers(&[("host", "localhost"), ("x-forwarded-for", "6.6.6.6, 203.0.113.9, 10.1.2.3")]);
        let peer: IpAddr = "10.0.0.1".parse().unwrap();

        let believed = places("", &["10.0.0.0/8"], false).of(peer, &headers).unwrap();
        let unbelieved = places("", &[], false).of(peer, &headers).unwrap();

        assert_eq!(believed.address, "203.0.113.9".parse::<IpAddr>().unwrap(), "the last that no proxy of ours is");
        assert_eq!(unbelieved.address, peer);
    }

    #[test]
    fn a_strange_host_has_no_place_without_a_public_address() {
        let peer = "127.0.0.1".parse().unwrap();
        let place = |host: &str, places: &Places| places.of(peer, &headers(&[("host", host)]));
        let (own, plain) = (places("", &[], false), places("", &[], true));

        for host in ["localhost:3000", "127.0.0.1:3000", "[::1]:3000", "LOCALHOST", "earshot.localhost:80"] {
            assert!(place(host, &own).is_some_and(|place| place.secure), "{host}");
        }
        for host in ["evil.example:3000", "192.168.1.5:3000", "localhost.evil.example", "a b", ""] {
            assert!(place(host, &own).is_none(), "{host}");
        }
        assert!(place("192.168.1.5:3000", &plain).is_some_and(|place| !place.secure));
    }

    #[test]
    fn a_public_address_is_the_origin_of_all() {
        let place = places("https://music.example.org", &[], false)
            .of("203.0.113.9".parse().unwrap(), &headers(&[("host", "anything")]))
            .unwrap();

        assert_eq!(place.origin, "https://music.example.org");
        assert!(place.secure && place.https);
    }

    #[test]
    fn https_is_believed_of_a_trusted_proxy_only() {
        let headers = headers(&[("host", "music.example.org"), ("x-forwarded-proto", "https")]);

        let behind = places("", &["10.0.0.1"], false).of("10.0.0.1".parse().unwrap(), &headers).unwrap();
        assert_eq!(behind.origin, "https://music.example.org");
        assert_eq!(places("", &["10.0.0.1"], false).of("10.0.0.2".parse().unwrap(), &headers), None);
    }

    #[test]
    fn a_range_of_addresses_is_checked_when_it_is_written() {
        for wrong in ["10.0.0.0/33", "ten", "10.0.0.0/x", ""] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        assert!("::/0".parse::<Network>().unwrap().holds("2001:db8::1".parse().unwrap()));
    }
}
