//! How one connects to a cache's server, and what a client says where it cannot.
//!
//! A wrong password, a wrong address and a server that speaks something else are found out when a cache is made, and not
//! with the first lost entry. So the suite is that of a connector, which each case has connect as it likes. What becomes
//! of a connection later is in [`faults`](super::faults).

use std::fmt;

use async_trait::async_trait;

use super::{CacheError, CacheErrorKind, CacheInterface};
use crate::{contract, contract_suite};

/// Makes caches on a server: one client library with its options.
#[contract]
#[async_trait]
pub trait CacheConnector: Send + Sync {
    /// Where the server of the case is, and what it wants to hear.
    fn target(&self) -> CacheTarget;

    /// Connects, and finds out whether the server serves this client.
    ///
    /// # Errors
    /// They name the address, and no secret.
    /// - [`Unavailable`](CacheErrorKind::Unavailable) where no server answers, or none that speaks as the client does;
    /// - [`Denied`](CacheErrorKind::Denied) where it wants other credentials.
    async fn connect(&self, target: &CacheTarget) -> Result<Box<dyn CacheInterface>, CacheError>;
}

/// Where a server is, and who wants to be served.
#[derive(Clone, PartialEq, Eq)]
pub struct CacheTarget {
    /// Host and port.
    pub address: String,
    /// The user, where it is none by default.
    pub user: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// Whether to speak TLS.
    pub tls: bool,
    /// Who signed the server's certificate, as PEM, where it is nobody whom the system trusts.
    pub authority: Option<String>,
}

impl CacheTarget {
    /// The URL of this target under a scheme, such as `redis`; TLS is an `s` at its end. Only letters, digits and `-`
    /// stay as they are in a user and a password.
    pub fn url(&self, scheme: &str) -> String {
        let s = if self.tls { "s" } else { "" };
        let user = encoded(self.user.as_deref().unwrap_or_default());
        let password = self.password.as_deref().map(encoded);
        let credentials = match (&*user, password) {
            ("", None) => String::new(),
            (user, None) => format!("{user}@"),
            (user, Some(password)) => format!("{user}:{password}@"),
        };
        format!("{scheme}{s}://{credentials}{}", self.address)
    }
}

fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// Without the password, since the log of a case shows its arguments.
impl fmt::Debug for CacheTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let credentials = match (&self.user, &self.password) {
            (None, None) => "nobody",
            (Some(user), _) => user,
            (None, Some(_)) => "a password",
        };
        let tls = if self.tls { " by TLS" } else { "" };
        write!(f, "{} as {credentials}{tls}", self.address)
    }
}

/// The cases of connecting.
#[contract_suite(CacheConnector)]
pub mod suite {
    use std::error::Error;

    use super::*;
    use crate::cache::judging::{
        BOUND, answered, assert_outage, assert_usable, bounded, is_outage, shown,
    };
    use crate::{Clock, Direction, Network, Server};

    type Outcome = Result<(), Box<dyn Error>>;

    /// As many connections as leave something behind that shows.
    const AGAIN: usize = 10;

    /// Connects where nothing but a busy machine can use up the time that the client gives a connection.
    async fn connected(
        connector: &dyn CacheConnector,
        target: &CacheTarget,
        clock: &Clock,
    ) -> Result<Box<dyn CacheInterface>, Box<dyn Error>> {
        answered(clock, async || connector.connect(target).await).await
    }

    /// Connects in vain, in bounded time, to an error that tells where to and nothing that is secret.
    async fn refused(
        connector: &dyn CacheConnector,
        target: &CacheTarget,
        kind: CacheErrorKind,
        clock: &Clock,
    ) -> Result<(), Box<dyn Error>> {
        // An outage in place of another refusal is that of a busy machine.
        let refusal = clock.eventually(BOUND, async || {
            match bounded("connect", connector.connect(target)).await {
                Err(error) if error.kind() != kind && is_outage(&error) => Err(error),
                ended => Ok(ended.err()),
            }
        });
        let Some(error) = refusal.await? else {
            return Err(format!("it connects to {target:?}").into());
        };
        assert_eq!(error.kind(), kind, "{error:?}");
        assert!(error.to_string().contains(&target.address), "{error}");
        for secret in [&target.password, &connector.target().password]
            .into_iter()
            .flatten()
        {
            assert!(!shown(&error).contains(secret), "it tells a password");
        }
        Ok(())
    }

    /// As [`refused`], where nobody can serve it.
    async fn unavailable(
        connector: &dyn CacheConnector,
        target: &CacheTarget,
        clock: &Clock,
    ) -> Result<(), Box<dyn Error>> {
        refused(connector, target, CacheErrorKind::Unavailable, clock).await
    }

    /// Waits until all connections are closed.
    async fn nothing_is_left(network: &Network) {
        let closed = network.until(|network| network.connections() == 0);
        bounded("close", closed).await;
    }

    /// Who gives what the server wants is served.
    #[case]
    async fn right_target_connects(connector: &dyn CacheConnector, clock: &Clock) -> Outcome {
        let cache = connected(connector, &connector.target(), clock).await?;
        assert_usable(&*cache, clock).await
    }

    /// A wrong password, a wrong user and no password at all are denied.
    #[case(needs(password))]
    async fn wrong_password_is_denied(
        connector: &dyn CacheConnector,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        let target = connector.target();
        assert!(
            server.secret().is_some(),
            "a server that wants no password refuses none"
        );
        let credentials = [
            (None, None),
            (None, Some("letmein-7")),
            (Some("ada"), Some("letmein-7")),
        ];
        for (user, password) in credentials {
            let wrong = CacheTarget {
                user: user.map(str::to_owned),
                password: password.map(str::to_owned),
                ..target.clone()
            };
            refused(connector, &wrong, CacheErrorKind::Denied, clock).await?;
        }
        assert_usable(&*connected(connector, &target, clock).await?, clock).await
    }

    /// Where no server is, a client says so and does not wait for one.
    #[case]
    async fn absent_server_is_unavailable(
        connector: &dyn CacheConnector,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        let target = connector.target();
        server.kill().await?;
        unavailable(connector, &target, clock).await?;
        server.restart().await?;
        let cache = connected(connector, &target, clock).await?;
        assert_usable(&*cache, clock).await
    }

    /// A server that takes the connection and says nothing is not waited for without end.
    #[case]
    async fn silent_server_is_unavailable(
        connector: &dyn CacheConnector,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        let target = connector.target();
        server.freeze().await?;
        unavailable(connector, &target, clock).await?;
        server.thaw().await?;
        let cache = connected(connector, &target, clock).await?;
        assert_usable(&*cache, clock).await
    }

    /// Where connections are refused, a client says so.
    #[case]
    async fn refused_connection_is_unavailable(
        connector: &dyn CacheConnector,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let fault = network.refuse();
        unavailable(connector, &connector.target(), clock).await?;
        fault.heal();
        let cache = connected(connector, &connector.target(), clock).await?;
        assert_usable(&*cache, clock).await
    }

    /// A greeting that is not answered in time is given up, and so is its connection.
    #[case]
    async fn stalled_greeting_is_unavailable(
        connector: &dyn CacheConnector,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let fault = network.stall(Direction::ToClient);
        unavailable(connector, &connector.target(), clock).await?;
        fault.heal();
        nothing_is_left(network).await;
        let cache = connected(connector, &connector.target(), clock).await?;
        assert_usable(&*cache, clock).await
    }

    /// A network that loses everything is not waited for without end.
    #[case]
    async fn black_hole_is_unavailable(
        connector: &dyn CacheConnector,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let fault = network.black_hole(Direction::Both);
        unavailable(connector, &connector.target(), clock).await?;
        fault.heal();
        let cache = connected(connector, &connector.target(), clock).await?;
        assert_usable(&*cache, clock).await
    }

    /// A handshake that is cut short is an outage, or a reason to try once more.
    #[case]
    async fn handshake_cut_short_is_no_connection(
        connector: &dyn CacheConnector,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        for (direction, bytes) in [
            (Direction::ToServer, 0),
            (Direction::ToServer, 9),
            (Direction::ToClient, 0),
            (Direction::ToClient, 3),
        ] {
            let cut = network.reset_after(direction, bytes);
            // Until it has met one: on a busy machine a client may give up before it has said as much.
            while cut.hits() == 0 {
                match bounded("connect", connector.connect(&connector.target())).await {
                    Ok(cache) => assert_usable(&*cache, clock).await?,
                    Err(error) => assert_outage(&error),
                }
            }
            assert_eq!(cut.hits(), 1);
        }
        Ok(())
    }

    /// A server of another kind is no server: its answer is an error that names the address, and no panic.
    #[case]
    async fn server_of_another_kind_is_refused(
        connector: &dyn CacheConnector,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        let target = connector.target();
        let answers: [&[u8]; 3] = [
            b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            b"220 mail.example ESMTP\r\n",
            b"\x15\x03\x01\x00\x02\x02\x0a",
        ];
        for answer in answers {
            let _hostile = network.replace(Direction::ToClient, answer);
            let connected = bounded("connect", connector.connect(&target)).await;
            let error = connected.err().ok_or("it takes anything for a greeting")?;
            assert!(error.to_string().contains(&target.address), "{error}");
        }
        assert_usable(&*connected(connector, &target, clock).await?, clock).await
    }

    /// Who asks for TLS where there is none is refused, and speaks to nobody in the clear.
    #[case(needs(tls))]
    async fn tls_where_there_is_none_is_refused(
        connector: &dyn CacheConnector,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        let target = CacheTarget {
            tls: true,
            ..connector.target()
        };
        assert_eq!(target.address, server.address());
        unavailable(connector, &target, clock).await
    }

    /// A server over TLS is trusted where it is who signed its certificate, and nobody speaks to it in the clear.
    #[case(needs(tls))]
    async fn tls_is_verified(
        connector: &dyn CacheConnector,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        let plain = connector.target();
        let authority = server.restart_with_tls().await?;
        let trusting = CacheTarget {
            tls: true,
            authority: Some(authority),
            ..plain.clone()
        };
        assert_usable(&*connected(connector, &trusting, clock).await?, clock).await?;
        let by_the_system = CacheTarget {
            authority: None,
            ..trusting.clone()
        };
        unavailable(connector, &by_the_system, clock).await?;
        unavailable(connector, &plain, clock).await?;
        // Somebody else at the same address is not trusted for it.
        server.restart_with_tls().await?;
        unavailable(connector, &trusting, clock).await
    }

    /// The last handle closes its connections, however often one connects.
    #[case]
    async fn last_handle_closes_its_connections(
        connector: &dyn CacheConnector,
        network: &Network,
        clock: &Clock,
    ) -> Outcome {
        for _ in 0..AGAIN {
            let cache = connected(connector, &connector.target(), clock).await?;
            assert_usable(&*cache, clock).await?;
            assert!(network.connections() > 0);
        }
        nothing_is_left(network).await;
        Ok(())
    }

    /// Who connects in vain leaves no connection behind.
    #[case(needs(password))]
    async fn denied_client_leaves_no_connection(
        connector: &dyn CacheConnector,
        network: &Network,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        assert!(
            server.secret().is_some(),
            "a server that wants no password refuses none"
        );
        let wrong = CacheTarget {
            password: Some("letmein-7".to_owned()),
            ..connector.target()
        };
        for _ in 0..AGAIN {
            refused(connector, &wrong, CacheErrorKind::Denied, clock).await?;
        }
        nothing_is_left(network).await;
        Ok(())
    }

    /// A handle that the server came to refuse, as with another password, works again when it is let in again.
    #[case(needs(password))]
    async fn handle_outlives_a_refusal(
        connector: &dyn CacheConnector,
        network: &Network,
        server: &Server,
        clock: &Clock,
    ) -> Outcome {
        let secret = server
            .secret()
            .ok_or("a server that wants no password refuses none")?;
        let cache = connected(connector, &connector.target(), clock).await?;
        assert_usable(&*cache, clock).await?;
        server.restart_with_secret("another-7").await?;
        let told = network.passed(Direction::ToClient);
        answered(clock, async || {
            let answer = bounded("get", cache.get("k")).await;
            let error = answer.expect_err("the password is another one");
            assert!(!shown(&error).contains(&secret), "it tells a password");
            // Until the server has told the client.
            match network.passed(Direction::ToClient) > told {
                true => Ok(()),
                false => Err(error),
            }
        })
        .await?;
        cache
            .get("k")
            .await
            .expect_err("the password is another one");
        server.restart_with_secret(&secret).await?;
        assert_usable(&*cache, clock).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn url_holds_what_debug_hides() {
        let target = CacheTarget {
            address: "h:7".to_owned(),
            user: Some("ada".to_owned()),
            password: Some("p@ss/word".to_owned()),
            tls: true,
            authority: None,
        };
        assert_eq!(target.url("redis"), "rediss://ada:p%40ss%2Fword@h:7");
        assert_eq!(format!("{target:?}"), "h:7 as ada by TLS");
        let nobody = CacheTarget {
            user: None,
            password: None,
            tls: false,
            ..target
        };
        assert_eq!(nobody.url("redis"), "redis://h:7");
        assert_eq!(format!("{nobody:?}"), "h:7 as nobody");
    }
}
