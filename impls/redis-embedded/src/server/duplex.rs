//! Connections inside the process, without a socket.

use tokio::io::DuplexStream;

use super::handle::Server;
use super::listener;

/// What may be on its way in one direction before the writer has to wait.
const IN_FLIGHT: usize = 64 * 1024;

impl Server {
    /// A connection that goes over no socket, for a client that takes a stream. It needs no port,
    /// and under tokio's paused clock it is not waited for as a socket is.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # use redis::AsyncCommands;
    /// let server = redis_embedded::Server::start().await?;
    /// let stream = server.connect_in_memory();
    /// // The driver borrows the settings for as long as it runs.
    /// let settings = Box::leak(Box::new(redis::RedisConnectionInfo::default()));
    /// let (mut connection, driver) =
    ///     redis::aio::MultiplexedConnection::new(settings, stream).await?;
    /// tokio::spawn(driver);
    /// let () = connection.set("key", "value").await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn connect_in_memory(&self) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(IN_FLIGHT);
        let shared = self.shared();
        listener::start(&shared, ours, "127.0.0.1:0".into(), "in-memory:0".into());
        theirs
    }
}
