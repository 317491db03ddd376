//! Publish to an endpoint, and the push service behind it.
//!
//! SNS takes the message (or says `EndpointDisabled` or `PlatformApplicationDisabled`, "Publish", section Errors) and hears from
//! the push service what became of it; here at once. "SNS marks the endpoint as deactivated when the notification service indicates
//! that the endpoint isn't valid", and it "deactivates an application only if it determines that all messages sent to the
//! application's endpoints will fail" ("Why is my push notification endpoint not active?", AWS re:Post). To publish to a disabled
//! endpoint is an event too ("Amazon SNS management of Firebase Cloud Messaging endpoints"): one that is no news of the device.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    application::platform,
    arn::{EndpointArn, endpoint_arn},
    event::{Event, Failure},
};
use crate::{
    ids,
    sns_api::{
        Call, SnsApi,
        refusal::Refusal,
        reply,
        submission::{SIZE_LIMIT_BYTES, Submission},
    },
};

/// A message that reached a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The endpoint.
    pub endpoint_arn: String,
    /// The token of the device.
    pub token: String,
    /// What SNS calls the message.
    pub message_id: String,
    /// What the device got: the part for its push service, if the message has parts.
    pub message: String,
    /// When.
    pub at: Timestamp,
}

/// Whether a call of Publish is about a device.
pub(in crate::sns_api) fn is_for_endpoint(call: &Call) -> bool {
    call.parameter("TargetArn").is_some_and(|arn| arn.contains(":endpoint/"))
}

impl SnsApi {
    pub(in crate::sns_api) fn push_to_endpoint(&self, call: &Call) -> Result<String, Refusal> {
        call.check_signature()?;
        let named = EndpointArn::of(call, "TargetArn")?;
        let submission = Submission::to_device(call)?;
        if submission.size_bytes > SIZE_LIMIT_BYTES {
            return Err(Refusal::invalid("Message too long"));
        }
        let message = form(call, submission.message, platform(&named.application_arn))?;
        let now = (self.now)();
        let mut state = self.lock();
        let mobile = &mut state.push;
        mobile.pushes += 1;
        let message_id = ids::message_id(&format!("pushed {}", mobile.pushes));
        let id = named.id.ok_or_else(no_endpoint)?;
        let application = mobile.applications.get_mut(&named.application_arn).ok_or_else(no_endpoint)?;
        let place = application.fleet.find(id).ok_or_else(no_endpoint)?;
        if application.is_disabled {
            return Err(Refusal::application_disabled());
        }
        let kept = application.fleet.get_mut(place);
        let arn = endpoint_arn(&named.application_arn, id);
        let failure = if !kept.is_enabled {
            Some(Failure::EndpointDisabled)
        } else if application.certificate_until.is_some_and(|until| now >= until) {
            application.is_disabled = true;
            Some(Failure::InvalidCredentials)
        } else if application.is_mismatched || application.gone.contains(kept.token()) {
            kept.is_enabled = false;
            Some(Failure::InvalidPlatformToken)
        } else {
            mobile.delivered.push(Delivered {
                endpoint_arn: arn.clone(),
                token: kept.token().to_owned(),
                message_id: message_id.clone(),
                message,
                at: now,
            });
            None
        };
        if let Some(failure) = failure {
            let message_id = message_id.clone();
            let failed = Event::Failed { failure, message_id };
            self.tell(&mut state, &named.application_arn, &arn, &failed, now);
        }
        match failure {
            Some(Failure::EndpointDisabled) => return Err(Refusal::endpoint_disabled()),
            Some(Failure::InvalidPlatformToken) => {
                self.tell(&mut state, &named.application_arn, &arn, &Event::Updated, now);
            }
            Some(Failure::InvalidCredentials) | None => {}
        }
        Ok(reply::message_id(&message_id))
    }
}

/// The part of a message that is for a push service, or its default ("Publish", `MessageStructure`).
fn form(call: &Call, message: String, platform: &str) -> Result<String, Refusal> {
    match call.parameter("MessageStructure") {
        None => return Ok(message),
        Some("json") => {}
        Some(_) => return Err(Refusal::invalid("MessageStructure")),
    }
    let fault = |fault: &str| Refusal::invalid(&format!("Message Structure - {fault}"));
    let parts: Value = serde_json::from_str(&message).map_err(|_| fault("JSON message body failed to parse"))?;
    let part = [platform, "default"].into_iter().find_map(|name| parts[name].as_str());
    part.map(str::to_owned)
        .ok_or_else(|| fault("No default entry in JSON message body"))
}

fn no_endpoint() -> Refusal {
    Refusal::invalid("TargetArn Reason: No endpoint found for the target arn specified")
}
