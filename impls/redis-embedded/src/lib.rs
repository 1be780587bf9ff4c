//! A fake Redis server, in the process of the test that needs it.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use redis::AsyncCommands;
//! let server = redis_embedded::Server::start().await?;
//! let client = redis::Client::open(server.url())?;
//! let mut connection = client.get_multiplexed_async_connection().await?;
//! let () = connection.set("key", "value").await?;
//! assert_eq!(server.db(0).get_text("key").as_deref(), Some("value"));
//! # Ok(())
//! # }
//! ```
//!
//! The server listens on a free port of 127.0.0.1, speaks RESP2 and RESP3, and answers as Redis
//! 7.0 does, error texts included. It stops when its [`Server`] is dropped.
//!
//! # Where to look
//!
//! - [`Server::builder`]: a password, databases, sockets, TLS, limits, a thread of its own.
//! - [`Server::clock`]: time runs by itself, unless a test takes it into its own hands.
//! - [`Server::faults`]: errors, delays, closed and half-open connections, for chosen requests.
//! - [`Server::db`] and [`Server::command`]: reads and writes without a client.
//! - [`Server::dump`], [`Server::dump_on_failure`] and [`Server::log`]: what there is and was.
//! - [`Server::restart`], [`Server::disconnect_all`], [`Server::refuse_connections`]: bad days.
//! - [`Server::connect_in_memory`]: a connection without a socket.
//! - [`Cluster`]: several servers that share the slots of a cluster.
//! - [`Profile`]: pass for Redis 8 or Valkey.
//!
//! # A failure that a client has to survive
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use redis::AsyncCommands;
//! # let server = redis_embedded::Server::start().await?;
//! # let client = redis::Client::open(server.url())?;
//! # let mut connection = client.get_multiplexed_async_connection().await?;
//! // The client sends INCRBY for this.
//! let lost = server.faults().on("INCR*").disconnect_after_effect().times(1);
//! assert!(connection.incr::<_, _, i64>("orders", 1).await.is_err());
//! assert_eq!(lost.hits(), 1);
//! assert_eq!(server.db(0).get_text("orders").as_deref(), Some("1"), "it was counted all the same");
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//!
//! - `scripts`: EVAL, FUNCTION and their like, by a Lua that is built with the crate.
//! - `tls`: TLS on the server's port.

mod clock;
mod cluster;
mod command;
mod control;
mod db;
mod profile;
mod protocol;
mod rdb;
mod server;

pub use clock::Clock;
pub use cluster::Cluster;
pub use control::{Database, Fault, FaultGuard, Faults, Log, LogEntry, Matching, Reply};
pub use profile::Profile;
#[cfg(feature = "tls")]
pub use server::Tls;
pub use server::{Builder, Server};

/// The examples of the README, so that they are tested too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The Markdown table of the commands that are there, from the table the server runs by.
#[doc(hidden)]
#[must_use]
pub fn command_table() -> String {
    command::markdown()
}
