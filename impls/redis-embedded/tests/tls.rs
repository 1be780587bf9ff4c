//! TLS on the server's port.

use std::sync::Arc;

use redis::AsyncCommands;
use redis_embedded::{Server, Tls};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

type Outcome = Result<(), Box<dyn std::error::Error>>;

async fn shake_hands(
    server: &Server,
    ca: &str,
) -> Result<TlsStream<TcpStream>, Box<dyn std::error::Error>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(ca.as_bytes())?)?;
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(server.addr()).await?;
    let name = ServerName::try_from("localhost")?;
    Ok(TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await?)
}

#[tokio::test]
async fn a_client_that_trusts_the_authority_speaks_to_it() -> Outcome {
    let server = Server::builder()
        .tls(Tls::self_signed()?)
        .password("secret")
        .start()
        .await?;
    assert!(server.url().starts_with("rediss://:secret@127.0.0.1:"));
    let ca = server.ca_pem().ok_or("no authority")?;
    let stream = shake_hands(&server, ca).await?;
    // The client's driver borrows them for as long as it runs.
    let settings = redis::RedisConnectionInfo::default().set_password("secret");
    let settings = Box::leak(Box::new(settings));
    let (mut connection, driver) = redis::aio::MultiplexedConnection::new(settings, stream).await?;
    tokio::spawn(driver);
    let value = "x".repeat(100_000);
    let () = connection.set("key", &value).await?;
    assert_eq!(connection.get::<_, String>("key").await?, value);
    Ok(())
}

#[tokio::test]
async fn a_client_that_trusts_another_authority_does_not() -> Outcome {
    let server = Server::builder().tls(Tls::self_signed()?).start().await?;
    let other = Server::builder().tls(Tls::self_signed()?).start().await?;
    let ca = other.ca_pem().ok_or("no authority")?;
    assert!(shake_hands(&server, ca).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_client_without_tls_is_not_served() -> Outcome {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let server = Server::builder().tls(Tls::self_signed()?).start().await?;
    let mut stream = TcpStream::connect(server.addr()).await?;
    stream.write_all(b"PING\r\n").await?;
    let mut reply = Vec::new();
    // It may end by an alert or by a reset.
    let _ = stream.read_to_end(&mut reply).await;
    assert!(!reply.starts_with(b"+PONG"));
    assert_eq!(server.log().total(), 0);
    Ok(())
}

#[test]
fn what_is_no_certificate_is_refused() {
    let error = Tls::from_pem("no", "key", "").expect_err("no certificate");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}
