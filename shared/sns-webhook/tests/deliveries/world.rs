//! A signer, the hosts of its certificates, and a receiver that trusts them.

use std::collections::HashMap;
use std::time::Duration;

use http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use sandbox::pki::Leaf;
use sandbox::{
    CertHost, Envelope, Notification, Pki, SignatureVersion, Signer, SubscriptionConfirmation, UnsubscribeConfirmation,
};
use sns_webhook::{ChainPolicy, Https, MessageType, PinnedCerts, Refusal, Roots, SigningCert, SigningCerts, Trust, Unverified};

pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";
pub(crate) const HOST: &str = "sns.us-east-1.amazonaws.com";
pub(crate) const ISSUER_HOST: &str = "crt.sandbox.amazontrust.com";
pub(crate) const ISSUER_PATH: &str = "/intermediate.cer";

/// How long a failed fetch is not repeated.
pub(crate) const PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// More than any answer over loopback takes: these tests must not fail on a busy machine.
pub(crate) const AMPLE: Duration = Duration::from_secs(60);

pub(crate) fn now() -> Timestamp {
    "2026-03-06T19:55:40Z".parse().unwrap()
}

/// What a receiver reads out of a message that it believes.
#[derive(Debug, PartialEq)]
pub(crate) struct Believed {
    pub(crate) message_type: MessageType,
    pub(crate) message_id: String,
    pub(crate) topic_arn: String,
    pub(crate) timestamp: Timestamp,
    pub(crate) subject: Option<String>,
    pub(crate) body: String,
    pub(crate) token: Option<String>,
}

/// Parses a body without headers and verifies it, now, with the signer's certificate in hand.
pub(crate) fn judge(body: &str) -> Result<Believed, Refusal> {
    judge_with(&signer_cert(), body)
}

pub(crate) fn judge_with(cert: &SigningCert, body: &str) -> Result<Believed, Refusal> {
    let message = Unverified::parse(&HeaderMap::new(), body.as_bytes())?.verify(cert, now())?;
    Ok(Believed {
        message_type: message.message_type(),
        message_id: message.message_id().to_owned(),
        topic_arn: message.topic_arn().to_string(),
        timestamp: message.timestamp(),
        subject: message.subject().map(str::to_owned),
        body: message.body().to_owned(),
        token: message.token().map(str::to_owned),
    })
}

pub(crate) fn signer_cert() -> SigningCert {
    SigningCert::from_pem(Pki::fixed().signing_cert_pem().as_bytes()).unwrap()
}

pub(crate) fn plain_notification(topic_arn: &str) -> Notification {
    let timestamp = "2026-03-06T19:55:38.903Z".parse().unwrap();
    Notification::new(topic_arn, "seed", "{\"receiptId\":\"1\"}", timestamp)
}

/// A notification with a subject and an attribute, signed in version 1.
pub(crate) fn notification() -> Envelope {
    let message = Notification {
        subject: Some("Renewal".to_owned()),
        attributes: vec![("env".to_owned(), "String".to_owned(), "live".to_owned())],
        ..plain_notification(TOPIC)
    };
    Pki::fixed().signer().sign(message, SignatureVersion::V1)
}

/// One message of each type, signed.
pub(crate) fn one_of_each(version: SignatureVersion) -> [Envelope; 3] {
    let signer = Pki::fixed().signer();
    let (token, timestamp) = (sandbox::ids::token("seed"), "2026-03-06T19:55:38.903Z".parse().unwrap());
    [
        signer.sign(plain_notification(TOPIC), version),
        signer.sign(SubscriptionConfirmation::new(TOPIC, &token, timestamp), version),
        signer.sign(UnsubscribeConfirmation::new(TOPIC, &token, timestamp), version),
    ]
}

/// The SNS host and the issuer's host, over real sockets.
pub(crate) struct World {
    pub(crate) pki: Pki,
    pub(crate) sns: CertHost,
    pub(crate) issuer: CertHost,
}

impl World {
    /// Both hosts are up, and the signer's certificate is published.
    pub(crate) async fn start() -> Self {
        let pki = Pki::fixed();
        let sns = CertHost::start(&pki, &[HOST]).await.unwrap();
        sns.publish_signer(&pki.signer());
        let issuer = CertHost::start_issuer(&pki).await.unwrap();
        Self { pki, sns, issuer }
    }

    /// A receiver with an empty memory.
    pub(crate) fn receiver(&self, policy: ChainPolicy) -> SigningCerts {
        self.hasty_receiver(policy, AMPLE)
    }

    /// A receiver that gives each request no more than `deadline`.
    pub(crate) fn hasty_receiver(&self, policy: ChainPolicy, deadline: Duration) -> SigningCerts {
        SigningCerts::new(PinnedCerts::default(), self.roots(), policy, self.https(deadline))
    }

    /// A client that finds both hosts.
    pub(crate) fn https(&self, deadline: Duration) -> Https {
        let addresses = HashMap::from([
            (HOST.to_owned(), self.sns.addr()),
            (ISSUER_HOST.to_owned(), self.issuer.addr()),
        ]);
        Https::with_addresses(&self.roots(), deadline, addresses)
    }

    pub(crate) fn roots(&self) -> Roots {
        Roots::from_pem(self.pki.root_pem()).unwrap()
    }

    /// Issues a certificate, publishes it where its messages say it is, and gives its signer.
    pub(crate) fn publish(&self, leaf: &Leaf) -> Signer {
        let signer = self.pki.issue(leaf).signer.unwrap();
        self.sns.publish_signer(&signer);
        signer
    }
}

/// A notification as `signer` signs it.
pub(crate) fn delivery(signer: &Signer) -> String {
    signer.sign(plain_notification(TOPIC), SignatureVersion::V2).text()
}

/// The whole way of a delivery: parse, find the certificate, verify. What is told is what stood behind the certificate.
pub(crate) async fn receive(certs: &SigningCerts, body: &str, now: Timestamp) -> Result<Trust, Refusal> {
    let envelope = Unverified::parse(&HeaderMap::new(), body.as_bytes())?;
    let cert = certs.find(&envelope, now).await?;
    envelope.verify(&cert, now)?;
    Ok(cert.trust())
}
