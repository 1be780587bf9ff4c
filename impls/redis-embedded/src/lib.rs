//! A fake Redis server, in the process of the test that needs it.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! let server = redis_embedded::Server::start().await?;
//! println!("any client connects to {}", server.url());
//!
//! // Time runs by itself, unless a test takes it into its own hands.
//! server.clock().freeze();
//! server.clock().advance(std::time::Duration::from_secs(3600));
//! # Ok(())
//! # }
//! ```
//!
//! The server listens on a free port of 127.0.0.1, speaks RESP2 and RESP3, and answers as Redis
//! 7.0 does, error texts included. It stops when its [`Server`] is dropped.

mod clock;
mod command;
mod control;
mod db;
mod protocol;
mod server;

pub use clock::Clock;
pub use control::{Fault, Restart};
pub use server::{Builder, Server};

/// The Markdown table of the commands that are there, from the table the server runs by.
#[doc(hidden)]
#[must_use]
pub fn command_table() -> String {
    command::markdown()
}
