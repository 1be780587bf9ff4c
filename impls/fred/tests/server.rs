//! What the URL and the server's state do to a cache: credentials, databases, protocols, absence and return.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use contrait::cache::{CacheError, CacheErrorKind, CacheInterface};
use contrait_fred::FredCache;
use redis_embedded::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Outcome = Result<(), Box<dyn std::error::Error>>;

const PROTOCOLS: [&str; 2] = ["?protocol=resp2", "?protocol=resp3"];

async fn with_password(password: &str) -> std::io::Result<Server> {
    Server::builder().password(password).start().await
}

/// How many clients the server has, this question's own connection left out.
async fn clients(server: &Server) -> std::io::Result<usize> {
    let mut stream = TcpStream::connect(server.addr()).await?;
    stream.write_all(b"CLIENT LIST\r\nQUIT\r\n").await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer.matches(" addr=").count() - 1)
}

/// Reads until it is answered, which takes as long as reconnecting does.
async fn eventually(cache: &FredCache) -> Duration {
    let begun = Instant::now();
    while let Err(error) = cache.get("k").await {
        assert!(begun.elapsed() < Duration::from_secs(5), "{error:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    begun.elapsed()
}

async fn refusal(url: &str) -> CacheError {
    FredCache::connect(url, "").await.expect_err("it connects")
}

#[tokio::test]
async fn password_and_database_come_from_the_url() -> Outcome {
    let server = with_password("p@ss/word").await?;
    for protocol in PROTOCOLS {
        let connect = async |path: &str| {
            let url = format!("{}{path}{protocol}", server.url());
            FredCache::connect(&url, protocol).await
        };
        connect("/3").await?.set("k", b"three", None).await?;
        assert_eq!(connect("").await?.get("k").await?, None);
        let three = connect("/3").await?;
        assert_eq!(three.get("k").await?.as_deref(), Some(&b"three"[..]));
    }
    Ok(())
}

#[tokio::test]
async fn wrong_password_is_denied_and_never_shown() -> Outcome {
    let server = with_password("right").await?;
    for protocol in PROTOCOLS {
        let address = server.addr();
        for credentials in ["", ":hunter2@", "ada:hunter2@"] {
            let error = refusal(&format!("redis://{credentials}{address}{protocol}")).await;
            assert_eq!(error.kind(), CacheErrorKind::Denied, "{error:?}");
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(&address.to_string()), "{shown}");
            assert!(!shown.contains("hunter2"), "{shown}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn absent_server_is_an_error_at_once() -> Outcome {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    for protocol in PROTOCOLS {
        let begun = Instant::now();
        let error = refusal(&format!("redis://:hunter2@{free}{protocol}")).await;
        assert!(
            begun.elapsed() < Duration::from_millis(400),
            "{:?}",
            begun.elapsed()
        );
        assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(&free.to_string()), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    Ok(())
}

#[tokio::test]
async fn silent_server_is_an_error_within_a_second_or_two() -> Outcome {
    let silent = TcpListener::bind("127.0.0.1:0")?;
    for protocol in PROTOCOLS {
        let begun = Instant::now();
        let error = refusal(&format!("redis://{}{protocol}", silent.local_addr()?)).await;
        assert!(
            begun.elapsed() < Duration::from_secs(3),
            "{:?}",
            begun.elapsed()
        );
        assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_url_of_a_server_is_refused() {
    for url in [
        "",
        "nonsense",
        "http://localhost",
        "redis://:hunter2@localhost?protocol=4",
    ] {
        let error = refusal(url).await;
        assert_eq!(error.kind(), CacheErrorKind::Other, "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}

#[cfg(not(feature = "tls"))]
#[tokio::test]
async fn tls_without_the_feature_names_the_feature() {
    let error = refusal("rediss://localhost").await;
    assert_eq!(error.kind(), CacheErrorKind::Unsupported, "{error:?}");
    assert!(
        error.to_string().contains("feature `tls` of contrait-fred"),
        "{error}"
    );
}

#[tokio::test]
async fn database_that_the_server_has_not_is_refused() -> Outcome {
    let server = Server::builder().databases(2).start().await?;
    for protocol in PROTOCOLS {
        let error = refusal(&format!("{}/2{protocol}", server.url())).await;
        assert_eq!(error.kind(), CacheErrorKind::Other, "{error:?}");
    }
    Ok(())
}

#[tokio::test]
async fn limit_of_values_is_redis_own_and_can_be_lowered() -> Outcome {
    let server = Server::start().await?;
    let cache = FredCache::connect(&server.url(), "").await?;
    assert_eq!(cache.limits().value_bytes, 512 << 20);
    let small = FredCache::builder(&server.url())
        .value_bytes(3)
        .connect()
        .await?;
    small.set("k", b"abc", None).await?;
    let error = small.set("k", b"abcd", None).await.expect_err("four bytes");
    assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
    Ok(())
}

#[tokio::test]
async fn namespaces_share_the_connection() -> Outcome {
    let server = Server::start().await?;
    let a = FredCache::connect(&server.url(), "a").await?;
    let before = clients(&server).await?;
    let b = a.namespace("b")?;
    a.set("k", b"v", None).await?;
    assert!(!b.exists("k").await?);
    assert!(a.namespace("a")?.exists("k").await?);
    assert_eq!(clients(&server).await?, before);
    Ok(())
}

#[tokio::test]
async fn last_handle_closes_the_connection() -> Outcome {
    let server = Server::start().await?;
    for protocol in PROTOCOLS {
        let url = format!("{}{protocol}", server.url());
        let cache = FredCache::connect(&url, "").await?;
        let clone = cache.clone();
        drop(cache);
        clone.set("k", b"v", None).await?;
        drop(clone);
        let begun = Instant::now();
        while clients(&server).await? > 0 {
            assert!(
                begun.elapsed() < Duration::from_secs(5),
                "the connection is still there"
            );
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    Ok(())
}

async fn restarted(address: SocketAddr, password: &str) -> std::io::Result<Server> {
    let builder = Server::builder().address(address);
    match password {
        "" => builder.start().await,
        password => builder.password(password).start().await,
    }
}

#[tokio::test]
async fn handle_outlives_a_restart_of_the_server() -> Outcome {
    for protocol in PROTOCOLS {
        let server = Server::start().await?;
        let address = server.addr();
        let cache = FredCache::connect(&format!("redis://{address}{protocol}"), "").await?;
        cache.set("k", b"v", None).await?;
        server.stop().await;
        for _ in 0..5 {
            let begun = Instant::now();
            let error = cache.get("k").await.expect_err("there is no server");
            // A command that was on its way when the connection went waits for an answer first.
            let kinds = [CacheErrorKind::Unavailable, CacheErrorKind::Timeout];
            assert!(kinds.contains(&error.kind()), "{error:?}");
            assert!(
                begun.elapsed() < Duration::from_secs(2),
                "{:?}",
                begun.elapsed()
            );
        }
        let _server = restarted(address, "").await?;
        let took = eventually(&cache).await;
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    Ok(())
}

#[tokio::test]
async fn handle_outlives_a_refusal_by_the_server() -> Outcome {
    for protocol in PROTOCOLS {
        let server = with_password("right").await?;
        let address = server.addr();
        let cache = FredCache::connect(&format!("redis://:right@{address}{protocol}"), "").await?;
        server.stop().await;
        let server = restarted(address, "other").await?;
        for _ in 0..5 {
            cache
                .get("k")
                .await
                .expect_err("the password is another one");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        server.stop().await;
        let _server = restarted(address, "right").await?;
        let took = eventually(&cache).await;
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    Ok(())
}
