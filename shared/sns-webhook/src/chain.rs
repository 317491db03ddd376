//! Whether a trusted root vouches for a signing certificate.
//!
//! SNS's certificate URL gives the leaf only. Its issuer has changed three times in ten years, so no issuer is pinned: the chain
//! is built with intermediates that are given or fetched, to roots that are compiled in. An intermediate is not trusted for being
//! at hand; it counts only as a step of a chain whose every signature holds (RFC 5280, 6.1).

use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, KeyUsage, ring as algorithms};
use x509_parser::prelude::{FromDer, GeneralName, ParsedExtension, X509Certificate};

use crate::signing_cert::{Trust, validity};
use crate::{Rejection, Roots, SigningCert};

/// What to do about a signing certificate whose issuer's certificate cannot be had.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ChainPolicy {
    /// A chain that can be built must be valid; without the issuer, the TLS connection to the SNS host is the evidence, and the
    /// certificate is marked [`Trust::UnknownIssuer`].
    #[default]
    Prefer,
    /// The chain must be built. Failing to get an intermediate is a transient fault.
    Require,
}

/// Builds the chain of a certificate, with no network. Intermediates stand in the order of the chain, from the leaf up.
///
/// Gives [`Trust::Chained`], or [`Trust::UnknownIssuer`] if none of the roots, and no intermediate that they vouch for, bears the
/// name of the certificate's issuer.
///
/// # Errors
/// [`Rejection::CertChain`] if there is an issuer and the chain through it does not hold.
pub(crate) fn build(
    cert: &SigningCert,
    intermediates: &[CertificateDer<'_>],
    roots: &Roots,
    now: Timestamp,
) -> Result<Trust, Rejection> {
    let leaf = CertificateDer::from(cert.der());
    let leaf = EndEntityCert::try_from(&leaf).map_err(|_| Rejection::CertChain)?;
    let issuers = believed(intermediates, roots, now);
    let seconds = u64::try_from(now.as_second()).map_err(|_| Rejection::CertNotYetValid)?;
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let anchors = roots.anchors();
    match leaf.verify_for_usage(ALGORITHMS, &anchors, &issuers, time, KeyUsage::server_auth(), None, None) {
        Ok(path) => {
            let ends = path
                .intermediate_certificates()
                .filter_map(|issuer| Some(*validity_of(&issuer.der())?.end()));
            Ok(Trust::Chained {
                until: ends.min().unwrap_or(Timestamp::MAX),
            })
        }
        Err(webpki::Error::UnknownIssuer) => Ok(Trust::UnknownIssuer),
        Err(webpki::Error::CertExpired { .. }) => Err(Rejection::CertExpired),
        Err(webpki::Error::CertNotValidYet { .. }) => Err(Rejection::CertNotYetValid),
        Err(_) => Err(Rejection::CertChain),
    }
}

/// The intermediates that are valid now and signed by a root, or by another that is.
///
/// All others prove nothing, neither for the certificate nor against it: they come over plain HTTP, and whoever can put a false
/// one into the connection must not be able to turn "not now" into "never".
fn believed<'a>(intermediates: &[CertificateDer<'a>], roots: &Roots, now: Timestamp) -> Vec<CertificateDer<'a>> {
    let mut believed = Vec::<CertificateDer<'a>>::with_capacity(intermediates.len());
    for intermediate in intermediates.iter().rev() {
        let Ok((b"", x509)) = X509Certificate::from_der(intermediate) else {
            continue;
        };
        let vouches = |authority: &CertificateDer<'_>| has_signed(authority, &x509);
        if validity(&x509).contains(&now) && (roots.iter().any(vouches) || believed.iter().any(vouches)) {
            believed.push(intermediate.clone());
        }
    }
    believed
}

fn has_signed(authority: &CertificateDer<'_>, x509: &X509Certificate<'_>) -> bool {
    let (text, signature) = (x509.tbs_certificate.as_ref(), &x509.signature_value.data);
    EndEntityCert::try_from(authority).is_ok_and(|authority| {
        ALGORITHMS
            .iter()
            .any(|algorithm| authority.verify_signature(*algorithm, text, signature).is_ok())
    })
}

/// Where a certificate's issuer publishes its own certificate (RFC 5280, 4.2.2.1, `caIssuers`), if that is at Amazon.
///
/// The URL comes from a certificate that is not believed yet, so only Amazon Trust Services' own hosts are asked.
pub(crate) fn issuer_url(der: &[u8]) -> Option<IssuerUrl> {
    let (_, x509) = X509Certificate::from_der(der).ok()?;
    x509.extensions()
        .iter()
        .filter_map(|extension| match extension.parsed_extension() {
            ParsedExtension::AuthorityInfoAccess(access) => Some(access),
            _ => None,
        })
        .flat_map(|access| access.iter())
        .filter(|description| description.access_method == x509_parser::oid_registry::OID_PKIX_ACCESS_DESCRIPTOR_CA_ISSUERS)
        .find_map(|description| match &description.access_location {
            GeneralName::URI(url) => IssuerUrl::parse(url),
            _ => None,
        })
}

/// The checked URL of an issuer's certificate: plain HTTP, as certification authorities publish them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IssuerUrl {
    pub(crate) host: String,
    pub(crate) path: String,
}

impl IssuerUrl {
    fn parse(url: &str) -> Option<Self> {
        let (host, path) = url.strip_prefix("http://")?.split_once('/')?;
        let name = host.strip_suffix(".amazontrust.com")?;
        let plain = |text: &str, more: &[u8]| text.bytes().all(|b| b.is_ascii_alphanumeric() || more.contains(&b));
        let well_formed = !name.is_empty() && plain(name, b"-.") && plain(path, b"-._/");
        well_formed.then(|| Self {
            host: host.to_owned(),
            path: format!("/{path}"),
        })
    }
}

fn validity_of(der: &[u8]) -> Option<RangeInclusive<Timestamp>> {
    X509Certificate::from_der(der).ok().map(|(_, x509)| validity(&x509))
}

/// What certification authorities sign with today.
const ALGORITHMS: &[&dyn rustls::pki_types::SignatureVerificationAlgorithm] = &[
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
];

#[cfg(test)]
mod tests {
    use sandbox::Pki;
    use sandbox::pki::Leaf;

    use super::*;

    #[test]
    fn issuers_are_asked_for_at_amazon_trust_services_only() {
        let asked = |url: &str| IssuerUrl::parse(url).map(|url| (url.host, url.path));
        let at = |host: &str, path: &str| Some((host.to_owned(), path.to_owned()));
        assert_eq!(
            asked("http://crt.r2m01.amazontrust.com/r2m01.cer"),
            at("crt.r2m01.amazontrust.com", "/r2m01.cer")
        );
        assert_eq!(asked("http://x.amazontrust.com/"), at("x.amazontrust.com", "/"));
        for url in [
            "",
            "http://crt.r2m01.amazontrust.com",
            "https://crt.r2m01.amazontrust.com/r2m01.cer",
            "ldap://crt.r2m01.amazontrust.com/r2m01.cer",
            "http://amazontrust.com/r2m01.cer",
            "http://.amazontrust.com/r2m01.cer",
            "http://evilamazontrust.com/r2m01.cer",
            "http://crt.amazontrust.com.evil.example/r2m01.cer",
            "http://crt.amazontrust.com:8080/r2m01.cer",
            "http://evil.example#.amazontrust.com/r2m01.cer",
            "http://evil.example?.amazontrust.com/r2m01.cer",
            "http://evil.example\\.amazontrust.com/r2m01.cer",
            "http://evil.example@crt.amazontrust.com/r2m01.cer",
            "http://crt.amazontrust.com@evil.example/r2m01.cer",
            "http://crt.amazontrust.com/r2m01.cer?x=y",
            "http://crt.amazontrust.com/r2m01.cer HTTP/1.1",
            "http://crt.amazontrust.com/\r\nHost: evil.example",
        ] {
            assert_eq!(asked(url), None, "{url:?}");
        }
    }

    #[test]
    fn a_certificate_says_where_its_issuer_is() {
        let url = |leaf: &Leaf| issuer_url(&Pki::fixed().issue(leaf).der);
        let expected = IssuerUrl {
            host: "crt.sandbox.amazontrust.com".to_owned(),
            path: "/intermediate.cer".to_owned(),
        };
        assert_eq!(url(&Leaf::signing()), Some(expected));
        assert_eq!(url(&Leaf::without_issuer_address()), None);
        assert_eq!(issuer_url(b"no certificate"), None);
    }
}
