//! Why SNS does not do what it is asked, in its own words.
//!
//! The codes are those of the Amazon SNS API Reference ("Common Errors" and each action's section Errors). No page has the texts:
//! they are those that SNS has been seen to answer, so that a log looks alike in the sandbox and at AWS.

/// An error in the shape of "Common Errors" and of the actions' sections Errors.
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) message: String,
}

impl Refusal {
    /// As SNS answers a token that is unknown, spent by time or of another topic, and a topic of another region.
    pub(super) fn invalid(parameter: &str) -> Self {
        Self::new(400, "InvalidParameter", format!("Invalid parameter: {parameter}"))
    }

    pub(super) fn missing(parameter: &str) -> Self {
        let message = format!("1 validation error detected: {parameter} must not be null or empty");
        Self::new(400, "ValidationError", message)
    }

    pub(super) fn missing_action() -> Self {
        Self::new(400, "MissingAction", "The request must contain the parameter Action")
    }

    pub(super) fn unknown_action(action: &str, version: &str) -> Self {
        let message = format!("Could not find operation {action} for version {version}");
        Self::new(400, "InvalidAction", message)
    }

    pub(super) fn no_such_subscription() -> Self {
        Self::new(404, "NotFound", "Subscription does not exist")
    }

    pub(super) fn no_such_topic() -> Self {
        Self::new(404, "NotFound", "Topic does not exist")
    }

    pub(super) fn unauthorized() -> Self {
        let message = "AuthenticateOnUnsubscribe requires a signed request";
        Self::new(403, "AuthorizationError", message)
    }

    pub(super) fn not_allowed(action: &str) -> Self {
        Self::new(
            403,
            "AuthorizationError",
            format!("User is not authorized to perform: SNS:{action}"),
        )
    }

    /// "The request must contain either a valid (registered) AWS access key ID or X.509 certificate" ("Common Errors").
    pub(super) fn unsigned() -> Self {
        Self::new(403, "MissingAuthenticationToken", "Missing Authentication Token")
    }

    pub(super) fn no_topic() -> Self {
        Self::invalid("TopicArn or TargetArn Reason: no value for required parameter")
    }

    /// Of the sandbox's own making: better a loud refusal than an answer that AWS would not give.
    pub(super) fn not_imitated(parameter: &str) -> Self {
        Self::invalid(&format!("{parameter} Reason: the sandbox does not imitate it"))
    }

    pub(super) fn empty_batch() -> Self {
        Self::new(400, "EmptyBatchRequest", "The batch request doesn't contain any entries.")
    }

    pub(super) fn too_many_entries() -> Self {
        Self::new(
            400,
            "TooManyEntriesInBatchRequest",
            "The batch request contains more entries than permissible.",
        )
    }

    pub(super) fn same_entry_ids() -> Self {
        Self::new(
            400,
            "BatchEntryIdsNotDistinct",
            "Two or more batch entries in the request have the same Id.",
        )
    }

    pub(super) fn entry_id(fault: &str, id: &str) -> Self {
        let message = format!("The Id of a batch entry in the batch request {fault}: {id}");
        Self::new(400, "InvalidBatchEntryId", message)
    }

    pub(super) fn batch_too_long() -> Self {
        Self::new(
            400,
            "BatchRequestTooLong",
            "The length of all the messages put together is more than the limit.",
        )
    }

    /// InvalidParameterValueException, whose code on the wire is another.
    pub(super) fn attribute(message: String) -> Self {
        Self::new(400, "ParameterValueInvalid", message)
    }

    pub(super) fn no_data_type(name: &str, entry: Option<usize>) -> Self {
        let entry = entry.map_or_else(String::new, |entry| format!("publishBatchRequestEntries.{entry}.member."));
        let message = format!(
            "1 validation error detected: Value null at '{entry}messageAttributes.{name}.member.dataType' failed to satisfy \
             constraint: Member must not be null"
        );
        Self::new(400, "ValidationError", message)
    }

    pub(super) fn unknown_data_type(name: &str) -> Self {
        Self::attribute(format!(
            "The message attribute '{name}' has an invalid message attribute type, the set of supported type prefixes is Binary, \
             Number, and String."
        ))
    }

    pub(super) fn wrong_field(name: &str, data_type: &str, field: &str) -> Self {
        Self::attribute(format!(
            "The message attribute '{name}' with type '{data_type}' must use field '{field}'."
        ))
    }

    pub(super) fn empty_value(name: &str, data_type: &str) -> Self {
        Self::attribute(format!(
            "The message attribute '{name}' must contain non-empty message attribute value for message attribute type '{data_type}'."
        ))
    }

    pub(super) fn not_a_number(name: &str) -> Self {
        Self::attribute(format!("Could not cast message attribute '{name}' value to number."))
    }

    pub(super) fn internal() -> Self {
        Self::new(500, "InternalError", "Internal service error")
    }

    pub(super) fn throttled() -> Self {
        Self::new(400, "ThrottlingException", "Rate exceeded")
    }

    /// What a push action does not know ("GetEndpointAttributes", section Errors): `Endpoint` or `PlatformApplication`.
    pub(super) fn does_not_exist(what: &str) -> Self {
        Self::new(404, "NotFound", format!("{what} does not exist"))
    }

    /// "If the platform endpoint with the same device token but different settings already exists, then do not create it again.
    /// Throw an exception to the caller" ("Setting up an Amazon SNS platform endpoint for mobile notifications").
    pub(super) fn different_attributes(endpoint_arn: &str) -> Self {
        Self::invalid(&format!(
            "Token Reason: Endpoint {endpoint_arn} already exists with the same Token, but different attributes."
        ))
    }

    /// The endpoint that a token once made has another token now.
    pub(super) fn different_token() -> Self {
        Self::invalid("This endpoint is already registered with a different token.")
    }

    pub(super) fn endpoint_disabled() -> Self {
        Self::new(400, "EndpointDisabled", "Endpoint is disabled")
    }

    pub(super) fn application_disabled() -> Self {
        Self::new(400, "PlatformApplicationDisabled", "Platform application is disabled")
    }

    /// Attributes that have to be there; the SDKs' models know no such error.
    pub(super) fn no_attributes() -> Self {
        let message =
            "1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be null";
        Self::new(400, "ValidationError", message)
    }

    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }
}
