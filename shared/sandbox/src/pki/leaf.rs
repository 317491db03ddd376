//! Signing certificates to order, most of them to be refused.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::CertificateDer;
use yasna::{Tag, models::ObjectIdentifier};

use super::{INTERMEDIATE_PEM, Pki, SMALL_KEY_PEM, elliptic_key, intermediate, root};
use crate::{rsa_key::RsaKey, signer::Signer};

/// What a signing certificate says. [`Leaf::signing`] is a good one; change any field of it.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// The subject's common name.
    pub common_name: String,
    /// The subject alternative names.
    pub dns_names: Vec<String>,
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last second of its validity.
    pub not_after: Timestamp,
    /// The key it speaks for.
    pub key: LeafKey,
    /// Who vouches for it.
    pub issuer: LeafIssuer,
    /// Where its issuer's certificate can be had (Authority Information Access, caIssuers).
    pub ca_issuers: Option<String>,
}

/// The key of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafKey {
    /// The P-256 key: SNS signs with RSA only, so nothing can be signed with it here.
    Elliptic,
    /// Another RSA key of 2048 bits.
    Other,
    /// The RSA key of SNS.
    Sns,
    /// An RSA key of 1024 bits.
    Small,
}

/// Who signs a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafIssuer {
    /// The intermediate, as in reality.
    Intermediate,
    /// Nobody but itself.
    Itself,
    /// The root, without an intermediate.
    Root,
    /// An authority that bears the intermediate's name and has another key.
    Stranger,
}

/// A certificate and, where the key is RSA, a signer that names it.
pub struct Issued {
    /// The certificate alone, as SNS publishes it.
    pub pem: String,
    /// The certificate, then the intermediate, in one document: more than SNS publishes.
    pub bundle_pem: String,
    /// The certificate.
    pub der: CertificateDer<'static>,
    /// Signs with the certificate's key.
    pub signer: Option<Signer>,
}

impl Leaf {
    /// A certificate like the committed one.
    pub fn signing() -> Self {
        Self {
            common_name: "sns.amazonaws.com".into(),
            dns_names: vec!["sns.amazonaws.com".into()],
            not_before: "2012-01-01T00:00:00Z".parse().expect("a time"),
            not_after: "2112-01-01T00:00:00Z".parse().expect("a time"),
            key: LeafKey::Sns,
            issuer: LeafIssuer::Intermediate,
            ca_issuers: Some("http://crt.sandbox.amazontrust.com/intermediate.cer".into()),
        }
    }

    /// One for another name, such as `sns-signing.eu-south-1.amazonaws.com` or `sns-cn-north-1.amazonaws.com.cn`.
    pub fn named(name: &str) -> Self {
        Self {
            common_name: name.into(),
            dns_names: vec![name.into()],
            ..Self::signing()
        }
    }

    /// One that ended a second before `now`.
    pub fn expired(now: Timestamp) -> Self {
        Self {
            not_after: now - Duration::from_secs(1),
            ..Self::signing()
        }
    }

    /// One that begins a second after `now`.
    pub fn not_yet_valid(now: Timestamp) -> Self {
        Self {
            not_before: now + Duration::from_secs(1),
            ..Self::signing()
        }
    }

    /// One with another kind or size of key.
    pub fn with_key(key: LeafKey) -> Self {
        Self { key, ..Self::signing() }
    }

    /// One vouched for by another issuer.
    pub fn issued_by(issuer: LeafIssuer) -> Self {
        Self {
            issuer,
            ..Self::signing()
        }
    }

    /// One that does not say where its issuer can be had.
    pub fn without_issuer_address() -> Self {
        Self {
            ca_issuers: None,
            ..Self::signing()
        }
    }

    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::new(self.dns_names.clone()).expect("names are ASCII");
        let second = |time: Timestamp| date_time_ymd(1970, 1, 1) + Duration::from_secs(time.as_second().unsigned_abs());
        (params.not_before, params.not_after) = (second(self.not_before), second(self.not_after));
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, &self.common_name);
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyEncipherment];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        params.use_authority_key_identifier_extension = true;
        params.custom_extensions = self.ca_issuers.iter().map(|url| issuer_address(url)).collect();
        params
    }
}

pub(super) fn issue(pki: &Pki, leaf: &Leaf) -> Issued {
    let rsa = match leaf.key {
        LeafKey::Elliptic => None,
        LeafKey::Other => Some(pki.other_key.clone()),
        LeafKey::Sns => Some(pki.signer_key.clone()),
        LeafKey::Small => Some(Arc::new(RsaKey::from_pem(SMALL_KEY_PEM))),
    };
    let params = leaf.params();
    let certificate = match &rsa {
        None => sign(&params, &elliptic_key(), leaf.issuer),
        Some(key) => sign(&params, key.as_ref(), leaf.issuer),
    };
    let pem = certificate.pem();
    Issued {
        bundle_pem: format!("{pem}{INTERMEDIATE_PEM}"),
        der: certificate.der().clone(),
        signer: rsa.map(|key| Signer::new(key, &pem)),
        pem,
    }
}

pub(super) fn stranger_der(key: &RsaKey) -> CertificateDer<'static> {
    stranger_params().self_signed(key).expect("the other key signs").der().clone()
}

fn sign(params: &CertificateParams, key: &impl rcgen::SigningKey, issuer: LeafIssuer) -> Certificate {
    match issuer {
        LeafIssuer::Intermediate => params.signed_by(key, &intermediate()),
        LeafIssuer::Itself => params.self_signed(key),
        LeafIssuer::Root => params.signed_by(key, &root()),
        LeafIssuer::Stranger => params.signed_by(key, &Issuer::new(stranger_params(), RsaKey::from_pem(super::OTHER_KEY_PEM))),
    }
    .expect("committed keys sign any certificate")
}

/// The intermediate's name, for a key that is not the intermediate's.
fn stranger_params() -> CertificateParams {
    let mut params = CertificateParams::default();
    (params.not_before, params.not_after) = (date_time_ymd(2012, 1, 1), date_time_ymd(2112, 1, 1));
    params.distinguished_name = DistinguishedName::new();
    // The same bytes as in the intermediate: OpenSSL writes a country as PrintableString and the rest as UTF8String.
    let country = DnValue::PrintableString("US".try_into().expect("letters are printable"));
    params.distinguished_name.push(DnType::CountryName, country);
    params.distinguished_name.push(DnType::OrganizationName, "Firepost Sandbox");
    params.distinguished_name.push(DnType::CommonName, "Sandbox RSA 2048 M01");
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature, KeyUsagePurpose::KeyCertSign];
    params
}

/// AuthorityInfoAccess with one caIssuers address, RFC 5280 section 4.2.2.1.
fn issuer_address(url: &str) -> CustomExtension {
    let content = yasna::construct_der(|writer| {
        writer.write_sequence(|descriptions| {
            descriptions.next().write_sequence(|description| {
                description
                    .next()
                    .write_oid(&ObjectIdentifier::from_slice(&[1, 3, 6, 1, 5, 5, 7, 48, 2]));
                description
                    .next()
                    .write_tagged_implicit(Tag::context(6), |uri| uri.write_ia5_string(url));
            });
        });
    });
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], content)
}
