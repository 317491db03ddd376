//! Amazon's public key infrastructure, in small: a root, an intermediate and the certificate that SNS signs with.
//!
//! Faithful to what SNS publishes today: a leaf alone in the PEM, `CN=sns.amazonaws.com`, issued by an intermediate that its
//! Authority Information Access names (AWS Certificate Manager, "Certificate characteristics"). The keys are committed and
//! public; [`Leaf`] issues from them whatever a test wants to see refused.

mod leaf;

use std::sync::Arc;

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair, date_time_ymd};
use rustls::{
    ClientConfig, RootCertStore, ServerConfig,
    crypto::ring::default_provider,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, pem::PemObject},
};

pub use self::leaf::{Issued, Leaf, LeafIssuer, LeafKey};
use crate::{rsa_key::RsaKey, signer::Signer};

/// The test authority with its committed keys.
#[derive(Clone)]
pub struct Pki {
    signer_key: Arc<RsaKey>,
    other_key: Arc<RsaKey>,
}

impl Pki {
    /// The one authority there is: the same keys and certificates in every run.
    pub fn fixed() -> Self {
        Self {
            signer_key: Arc::new(RsaKey::from_pem(SIGNER_KEY_PEM)),
            other_key: Arc::new(RsaKey::from_pem(OTHER_KEY_PEM)),
        }
    }

    /// Signs as SNS does, with the certificate of [`Pki::signing_cert_pem`].
    pub fn signer(&self) -> Signer {
        Signer::new(self.signer_key.clone(), SIGNER_PEM)
    }

    /// A forger: it names SNS's certificate and signs with another key.
    pub fn forger(&self) -> Signer {
        Signer::new(self.other_key.clone(), SIGNER_PEM)
    }

    /// The document that SNS publishes at a message's SigningCertURL: the leaf, alone.
    pub fn signing_cert_pem(&self) -> &'static str {
        SIGNER_PEM
    }

    /// Stands for Amazon Root CA 1.
    pub fn root_pem(&self) -> &'static str {
        ROOT_PEM
    }

    /// Stands for Amazon Root CA 1, as a trust store wants it.
    pub fn root_der(&self) -> CertificateDer<'static> {
        certificate(ROOT_PEM)
    }

    /// Stands for Amazon RSA 2048 M01, the issuer of the signing certificate.
    pub fn intermediate_pem(&self) -> &'static str {
        INTERMEDIATE_PEM
    }

    /// What the caIssuers address of the signing certificate serves.
    pub fn intermediate_der(&self) -> CertificateDer<'static> {
        certificate(INTERMEDIATE_PEM)
    }

    /// An intermediate with the name of ours and another key, under a root that nobody trusts: the issuer of
    /// [`LeafIssuer::Stranger`].
    pub fn stranger_der(&self) -> CertificateDer<'static> {
        leaf::stranger_der(&self.other_key)
    }

    /// Issues a certificate by the committed keys.
    pub fn issue(&self, leaf: &Leaf) -> Issued {
        leaf::issue(self, leaf)
    }

    /// A trust store that holds the test root and nothing else.
    pub fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.root_der()).expect("the committed root is a trust anchor");
        roots
    }

    /// A TLS client that trusts the test root and nothing else.
    pub fn client_tls(&self) -> ClientConfig {
        ClientConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_root_certificates(self.roots())
            .with_no_client_auth()
    }

    /// A TLS server for any hosts, such as `sns.us-east-1.amazonaws.com`, or an address such as `127.0.0.1`.
    pub fn server_tls(&self, hosts: &[&str]) -> ServerConfig {
        let names: Vec<String> = hosts.iter().map(|host| (*host).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("hosts are ASCII");
        (params.not_before, params.not_after) = (date_time_ymd(2012, 1, 1), date_time_ymd(2112, 1, 1));
        params.distinguished_name = rcgen::DistinguishedName::new();
        params
            .distinguished_name
            .push(DnType::CommonName, hosts.first().copied().unwrap_or("localhost"));
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.use_authority_key_identifier_extension = true;

        let key = elliptic_key();
        let leaf = params.signed_by(&key, &intermediate()).expect("the intermediate signs");
        let chain = vec![leaf.der().clone(), self.intermediate_der()];
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .expect("the key belongs to the certificate")
    }
}

fn intermediate() -> Issuer<'static, RsaKey> {
    Issuer::from_ca_cert_pem(INTERMEDIATE_PEM, RsaKey::from_pem(INTERMEDIATE_KEY_PEM)).expect("the intermediate is an authority")
}

fn root() -> Issuer<'static, RsaKey> {
    Issuer::from_ca_cert_pem(ROOT_PEM, RsaKey::from_pem(ROOT_KEY_PEM)).expect("the root is an authority")
}

fn elliptic_key() -> KeyPair {
    KeyPair::from_pem(EC_KEY_PEM).expect("the committed P-256 key is PKCS#8")
}

fn certificate(pem: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem.as_bytes()).expect("committed certificates are PEM")
}

const EC_KEY_PEM: &str = include_str!("../pki/ec-key.pem");
const INTERMEDIATE_KEY_PEM: &str = include_str!("../pki/intermediate-key.pem");
const INTERMEDIATE_PEM: &str = include_str!("../pki/intermediate.pem");
const OTHER_KEY_PEM: &str = include_str!("../pki/other-key.pem");
const ROOT_KEY_PEM: &str = include_str!("../pki/root-key.pem");
const ROOT_PEM: &str = include_str!("../pki/root.pem");
const SIGNER_KEY_PEM: &str = include_str!("../pki/signer-key.pem");
const SIGNER_PEM: &str = include_str!("../pki/signer.pem");
const SMALL_KEY_PEM: &str = include_str!("../pki/small-key.pem");

#[cfg(test)]
mod tests;
