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

    /// Connects once to what a URL says, for values of so many bytes at most where the caller wants less than Redis, and
    /// has a handle in each of these namespaces.
    ///
    /// # Errors
    /// [`Other`](contrait::cache::CacheErrorKind::Other) where the URL says something that cannot be.
    async fn connect(
        &self,
        url: &str,
        value_bytes: Option<usize>,
        namespaces: &[&str],
    ) -> Result<Vec<Box<dyn CacheInterface>>, CacheError>;
}

/// The cases of URLs.
#[contract_suite(RedisClient)]
pub mod suite {
    use std::error::Error;
    use std::time::Duration;

    use contrait::Clock;
    use contrait::cache::CacheErrorKind;
    use redis_embedded::Server;

    use super::*;

    type Outcome = Result<(), Box<dyn Error>>;

    /// A handle in no namespace.
    async fn connect(
        client: &dyn RedisClient,
        url: &str,
        value_bytes: Option<usize>,
    ) -> Result<Box<dyn CacheInterface>, Box<dyn Error>> {
        let mut handles = client.connect(url, value_bytes, &[""]).await?;
        Ok(handles.pop().ok_or("it is one handle")?)
    }

    async fn refusal(client: &dyn RedisClient, url: &str) -> Result<CacheError, String> {
        let connected = client.connect(url, None, &[""]).await;
        connected
            .err()
            .ok_or_else(|| format!("{url:?} is connected to"))
    }

    /// A password is read from the URL, also one that it has to encode, and so is the number of the database.
    #[case]
    async fn password_and_database_come_from_the_url(client: &dyn RedisClient) -> Outcome {
        let server = Server::builder().password("p@ss/word").start().await?;
        let at = async |path: &str| {
            let url = format!("{}{path}{}", server.url(), client.query());
            connect(client, &url, None).await
        };
        at("/3").await?.set("k", b"three", None).await?;
        assert_eq!(at("").await?.get("k").await?, None);
        let three = at("/3").await?.get("k").await?;
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
        let all = connect(client, &url, None).await?;
        assert_eq!(all.limits().value_bytes, 512 << 20);
        let small = connect(client, &url, Some(3)).await?;
        small.set("k", b"abc", None).await?;
        let error = small.set("k", b"abcd", None).await.expect_err("four bytes");
        assert_eq!(error.kind(), CacheErrorKind::ValueTooLarge);
        Ok(())
    }

    /// A handle in another namespace is no further connection, and sees nothing of the first.
    #[case]
    async fn namespaces_share_the_connection(client: &dyn RedisClient, clock: &Clock) -> Outcome {
        let [one, two] = [Server::start().await?, Server::start().await?];
        let url = |server: &Server| format!("{}{}", server.url(), client.query());
        let _alone = client.connect(&url(&one), None, &["a"]).await?;
        let both = client.connect(&url(&two), None, &["a", "b", "a"]).await?;
        both[0].set("k", b"v", None).await?;
        assert!(!both[1].exists("k").await?);
        assert!(both[2].exists("k").await?);
        // What a client has opened to look around may still be closing.
        let alike = clock.eventually(Duration::from_secs(10), async || {
            let (one, two) = (one.connections(), two.connections());
            (one == two)
                .then_some(())
                .ok_or_else(|| format!("{two} connections, and {one} for one namespace"))
        });
        alike.await.map_err(contrait::Late::into_last)?;
        Ok(())
    }
}
