//! The certificates that a server over TLS is judged by.

use std::sync::Arc;

use contrait::cache::{CacheError, CacheErrorKind};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

/// rustls with this authority, or with those that the system trusts.
pub(crate) fn connector(root: Option<&[u8]>) -> Result<ClientConfig, CacheError> {
    let mut roots = RootCertStore::empty();
    match root {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                let certificate = certificate.map_err(|source| unusable().with_source(source))?;
                roots
                    .add(certificate)
                    .map_err(|source| unusable().with_source(source))?;
            }
        }
        // What the system has beside usable certificates is not this cache's business.
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    // Named, and not the process' default: a process with several providers and no default would panic.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|source| unusable().with_source(source))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

fn unusable() -> CacheError {
    CacheError::new(
        CacheErrorKind::Other,
        "the root certificate is none in PEM that TLS can use",
    )
}
