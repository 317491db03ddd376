//! An event of a platform application, as a topic of SNS delivers it.
//!
//! "Mobile app events" (<https://docs.aws.amazon.com/sns/latest/dg/application-event-notifications.html>) names four: an endpoint was created,
//! updated, deleted, or a message to it could not be delivered. No page gives their JSON: the kind has been seen under `EventType` and under
//! `Type`, so either is read. An event names an endpoint and a time and nothing that is personal.
//!
//! Promises to act on nothing that it does not know: a `FailureType` that is not listed here is counted, and that is all.

use jiff::Timestamp;
use registry::EndpointArn;
use serde::Deserialize;

/// Something happened to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Which.
    pub endpoint: EndpointArn,
    /// What.
    pub kind: Kind,
    /// When, by SNS's clock.
    pub at: Option<Timestamp>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was made.
    Created,
    /// It was deleted.
    Deleted,
    /// A message that was published to it directly could not be delivered, for good.
    Failed(Failure),
    /// It was changed, by whomever, this function included. How, the event does not say.
    Updated,
}

/// Why a message could not be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The push service does not know the token: SNS has disabled the endpoint at this moment.
    InvalidToken,
    /// The endpoint was disabled already. That is no news of the device.
    WasDisabled,
    /// Another, in SNS's word for it.
    Unknown(String),
}

/// A message that is no event of a platform application. To try it again would not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAnEvent {
    /// Not JSON, or without what an event has.
    #[error("the message is no event of a platform application")]
    Form,
    /// It is about something else than an endpoint of a platform application of ADM, APNS or GCM.
    #[error("the event names no endpoint that is known here")]
    Endpoint,
    /// A kind that is not known.
    #[error("the event is of a kind that is not known")]
    Kind,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Payload {
    endpoint_arn: String,
    event_type: Option<String>,
    r#type: Option<String>,
    failure_type: Option<String>,
    resource: Option<String>,
    time: Option<String>,
}

impl Event {
    /// Reads the `Message` of a notification.
    ///
    /// # Errors
    /// [`NotAnEvent`]
    pub fn parse(message: &str) -> Result<Self, NotAnEvent> {
        let payload: Payload = serde_json::from_str(message).map_err(|_| NotAnEvent::Form)?;
        let endpoint = EndpointArn::parse(&payload.endpoint_arn).map_err(|_| NotAnEvent::Endpoint)?;
        if payload
            .resource
            .is_some_and(|resource| resource != endpoint.application().arn())
        {
            return Err(NotAnEvent::Endpoint);
        }
        let kind = match payload.event_type.or(payload.r#type).ok_or(NotAnEvent::Form)?.as_str() {
            "EndpointCreated" => Kind::Created,
            "EndpointDeleted" => Kind::Deleted,
            "EndpointUpdated" => Kind::Updated,
            "DeliveryFailure" => Kind::Failed(Failure::of(payload.failure_type.as_deref().unwrap_or_default())),
            _ => return Err(NotAnEvent::Kind),
        };
        let at = payload.time.and_then(|time| time.parse().ok());
        Ok(Self { endpoint, kind, at })
    }
}

impl Kind {
    /// The word in logs, which is SNS's.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Created => "EndpointCreated",
            Self::Deleted => "EndpointDeleted",
            Self::Failed(_) => "DeliveryFailure",
            Self::Updated => "EndpointUpdated",
        }
    }

    /// Why a message could not be delivered, as far as a log may have it.
    pub fn failure(&self) -> Option<&str> {
        match self {
            Self::Failed(Failure::InvalidToken) => Some("InvalidPlatformToken"),
            Self::Failed(Failure::WasDisabled) => Some("EndpointDisabled"),
            Self::Failed(Failure::Unknown(word)) => Some(word),
            Self::Created | Self::Deleted | Self::Updated => None,
        }
    }
}

impl Failure {
    fn of(word: &str) -> Self {
        let is_word = !word.is_empty() && word.len() <= 64 && word.bytes().all(|byte| byte.is_ascii_alphanumeric());
        match word {
            "InvalidPlatformToken" => Self::InvalidToken,
            "EndpointDisabled" => Self::WasDisabled,
            word if is_word => Self::Unknown(word.to_owned()),
            _ => Self::Unknown("(no word)".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::proptest;
    use serde_json::json;

    use super::*;

    const APP: &str = "arn:aws:sns:us-east-1:123456789012:app/GCM/Fire";
    const ENDPOINT: &str = "arn:aws:sns:us-east-1:123456789012:endpoint/GCM/Fire/bdf172d4-f9b4-3b76-bc0b-f20123456789";

    fn kind(fields: &[(&str, &str)]) -> Result<Kind, NotAnEvent> {
        let mut event = json!({"EndpointArn": ENDPOINT, "Resource": APP, "Service": "SNS", "Time": "2026-03-06T12:00:00.123Z"});
        for (name, value) in fields {
            event[name] = json!(value);
        }
        Event::parse(&event.to_string()).map(|event| event.kind)
    }

    #[test]
    fn the_kind_is_read_under_either_name() {
        for name in ["EventType", "Type"] {
            assert_eq!(kind(&[(name, "EndpointCreated")]), Ok(Kind::Created));
            assert_eq!(kind(&[(name, "EndpointUpdated")]), Ok(Kind::Updated));
            assert_eq!(kind(&[(name, "EndpointDeleted")]), Ok(Kind::Deleted));
        }
    }

    #[test]
    fn a_failure_is_known_or_kept_as_its_word() {
        let failed = |word| kind(&[("EventType", "DeliveryFailure"), ("FailureType", word)]).unwrap();
        assert_eq!(failed("InvalidPlatformToken"), Kind::Failed(Failure::InvalidToken));
        assert_eq!(failed("EndpointDisabled"), Kind::Failed(Failure::WasDisabled));
        assert_eq!(failed("EndpointNotFound").failure(), Some("EndpointNotFound"));
        for word in ["", "a word", &"x".repeat(65)] {
            assert_eq!(failed(word).failure(), Some("(no word)"));
        }
    }

    #[test]
    fn what_is_no_event_of_an_endpoint_here_is_refused() {
        assert_eq!(Event::parse("{"), Err(NotAnEvent::Form));
        assert_eq!(Event::parse("{}"), Err(NotAnEvent::Form));
        assert_eq!(kind(&[]), Err(NotAnEvent::Form));
        assert_eq!(kind(&[("Type", "EndpointMoved")]), Err(NotAnEvent::Kind));
        let other = APP.replace("Fire", "Water");
        assert_eq!(
            kind(&[("Type", "EndpointUpdated"), ("Resource", &other)]),
            Err(NotAnEvent::Endpoint)
        );
        assert_eq!(
            kind(&[("Type", "EndpointUpdated"), ("EndpointArn", APP)]),
            Err(NotAnEvent::Endpoint)
        );
    }

    #[test]
    fn a_time_that_is_none_is_not_known() {
        let event = |time: &str| {
            let event = json!({"EndpointArn": ENDPOINT, "Type": "EndpointUpdated", "Time": time});
            Event::parse(&event.to_string()).unwrap().at
        };
        assert_eq!(event("2026-03-06T12:00:00.123Z").unwrap().as_millisecond(), 1_772_798_400_123);
        assert_eq!(event("yesterday"), None);
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_makes_it_panic(message in ".*", word in ".*") {
            let _ = Event::parse(&message);
            let _ = kind(&[("EventType", &word), ("FailureType", &word), ("Time", &word)]);
        }
    }
}
