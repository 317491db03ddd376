//! Every reason code is produced by a delivery or a host that earns it, and stands in the README with its kind.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use sandbox::cert_host::Mode;
use sandbox::pki::{Leaf, LeafIssuer, LeafKey};
use sandbox::{CertHost, Envelope, Notification, Pki, SignatureVersion};

use crate::{
    ChainPolicy, Freshness, Https, MAX_BODY_BYTES, PinnedCerts, PolicyRefusal, Refusal, Rejection, Relayed, Roots, SigningCerts,
    Transient, TrustedTopics, Unverified,
};

const HOST: &str = "sns.us-east-1.amazonaws.com";
const TOPIC: &str = "arn:aws:sns:us-east-1:033616359524:LT0XA";

#[tokio::test]
async fn every_reason_code_is_earned_and_documented_with_its_kind() {
    let mut earned = BTreeMap::new();
    for refusal in refusals().await {
        assert_eq!(
            earned.insert(refusal.reason(), kind(&refusal)),
            None,
            "{} is earned once",
            refusal.reason()
        );
    }
    assert_eq!(earned, documented());
}

/// No `_` here, so that a new variant makes the compiler ask for its kind, for its row in the README, and for its example below.
fn kind(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::Rejected(rejection) => match rejection {
            Rejection::BodyTooLarge { .. }
            | Rejection::BothSpellings(_)
            | Rejection::ControlCharacter(_)
            | Rejection::DuplicateKey { .. }
            | Rejection::FieldType(_)
            | Rejection::FifoTopic
            | Rejection::Grammar { .. }
            | Rejection::MissingField(_)
            | Rejection::NotANotification
            | Rejection::NotAnEnvelope { .. }
            | Rejection::NotUtf8 { .. }
            | Rejection::SignatureEncoding
            | Rejection::SignatureVersion
            | Rejection::UnknownType => {
                assert!(!rejection.is_forgery(), "{rejection:?}");
                "malformed"
            }
            Rejection::CertChain
            | Rejection::CertExpired
            | Rejection::CertHost(_)
            | Rejection::CertKey
            | Rejection::CertName
            | Rejection::CertNotYetValid
            | Rejection::CertUrl(_)
            | Rejection::HeaderMismatch(_)
            | Rejection::SignatureMismatch => {
                assert!(rejection.is_forgery(), "{rejection:?}");
                "forged"
            }
        },
        Refusal::Policy(policy) => match policy {
            PolicyRefusal::FromFuture { .. }
            | PolicyRefusal::RawDelivery
            | PolicyRefusal::Stale { .. }
            | PolicyRefusal::TopicNotAdmitted(_) => "policy",
        },
        Refusal::Transient(transient) => match transient {
            Transient::CertDocument(_) | Transient::CertFetch(_) | Transient::CertFetchPaused | Transient::IssuerUnavailable => {
                "transient"
            }
        },
    }
}

/// The rows of the README's table.
fn documented() -> BTreeMap<&'static str, &'static str> {
    let readme = include_str!("../README.md");
    let (_, verdicts) = readme.split_once("\n## Verdicts\n").unwrap();
    let (verdicts, _) = verdicts.split_once("\n## ").unwrap();
    let cells = |line: &'static str| {
        line.split(" | ")
            .map(|cell| cell.trim_matches(['|', ' ', '`']))
            .collect::<Vec<_>>()
    };
    let rows = verdicts.lines().filter(|line| line.starts_with("| `")).map(cells);
    rows.map(|row| (row[0], row[1])).collect()
}

async fn refusals() -> Vec<Refusal> {
    let mut refusals = malformed();
    refusals.extend(unwanted());
    let mut world = World::start().await;
    refusals.extend(world.forged().await);
    refusals.extend(world.undecided().await);
    refusals
}

fn malformed() -> Vec<Refusal> {
    let genuine = genuine();
    let confirmation = genuine.clone().with("Type", "SubscriptionConfirmation").text();
    let not_relayed = Relayed::parse(&confirmation).unwrap_err().into();
    let bodies = [
        " ".repeat(MAX_BODY_BYTES + 1),
        genuine.clone().and_also("SigningCertUrl", "").text(),
        genuine.clone().with("MessageId", "\n").text(),
        genuine.clone().and_also("Type", "").text(),
        genuine.clone().with("Type", 1).text(),
        genuine.clone().with("TopicArn", format!("{TOPIC}.fifo")).text(),
        genuine.clone().with("MessageId", "1").text(),
        genuine.clone().without("Type").text(),
        "[]".to_owned(),
        genuine.clone().with("Signature", "-").text(),
        genuine.clone().with("SignatureVersion", "3").text(),
        genuine.with("Type", "").text(),
    ];
    let bodies = bodies.into_iter().map(String::into_bytes).chain([b"\xff".to_vec()]);
    bodies
        .map(|body| Unverified::parse(&HeaderMap::new(), &body).unwrap_err())
        .chain([not_relayed])
        .collect()
}

fn unwanted() -> [Refusal; 4] {
    let text = genuine().text();
    let envelope = Unverified::parse(&HeaderMap::new(), text.as_bytes()).unwrap();
    let topics = TrustedTopics::parse("arn:aws:sns:us-east-1:123456789012:*").unwrap();
    assert!(!topics.admit(envelope.topic_arn()));
    let mut raw = HeaderMap::new();
    raw.insert("x-amz-sns-rawdelivery", HeaderValue::from_static("true"));
    let check = |now| Freshness::default().check(envelope.timestamp(), now).unwrap_err().into();
    [
        check(now() - SignedDuration::from_hours(1)),
        check(now() + SignedDuration::from_hours(2)),
        Unverified::parse(&raw, text.as_bytes()).unwrap_err(),
        PolicyRefusal::TopicNotAdmitted(envelope.topic_arn().clone()).into(),
    ]
}

struct World {
    pki: Pki,
    sns: CertHost,
    issuer: CertHost,
}

impl World {
    async fn start() -> Self {
        let pki = Pki::fixed();
        let sns = CertHost::start(&pki, &[HOST]).await.unwrap();
        sns.publish_signer(&pki.signer());
        let issuer = CertHost::start_issuer(&pki).await.unwrap();
        Self { pki, sns, issuer }
    }

    async fn forged(&self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        for leaf in [
            Leaf::issued_by(LeafIssuer::Stranger),
            Leaf::expired(now()),
            Leaf::not_yet_valid(now()),
            Leaf::with_key(LeafKey::Small),
            Leaf::named("sns-signing.eu-south-1.amazonaws.com"),
        ] {
            let signer = self.pki.issue(&leaf).signer.unwrap();
            self.sns.publish_signer(&signer);
            let message = signer.sign(notification(), SignatureVersion::V1);
            refusals.push(self.refusal(&HeaderMap::new(), &message).await);
        }
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-sns-topic-arn", HeaderValue::from_static("another"));
        refusals.push(self.refusal(&headers, &genuine()).await);
        for (field, value) in [
            ("SigningCertURL", "https://sns.us-east-1.amazonaws.com/cert.pem"),
            ("SigningCertURL", "https://evil.example/cert.pem"),
            ("Message", "forged"),
        ] {
            refusals.push(self.refusal(&HeaderMap::new(), &genuine().with(field, value)).await);
        }
        refusals
    }

    async fn undecided(&mut self) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let path = self.pki.signer().certificate_path();
        for mode in [Mode::Html, Mode::Status(404)] {
            self.sns.script(&path, mode);
            refusals.push(self.refusal(&HeaderMap::new(), &genuine()).await);
        }
        let certs = self.receiver();
        for id in 0..8 {
            let unknown = format!("https://{HOST}/SimpleNotificationService-{id:032}.pem");
            let refusal = refusal(&certs, &HeaderMap::new(), &genuine().with("SigningCertURL", unknown)).await;
            assert_eq!(refusal.reason(), "cert_fetch");
        }
        refusals.push(refusal(&certs, &HeaderMap::new(), &genuine()).await);
        self.sns.script(&path, Mode::Serve);
        self.issuer.down().await;
        refusals.push(self.refusal(&HeaderMap::new(), &genuine()).await);
        refusals
    }

    fn receiver(&self) -> SigningCerts {
        let roots = Roots::from_pem(self.pki.root_pem()).unwrap();
        let addresses = HashMap::from([
            (HOST.to_owned(), self.sns.addr()),
            ("crt.sandbox.amazontrust.com".to_owned(), self.issuer.addr()),
        ]);
        let https = Https::with_addresses(&roots, Duration::from_secs(60), addresses);
        SigningCerts::new(PinnedCerts::default(), roots, ChainPolicy::Require, https)
    }

    async fn refusal(&self, headers: &HeaderMap, delivery: &Envelope) -> Refusal {
        refusal(&self.receiver(), headers, delivery).await
    }
}

async fn refusal(certs: &SigningCerts, headers: &HeaderMap, delivery: &Envelope) -> Refusal {
    let text = delivery.text();
    let verdict = async {
        let envelope = Unverified::parse(headers, text.as_bytes())?;
        let cert = certs.find(&envelope, now()).await?;
        Ok::<_, Refusal>(envelope.verify(&cert, now()).map(|_| ())?)
    };
    verdict.await.unwrap_err()
}

fn genuine() -> Envelope {
    Pki::fixed().signer().sign(notification(), SignatureVersion::V1)
}

fn notification() -> Notification {
    Notification::new(TOPIC, "seed", "{}", "2026-03-06T19:55:38.903Z".parse().unwrap())
}

fn now() -> Timestamp {
    "2026-03-06T19:55:40Z".parse().unwrap()
}
