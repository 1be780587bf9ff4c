//! What a URL says: the server, the credentials, the database and the protocol.
//!
//! fred's own parser does most of it. It knows no protocol, and takes TLS for plain TCP in a build without it. A cluster
//! is asked for by another constructor and never by a URL, as in redis-rs.

use contrait::cache::{CacheError, CacheErrorKind};
use fred::types::RespVersion;
use fred::types::config::{ClusterDiscoveryPolicy, Config, Server, ServerConfig};
use url::Url;

/// fred's configuration for the server of this URL.
pub(crate) fn config(url: &str) -> Result<Config, CacheError> {
    let parsed = Url::parse(url).map_err(|source| invalid().with_source(source))?;
    check_scheme(parsed.scheme())?;
    let mut config = if parsed.scheme().ends_with("unix") {
        Config::from_url_unix(url)
    } else {
        Config::from_url_centralized(&without_tls(&parsed))
    }
    .map_err(|source| invalid().with_source(source))?;
    for (name, value) in parsed.query_pairs() {
        match &*name {
            "protocol" => config.version = protocol(&value)?,
            // A socket's path takes the place where TCP has the database; redis-rs reads it from the query as well.
            "db" => config.database = Some(value.parse().map_err(|_| invalid())?),
            _ => {}
        }
    }
    Ok(config)
}

/// fred's configuration for the cluster that these are nodes of. All have the credentials of the first.
pub(crate) fn cluster(urls: &[String]) -> Result<Config, CacheError> {
    let configs: Vec<Config> = urls
        .iter()
        .map(|url| config(url))
        .collect::<Result<_, _>>()?;
    let hosts: Vec<Server> = configs
        .iter()
        .flat_map(|config| config.server.hosts())
        .collect();
    let first = configs.into_iter().next().ok_or_else(invalid)?;
    Ok(Config {
        server: ServerConfig::Clustered {
            hosts,
            // Those who are known may be gone when they are needed.
            policy: ClusterDiscoveryPolicy::UseCache,
        },
        ..first
    })
}

/// Where the server is, for people: without user and password.
pub(crate) fn display(config: &Config) -> String {
    match &config.server {
        ServerConfig::Unix { path } => path.display().to_string(),
        server => {
            let hosts = server.hosts().into_iter();
            let addresses = hosts.map(|server| format!("{}:{}", server.host, server.port));
            addresses.collect::<Vec<_>>().join(", ")
        }
    }
}

/// fred's parser would make a connector of its own; the builder makes it, with the builder's certificates. The URL is
/// taken as it was parsed, since a scheme can be written in capitals.
fn without_tls(url: &Url) -> String {
    match url.scheme() {
        "rediss" | "valkeys" => url.as_str().replacen("s:", ":", 1),
        _ => url.as_str().to_owned(),
    }
}

/// Whether the URL asks for TLS.
#[cfg(feature = "tls")]
pub(crate) fn wants_tls(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "rediss" | "valkeys"))
}

fn check_scheme(scheme: &str) -> Result<(), CacheError> {
    match scheme {
        "redis" | "valkey" | "redis+unix" | "valkey+unix" => Ok(()),
        "rediss" | "valkeys" if cfg!(feature = "tls") => Ok(()),
        "rediss" | "valkeys" => Err(CacheError::new(
            CacheErrorKind::Unsupported,
            "this build has no TLS: turn on the feature `tls` of contrait-fred",
        )),
        _ => Err(invalid()),
    }
}

fn protocol(value: &str) -> Result<RespVersion, CacheError> {
    match value {
        "2" | "resp2" => Ok(RespVersion::RESP2),
        "3" | "resp3" => Ok(RespVersion::RESP3),
        _ => Err(invalid()),
    }
}

fn invalid() -> CacheError {
    CacheError::new(
        CacheErrorKind::Other,
        "the URL is none of a Redis server, as `redis://:password@host:6379/0?protocol=resp3` is one",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_gives_everything() {
        let config = config("redis://ada:secret@cache.example:7000/3?protocol=resp3").unwrap();
        assert_eq!(display(&config), "cache.example:7000");
        assert_eq!(config.username.as_deref(), Some("ada"));
        assert_eq!(config.password.as_deref(), Some("secret"));
        assert_eq!(config.database, Some(3));
        assert_eq!(config.version, RespVersion::RESP3);
    }

    #[test]
    fn socket_is_a_path_with_its_database_in_the_query() {
        let config = config("redis+unix:///run/redis.sock?db=2").unwrap();
        assert_eq!(display(&config), "/run/redis.sock");
        assert_eq!(config.database, Some(2));
        assert_eq!(config.version, RespVersion::RESP2);
    }

    #[test]
    fn what_is_no_server_is_refused_without_showing_the_password() {
        for url in [
            "nonsense",
            "http://:hunter2@localhost",
            "redis-cluster://:hunter2@localhost",
            "redis://:hunter2@localhost?protocol=4",
            "redis://:hunter2@localhost/name",
        ] {
            let error = config(url).unwrap_err();
            assert_eq!(error.kind(), CacheErrorKind::Other, "{url}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{url}");
        }
    }

    #[cfg(feature = "tls")]
    #[test]
    fn tls_is_asked_for_in_whichever_letters() {
        for url in [
            "rediss://h:7",
            "REDISS://h:7",
            "Valkeys://h:7",
            " rediss://h:7",
        ] {
            assert!(wants_tls(url), "{url}");
            let config = config(url).unwrap();
            assert_eq!(display(&config), "h:7");
            assert!(config.tls.is_none(), "it would be a connector of fred's");
        }
        assert!(!wants_tls("redis://h:7"));
    }

    #[cfg(not(feature = "tls"))]
    #[test]
    fn tls_without_the_feature_names_the_feature() {
        let error = config("rediss://localhost").unwrap_err();
        assert_eq!(error.kind(), CacheErrorKind::Unsupported);
        assert!(error.to_string().contains("feature `tls`"));
    }
}
