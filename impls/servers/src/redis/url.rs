//! Reads the address out of a Redis URL, and nothing else: users, passwords and databases are the client's business.
//!
//! No message shows any part of a URL that could be a password, which in a malformed URL is every part.

#[cfg(feature = "suite")]
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::PathBuf;

use crate::probe::Address;

const PORT: u16 = 6379;
#[cfg(feature = "suite")]
const NO_NETWORK: &str = "a Unix socket has no network in front of it: name a TCP address";

/// Where a URL points to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Url {
    pub(super) address: Address,
    /// Whether a TLS handshake comes before the first command.
    pub(super) tls: bool,
}

/// Reads `redis://`, `rediss://` and `unix://` URLs and their Valkey synonyms.
///
/// # Errors
///
/// What is wrong with it, without showing it.
pub(super) fn parse(url: &str) -> Result<Url, String> {
    let (scheme, rest) = url
        .split_once("://")
        .ok_or("it is not a URL, such as redis://127.0.0.1:6379")?;
    match scheme {
        "redis" | "valkey" => Ok(Url {
            address: tcp(rest)?,
            tls: false,
        }),
        "rediss" | "valkeys" => Ok(Url {
            address: tcp(rest)?,
            tls: true,
        }),
        "unix" | "redis+unix" | "valkey+unix" => Ok(Url {
            address: unix(rest),
            tls: false,
        }),
        _ => Err("its scheme is none of redis, rediss, valkey, valkeys and unix".to_owned()),
    }
}

/// Where the server of this URL is, for who connects by himself.
///
/// # Errors
///
/// What is wrong with the URL, without showing it, or with the name of its host.
#[cfg(feature = "suite")]
pub(crate) fn resolve(url: &str) -> Result<SocketAddr, String> {
    let Address::Tcp { host, port } = parse(url)?.address else {
        return Err(NO_NETWORK.to_owned());
    };
    let found = (host.as_str(), port).to_socket_addrs();
    let found = found.map_err(|error| format!("the host {host} is not found: {error}"))?;
    found
        .into_iter()
        .next()
        .ok_or_else(|| format!("the host {host} has no address"))
}

/// Host and port of a URL, and whether it is TLS that is spoken there.
///
/// # Errors
///
/// What is wrong with the URL, without showing it.
#[cfg(feature = "suite")]
pub(crate) fn tcp_address(url: &str) -> Result<(String, bool), String> {
    match parse(url)? {
        Url {
            address: Address::Unix(_),
            ..
        } => Err(NO_NETWORK.to_owned()),
        Url { address, tls } => Ok((address.to_string(), tls)),
    }
}

/// User and password of a URL, as they are.
#[cfg(feature = "suite")]
pub(crate) fn credentials(url: &str) -> (Option<String>, Option<String>) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = before(rest, &['/', '?', '#']);
    let Some((credentials, _)) = authority.rsplit_once('@') else {
        return (None, None);
    };
    let (user, password) = credentials.split_once(':').unwrap_or((credentials, ""));
    let given = |text: &str| (!text.is_empty()).then(|| decoded(text));
    (given(user), given(password))
}

/// Text with each `%` and its two digits for a byte.
#[cfg(feature = "suite")]
fn decoded(text: &str) -> String {
    let mut parts = text.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let byte = part
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) => {
                bytes.push(byte);
                bytes.extend(&part.as_bytes()[2..]);
            }
            None => bytes.extend([b"%", part.as_bytes()].concat()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same URL with another address in it.
#[cfg(feature = "suite")]
pub(crate) fn through(url: &str, address: SocketAddr) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("redis", url));
    let authority = before(rest, &['/', '?', '#']);
    let credentials = authority.rsplit_once('@').map_or("", |(before, _)| before);
    let at = if authority.contains('@') { "@" } else { "" };
    format!(
        "{scheme}://{credentials}{at}{address}{}",
        &rest[authority.len()..]
    )
}

fn unix(rest: &str) -> Address {
    // A password may stand in the query.
    Address::Unix(PathBuf::from(before(rest, &['?', '#'])))
}

fn tcp(rest: &str) -> Result<Address, String> {
    let authority = before(rest, &['/', '?', '#']);
    if rest[authority.len()..].contains('@') {
        // What stands before is part of a password then, and not a host to connect to or to show.
        return Err("its user or password has a `/`, `?` or `#`: percent-encode it".to_owned());
    }
    let host_and_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = split(host_and_port)?;
    let port = match port {
        "" => PORT,
        port => port
            .parse()
            .map_err(|_| "its port is not a number from 0 to 65535")?,
    };
    let host = if host.is_empty() { "127.0.0.1" } else { host };
    Ok(Address::Tcp {
        host: host.to_owned(),
        port,
    })
}

/// Host and port, the port without its colon and empty where there is none.
fn split(host_and_port: &str) -> Result<(&str, &str), String> {
    let Some(bracketed) = host_and_port.strip_prefix('[') else {
        return Ok(host_and_port
            .rsplit_once(':')
            .unwrap_or((host_and_port, "")));
    };
    let (host, port) = bracketed
        .split_once(']')
        .ok_or("a `[` of its host is not closed")?;
    Ok((host, port.strip_prefix(':').unwrap_or(port)))
}

fn before<'a>(text: &'a str, ends: &[char]) -> &'a str {
    text.split(ends).next().unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::{Address, Url, parse};

    fn shown(url: &str) -> String {
        parse(url).unwrap().address.to_string()
    }

    #[test]
    fn the_address_is_read_from_every_form() {
        assert_eq!(shown("redis://h"), "h:6379");
        assert_eq!(shown("redis://:7000/2?protocol=3"), "127.0.0.1:7000");
        assert_eq!(shown("redis://user:p@ss:word@h:7000/0"), "h:7000");
        assert_eq!(shown("valkey://[::1]:7000"), "[::1]:7000");
        assert_eq!(shown("redis://[::1]"), "[::1]:6379");
    }

    #[test]
    fn only_a_second_s_means_tls() {
        assert!(parse("rediss://h").unwrap().tls);
        assert!(!parse("redis://h").unwrap().tls);
    }

    #[test]
    fn a_socket_is_shown_without_its_query() {
        let expected = Url {
            address: Address::Unix("/run/redis.sock".into()),
            tls: false,
        };
        assert_eq!(
            parse("unix:///run/redis.sock?db=1&pass=secret"),
            Ok(expected)
        );
    }

    #[cfg(feature = "suite")]
    #[test]
    fn another_address_leaves_the_rest() {
        let address = "127.0.0.1:7".parse().unwrap();
        let through = |url| super::through(url, address);
        assert_eq!(through("redis://h"), "redis://127.0.0.1:7");
        assert_eq!(
            through("rediss://ada:p@ss@h:1/2?protocol=resp3"),
            "rediss://ada:p@ss@127.0.0.1:7/2?protocol=resp3"
        );
        assert_eq!(super::resolve("redis://:secret@127.0.0.1:7/2"), Ok(address));
        assert!(super::resolve("unix:///run/redis.sock").is_err());
    }

    #[cfg(feature = "suite")]
    #[test]
    fn credentials_are_read_as_they_are_meant() {
        let read = |url| super::credentials(url);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(read("redis://h:1/2?a=@"), (None, None));
        assert_eq!(read("redis://:p%40ss%@h"), (None, some("p@ss%")));
        assert_eq!(
            read("rediss://ada:s%C3%A4@h"),
            (some("ada"), some("s\u{e4}"))
        );
        assert_eq!(read("redis://ada@h"), (some("ada"), None));
    }

    #[test]
    fn nothing_of_a_malformed_url_is_shown() {
        let malformed = [
            "secret",
            "secret://h",
            "redis://user:secret",
            "redis://:secret@[::1",
            "redis://user:1/secret@h",
            "redis://user:1?secret@h",
        ];
        for url in malformed {
            let problem = parse(url).unwrap_err();
            assert!(!problem.contains("secret"), "{url}: {problem}");
        }
    }
}
