//! The certificate of the listener. Not here: TLS towards databases, which this build does not have (see the README).

use std::path::Path;

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};

/// Reads a certificate chain and its key in PEM.
///
/// # Errors
/// When a file cannot be read or the key does not fit.
pub(crate) fn read(cert: &Path, key: &Path) -> std::io::Result<ServerConfig> {
    let named = |path: &Path, error: rustls::pki_types::pem::Error| std::io::Error::other(format!("{}: {error}", path.display()));
    let chain = CertificateDer::pem_file_iter(cert).and_then(Iterator::collect::<Result<Vec<_>, _>>).map_err(|error| named(cert, error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| named(key, error))?;
    ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).map_err(std::io::Error::other)
}
