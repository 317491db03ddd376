//! Platform applications: the credentials of an app with a push service, and the topics that hear of its endpoints.
//!
//! A reconciler lists them, reads them and perhaps changes them ("ListPlatformApplications", "GetPlatformApplicationAttributes",
//! "SetPlatformApplicationAttributes"); to make and to delete one is a person's work and no action here.

use std::{
    collections::{BTreeMap, HashSet},
    fmt::Write,
};

use jiff::Timestamp;

use super::{arn, attributes, fleet::Fleet};
use crate::{
    message::moment,
    sns_api::{Action, Call, SnsApi, refusal::Refusal, reply::escaped},
};

/// An application and its endpoints.
#[derive(Default)]
pub(super) struct Application {
    /// As they were set, but for `Enabled`.
    pub(super) attributes: BTreeMap<String, String>,
    pub(super) is_disabled: bool,
    /// When its certificate ends.
    pub(super) certificate_until: Option<Timestamp>,
    /// Its certificate is of the other of the two environments, production and sandbox.
    pub(super) is_mismatched: bool,
    /// The tokens that belong to no installation any more.
    pub(super) gone: HashSet<String>,
    pub(super) fleet: Fleet,
}

impl Application {
    fn shown(&self) -> BTreeMap<&str, String> {
        let secret = |name: &str| matches!(name, "PlatformCredential" | "PlatformPrincipal");
        let set = self.attributes.iter().filter(|(name, _)| !secret(name));
        let mut shown: BTreeMap<&str, String> = set.map(|(name, value)| (name.as_str(), value.clone())).collect();
        shown.insert("Enabled", (!self.is_disabled).to_string());
        if let Some(until) = self.certificate_until {
            shown.insert("AppleCertificateExpiryDate", moment(until));
        }
        shown
    }

    fn element(&self) -> String {
        let shown = self.shown();
        attributes::element(shown.iter().map(|(name, value)| (*name, value.as_str())))
    }
}

/// A token as SNS keeps it: one of iOS in lower case, and hexadecimal.
pub(super) fn normalised(application_arn: &str, token: &str) -> Result<String, Refusal> {
    if token.is_empty() {
        return Err(Refusal::missing("Token"));
    }
    if token.len() > TOKEN_LIMIT_BYTES {
        let reason = format!("Token Reason: must be at most {TOKEN_LIMIT_BYTES} bytes long in UTF-8 encoding");
        return Err(Refusal::invalid(&reason));
    }
    if !platform(application_arn).starts_with("APNS") {
        return Ok(token.to_owned());
    }
    let is_hexadecimal = token.len() <= 400 && token.bytes().all(|byte| byte.is_ascii_hexdigit());
    match is_hexadecimal {
        true => Ok(token.to_ascii_lowercase()),
        false => Err(Refusal::invalid(
            "Token Reason: iOS device tokens must be no more than 400 hexadecimal characters",
        )),
    }
}

/// `APNS`, `APNS_SANDBOX`, `GCM`, `ADM` and so on.
pub(super) fn platform(application_arn: &str) -> &str {
    application_arn.split('/').nth(1).unwrap_or_default()
}

impl SnsApi {
    pub(in crate::sns_api) fn list_applications(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, now) = self.admit(Action::ListPlatformApplications, call)?;
        let mobile = &mut state.push;
        let here = |arn: &&String| call.check_region("NextToken", arn).is_ok();
        let len = mobile.applications.keys().filter(here).count();
        let (places, next) = mobile.pages.turn("applications", call.parameter("NextToken"), len, now)?;
        let here = mobile.applications.iter().filter(|(arn, _)| here(arn));
        let mut listed = String::new();
        for (arn, application) in here.skip(places.start).take(places.len()) {
            let attributes = application.element();
            let member = format!("<member><PlatformApplicationArn>{arn}</PlatformApplicationArn>{attributes}</member>\n");
            listed += &member;
        }
        Ok(list("PlatformApplications", &listed, next))
    }

    pub(in crate::sns_api) fn application_attributes(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, _) = self.admit(Action::GetPlatformApplicationAttributes, call)?;
        Ok(state.push.application(arn::application_arn(call)?)?.element())
    }

    pub(in crate::sns_api) fn set_application_attributes(&self, call: &Call) -> Result<String, Refusal> {
        let (mut state, _) = self.admit(Action::SetPlatformApplicationAttributes, call)?;
        let arn = arn::application_arn(call)?;
        let map = attributes::map(call);
        if map.is_empty() {
            return Err(Refusal::no_attributes());
        }
        let is_known = |name: &&&str| SETTABLE.contains(name);
        if let Some(name) = map.keys().find(|name| !is_known(name)) {
            return Err(attributes::unknown(name));
        }
        let application = state.push.application(arn)?;
        if let Some(enabled) = map.get("Enabled") {
            application.is_disabled = !attributes::flag(enabled)?;
        }
        for (name, value) in map {
            match name {
                "Enabled" => {}
                _ => {
                    application.attributes.insert(name.to_owned(), value.to_owned());
                }
            }
        }
        Ok(String::new())
    }
}

/// A page of a list, and the token for the next.
pub(super) fn list(name: &str, members: &str, next: Option<String>) -> String {
    let mut result = format!("    <{name}>\n{members}    </{name}>\n");
    if let Some(next) = next {
        let _infallible = writeln!(result, "    <NextToken>{}</NextToken>", escaped(&next));
    }
    result
}

/// "SetPlatformApplicationAttributes", and `Enabled`, which the page does not name and the console sets.
const SETTABLE: [&str; 12] = [
    "ApplePlatformBundleID",
    "ApplePlatformTeamID",
    "Enabled",
    "EventDeliveryFailure",
    "EventEndpointCreated",
    "EventEndpointDeleted",
    "EventEndpointUpdated",
    "FailureFeedbackRoleArn",
    "PlatformCredential",
    "PlatformPrincipal",
    "SuccessFeedbackRoleArn",
    "SuccessFeedbackSampleRate",
];
/// As SNS has been seen to answer.
const TOKEN_LIMIT_BYTES: usize = 8192;
