//! TLS on the server's port, with a certificate made on the spot or handed in.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::listener;
use super::shared::Shared;

/// A client that connects and does not shake hands is not waited for any longer.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// A certificate and what goes with it; needs the feature `tls`.
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    chain_pem: String,
    key_pem: String,
    ca_pem: String,
}

impl Tls {
    /// A certificate for `localhost`, `127.0.0.1` and `::1`, by an authority of its own that
    /// [`Server::ca_pem`](crate::Server::ca_pem) gives. Both are made now, and last for decades.
    ///
    /// # Errors
    ///
    /// When the system has no random numbers.
    pub fn self_signed() -> io::Result<Tls> {
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority
            .distinguished_name
            .push(DnType::CommonName, "redis-embedded test authority");
        let authority_key = KeyPair::generate().map_err(io::Error::other)?;
        let ca_pem = authority
            .self_signed(&authority_key)
            .map_err(io::Error::other)?
            .pem();
        let issuer = Issuer::new(authority, authority_key);
        let mut own =
            CertificateParams::new(["localhost".to_string()]).map_err(io::Error::other)?;
        own.subject_alt_names.extend([
            SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
        ]);
        let key = KeyPair::generate().map_err(io::Error::other)?;
        let certificate = own.signed_by(&key, &issuer).map_err(io::Error::other)?;
        Tls::from_pem(&certificate.pem(), &key.serialize_pem(), &ca_pem)
    }

    /// A certificate chain and its private key, both as PEM, and the authority that clients are to
    /// trust, which is only handed on.
    ///
    /// # Errors
    ///
    /// When these are no certificates or no key, or the key is that of another certificate.
    pub fn from_pem(chain_pem: &str, key_pem: &str, ca: &str) -> io::Result<Tls> {
        let invalid = |error: String| io::Error::new(io::ErrorKind::InvalidInput, error);
        let chain: Result<Vec<_>, _> =
            CertificateDer::pem_slice_iter(chain_pem.as_bytes()).collect();
        let chain = chain.map_err(|error| invalid(error.to_string()))?;
        let key = PrivateKeyDer::from_pem_slice(key_pem.as_bytes());
        let key = key.map_err(|error| invalid(error.to_string()))?;
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| invalid(error.to_string()))?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| invalid(error.to_string()))?;
        Ok(Tls {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            chain_pem: chain_pem.into(),
            key_pem: key_pem.into(),
            ca_pem: ca.into(),
        })
    }

    /// The certificate chain, as PEM.
    #[must_use]
    pub fn chain_pem(&self) -> &str {
        &self.chain_pem
    }

    /// The private key, as PEM: for another server that is to pass for this one.
    #[must_use]
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// The authority that clients are to trust, as PEM.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Shakes hands in a task of its own, and serves what comes of it.
    pub(crate) fn welcome(
        &self,
        shared: &Arc<Shared>,
        stream: TcpStream,
        peer: String,
        local: String,
    ) {
        let handshake = self.acceptor.accept(stream);
        let shared = shared.clone();
        tokio::spawn(async move {
            // Who cannot shake hands is not a client.
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, handshake).await {
                listener::start(&shared, stream, peer, local);
            }
        });
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").finish_non_exhaustive()
    }
}
