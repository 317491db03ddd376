//! What SNS tells the topics of a platform application ("Amazon SNS application event notifications for mobile applications").
//!
//! The four events and the attributes that name their topics are those of that page. `EndpointUpdated` is spelled as in "Why is my
//! push notification endpoint not active?" (AWS re:Post), with its kind under `EventType` and under `Type`; the other two about
//! endpoints are alike. `DeliveryFailure` is spelled as SNS has been seen to send it, without `Type`; its failures are those of
//! "Using Google Firebase Cloud Messaging v1 payloads in Amazon SNS". A topic that does not exist gets nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    message::moment,
    sns_api::{SnsApi, State, submission::Submission},
};

/// What happened.
pub(super) enum Event {
    Created,
    Deleted,
    Updated,
    /// A message could not be delivered for good.
    Failed {
        failure: Failure,
        message_id: String,
    },
}

/// Why a message could not be delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    EndpointDisabled,
    InvalidCredentials,
    InvalidPlatformToken,
}

impl Event {
    /// The attribute of the application that names the topic for it.
    fn attribute(&self) -> &'static str {
        match self {
            Self::Created => "EventEndpointCreated",
            Self::Deleted => "EventEndpointDeleted",
            Self::Updated => "EventEndpointUpdated",
            Self::Failed { .. } => "EventDeliveryFailure",
        }
    }

    fn payload(&self, application_arn: &str, endpoint_arn: &str, now: Timestamp) -> Value {
        let time = moment(now);
        let about_endpoint = |kind: &str| {
            json!({
                "EndpointArn": endpoint_arn, "EventType": kind, "Resource": application_arn, "Service": "SNS", "Time": time,
                "Type": kind
            })
        };
        match self {
            Self::Created => about_endpoint("EndpointCreated"),
            Self::Deleted => about_endpoint("EndpointDeleted"),
            Self::Updated => about_endpoint("EndpointUpdated"),
            Self::Failed { failure, message_id } => {
                let (kind, message) = failure.words();
                json!({
                    "DeliveryAttempts": 1, "EndpointArn": endpoint_arn, "EventType": "DeliveryFailure", "FailureMessage": message,
                    "FailureType": kind, "MessageId": message_id, "Resource": application_arn, "Service": "SNS", "Time": time
                })
            }
        }
    }
}

impl Failure {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::EndpointDisabled => ("EndpointDisabled", "Endpoint is disabled"),
            Self::InvalidCredentials => ("InvalidCredentials", "Platform application credentials are not valid"),
            Self::InvalidPlatformToken => (
                "InvalidPlatformToken",
                "Platform token associated with the endpoint is not valid",
            ),
        }
    }
}

impl SnsApi {
    /// Publishes an event to the topic that the application names for it.
    pub(super) fn tell(&self, state: &mut State, application_arn: &str, endpoint_arn: &str, event: &Event, now: Timestamp) {
        let application = state.push.applications.get(application_arn);
        let topic = application.and_then(|application| application.attributes.get(event.attribute()));
        let Some(topic) = topic.filter(|topic| state.topics.contains(*topic)).cloned() else {
            return;
        };
        let message = event.payload(application_arn, endpoint_arn, now).to_string();
        let submission = Submission {
            size_bytes: message.len(),
            message,
            subject: None,
            attributes: BTreeMap::new(),
        };
        self.keep(state, &topic, submission, now);
    }
}
