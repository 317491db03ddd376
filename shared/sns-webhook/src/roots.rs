//! The certification authorities that are believed: Amazon's own, and no others.
//!
//! They serve both as trust store of the TLS connections to AWS and as trust anchors of the signing certificates' chains. Parsing
//! five roots instead of a system's store of about 150 is also what makes a cold start short.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, TrustAnchor};
use rustls::{ClientConfig, RootCertStore};

/// A set of root certificates.
#[derive(Debug, Clone)]
pub struct Roots(Vec<CertificateDer<'static>>);

impl Roots {
    /// Amazon Root CA 1 to 4 and Starfield Services Root CA G2.
    ///
    /// Source: Amazon Trust Services repository. A test compares them with Mozilla's root store.
    pub fn amazon() -> Self {
        Self::from_pem(AMAZON_TRUST_SERVICES_PEM).expect("the bundled roots are certificates, as a test holds")
    }

    /// Reads one or more PEM blocks `CERTIFICATE`.
    ///
    /// # Errors
    /// [`BadRoots`] if there is none, or if one is not a certificate that can be a trust anchor.
    pub fn from_pem(pem: &str) -> Result<Self, BadRoots> {
        let roots = CertificateDer::pem_slice_iter(pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| BadRoots)?;
        let usable = !roots.is_empty() && roots.iter().all(|root| webpki::anchor_from_trusted_cert(root).is_ok());
        if usable { Ok(Self(roots)) } else { Err(BadRoots) }
    }

    /// These roots and others besides.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &CertificateDer<'static>> {
        self.0.iter()
    }

    pub(crate) fn anchors(&self) -> Vec<TrustAnchor<'_>> {
        self.0
            .iter()
            .filter_map(|root| webpki::anchor_from_trusted_cert(root).ok())
            .collect()
    }

    /// What a TLS client needs that believes these roots: TLS 1.2 and 1.3 over ring.
    pub fn client_tls(&self) -> ClientConfig {
        ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring's provider has cipher suites for TLS 1.2 and 1.3")
            .with_root_certificates(self.tls_store())
            .with_no_client_auth()
    }

    /// The trust store of a TLS client.
    pub fn tls_store(&self) -> RootCertStore {
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(self.0.iter().cloned());
        store
    }
}

/// A text that is not a set of root certificates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not one or more PEM blocks CERTIFICATE, each a certificate authority")]
pub struct BadRoots;

const AMAZON_TRUST_SERVICES_PEM: &str = include_str!("../roots/amazon-trust-services.pem");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_roots_are_the_ones_in_mozillas_store() {
        let amazon = Roots::amazon();
        assert_eq!(amazon.0.len(), 5);
        for root in &amazon.0 {
            assert!(
                webpki_root_certs::TLS_SERVER_ROOT_CERTS
                    .iter()
                    .any(|known| known.as_ref() == root.as_ref())
            );
        }
    }

    #[test]
    fn what_is_not_a_certificate_is_not_a_root() {
        for pem in [
            "",
            "no PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n",
        ] {
            assert_eq!(Roots::from_pem(pem).map(|_| ()), Err(BadRoots), "{pem:?}");
        }
    }
}
