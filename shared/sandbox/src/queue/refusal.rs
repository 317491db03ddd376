//! Why SQS does not do what it is asked, in its own words.
//!
//! Statuses are those of the Amazon SQS API Reference ("Common Errors" and "ChangeMessageVisibility", section Errors); codes and
//! types are those of its model, which the SDKs are made from. No page has the texts. Those about receipt handles, the queue and the
//! twelve hours are SQS's own, as people have met them; the others are alike.

/// An error of the AWS JSON protocol.
pub(super) struct Refusal {
    pub(super) status: u16,
    /// `__type` in the body.
    pub(super) kind: &'static str,
    /// The code in the header, which is what an SDK goes by.
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn no_such_queue() -> Self {
        Self::new(
            "com.amazonaws.sqs#QueueDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue",
            "The specified queue does not exist.",
        )
    }

    /// A handle that was never given.
    pub(super) fn not_a_handle(handle: &str) -> Self {
        Self::new(
            "com.amazonaws.sqs#ReceiptHandleIsInvalid",
            "ReceiptHandleIsInvalid",
            format!("The input receipt handle \"{handle}\" is not a valid receipt handle."),
        )
    }

    /// A handle of a message that was deleted since, or moved to the dead-letter queue.
    pub(super) fn no_such_message(handle: &str) -> Self {
        Self::invalid(format!(
            "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for \
             visibility timeout change."
        ))
    }

    pub(super) fn not_in_flight() -> Self {
        Self::new(
            "com.amazonaws.sqs#MessageNotInflight",
            "AWS.SimpleQueueService.MessageNotInflight",
            "The specified message isn't in flight.",
        )
    }

    pub(super) fn timeout_out_of_range(seconds: i64) -> Self {
        Self::invalid(format!(
            "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and \
             43200."
        ))
    }

    pub(super) fn beyond_the_limit(seconds: i64) -> Self {
        Self::invalid(format!(
            "Value {seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond \
             the limit [43200 seconds]"
        ))
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::new(
            "com.amazon.coral.service#MissingRequiredParameterException",
            "MissingParameter",
            format!("The request must contain the parameter {parameter}."),
        )
    }

    pub(super) fn unreadable() -> Self {
        Self::new(
            "com.amazon.coral.service#SerializationException",
            "SerializationException",
            "The request cannot be read",
        )
    }

    /// Of the sandbox's own making: better a loud refusal than an answer that AWS would not give.
    pub(super) fn not_imitated(target: &str) -> Self {
        Self::new(
            "com.amazonaws.sqs#UnsupportedOperation",
            "AWS.SimpleQueueService.UnsupportedOperation",
            format!("The sandbox does not imitate {target}"),
        )
    }

    /// "The request must contain either a valid (registered) AWS access key ID or X.509 certificate" ("Common Errors").
    pub(super) fn unsigned() -> Self {
        Self {
            status: 403,
            ..Self::new(
                "com.amazon.coral.service#MissingAuthenticationTokenException",
                "MissingAuthenticationToken",
                "Missing Authentication Token",
            )
        }
    }

    pub(super) fn denied() -> Self {
        Self::new(
            "com.amazon.coral.service#AccessDeniedException",
            "AccessDeniedException",
            "User is not authorized to perform: sqs:changemessagevisibility",
        )
    }

    pub(super) fn internal() -> Self {
        Self {
            status: 500,
            ..Self::new(
                "com.amazon.coral.service#InternalFailure",
                "InternalFailure",
                "We encountered an internal error. Please try again.",
            )
        }
    }

    pub(super) fn throttled() -> Self {
        Self::new(
            "com.amazonaws.sqs#RequestThrottled",
            "RequestThrottled",
            "Request is throttled.",
        )
    }

    fn invalid(message: String) -> Self {
        let kind = "com.amazon.coral.service#InvalidParameterValueException";
        Self::new(kind, "InvalidParameterValue", message)
    }

    fn new(kind: &'static str, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status: 400,
            kind,
            code,
            message: message.into(),
        }
    }
}
