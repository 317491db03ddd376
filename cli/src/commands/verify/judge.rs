//! Walks the road of a delivery through the deployed functions' own checks, and tells of each.
//!
//! The order is the road's: cheap refusals first, the certificate only for what has passed them. The first step that does not
//! hold ends it, so the reason is the one that a deployment would have answered with.

use std::sync::Arc;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use sns_webhook::{
    CertSource, Freshness, Header, Message, MessageType, PolicyRefusal, Refusal, Rejection, SigningCert, SigningCertUrl,
    Transient, Trust, TrustedTopics, Unverified,
};

use super::capture::Capture;
use super::evidence::{Evidence, NoCertificate};
use super::report::{Report, Road, Stop};
use super::step::Step;

/// All that a delivery is judged by.
#[derive(Debug)]
pub(super) struct Judge {
    pub(super) headers: Vec<(HeaderName, HeaderValue)>,
    pub(super) evidence: Evidence,
    pub(super) freshness: Freshness,
    /// None at all: the topic is not asked about.
    pub(super) trusted_topics: Vec<TrustedTopics>,
    /// The time that was asked for.
    pub(super) at: Option<Timestamp>,
    pub(super) now: Timestamp,
}

impl Judge {
    /// Judges one delivery.
    pub(super) async fn report(&mut self, capture: &Capture) -> Report {
        let mut road = Road::new(&capture.file);
        let outcome = self.walk(capture, &mut road).await;
        road.end(outcome)
    }

    async fn walk<'c>(&mut self, capture: &'c Capture, road: &mut Road) -> Result<Message<'c>, Stop> {
        let envelope = self.parse(capture, road)?;
        let source = self.locate(&envelope, road)?;
        self.check_age(&envelope, road)?;
        self.admit(&envelope, road)?;
        let cert = match source {
            CertSource::Pinned(cert) => {
                road.ok(Step::CertificateDocument, "pinned for this URL");
                road.not_asked(Step::Chain, "a pinned certificate needs none");
                cert
            }
            CertSource::Published(url) => self.certificate(&url, road).await?,
        };
        self.verify(envelope, &cert, road)
    }

    fn parse<'c>(&self, capture: &'c Capture, road: &mut Road) -> Result<Unverified<'c>, Stop> {
        let mut headers = capture.headers.clone();
        headers.extend(self.headers.iter().cloned());
        let parsed = Unverified::parse(&headers, &capture.body);
        let step = match &parsed {
            Ok(_) => Step::Headers,
            Err(refusal) => Step::of(refusal),
        };
        if step != Step::Delivery {
            road.ok(Step::Delivery, format!("{} of {} bytes", capture.form, capture.body.len()));
        }
        // Headers can only add a refusal: without them the envelope tells its name although they do not agree with it.
        if step == Step::Headers
            && let Ok(envelope) = Unverified::parse(&HeaderMap::new(), &capture.body)
        {
            road.name(&envelope);
            road.ok(Step::Envelope, introduction(&envelope));
        }
        let envelope = parsed.map_err(|refusal| Stop::at(step, refusal))?;
        let repeated = [Header::MessageType, Header::MessageId, Header::TopicArn].map(Header::name);
        match repeated
            .into_iter()
            .filter(|name| headers.contains_key(*name))
            .collect::<Vec<_>>()
            .join(", ")
        {
            none if none.is_empty() => road.not_asked(Step::Headers, "none was captured"),
            some => road.ok(Step::Headers, format!("{some}: as in the body")),
        }
        Ok(envelope)
    }

    fn locate(&self, envelope: &Unverified<'_>, road: &mut Road) -> Result<CertSource, Stop> {
        let source = self.evidence.source(envelope).map_err(|rejection| {
            let host = envelope.topic_arn().region().sns_host();
            Stop::at(Step::CertificateUrl, rejection).and(format!(
                "expected is https://{host}/SimpleNotificationService-<32 hexadecimal digits>.pem"
            ))
        })?;
        match &source {
            CertSource::Pinned(_) => road.ok(Step::CertificateUrl, "the URL is one that --pin gives a certificate for"),
            CertSource::Published(url) => road.ok(Step::CertificateUrl, url.to_string()),
        }
        Ok(source)
    }

    fn check_age(&self, envelope: &Unverified<'_>, road: &mut Road) -> Result<(), Stop> {
        let (sent, now) = (envelope.timestamp(), self.now);
        self.freshness.check(sent, now).map_err(|refusal| {
            let stop = Stop::at(Step::Freshness, refusal);
            match self.at {
                Some(_) => stop,
                None => stop.and(format!("verify a capture at the time at which it was received: --at {sent}")),
            }
        })?;
        let limit = self.freshness.max_age.as_secs();
        let age = now.duration_since(sent).as_secs_f64();
        road.ok(
            Step::Freshness,
            format!("{age:.3} s old at {now:.3}; at most {limit} s are accepted"),
        );
        Ok(())
    }

    fn admit(&self, envelope: &Unverified<'_>, road: &mut Road) -> Result<(), Stop> {
        let topic = envelope.topic_arn();
        if self.trusted_topics.is_empty() {
            road.not_asked(Step::Topic, "no --trust-topic is given: anybody's topic would do");
            return Ok(());
        }
        if self.trusted_topics.iter().any(|trusted| trusted.admit(topic)) {
            road.ok(Step::Topic, format!("{topic} is trusted"));
            return Ok(());
        }
        let stop = Stop::at(Step::Topic, PolicyRefusal::TopicNotAdmitted(topic.clone()));
        Err(match envelope.message_type() {
            MessageType::SubscriptionConfirmation => {
                stop.and("a deployment would keep this confirmation for its operator to decide")
            }
            MessageType::Notification | MessageType::UnsubscribeConfirmation => stop,
        })
    }

    async fn certificate(&mut self, url: &SigningCertUrl, road: &mut Road) -> Result<Arc<SigningCert>, Stop> {
        let cert = match self.evidence.certificate(url, self.now).await {
            Ok(cert) => cert,
            Err(NoCertificate::NotGiven) => return Err(Stop::NoCertificate),
            Err(NoCertificate::Refused(refusal)) => return Err(self.refuse(refusal, road)),
        };
        road.ok(Step::CertificateDocument, self.document());
        match cert.trust() {
            Trust::Chained { .. } => road.ok(Step::Chain, "a trusted root vouches for it"),
            Trust::Given | Trust::Pinned | Trust::UnknownIssuer => road.not_decided(Step::Chain, UNKNOWN_ISSUER),
        }
        Ok(cert)
    }

    fn refuse(&self, refusal: Refusal, road: &mut Road) -> Stop {
        let given = self.evidence.given();
        let step = Step::of(&refusal);
        let is_unavailable = refusal == Transient::IssuerUnavailable.into();
        let stop = Stop::at(step, refusal);
        if step == Step::CertificateDocument {
            return stop;
        }
        road.ok(Step::CertificateDocument, self.document());
        if step == Step::Certificate {
            road.not_decided(Step::Chain, "the certificate itself does not hold");
        }
        match given {
            Some(cert) if step == Step::Certificate => stop.and(description(&cert)),
            Some(_) if is_unavailable => stop.and("give it with --intermediate"),
            Some(_) | None => stop,
        }
    }

    fn document(&self) -> String {
        format!("one PEM certificate, {}", self.evidence.origin())
    }

    fn verify<'c>(&self, envelope: Unverified<'c>, cert: &SigningCert, road: &mut Road) -> Result<Message<'c>, Stop> {
        let expected = envelope.topic_arn().region().signer_name();
        let description = description(cert);
        let message = envelope.verify(cert, self.now).map_err(|rejection| {
            let step = Step::of(&rejection.clone().into());
            if step == Step::Signature {
                road.ok(Step::Certificate, description.as_str());
                return Stop::at(step, rejection).and("a signed field is not as it was sent, or another key signed it");
            }
            let is_name = rejection == Rejection::CertName;
            let stop = Stop::at(step, rejection).and(&description);
            if is_name {
                stop.and(format!("expected is {expected}"))
            } else {
                stop
            }
        })?;
        road.ok(Step::Certificate, description.as_str());
        road.ok(
            Step::Signature,
            format!("matches all signed fields (version {})", message.signature_version().as_str()),
        );
        Ok(message)
    }
}

fn introduction(envelope: &Unverified<'_>) -> String {
    let (message_type, id, topic) = (envelope.message_type().as_str(), envelope.message_id(), envelope.topic_arn());
    format!(
        "{message_type} {id} of {topic}, signature version {}",
        envelope.signature_version().as_str()
    )
}

/// What a certificate says of itself. Its names are anybody's text, so they are escaped.
fn description(cert: &SigningCert) -> String {
    let names = cert
        .names()
        .iter()
        .map(|name| name.escape_debug().to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let names = if names.is_empty() { "nobody" } else { names.as_str() };
    let key = cert
        .rsa_key_bits()
        .map_or_else(|| "another key".to_owned(), |bits| format!("RSA of {bits} bits"));
    format!(
        "it is for {names}, valid from {} until {}, with {key}",
        cert.valid_from(),
        cert.valid_until()
    )
}

const UNKNOWN_ISSUER: &str = "the issuer's certificate is not at hand, so no root vouches for this one: it is believed for being the \
                              document at the certificate URL";
