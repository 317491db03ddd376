//! The certification authorities that api.amazon.com is believed by.
//!
//! Amazon's own, which AWS's services have certificates from, and DigiCert's global roots G2 and G3, which Amazon's shop and its
//! developer services have had theirs from. No page promises either for api.amazon.com; with both, a change between them is no
//! outage. Seven roots, not the system's 150: any of those could speak for the host that is told the client secret.

use sns_webhook::Roots;

/// Amazon Trust Services' roots and DigiCert Global Root G2 and G3.
pub fn authorities() -> Roots {
    let digicert = Roots::from_pem(DIGICERT_PEM).expect("the bundled roots are certificates, as a test holds");
    Roots::amazon().and(digicert)
}

const DIGICERT_PEM: &str = include_str!("../roots/digicert.pem");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_roots_are_in_mozillas_store() {
        let store = authorities().tls_store();
        assert_eq!(store.roots.len(), 7);
        let mut mozilla = rustls::RootCertStore::empty();
        mozilla.add_parsable_certificates(webpki_root_certs::TLS_SERVER_ROOT_CERTS.iter().cloned());
        for root in &store.roots {
            assert!(mozilla.roots.contains(root), "{root:?}");
        }
    }
}
