//! What the URL says, what is refused, and what becomes of a server that goes away.

use std::future::Future;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use contrait::cache::{CacheError, CacheErrorKind, CacheInterface};
use contrait_rustis::RustisCache;
use redis_embedded::Server;

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// What does not end by then hangs: far above what the client's own limits add up to, on a busy machine too.
const BOUND: Duration = Duration::from_secs(30);

async fn bounded<T>(call: impl Future<Output = T>) -> T {
    tokio::time::timeout(BOUND, call).await.expect("it ends")
}

async fn refusal(url: &str) -> CacheError {
    RustisCache::connect(url, "")
        .await
        .expect_err("it connects")
}

#[tokio::test]
async fn password_and_database_come_from_the_url() -> Outcome {
    let server = Server::builder().password("p@ss/word").start().await?;
    let connect =
        async |path: &str| RustisCache::connect(&format!("{}{path}", server.url()), "").await;
    connect("/3").await?.set("k", b"three", None).await?;
    assert_eq!(connect("").await?.get("k").await?, None);
    assert_eq!(
        connect("/3").await?.get("k").await?.as_deref(),
        Some(&b"three"[..])
    );
    Ok(())
}

#[tokio::test]
async fn wrong_password_is_denied_and_never_shown() -> Outcome {
    let server = Server::builder().password("right").start().await?;
    for credentials in ["", ":hunter2@", "ada:hunter2@"] {
        let error = refusal(&format!("redis://{credentials}{}", server.addr())).await;
        assert_eq!(error.kind(), CacheErrorKind::Denied, "{error:?}");
        let shown = format!("{error} {error:?}");
        assert!(shown.contains(&server.addr().to_string()), "{shown}");
        assert!(!shown.contains("hunter2"), "{shown}");
    }
    Ok(())
}

#[tokio::test]
async fn absent_and_silent_servers_are_errors_within_a_bound() -> Outcome {
    let free = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let silent = TcpListener::bind("127.0.0.1:0")?;
    for address in [free, silent.local_addr()?] {
        let error = bounded(refusal(&format!("redis://:hunter2@{address}"))).await;
        assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    Ok(())
}

#[tokio::test]
async fn what_is_no_url_of_a_server_is_refused() {
    for url in [
        "",
        "nonsense",
        "http://localhost",
        "redis://:hunter2@localhost?odd=4",
    ] {
        let error = refusal(url).await;
        assert_eq!(error.kind(), CacheErrorKind::Other, "{url}: {error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    let error = refusal("rediss://localhost").await;
    assert_eq!(error.kind(), CacheErrorKind::Unsupported, "{error:?}");
}

#[tokio::test]
async fn namespaces_and_clones_share_the_connection_and_its_end() -> Outcome {
    let server = Server::start().await?;
    let a = RustisCache::connect(&server.url(), "a").await?;
    let b = a.namespace("b")?;
    let clone = a.clone();
    a.set("k", b"v", None).await?;
    assert!(clone.exists("k").await?);
    assert!(!b.exists("k").await?);
    clone.close().await?;
    for cache in [&a, &b] {
        let error = cache.get("k").await.expect_err("it is closed");
        assert_eq!(error.kind(), CacheErrorKind::Closed);
    }
    Ok(())
}

/// Where nobody listens, and which no connection is given while the server is down: systems choose higher ports for those.
fn lasting_address() -> SocketAddr {
    let mut addresses = (10_000..12_000).map(|port| SocketAddr::from(([127, 0, 0, 1], port)));
    let free = addresses.find(|address| TcpListener::bind(address).is_ok());
    free.expect("a free port")
}

#[tokio::test]
async fn handle_outlives_a_restart_of_the_server() -> Outcome {
    let address = lasting_address();
    let server = Server::builder().address(address).start().await?;
    let cache = RustisCache::connect(&server.url(), "").await?;
    cache.set("k", b"v", None).await?;
    server.stop().await;
    for _ in 0..5 {
        let error = bounded(cache.get("k"))
            .await
            .expect_err("there is no server");
        let kinds = [CacheErrorKind::Unavailable, CacheErrorKind::Timeout];
        assert!(kinds.contains(&error.kind()), "{error:?}");
    }
    let _server = Server::builder().address(address).start().await?;
    bounded(async {
        while cache.get("k").await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    Ok(())
}
