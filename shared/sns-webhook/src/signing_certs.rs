//! Where signing certificates come from: the operator's pins, this process's memory, or the SNS host of the topic's region.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use jiff::Timestamp;
use rustls::pki_types::CertificateDer;

use crate::cert_memory::CertMemory;
use crate::chain::{self, ChainPolicy};
use crate::{FetchFault, Https, Refusal, Rejection, Roots, SigningCert, SigningCertUrl, Transient, Trust, Unverified};

/// All the ways to the certificate of a message.
#[derive(Debug)]
pub struct SigningCerts {
    pins: PinnedCerts,
    memory: CertMemory,
    roots: Roots,
    policy: ChainPolicy,
    https: Https,
}

/// Where the certificate of a message is to be had.
#[derive(Debug, Clone)]
pub enum CertSource {
    /// The operator pinned it.
    Pinned(Arc<SigningCert>),
    /// It is published at this URL.
    Published(SigningCertUrl),
}

/// A certificate fresh from its URL, with what should be kept of it.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// The certificate, its chain judged by the policy.
    pub cert: SigningCert,
    /// The document found at the URL.
    pub pem: String,
    /// The certificates of its issuers that its chain needs, in DER.
    pub issuers: Vec<Vec<u8>>,
}

impl SigningCerts {
    /// Certificates come over `https`, and their chains must end at `roots`.
    pub fn new(pins: PinnedCerts, roots: Roots, policy: ChainPolicy, https: Https) -> Self {
        Self {
            pins,
            memory: CertMemory::default(),
            roots,
            policy,
            https,
        }
    }

    /// Where the certificate of this message is to be had: a pin for exactly its URL, or the URL, if it can be one of SNS's.
    ///
    /// # Errors
    /// The [`Rejection`] of a URL that is not pinned and not SNS's in the topic's region.
    pub fn source(&self, envelope: &Unverified<'_>) -> Result<CertSource, Rejection> {
        match self.pins.0.get(envelope.signing_cert_url.as_ref()) {
            Some(cert) => Ok(CertSource::Pinned(Arc::clone(cert))),
            None => SigningCertUrl::parse(&envelope.signing_cert_url, envelope.topic_arn().region()).map(CertSource::Published),
        }
    }

    /// The certificate of this message: from a pin, from this process's memory, or else from SNS.
    ///
    /// # Errors
    /// As [`source`](Self::source), [`get`](Self::get) and [`fetch`](Self::fetch).
    pub async fn find(&self, envelope: &Unverified<'_>, now: Timestamp) -> Result<Arc<SigningCert>, Refusal> {
        match self.source(envelope)? {
            CertSource::Pinned(cert) => Ok(cert),
            CertSource::Published(url) => self.get(&url, now, async { Ok(self.fetch(&url, now).await?.cert) }).await,
        }
    }

    /// The certificate published at `url`: from this process's memory, or else from `load`, which runs once for all that wait
    /// for it. For callers with a store of their own, who load what they kept with [`restore`](Self::restore); the others
    /// [`find`](Self::find) it.
    ///
    /// # Errors
    /// Whatever `load` refuses, or [`Transient::CertFetchPaused`] while too many loads are under way or have just failed.
    pub async fn get<L>(&self, url: &SigningCertUrl, now: Timestamp, load: L) -> Result<Arc<SigningCert>, Refusal>
    where
        L: Future<Output = Result<SigningCert, Refusal>>,
    {
        self.memory.get_or_load(url, now, load).await
    }

    /// Fetches a certificate from SNS, and as many of its issuers' certificates as its chain needs.
    ///
    /// # Errors
    /// [`Transient`] if something could not be had that the policy requires, [`Rejection::CertChain`] for a chain that is broken.
    pub async fn fetch(&self, url: &SigningCertUrl, now: Timestamp) -> Result<Fetched, Refusal> {
        let document = self
            .https
            .get(url.host(), url.path(), MAX_CERT_BYTES)
            .await
            .map_err(Transient::CertFetch)?;
        let cert = SigningCert::from_pem(&document)?;
        let (trust, issuers) = self.climb(&cert, now).await?;
        let trust = self.admit(trust)?;
        Ok(Fetched {
            cert: cert.with_trust(trust),
            pem: String::from_utf8_lossy(&document).into_owned(),
            issuers,
        })
    }

    /// Builds the chain with as few issuers as it takes, each fetched from where the one below it says. All of them together get
    /// the time of one request: what cannot be had in that time cannot be had.
    async fn climb(&self, cert: &SigningCert, now: Timestamp) -> Result<(Trust, Vec<Vec<u8>>), Rejection> {
        let mut issuers = Vec::new();
        let mut trust = self.chain(cert, &issuers, now)?;
        let fetching = async {
            let mut next = chain::issuer_url(cert.der());
            while let (Trust::UnknownIssuer, Some(url), 0..MAX_ISSUERS) = (trust, next, issuers.len()) {
                let Ok(issuer) = self.https.get_unencrypted(&url.host, &url.path, MAX_CERT_BYTES).await else {
                    break;
                };
                next = chain::issuer_url(&issuer);
                issuers.push(issuer.to_vec());
                trust = self.chain(cert, &issuers, now)?;
            }
            Ok(())
        };
        self.https.within_deadline(fetching).await.unwrap_or(Ok(()))?;
        if trust == Trust::UnknownIssuer {
            issuers.clear();
        }
        Ok((trust, issuers))
    }

    /// A certificate that was fetched before and kept, with its issuers: judged anew, with no network.
    ///
    /// A certificate that was kept without its issuers comes back as one of an unknown issuer. A caller may then fetch, too, and
    /// fall back on this one.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch). A caller that gets a [`Transient`] here should fetch.
    pub fn restore(&self, pem: &[u8], issuers: &[Vec<u8>], now: Timestamp) -> Result<SigningCert, Refusal> {
        if pem.len() > MAX_CERT_BYTES {
            return Err(Transient::CertFetch(FetchFault::TooLarge(MAX_CERT_BYTES)).into());
        }
        let cert = SigningCert::from_pem(pem)?;
        let trust = self.admit(self.chain(&cert, issuers, now)?)?;
        Ok(cert.with_trust(trust))
    }

    fn chain(&self, cert: &SigningCert, issuers: &[Vec<u8>], now: Timestamp) -> Result<Trust, Rejection> {
        let issuers = issuers
            .iter()
            .map(|der| CertificateDer::from(der.as_slice()))
            .collect::<Vec<_>>();
        chain::build(cert, &issuers, &self.roots, now)
    }

    fn admit(&self, trust: Trust) -> Result<Trust, Transient> {
        match (trust, self.policy) {
            (Trust::UnknownIssuer, ChainPolicy::Require) => Err(Transient::IssuerUnavailable),
            (trust, ChainPolicy::Prefer | ChainPolicy::Require) => Ok(trust),
        }
    }
}

/// Certificates that the operator trusts for exactly these URLs, with neither fetch nor chain. Every other check still applies.
///
/// For deployments without a way out to SNS, for sample events, and for SNS emulators, whose URLs need not be SNS's.
#[derive(Debug, Clone, Default)]
pub struct PinnedCerts(HashMap<String, Arc<SigningCert>>);

impl PinnedCerts {
    /// Pins `pem` for the URL, which is compared as a whole.
    ///
    /// # Errors
    /// [`Transient::CertDocument`] if it is not exactly one PEM certificate.
    pub fn pin(&mut self, url: impl Into<String>, pem: &str) -> Result<(), Transient> {
        let cert = SigningCert::from_pem(pem.as_bytes())?.with_trust(Trust::Pinned);
        self.0.insert(url.into(), Arc::new(cert));
        Ok(())
    }

    /// The pinned URLs, for the line at start-up that must name them.
    pub fn urls(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A signing certificate takes about 2 KB.
const MAX_CERT_BYTES: usize = 16 * 1024;

/// Issuers between a signing certificate and a root: one today.
const MAX_ISSUERS: usize = 3;
