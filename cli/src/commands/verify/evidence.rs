//! The certificate of a message: given, pinned, fetched, or not to be had.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::Timestamp;
use sns_webhook::{CertSource, Refusal, Rejection, SigningCert, SigningCertUrl, SigningCerts, Unverified};

/// All that can be known about certificates.
#[derive(Debug)]
pub(super) struct Evidence {
    certs: SigningCerts,
    origin: Origin,
    /// From the signing certificate up.
    issuers: Vec<Vec<u8>>,
    /// What came of the fetches so far: captures of one topic name one certificate.
    fetched: HashMap<SigningCertUrl, Result<Arc<SigningCert>, Refusal>>,
}

/// Where a certificate that is not pinned comes from.
#[derive(Debug)]
pub(super) enum Origin {
    /// This is the document found at the URL.
    Given(Vec<u8>),
    /// It may be fetched.
    Network,
    /// There is none.
    Nowhere,
}

/// Why there is no certificate to verify with.
#[derive(Debug)]
pub(super) enum NoCertificate {
    /// None was given, and none may be fetched.
    NotGiven,
    /// It is refused, or could not be had.
    Refused(Refusal),
}

impl Evidence {
    /// Issuers stand in the order of the chain, from the signing certificate up.
    pub(super) fn new(certs: SigningCerts, origin: Origin, issuers: Vec<Vec<u8>>) -> Self {
        Self {
            certs,
            origin,
            issuers,
            fetched: HashMap::new(),
        }
    }

    /// Where the certificate of a message is to be had.
    pub(super) fn source(&self, envelope: &Unverified<'_>) -> Result<CertSource, Rejection> {
        self.certs.source(envelope)
    }

    /// The certificate published at the URL, its chain judged by the policy.
    pub(super) async fn certificate(&mut self, url: &SigningCertUrl, now: Timestamp) -> Result<Arc<SigningCert>, NoCertificate> {
        let cert = match &self.origin {
            Origin::Given(document) => self.certs.restore(document, &self.issuers, now).map(Arc::new),
            Origin::Network => match self.fetched.get(url) {
                Some(fetched) => fetched.clone(),
                None => {
                    let fetched = self.certs.fetch(url, now).await.map(|fetched| Arc::new(fetched.cert));
                    self.fetched.insert(url.clone(), fetched.clone());
                    fetched
                }
            },
            Origin::Nowhere => return Err(NoCertificate::NotGiven),
        };
        cert.map_err(NoCertificate::Refused)
    }

    /// The certificate in the given document, if there is one, to say what it is when it is refused.
    pub(super) fn given(&self) -> Option<SigningCert> {
        match &self.origin {
            Origin::Given(document) => SigningCert::from_pem(document).ok(),
            Origin::Network | Origin::Nowhere => None,
        }
    }

    /// How the document was had.
    pub(super) fn origin(&self) -> &'static str {
        match self.origin {
            Origin::Given(_) => "given with --cert",
            Origin::Network => "fetched from its URL",
            Origin::Nowhere => "not given",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::HeaderMap;
    use sandbox::{CertHost, Notification, Pki, SignatureVersion};
    use sns_webhook::{ChainPolicy, Https, PinnedCerts, Roots, Trust};

    use super::*;

    /// The SNS host and the issuer's host, over real sockets.
    struct Hosts {
        sns: CertHost,
        issuer: CertHost,
    }

    impl Hosts {
        async fn start() -> Self {
            let pki = Pki::fixed();
            Self {
                sns: CertHost::start(&pki, &[HOST]).await.unwrap(),
                issuer: CertHost::start_issuer(&pki).await.unwrap(),
            }
        }

        fn evidence(&self, policy: ChainPolicy) -> Evidence {
            let roots = Roots::from_pem(Pki::fixed().root_pem()).unwrap();
            let addresses = [(HOST, self.sns.addr()), ("crt.sandbox.amazontrust.com", self.issuer.addr())];
            let addresses = addresses.map(|(host, addr)| (host.to_owned(), addr)).into();
            let https = Https::with_addresses(&roots, Duration::from_secs(60), addresses);
            Evidence::new(
                SigningCerts::new(PinnedCerts::default(), roots, policy, https),
                Origin::Network,
                Vec::new(),
            )
        }
    }

    fn url() -> SigningCertUrl {
        let message = Notification::new("arn:aws:sns:us-east-1:033616359524:LT0XA", "seed", "{}", now());
        let body = Pki::fixed().signer().sign(message, SignatureVersion::V2).text();
        let envelope = Unverified::parse(&HeaderMap::new(), body.as_bytes()).unwrap();
        SigningCertUrl::parse(
            &Pki::fixed().signer().certificate_url(envelope.topic_arn().as_str()),
            envelope.topic_arn().region(),
        )
        .unwrap()
    }

    fn now() -> Timestamp {
        "2026-03-06T19:55:40Z".parse().unwrap()
    }

    #[tokio::test]
    async fn a_certificate_is_fetched_once_with_its_issuer_however_many_messages_name_it() {
        let hosts = Hosts::start().await;
        hosts.sns.publish_signer(&Pki::fixed().signer());
        let mut evidence = hosts.evidence(ChainPolicy::Require);
        for _ in 0..3 {
            let cert = evidence.certificate(&url(), now()).await.unwrap();
            assert!(matches!(cert.trust(), Trust::Chained { .. }), "{cert:?}");
        }
        assert_eq!((hosts.sns.requests().len(), hosts.issuer.requests().len()), (1, 1));
    }

    #[tokio::test]
    async fn a_fetch_that_fails_is_no_verdict_and_is_not_repeated() {
        let hosts = Hosts::start().await;
        let mut evidence = hosts.evidence(ChainPolicy::Prefer);
        for _ in 0..2 {
            let missing = evidence.certificate(&url(), now()).await;
            assert!(
                matches!(&missing, Err(NoCertificate::Refused(refusal)) if refusal.reason() == "cert_fetch"),
                "{missing:?}"
            );
        }
        assert_eq!(hosts.sns.requests().len(), 1);
    }

    const HOST: &str = "sns.us-east-1.amazonaws.com";
}
