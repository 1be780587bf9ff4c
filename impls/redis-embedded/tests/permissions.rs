//! What becomes of connections when the permissions of their user change.

use redis_embedded::Server;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A connection of a user that listens, with what it has been told so far.
async fn listener(server: &Server, request: &str) -> std::io::Result<DuplexStream> {
    let mut stream = server.connect_in_memory();
    let request = format!("AUTH ann secret\r\n{request}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut reply = Vec::new();
    while !reply.ends_with(b":1\r\n") {
        reply.push(stream.read_u8().await?);
    }
    Ok(stream)
}

/// Whether a connection has been ended, which a message to it would tell otherwise.
async fn has_ended(server: &Server, stream: &mut DuplexStream) -> std::io::Result<bool> {
    server.command(["PUBLISH", "news", "x"]);
    Ok(stream.read(&mut [0; 64]).await? == 0)
}

#[tokio::test]
async fn who_may_not_listen_any_more_is_disconnected() -> Outcome {
    for request in ["SUBSCRIBE news", "PSUBSCRIBE news"] {
        let server = Server::start().await?;
        server.command([
            "ACL", "SETUSER", "ann", "on", ">secret", "+@all", "&news", "&other",
        ]);
        let mut stream = listener(&server, request).await?;
        server.command(["ACL", "SETUSER", "ann", "resetchannels", "&news"]);
        assert!(
            !has_ended(&server, &mut stream).await?,
            "{request}: it still may"
        );
        server.command(["ACL", "SETUSER", "ann", "resetchannels", "&other"]);
        assert!(
            has_ended(&server, &mut stream).await?,
            "{request}: it may not"
        );
    }
    Ok(())
}
