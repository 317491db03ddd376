//! A signing certificate: whose it is, how long it is valid, and its key.
//!
//! The certificate is parsed once and checked at every use, since what was valid when it was fetched may have expired since.
//! Whether an issuer vouches for it is [`crate::chain`]'s question.

use std::fmt;
use std::ops::RangeInclusive;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use x509_parser::prelude::{ASN1Time, FromDer, GeneralName, X509Certificate};
use x509_parser::public_key::{PublicKey, RSAPublicKey};

use crate::{Region, Rejection, SignatureVersion, Transient};

/// A parsed signing certificate.
#[derive(Clone)]
pub struct SigningCert {
    der: Vec<u8>,
    names: Vec<String>,
    validity: RangeInclusive<Timestamp>,
    /// Absent unless it is an RSA key of a size to be believed.
    key: Option<RsaPublicKeyComponents<Vec<u8>>>,
    trust: Trust,
}

/// What stands behind a certificate, besides the TLS connection it was fetched over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// Nobody was asked: a certificate in hand, such as one given to a command.
    Given,
    /// The operator pinned it for its URL.
    Pinned,
    /// It chains to a trusted root; the chain is valid until then.
    Chained {
        /// The earliest end of validity of the chain's issuers.
        until: Timestamp,
    },
    /// It came over TLS from the SNS host, but its issuer's certificate could not be had.
    UnknownIssuer,
}

impl SigningCert {
    /// Reads what was found at a signing certificate's URL: exactly one PEM block `CERTIFICATE`, and nothing else.
    ///
    /// # Errors
    /// [`Transient::CertDocument`]: a document that is no certificate says nothing about the message that names it.
    pub fn from_pem(document: &[u8]) -> Result<Self, Transient> {
        Self::from_der(pem_contents(document).map_err(Transient::CertDocument)?)
    }

    /// Reads a certificate in DER.
    ///
    /// # Errors
    /// [`Transient::CertDocument`] if it is not one X.509 certificate.
    pub fn from_der(der: Vec<u8>) -> Result<Self, Transient> {
        let broken = Transient::CertDocument("it is not an X.509 certificate");
        let Ok((b"", x509)) = X509Certificate::from_der(&der) else {
            return Err(broken);
        };
        let names = names(&x509);
        let validity = validity(&x509);
        let key = match x509.public_key().parsed() {
            Ok(PublicKey::RSA(rsa)) => rsa_key(&rsa),
            Ok(_) | Err(_) => None,
        };
        Ok(Self {
            names,
            validity,
            key,
            trust: Trust::Given,
            der,
        })
    }

    /// What stands behind this certificate.
    pub fn trust(&self) -> Trust {
        self.trust
    }

    /// The certificate as it is in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The names that it carries: what somebody wrote into it, to be shown and not to be decided on.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Size of its key; none unless it is an RSA key of a size to be believed.
    pub fn rsa_key_bits(&self) -> Option<usize> {
        self.key.as_ref().map(|key| bits(&key.n))
    }

    /// The first moment of the certificate's own validity.
    pub fn valid_from(&self) -> Timestamp {
        *self.validity.start()
    }

    /// The last moment of the certificate's own validity.
    pub fn valid_until(&self) -> Timestamp {
        *self.validity.end()
    }

    pub(crate) fn with_trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Whether this is, now, the certificate of SNS in the region.
    ///
    /// # Errors
    /// The [`Rejection`] that says what is wrong with it.
    pub(crate) fn check(&self, region: &Region, now: Timestamp) -> Result<(), Rejection> {
        let expected = region.signer_name();
        if !self.names.iter().any(|name| name.eq_ignore_ascii_case(&expected)) {
            return Err(Rejection::CertName);
        }
        if now < *self.validity.start() {
            return Err(Rejection::CertNotYetValid);
        }
        if now > *self.validity.end() {
            return Err(Rejection::CertExpired);
        }
        if self.chain_has_lapsed(now) {
            return Err(Rejection::CertChain);
        }
        Ok(())
    }

    /// Whether the chain that stood behind this certificate has ended before the certificate itself. Another may stand by now.
    pub(crate) fn chain_has_lapsed(&self, now: Timestamp) -> bool {
        match self.trust {
            Trust::Chained { until } => now > until,
            Trust::Given | Trust::Pinned | Trust::UnknownIssuer => false,
        }
    }

    /// Whether `signature` was made over `text` by this certificate's key.
    pub(crate) fn verify(&self, version: SignatureVersion, text: &[u8], signature: &[u8]) -> Result<(), Rejection> {
        let key = self.key.as_ref().ok_or(Rejection::CertKey)?;
        let algorithm = match version {
            SignatureVersion::V1 => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            SignatureVersion::V2 => &RSA_PKCS1_2048_8192_SHA256,
        };
        key.verify(algorithm, text, signature)
            .map_err(|_| Rejection::SignatureMismatch)
    }
}

/// Fewer words than the derived form, which would print every byte of the certificate.
impl fmt::Debug for SigningCert {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningCert")
            .field("names", &self.names)
            .field("validity", &self.validity)
            .field("trust", &self.trust)
            .finish_non_exhaustive()
    }
}

/// What is inside a document that is one PEM block `CERTIFICATE`. RFC 7468 lets readers skip text around blocks; SNS sends none,
/// and a document with more in it than the certificate is not the document that was asked for.
fn pem_contents(document: &[u8]) -> Result<Vec<u8>, &'static str> {
    let text = std::str::from_utf8(document).map_err(|_| "it is not text")?;
    let base64 = text
        .trim_ascii()
        .strip_prefix("-----BEGIN CERTIFICATE-----")
        .and_then(|rest| rest.strip_suffix("-----END CERTIFICATE-----"))
        .ok_or("it is not a PEM block CERTIFICATE, or there is text around it")?;
    if base64.contains("-----") {
        return Err("it has more than one PEM block");
    }
    let lines = base64.lines().map(str::trim_ascii_end).collect::<String>();
    STANDARD.decode(lines).map_err(|_| "its PEM block is broken")
}

/// The DNS names in the subject alternative name, or the common name of a certificate that has none (RFC 6125, 6.4.4). A
/// certificate whose alternative names cannot be read has no name at all.
fn names(x509: &X509Certificate<'_>) -> Vec<String> {
    let alternative = match x509.subject_alternative_name() {
        Ok(Some(extension)) => extension.value.general_names.as_slice(),
        Ok(None) => &[],
        Err(_) => return Vec::new(),
    };
    let dns = alternative.iter().filter_map(|name| match name {
        GeneralName::DNSName(dns) => Some((*dns).to_owned()),
        _ => None,
    });
    let names = dns.collect::<Vec<_>>();
    if !names.is_empty() {
        return names;
    }
    x509.subject()
        .iter_common_name()
        .filter_map(|name| name.as_str().ok())
        .map(str::to_owned)
        .collect()
}

/// First and last moment of validity. The year 9999, "no well-defined expiration date" (RFC 5280, 4.1.2.5), reaches beyond what a
/// timestamp can hold.
pub(crate) fn validity(x509: &X509Certificate<'_>) -> RangeInclusive<Timestamp> {
    let moment = |time: ASN1Time| Timestamp::from_second(time.timestamp()).unwrap_or(Timestamp::MAX);
    moment(x509.validity().not_before)..=moment(x509.validity().not_after)
}

/// The key, if it has a size that is believed. ring counts whole bytes, which would let a key of 2041 bits pass for 2048.
fn rsa_key(rsa: &RSAPublicKey<'_>) -> Option<RsaPublicKeyComponents<Vec<u8>>> {
    let n = without_leading_zeros(rsa.modulus);
    RSA_MODULUS_BITS.contains(&bits(n)).then(|| RsaPublicKeyComponents {
        n: n.to_vec(),
        e: without_leading_zeros(rsa.exponent).to_vec(),
    })
}

/// Length of a number without leading zero bytes, in bits.
fn bits(number: &[u8]) -> usize {
    let unused_bits = number.first().map_or(0, |first| first.leading_zeros() as usize);
    number.len() * 8 - unused_bits
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|&&byte| byte == 0).count();
    &number[zeros..]
}

/// As ring verifies them.
const RSA_MODULUS_BITS: RangeInclusive<usize> = 2048..=8192;
