//! A server to talk to with any client: `cargo run -p redis-embedded --example server [port]`.

use std::net::{Ipv4Addr, SocketAddr};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = redis_embedded::Server::builder()
        .address(address)
        .start()
        .await?;
    #[expect(
        clippy::print_stdout,
        reason = "whoever started it wants to know where it listens"
    )]
    {
        println!("{}", server.url());
    }
    std::future::pending().await
}
