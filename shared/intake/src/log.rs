//! The one line that a delivery leaves in the log.
//!
//! It is written where the outcome is known. It holds the ids of message and topic, which in a refused delivery are what its sender
//! wrote, and a hash of the subject; never a body, a token, a URL or a receipt. The deployment's metrics are counted from its fields, so their names are stable.

use std::error::Error;
use std::fmt;

use http::StatusCode;
use inbox::Entry;
use jiff::SignedDuration;
use sns_webhook::{MessageType, Trust, Unverified};

use crate::outcome::{self, Outcome, Refused};

/// What is known of a delivery so far.
#[derive(Debug, Default)]
pub(crate) struct Line {
    message_id: Option<String>,
    topic_arn: Option<String>,
    message_type: Option<MessageType>,
    certificate: Option<&'static str>,
    subject_hash: Option<String>,
    repaired: bool,
    warnings: String,
}

impl Line {
    /// The envelope was well-formed.
    pub(crate) fn about(&mut self, envelope: &Unverified<'_>) {
        self.message_id = Some(envelope.message_id().to_owned());
        self.topic_arn = Some(envelope.topic_arn().to_string());
        self.message_type = Some(envelope.message_type());
    }

    /// The certificate was found.
    pub(crate) fn trust(&mut self, trust: Trust) {
        self.certificate = Some(match trust {
            Trust::Chained { .. } => "chained",
            Trust::Given => "given",
            Trust::Pinned => "pinned",
            Trust::UnknownIssuer => "unknown_issuer",
        });
    }

    /// The message was read as far as it can be.
    pub(crate) fn filed(&mut self, entry: &Entry<'_>) {
        self.subject_hash = Some(inbox::Digest::of(&entry.subject).short());
        self.repaired = entry.repaired;
        self.warnings = entry.warnings.join(",");
    }

    /// Writes the line.
    pub(crate) fn write(&self, function: &str, outcome: &Result<Outcome, Refused>, elapsed: SignedDuration) {
        let status = outcome::status(outcome);
        let (code, reason, error) = match outcome {
            Ok(outcome) => (outcome.code(), outcome.reason(), None),
            Err(refused) => (refused.code(), Some(refused.reason()), Some(Causes(refused).to_string())),
        };
        // A clock may be set back meanwhile.
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(0);
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    function,
                    outcome = code,
                    reason,
                    status = status.as_u16(),
                    message_id = self.message_id,
                    topic_arn = self.topic_arn,
                    r#type = self.message_type.map(MessageType::as_str),
                    certificate = self.certificate,
                    subject_hash = self.subject_hash,
                    repaired = self.repaired.then_some(true),
                    warnings = (!self.warnings.is_empty()).then_some(self.warnings.as_str()),
                    error,
                    elapsed_ms,
                    "delivery {code}"
                )
            };
        }
        if status == StatusCode::OK { line!(info) } else { line!(warn) }
    }
}

/// An error and all that caused it, as one text. As a JSON field an error would be told without its causes.
pub(crate) struct Causes<'a>(pub(crate) &'a dyn Error);

impl fmt::Display for Causes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        std::iter::successors(self.0.source(), |&cause| cause.source()).try_for_each(|cause| write!(f, ": {cause}"))
    }
}

/// Writes all log lines of this process to standard output as JSON, one object a line, as CloudWatch Logs reads them.
pub fn log_as_json() {
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_target(false)
        .with_max_level(tracing::Level::INFO)
        .init();
}
