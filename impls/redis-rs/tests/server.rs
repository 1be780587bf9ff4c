//! What the URL says and what clones share. What is refused, and what becomes of a server that goes away, is in the
//! suites that all clients run.

use contrait::cache::{CacheError, CacheErrorKind, CacheInterface};
use contrait_redis_rs::RedisCache;
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

async fn refusal(url: &str) -> CacheError {
    RedisCache::connect(url, "").await.expect_err("it connects")
}

#[tokio::test]
async fn password_and_database_come_from_the_url() -> Outcome {
    let server = with_password("p@ss/word").await?;
    for protocol in PROTOCOLS {
        let connect = async |path: &str| {
            let url = format!("{}{path}{protocol}", server.url());
            RedisCache::connect(&url, protocol).await
        };
        connect("/3").await?.set("k", b"three", None).await?;
        assert_eq!(connect("").await?.get("k").await?, None);
        let three = connect("/3").await?;
        assert_eq!(three.get("k").await?.as_deref(), Some(&b"three"[..]));
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
        error
            .to_string()
            .contains("feature `tls` of contrait-redis-rs"),
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
    let cache = RedisCache::connect(&server.url(), "").await?;
    assert_eq!(cache.limits().value_bytes, 512 << 20);
    let small = RedisCache::builder(&server.url())
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
    let a = RedisCache::connect(&server.url(), "a").await?;
    // The one that the server was tried with may still be ending.
    while clients(&server).await? > 1 {}
    let b = a.namespace("b")?;
    a.set("k", b"v", None).await?;
    assert!(!b.exists("k").await?);
    assert!(a.namespace("a")?.exists("k").await?);
    assert_eq!(clients(&server).await?, 1);
    Ok(())
}
