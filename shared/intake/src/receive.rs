//! The life of one delivery over HTTPS: parse, admit, verify, read, record, answer.
//!
//! The order is the promise. Everything that costs nothing comes before anything that asks a network; nothing is recorded before it
//! is verified; and between a verified message and its 200 stands one write.

use std::sync::Arc;
use std::time::Duration;

use cloud::Causes;
use http::{Method, Request, Response};
use inbox::{Attempt, Inbox, Invoked, StoreError};
use jiff::{SignedDuration, Timestamp};
use sns_webhook::{
    CertSource, Confirmation, Freshness, Message, MessageType, PolicyRefusal, Refusal, SigningCert, SigningCertUrl, SigningCerts,
    Transient, Trust as CertTrust, TrustedTopics, Unverified,
};

use crate::believed::Believed;
use crate::confirm::{Confirmed, Confirmer};
use crate::log::{Line, Route};
use crate::outcome::{self, Outcome, Refused};
use crate::source::Source;
use crate::standing::{Standing, Standings};
use crate::trust::{Pending, Trust};

/// Reads the time. There is one, in `main`.
pub type Clock = fn() -> Timestamp;

/// An intake function: everything that a delivery meets.
#[derive(Debug)]
pub struct Intake {
    pub(crate) source: Source,
    pub(crate) standings: Standings,
    freshness: Freshness,
    certs: SigningCerts,
    pub(crate) trust: Trust,
    confirmer: Confirmer,
    pub(crate) inbox: Inbox,
    pub(crate) clock: Clock,
}

/// What an [`Intake`] is put together from.
#[derive(Debug)]
pub struct Parts {
    /// Whose notifications these are.
    pub source: Source,
    /// Topics that are listened to without asking anybody.
    pub trusted_topics: TrustedTopics,
    /// How old a message may be.
    pub freshness: Freshness,
    /// Where signing certificates come from.
    pub certs: SigningCerts,
    /// The table of topics and certificates.
    pub trust: Trust,
    /// How subscriptions are confirmed.
    pub confirmer: Confirmer,
    /// The table of notifications.
    pub inbox: Inbox,
    /// The clock.
    pub clock: Clock,
}

impl Intake {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self {
            source: parts.source,
            standings: Standings::new(parts.trusted_topics, parts.trust.clone()),
            freshness: parts.freshness,
            certs: parts.certs,
            trust: parts.trust,
            confirmer: parts.confirmer,
            inbox: parts.inbox,
            clock: parts.clock,
        }
    }

    /// Takes one delivery and answers it, whatever happens, within 8 s.
    ///
    /// The id of the invocation names this attempt and no other: a write whose answer was lost is recognised by it. Its trace goes into
    /// the log line and onto the record.
    pub async fn receive<B: AsRef<[u8]>>(&self, request: &Request<B>, invoked: Invoked<'_>) -> Response<String> {
        let now = (self.clock)();
        let mut line = Line::new(Route::Https, invoked.trace_id);
        let attempt = Attempt { id: invoked.id, now };
        // On the heap: an unoptimised build would copy it from frame to frame.
        let work = Box::pin(self.deliver(request, &attempt, &mut line));
        let outcome = tokio::time::timeout(DEADLINE, work).await.unwrap_or(Err(Refused::Deadline));
        line.write(self.source.name, &outcome, (self.clock)().duration_since(now));
        outcome::answer(&outcome)
    }

    async fn deliver<B: AsRef<[u8]>>(
        &self,
        request: &Request<B>,
        attempt: &Attempt<'_>,
        line: &mut Line,
    ) -> Result<Outcome, Refused> {
        if request.method() != Method::POST {
            return Err(Refused::Method(request.method().clone()));
        }
        let envelope = Unverified::parse(request.headers(), request.body().as_ref())?;
        line.about(envelope.message_id(), envelope.topic_arn(), envelope.message_type());
        let source = self.certs.source(&envelope)?;
        self.freshness.check(envelope.timestamp(), attempt.now)?;
        let standing = self.admit(&envelope, attempt).await?;
        let cert = self.certificate(source, standing, attempt).await?;
        line.trust(cert.trust());
        let message = envelope.verify(&cert, attempt.now)?;
        match message.message_type() {
            MessageType::Notification => self.record(&Believed::signed(&message), standing, attempt, line).await,
            MessageType::SubscriptionConfirmation => Box::pin(self.subscribe(&message, standing, attempt)).await,
            MessageType::UnsubscribeConfirmation => Box::pin(self.unsubscribe(&message, attempt)).await,
        }
    }

    /// Where the topic stands, if that lets this type of message in. Any topic may ask for confirmation.
    async fn admit(&self, envelope: &Unverified<'_>, attempt: &Attempt<'_>) -> Result<Standing, Refused> {
        // What changes a subscription asks the table itself; an approval that was withdrawn a moment ago must not confirm one.
        let standing = match envelope.message_type() {
            MessageType::Notification => self.standings.of(envelope.topic_arn(), attempt.now).await?,
            MessageType::SubscriptionConfirmation | MessageType::UnsubscribeConfirmation => {
                self.standings.now(envelope.topic_arn(), attempt.now).await?
            }
        };
        match (standing, envelope.message_type()) {
            (Standing::Trusted | Standing::Pending, _) | (Standing::Unknown, MessageType::SubscriptionConfirmation) => {
                Ok(standing)
            }
            (Standing::Unknown | Standing::Rejected, _) => {
                Err(PolicyRefusal::TopicNotAdmitted(envelope.topic_arn().clone()).into())
            }
        }
    }

    async fn certificate(
        &self,
        source: CertSource,
        standing: Standing,
        attempt: &Attempt<'_>,
    ) -> Result<Arc<SigningCert>, Refusal> {
        let (url, now) = match source {
            CertSource::Pinned(cert) => return Ok(cert),
            CertSource::Published(url) => (url, attempt.now),
        };
        let loaded = self
            .certs
            .get(&url, now, async { Box::pin(self.load(&url, standing, now)).await })
            .await;
        // Anybody can bring fetching to a pause, with addresses made up. A certificate that needs no fetch does not wait for its end.
        if let Err(Refusal::Transient(Transient::CertFetchPaused)) = loaded
            && let Some(kept) = Box::pin(self.kept(&url, now)).await
        {
            return Ok(Arc::new(kept.0));
        }
        loaded
    }

    /// From the table, which saves a new process the fetch, or from SNS. A certificate that was kept without its issuer is fetched
    /// again after a while, so that an issuer that was out of reach once is asked again; until it answers, the kept one serves.
    async fn load(&self, url: &SigningCertUrl, standing: Standing, now: Timestamp) -> Result<SigningCert, Refusal> {
        let kept = self.kept(url, now).await;
        match &kept {
            Some((cert, fetched_at)) if serves(cert, *fetched_at, now) => return Ok(cert.clone()),
            Some(_) | None => {}
        }
        match (self.certs.fetch(url, now).await, kept) {
            (Ok(fetched), _) => {
                let last_for = (standing == Standing::Trusted).then_some(self.source.name);
                convenient(
                    self.source,
                    "written",
                    self.trust.keep_certificate(url, &fetched, last_for, now),
                )
                .await;
                Ok(fetched.cert)
            }
            (Err(Refusal::Transient(_)), Some((cert, _))) => Ok(cert),
            (Err(refusal), _) => Err(refusal),
        }
    }

    /// From the table, judged anew, with the time of its fetch. The table is a convenience here: it gets little time, and its
    /// faults are logged, no more.
    async fn kept(&self, url: &SigningCertUrl, now: Timestamp) -> Option<(SigningCert, Timestamp)> {
        let kept = convenient(self.source, "read", self.trust.certificate(url)).await??;
        let cert = self.certs.restore(kept.pem.as_bytes(), &kept.issuers, now).ok()?;
        Some((cert, kept.fetched_at))
    }

    /// Takes the certificate that was fetched last into memory, so that the first delivery neither asks for it nor waits for a
    /// connection to the store: while a function starts, Lambda gives it a whole core.
    ///
    /// This is a convenience, too: what is missing, stale or out of reach is left to the delivery that needs it.
    pub async fn prepare(&self) {
        let now = (self.clock)();
        let last = convenient(self.source, "read", self.trust.last_certificate(self.source.name))
            .await
            .flatten();
        let Some((url, kept)) = last else { return };
        let Ok(cert) = self.certs.restore(kept.pem.as_bytes(), &kept.issuers, now) else {
            return;
        };
        if serves(&cert, kept.fetched_at, now) {
            // What is loaded already cannot be refused.
            let _ = self.certs.get(&url, now, std::future::ready(Ok(cert))).await;
        }
    }

    async fn subscribe(&self, message: &Message<'_>, standing: Standing, attempt: &Attempt<'_>) -> Result<Outcome, Refused> {
        let asked = Confirmation::asked_by(message).expect("the caller has checked the type, and the type has a token");
        if standing != Standing::Trusted {
            return match self.trust.wait_for_operator(&asked, attempt.now).await? {
                Pending::Waiting => Ok(Outcome::SubscriptionPending),
                Pending::Contended => Err(Refused::StandingChanged),
                Pending::Full => Err(Refused::PendingFull),
            };
        }
        match self.confirmer.confirm(&asked).await {
            Confirmed::Yes => {
                self.trust.note_subscribed(asked.topic_arn(), attempt.now).await?;
                Ok(Outcome::SubscriptionConfirmed)
            }
            Confirmed::No => Err(Refused::ConfirmationRefused),
            Confirmed::NotNow => Err(Refused::ConfirmationFailed),
        }
    }

    /// Neither the SubscribeURL, which would undo it, nor any UnsubscribeURL is followed: this is for the operator to know.
    async fn unsubscribe(&self, message: &Message<'_>, attempt: &Attempt<'_>) -> Result<Outcome, Refused> {
        self.trust.note_unsubscribed(message.topic_arn(), attempt.now).await?;
        Ok(Outcome::Unsubscribed)
    }
}

/// Whether a certificate that was kept needs no fetch.
fn serves(cert: &SigningCert, fetched_at: Timestamp, now: Timestamp) -> bool {
    cert.trust() != CertTrust::UnknownIssuer || now.duration_since(fetched_at) < ASK_AGAIN
}

/// The result of something that a delivery can do without, if it comes soon.
async fn convenient<T>(source: Source, done: &str, work: impl Future<Output = Result<T, StoreError>>) -> Option<T> {
    match cloud::briefly(work).await {
        Some(Ok(result)) => return Some(result),
        Some(Err(error)) => tracing::warn!(
            function = source.name,
            error = %Causes(&error),
            "a certificate could not be {done} in the trust table"
        ),
        None => tracing::warn!(
            function = source.name,
            "a certificate could not be {done} in the trust table in time"
        ),
    }
    None
}

/// How long a certificate without its issuer serves before both are asked for again.
const ASK_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// Time for a whole delivery, or for all records of an invocation: well within the 15 s after which SNS gives up on an attempt, and
/// the function's own 12 s.
pub(crate) const DEADLINE: Duration = Duration::from_secs(8);
