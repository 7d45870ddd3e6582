//! The cookies of a log-in: their names and attributes, and how they are found again.
//!
//! On https and on the machine itself it is `__Host-earshot`, which browsers keep from every other host and path. Plain
//! http on another address would drop such a cookie silently; there it has a plain name.

use http::{HeaderMap, HeaderValue, header};

use crate::place::Place;

/// Browsers keep no cookie longer than 400 days.
const A_YEAR_S: u32 = 365 * A_DAY_S;
const A_DAY_S: u32 = 24 * 60 * 60;
/// The cookie of tickets. It needs no strict name: without the log-in's cookie it is worth nothing.
const TICKET: &str = "earshot-ticket";

/// The `Set-Cookie` header that keeps this token, or forgets any.
pub(crate) fn cookie(place: &Place, token: Option<&str>) -> HeaderValue {
    let secure = if place.secure { "; Secure" } else { "" };
    let (token, age_s) = token.map_or(("", 0), |token| (token, A_YEAR_S));
    let cookie = format!("{}={token}; Path=/; Max-Age={age_s}; HttpOnly; SameSite=Lax{secure}", name(place));

    HeaderValue::from_str(&cookie).expect("tokens are made of letters that headers may hold")
}

/// The token that a request brings.
pub(crate) fn token<'a>(place: &Place, headers: &'a HeaderMap) -> Option<&'a str> {
    value(headers, name(place))
}

/// The `Set-Cookie` header that keeps a ticket for the next live connection. It is sent nowhere else.
pub(crate) fn ticket_cookie(place: &Place, ticket: &str) -> HeaderValue {
    let secure = if place.secure { "; Secure" } else { "" };
    let cookie = format!("{TICKET}={ticket}; Path=/ws; Max-Age={A_DAY_S}; HttpOnly; SameSite=Strict{secure}");

    HeaderValue::from_str(&cookie).expect("tickets are made of letters that headers may hold")
}

/// The ticket that a request brings.
pub(crate) fn ticket(headers: &HeaderMap) -> Option<&str> {
    value(headers, TICKET)
}

fn value<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());

    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

fn name(place: &Place) -> &'static str {
    if place.secure { "__Host-earshot" } else { "earshot" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(secure: bool) -> Place {
        Place { address: [127, 0, 0, 1].into(), origin: String::new(), secure, https: secure }
    }

    #[test]
    fn a_secure_place_gets_the_strictest_cookie() {
        let cookie = cookie(&place(true), Some("abc"));
        let text = cookie.to_str().unwrap();

        assert!(text.starts_with("__Host-earshot=abc; Path=/;"), "{text}");
        for attribute in ["HttpOnly", "Secure", "SameSite=Lax"] {
            assert!(text.contains(attribute), "{text}");
        }
        assert!(!text.contains("Domain"));
    }

    #[test]
    fn plain_http_elsewhere_gets_one_that_browsers_keep() {
        let cookie = cookie(&place(false), Some("abc"));

        assert!(!cookie.to_str().unwrap().contains("Secure") && cookie.to_str().unwrap().starts_with("earshot="));
    }

    #[test]
    fn only_the_cookie_of_the_right_name_is_a_log_in() {
        let headers = |line: &'static str| HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_static(line))]);

        assert_eq!(token(&place(true), &headers("theme=dark; __Host-earshot=abc")), Some("abc"));
        assert_eq!(token(&place(true), &headers("earshot=abc")), None, "another host could have set that one");
        assert_eq!(token(&place(false), &headers("earshot=abc")), Some("abc"));
    }
}
