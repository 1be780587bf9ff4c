//! TLS from the URL, on a real server with a certificate made for the test: `redis-server` and `openssl` are needed.

use std::error::Error;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use contrait::cache::{CacheErrorKind, CacheInterface};
use contrait_fred::FredCache;

type Outcome = Result<(), Box<dyn Error>>;

/// A server that speaks TLS alone, and its directory.
struct Server {
    process: Child,
    directory: PathBuf,
    port: u16,
}

impl Server {
    fn start(name: &str) -> Result<Self, Box<dyn Error>> {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&directory)?;
        certify(&directory)?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let process = Command::new("redis-server")
            .current_dir(&directory)
            .args(["--port", "0", "--tls-port", &port.to_string(), "--save", ""])
            .args([
                "--tls-cert-file",
                "certificate.pem",
                "--tls-key-file",
                "key.pem",
            ])
            .args([
                "--tls-ca-cert-file",
                "certificate.pem",
                "--tls-auth-clients",
                "no",
            ])
            .args(["--bind", "127.0.0.1", "--requirepass", "secret"])
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self {
            process,
            directory,
            port,
        })
    }

    fn url(&self) -> String {
        format!("rediss://:secret@127.0.0.1:{}", self.port)
    }

    fn certificate(&self) -> std::io::Result<Vec<u8>> {
        std::fs::read(self.directory.join("certificate.pem"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; then there is nothing to stop.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn certify(directory: &Path) -> Outcome {
    let output = Command::new("openssl")
        .current_dir(directory)
        .args([
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
        ])
        .args([
            "-keyout",
            "key.pem",
            "-out",
            "certificate.pem",
            "-subj",
            "/CN=contrait",
        ])
        .args(["-addext", "subjectAltName=IP:127.0.0.1"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .output()?;
    match output.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&output.stderr).into()),
    }
}

#[tokio::test]
async fn server_is_trusted_by_its_certificate() -> Outcome {
    let server = Server::start("trusted")?;
    for protocol in ["resp2", "resp3"] {
        let url = format!("{}?protocol={protocol}", server.url());
        let begun = Instant::now();
        let cache = loop {
            let builder = FredCache::builder(&url).root_certificate(server.certificate()?);
            match builder.connect().await {
                Ok(cache) => break cache,
                // It has just been started.
                Err(_) if begun.elapsed() < Duration::from_secs(5) => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => return Err(error.into()),
            }
        };
        cache.set(protocol, b"v", None).await?;
        assert_eq!(cache.get(protocol).await?.as_deref(), Some(&b"v"[..]));
        let error = FredCache::connect(&url, "")
            .await
            .expect_err("nobody has signed it");
        assert_eq!(error.kind(), CacheErrorKind::Unavailable, "{error:?}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    Ok(())
}
