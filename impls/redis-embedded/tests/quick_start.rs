//! The README's first example, as a user's test would have it.

use redis::AsyncCommands;

#[tokio::test]
async fn a_session_ends() -> Result<(), Box<dyn std::error::Error>> {
    let server = redis_embedded::Server::start().await?;
    let client = redis::Client::open(server.url())?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    let () = connection.set_ex("session", "Ann", 3600).await?;
    server.clock().advance(std::time::Duration::from_secs(3601));
    assert_eq!(connection.get::<_, Option<String>>("session").await?, None);
    Ok(())
}
