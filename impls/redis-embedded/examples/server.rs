//! A server to talk to with any client: `cargo run -p redis-embedded --example server [port] [7|8|9]`, as
//! Redis 7.0, Redis 8.2 or Valkey 9.1.

use std::net::{Ipv4Addr, SocketAddr};

use redis_embedded::Profile;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let port = std::env::args().nth(1).map_or(Ok(0), |port| port.parse())?;
    let profile = match std::env::args().nth(2).as_deref() {
        Some("8") => Profile::Redis8_2,
        Some("9") => Profile::Valkey9_1,
        _ => Profile::Redis7_0,
    };
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let server = redis_embedded::Server::builder()
        .address(address)
        .profile(profile)
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
