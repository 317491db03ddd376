//! The one line that a delivery leaves in the log.
//!
//! It is written where the outcome is known. It holds the ids of message and topic, which in a refused delivery are what its sender
//! wrote, that of the trace, and a hash of the subject; never a body, a token, a URL or a receipt. The deployment's metrics are counted from its fields, so their names are stable.

use cloud::Causes;
use inbox::{Entry, TraceId};
use jiff::SignedDuration;
use sns_webhook::{MessageType, TopicArn, Trust};

use crate::outcome::{self, Outcome, Refused};

/// How a delivery came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// SNS posted it.
    Https,
    /// SNS had the function invoked with it.
    Lambda,
    /// It came out of a queue.
    Sqs,
}

impl Route {
    fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Lambda => "lambda",
            Self::Sqs => "sqs",
        }
    }
}

/// What is known of a delivery so far.
#[derive(Debug)]
pub(crate) struct Line {
    route: Route,
    trace_id: Option<TraceId>,
    message_id: Option<String>,
    topic_arn: Option<String>,
    message_type: Option<MessageType>,
    certificate: Option<&'static str>,
    subject_hash: Option<String>,
    repaired: bool,
    warnings: String,
}

impl Line {
    /// The line of a delivery that has just come.
    pub(crate) fn new(route: Route, trace_id: Option<TraceId>) -> Self {
        Self {
            route,
            trace_id,
            message_id: None,
            topic_arn: None,
            message_type: None,
            certificate: None,
            subject_hash: None,
            repaired: false,
            warnings: String::new(),
        }
    }

    /// The trace that the delivery is a part of.
    pub(crate) fn trace_id(&self) -> Option<TraceId> {
        self.trace_id
    }

    /// The envelope was well-formed.
    pub(crate) fn about(&mut self, message_id: &str, topic_arn: &TopicArn, message_type: MessageType) {
        self.message_id = Some(message_id.to_owned());
        self.topic_arn = Some(topic_arn.to_string());
        self.message_type = Some(message_type);
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
        // Only a request is answered with one.
        let status = (self.route == Route::Https).then(|| outcome::status(outcome).as_u16());
        let (code, reason, error) = match outcome {
            Ok(outcome) => (outcome.code(), outcome.reason(), None),
            Err(refused) => (refused.code(), Some(refused.reason()), Some(Causes(refused).to_string())),
        };
        let trace_id = self.trace_id.map(|id| id.to_string());
        // A clock may be set back meanwhile.
        let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(0);
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    function,
                    outcome = code,
                    reason,
                    route = self.route.as_str(),
                    status,
                    message_id = self.message_id,
                    topic_arn = self.topic_arn,
                    r#type = self.message_type.map(MessageType::as_str),
                    certificate = self.certificate,
                    subject_hash = self.subject_hash,
                    repaired = self.repaired.then_some(true),
                    warnings = (!self.warnings.is_empty()).then_some(self.warnings.as_str()),
                    error,
                    elapsed_ms,
                    trace_id,
                    "delivery {code}"
                )
            };
        }
        if outcome.is_ok() { line!(info) } else { line!(warn) }
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use serde_json::Value;
    use sns_webhook::Rejection;
    use tracing::Dispatch;

    use super::*;

    #[derive(Clone, Default)]
    struct Text(Arc<Mutex<Vec<u8>>>);

    impl Write for Text {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(route: Route, outcome: &Result<Outcome, Refused>) -> Value {
        let text = Text::default();
        let writer = text.clone();
        let log = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .without_time()
            .with_target(false)
            .with_writer(move || writer.clone())
            .finish();
        // With only one subscriber, `tracing` may remember that a thread without one did not listen.
        let _second = Dispatch::new(tracing_subscriber::registry());
        tracing::subscriber::with_default(log, || Line::new(route, None).write("drs", outcome, SignedDuration::ZERO));
        let text = text.0.lock().unwrap().clone();
        serde_json::from_slice(&text).unwrap()
    }

    #[test]
    fn a_line_says_how_the_delivery_came_and_has_a_status_only_if_a_request_was_answered() {
        let refused = || Err(Rejection::NotANotification.into());
        let lines = [
            written(Route::Https, &Ok(Outcome::Held)),
            written(Route::Lambda, &Ok(Outcome::Held)),
            written(Route::Sqs, &refused()),
        ];
        insta::assert_snapshot!(lines.map(|line| line.to_string()).join("\n"), @r#"
        {"elapsed_ms":0,"function":"drs","level":"INFO","message":"delivery held","outcome":"held","reason":"topic_pending","route":"https","status":200}
        {"elapsed_ms":0,"function":"drs","level":"INFO","message":"delivery held","outcome":"held","reason":"topic_pending","route":"lambda"}
        {"elapsed_ms":0,"error":"Type is not Notification, and nothing else is relayed to functions and queues","function":"drs","level":"WARN","message":"delivery refused","outcome":"refused","reason":"not_a_notification","route":"sqs"}
        "#);
    }
}
