//! The keys and the attribute names of the rows of the table `devices`, and nothing else that could drift from its template.
//!
//! Names are part of the size of an item, and one write unit holds 1 KB of it: they are short words, not sentences.

use inbox::Digest;

use crate::{Application, DeviceKey, EndpointArn};

/// Partition key: what a row is about.
pub const KEY: &str = "key";
/// Epoch second after which a row counts as absent and DynamoDB may delete it.
pub const EXPIRES_AT: &str = "expires_at";

pub(crate) const AT: &str = "at";
pub(crate) const CONFIRMED_AT: &str = "confirmed_at";
pub(crate) const COUNTERS: &str = "counters";
pub(crate) const DEVICE: &str = "device";
pub(crate) const DISABLED_AGAIN: &str = "disabled_again";
pub(crate) const DISABLED_AT: &str = "disabled_at";
pub(crate) const ENABLED_AT: &str = "enabled_at";
pub(crate) const ENABLES: &str = "enables";
pub(crate) const ENDPOINT: &str = "endpoint";
pub(crate) const FENCE: &str = "fence";
pub(crate) const NEXT_TOKEN: &str = "next_token";
pub(crate) const OWNER: &str = "owner";
pub(crate) const PAGE: &str = "page";
pub(crate) const PHASE: &str = "phase";
pub(crate) const PLAN_HASH: &str = "plan_hash";
pub(crate) const PREVIOUS: &str = "previous";
pub(crate) const REASON: &str = "reason";
pub(crate) const REPORT: &str = "report";
pub(crate) const RUN: &str = "run";
pub(crate) const SINCE: &str = "since";
pub(crate) const STARTED_AT: &str = "started_at";
pub(crate) const STATE: &str = "state";
pub(crate) const STEP: &str = "step";
pub(crate) const SUBSCRIPTIONS: &str = "subscriptions";
pub(crate) const TOKEN: &str = "token";
pub(crate) const UNTIL: &str = "until";
pub(crate) const VERSION: &str = "version";
pub(crate) const WRITER: &str = "writer";

/// No ARN has a `#`: the rest of the key is the device id, whatever is in it.
pub(crate) fn device(key: &DeviceKey) -> String {
    format!("{}{}", devices_of(&key.application), key.id.as_str())
}

/// What the keys of the devices of an application begin with.
pub(crate) fn devices_of(application: &Application) -> String {
    format!("device#{application}#")
}

pub(crate) fn claim(application: &Application, token: &Digest) -> String {
    format!("token#{application}#{token}")
}

pub(crate) fn endpoint(arn: &EndpointArn) -> String {
    format!("endpoint#{arn}")
}

pub(crate) fn lease(application: &Application) -> String {
    format!("lease#{application}")
}

pub(crate) fn run(application: &Application, id: &str) -> String {
    format!("run#{application}#{id}")
}

pub(crate) fn report(application: &Application, id: &str) -> String {
    format!("report#{application}#{id}")
}

pub(crate) fn switch(application: &Application) -> String {
    format!("switch#{application}")
}
