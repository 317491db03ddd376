//! The deployment's own topic `events`, and what SNS says when something is published to it.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_sns::Client;
use aws_sdk_sns::config::Region;
use aws_sdk_sns::config::http::HttpResponse;
use aws_sdk_sns::config::timeout::TimeoutConfig;
use aws_sdk_sns::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sns::types::{BatchResultErrorEntry, MessageAttributeValue, PublishBatchRequestEntry};
use cloud::SdkConfig;
use inbox::Cause;
use sns_webhook::TopicArn;

use crate::message::Message;

/// The topic that events are handed on to.
#[derive(Clone, Debug)]
pub struct Topic {
    client: Client,
    arn: String,
}

/// SNS took the call and not this message; told apart by who is at fault. The texts of SNS may quote a message: only codes are kept.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EntryRefused {
    /// The message: the same one would be refused again.
    #[error("SNS refused the message: {code}")]
    Message {
        /// SNS's code.
        code: String,
    },
    /// SNS itself, for now.
    #[error("SNS did not take the message: {code}")]
    Sns {
        /// SNS's code.
        code: String,
    },
    /// The topic, its key or its policy.
    #[error(transparent)]
    Topic(Arc<TopicError>),
}

/// SNS did not take a call at all: nothing is known to have gone out.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TopicError {
    /// Credentials or permissions are missing.
    #[error("the topic does not let us publish")]
    Denied(#[source] Cause),
    /// The call was malformed: a fault of this program.
    #[error("the topic takes the call for invalid")]
    Invalid(#[source] Cause),
    /// The topic does not exist, here or in this region.
    #[error("the topic does not exist")]
    Missing(#[source] Cause),
    /// Throttled, failing, too slow or unreachable.
    #[error("the topic is not available")]
    Unavailable(#[source] Cause),
}

impl TopicError {
    /// The stable code, for logs.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Denied(_) => "topic_denied",
            Self::Invalid(_) => "topic_invalid",
            Self::Missing(_) => "topic_missing",
            Self::Unavailable(_) => "topic_unavailable",
        }
    }
}

impl Topic {
    /// The topic of this ARN, reached in its region through the SDK's usual configuration, with time limits of its own: a batch is
    /// larger than what a table is asked.
    pub fn connect(sdk: &SdkConfig, arn: &TopicArn) -> Self {
        let timeouts = TimeoutConfig::builder()
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(OPERATION_TIMEOUT)
            .build();
        let config = aws_sdk_sns::config::Builder::from(sdk)
            .region(Region::new(arn.region().as_str().to_owned()))
            .timeout_config(timeouts)
            .build();
        Self::new(Client::from_conf(config), arn.as_str())
    }

    /// The topic of this ARN.
    pub fn new(client: Client, arn: impl Into<String>) -> Self {
        Self { client, arn: arn.into() }
    }

    /// Publishes at most ten messages in one call, and tells of each, in their order, whether SNS took it.
    ///
    /// # Errors
    /// [`TopicError`] if the call as a whole failed. Some of the messages may have gone out all the same.
    pub(crate) async fn publish<'m>(
        &self,
        messages: impl Iterator<Item = &'m Message>,
    ) -> Result<Vec<Result<(), EntryRefused>>, TopicError> {
        let entries: Vec<_> = messages
            .enumerate()
            .map(|(position, message)| entry(position, message))
            .collect();
        let count = entries.len();
        let answer = self
            .client
            .publish_batch()
            .topic_arn(&self.arn)
            .set_publish_batch_request_entries(Some(entries))
            .send()
            .await
            .map_err(TopicError::of)?;
        let mut results = vec![Err(unmentioned()); count];
        let position = |id: Option<&str>| id.and_then(|id| id.parse::<usize>().ok());
        for taken in answer.successful() {
            if let Some(result) = position(taken.id()).and_then(|position| results.get_mut(position)) {
                *result = Ok(());
            }
        }
        for failed in answer.failed() {
            if let Some(result) = position(Some(failed.id())).and_then(|position| results.get_mut(position)) {
                *result = Err(refused(failed));
            }
        }
        Ok(results)
    }
}

fn entry(position: usize, message: &Message) -> PublishBatchRequestEntry {
    let attributes = message.attributes.iter().map(|(name, value)| {
        let value = MessageAttributeValue::builder()
            .data_type("String")
            .string_value(value)
            .build();
        ((*name).to_owned(), value.expect("the data type is set"))
    });
    PublishBatchRequestEntry::builder()
        .id(position.to_string())
        .message(&message.body)
        .set_message_attributes(Some(attributes.collect()))
        .build()
        .expect("the id and the message are set")
}

fn refused(failed: &BatchResultErrorEntry) -> EntryRefused {
    let code = failed.code().to_owned();
    let cause = || Cause::with_code(PUBLISH, code.as_str());
    // `SenderFault` is also true of a key that may not be used, and of too many requests: nothing about the message.
    match Kind::of(&code) {
        Kind::Denied => EntryRefused::Topic(Arc::new(TopicError::Denied(cause()))),
        Kind::Missing => EntryRefused::Topic(Arc::new(TopicError::Missing(cause()))),
        Kind::Invalid | Kind::Unlisted if failed.sender_fault() => EntryRefused::Message { code },
        Kind::Invalid | Kind::Unavailable | Kind::Unlisted => EntryRefused::Sns { code },
    }
}

/// SNS promises a result for each entry; one that it forgets has not been taken.
fn unmentioned() -> EntryRefused {
    EntryRefused::Sns {
        code: "NoResult".to_owned(),
    }
}

impl EntryRefused {
    /// Of a call with a single message that SNS takes for invalid: that message is.
    pub(crate) fn of_call(cause: &Cause) -> Self {
        Self::Message {
            code: cause.code().unwrap_or("Invalid").to_owned(),
        }
    }
}

/// Who must act on a code of SNS's.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Denied,
    Invalid,
    Missing,
    Unavailable,
    Unlisted,
}

impl Kind {
    /// SNS API Reference, `PublishBatch` (Errors) and "Common Errors"; where the service's model has another name on the wire than
    /// the page, both.
    fn of(code: &str) -> Self {
        match code {
            "AccessDenied"
            | "AccessDeniedException"
            | "AuthorizationError"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "InvalidSecurity"
            | "KMSAccessDenied"
            | "KMSDisabled"
            | "KMSInvalidState"
            | "KMSNotFound"
            | "KMSOptInRequired"
            | "MissingAuthenticationToken"
            | "SignatureDoesNotMatch" => Self::Denied,
            "NotFound" => Self::Missing,
            "BatchEntryIdsNotDistinct"
            | "BatchRequestTooLong"
            | "EmptyBatchRequest"
            | "InvalidBatchEntryId"
            | "InvalidParameter"
            | "InvalidParameterValue"
            | "ParameterValueInvalid"
            | "TooManyEntriesInBatchRequest"
            | "ValidationError"
            | "ValidationException" => Self::Invalid,
            "EndpointDisabled"
            | "InternalError"
            | "InternalFailure"
            | "KMSThrottling"
            | "PlatformApplicationDisabled"
            | "RequestExpired"
            | "ServiceUnavailable"
            | "Throttled"
            | "ThrottledException"
            | "Throttling"
            | "ThrottlingException" => Self::Unavailable,
            _ => Self::Unlisted,
        }
    }
}

impl TopicError {
    fn of<E>(error: SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        // "Invalid parameter: TopicArn" says nothing about the messages. The text is looked at, and not kept.
        let is_of_topic = error.message().is_some_and(|text| text.contains("TopicArn"));
        let kind = match Kind::of(error.code().unwrap_or_default()) {
            Kind::Denied => Self::Denied,
            Kind::Invalid if is_of_topic => Self::Missing,
            Kind::Invalid => Self::Invalid,
            Kind::Missing => Self::Missing,
            Kind::Unavailable | Kind::Unlisted => Self::Unavailable,
        };
        kind(Cause::of(PUBLISH, error))
    }
}

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(2);
const OPERATION_TIMEOUT: Duration = Duration::from_secs(6);
const PUBLISH: &str = "PublishBatch";
