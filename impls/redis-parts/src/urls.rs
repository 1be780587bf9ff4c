//! What a URL tells a client of Redis, and what the handles of one connection share.
//!
//! What every cache with a server owes when one connects is in `contrait::cache::connecting`. This is what it is to be
//! Redis: databases, a protocol, and a limit of values of its own.

use async_trait::async_trait;
use contrait::cache::{CacheError, CacheInterface};
use contrait::{contract, contract_suite};

/// A client library of Redis, as its cache is made.
#[contract]
#[async_trait]
pub trait RedisClient: Send + Sync {
    /// What stands at the end of its URLs: the protocol, where it has a choice.
    fn query(&self) -> &'static str;

    /// Connects to what a URL says.
    ///
    /// # Errors
    /// [`Other`](contrait::cache::CacheErrorKind::Other) where it says something that cannot be.
    async fn connect(&self, url: &str) -> Result<Box<dyn CacheInterface>, CacheError>;

    /// As [`connect`](Self::connect), for values of so many bytes at most.
    ///
    /// # Errors
    /// As there.
    async fn connect_small(
        &self,
        url: &str,
        value_bytes: usize,
    ) -> Result<Box<dyn CacheInterface>, CacheError>;

    /// Connects once, for a handle in each of two namespaces.
    ///
    /// # Errors
    /// As [`connect`](Self::connect).
    async fn connect_two(
        &self,
        url: &str,
        namespaces: [&str; 2],
    ) -> Result<[Box<dyn CacheInterface>; 2], CacheError>;
}

/// The cases of URLs.
#[contract_suite(RedisClient)]
pub mod suite {
    use std::error::Error;

    use contrait::cache::CacheErrorKind;
    use redis_embedded::Server;

    use super::*;

    type Outcome = Result<(), Box<dyn Error>>;

    async fn refusal(client: &dyn RedisClient, url: &str) -> Result<CacheError, String> {
        let connected = client.connect(url).await;
        connected
            .err()
            .ok_or_else(|| format!("{url:?} is connected to"))
    }

    /// A password is read from the URL, also one that it has to encode, and so is the number of the database.
    #[case]
    async fn password_and_database_come_from_the_url(client: &dyn RedisClient) -> Outcome {
        let server = Server::builder().password("p@ss/word").start().await?;
        let connect = async |path: &str| {
            let url = format!("{}{path}{}", server.url(), client.query());
            client.connect(&url).await
        };
        connect("/3").await?.set("k", b"three", None).await?;
        assert_eq!(connect("").await?.get("k").await?, None);
        let three = connect("/3").await?.get("k").await?;
        assert_eq!(three.as_deref(), Some(&b"three"[..]));
        Ok(())
    }

    /// What is no URL of a Redis is refused before anything is sent, and tells no password.
    #[case]
    async fn what_is_no_url_is_refused(client: &dyn RedisClient) -> Outcome {
        for url in [
            "",
            "nonsense",
            "http://localhost",
            "redis://:hunter2@localhost?protocol=4",
        ] {
            let error = refusal(client, url).await?;
            assert_eq!(error.kind(), CacheErrorKind::Other, "{url}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("hunter2"));
        }
        Ok(())
    }

    /// A database that the server does not have is found out when one connects.
    #[case]
    async fn database_that_is_not_there_is_refused(client: &dyn RedisClient) -> Outcome {
        let server = Server::builder().databases(2).start().await?;
        let url = format!("{}/2{}", server.url(), client.query());
        let error = refusal(client, &url).await?;
        assert_eq!(error.kind(), CacheErrorKind::Other, "{error:?}");
        Ok(())
    }

    /// Values may be as large as Redis has them, unless the caller wants less.
    #[case]
    async fn limit_of_values_is_redis_own(client: &dyn RedisClient) -> Outcome {
        let server = Server::start().await?;
        let url = format!("{}{}", server.url(), client.query());
        assert_eq!(client.connect(&url).await?.limits().value_bytes, 512 << 20);
        let small = client.connect_small(&url, 3).await?;
        small.set("k", b"abc", None).await?;
        let error = small.set("k", b"abcd", None).await.expect_err("four bytes");
        assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
        Ok(())
    }

    /// A handle in another namespace is no further connection, and sees nothing of the first.
    #[case]
    async fn namespaces_share_the_connection(client: &dyn RedisClient) -> Outcome {
        let server = Server::start().await?;
        let url = format!("{}{}", server.url(), client.query());
        let alone = client.connect(&url).await?;
        alone.set("k", b"v", None).await?;
        let one = server.connections();
        let [a, b] = client.connect_two(&url, ["a", "b"]).await?;
        a.set("k", b"v", None).await?;
        assert!(!b.exists("k").await?);
        assert_eq!(server.connections(), 2 * one);
        let [_, again] = client.connect_two(&url, ["b", "a"]).await?;
        assert!(again.exists("k").await?);
        Ok(())
    }
}
