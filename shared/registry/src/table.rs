//! The keys and the attribute names of the rows of the table `devices`, and nothing else that could drift from its template.
//!
//! Names are part of the size of an item, and one write unit holds 1 KB of it: they are short words, not sentences.

use std::fmt;

use crate::{Application, DeviceKey, EndpointArn};

/// Partition key: what a row is about.
pub const KEY: &str = "key";
/// Epoch second after which a row counts as absent and DynamoDB may delete it.
pub const EXPIRES_AT: &str = "expires_at";

pub(crate) const AT: &str = "at";
pub(crate) const BYTES: &str = "bytes";
pub(crate) const COMPLETED: &str = "completed";
pub(crate) const CONFIRMED_AT: &str = "confirmed_at";
pub(crate) const COUNTERS: &str = "counters";
pub(crate) const DEVICE: &str = "device";
pub(crate) const DISABLED_AGAIN: &str = "disabled_again";
pub(crate) const DISABLED_AT: &str = "disabled_at";
pub(crate) const ENABLED_AT: &str = "enabled_at";
pub(crate) const ENABLES: &str = "enables";
pub(crate) const ENDPOINT: &str = "endpoint";
pub(crate) const FENCE: &str = "fence";
pub(crate) const INHERITED: &str = "inherited";
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
pub(crate) const TICKET: &str = "ticket";
pub(crate) const TOKEN: &str = "token";
pub(crate) const UNTIL: &str = "until";
pub(crate) const VERSION: &str = "version";
pub(crate) const WRITER: &str = "writer";

struct Hexadecimal<'a>(&'a [u8; 32]);

impl fmt::Display for Hexadecimal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// No ARN has a `#`: the rest of the key is the device id, whatever is in it.
pub(crate) fn device(key: &DeviceKey) -> String {
    format!("{}{}", devices_of(&key.application), key.id.as_str())
}

/// What the keys of the devices of an application begin with.
pub(crate) fn devices_of(application: &Application) -> String {
    format!("device#{application}#")
}

/// By the SHA-256 of the token, in hexadecimal digits.
pub(crate) fn claim(application: &Application, token: &[u8; 32]) -> String {
    format!("token#{application}#{}", Hexadecimal(token))
}

pub(crate) fn condemned(arn: &EndpointArn) -> String {
    format!("{CONDEMNED}{arn}")
}

/// What the keys of the condemned endpoints of an application begin with.
pub(crate) fn condemned_of(application: &Application) -> String {
    format!("{CONDEMNED}{}", application.endpoint_prefix())
}

/// What the key of a condemned endpoint begins with; its ARN follows.
pub(crate) const CONDEMNED: &str = "condemned#";

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

pub(crate) fn paper(application: &Application, run: &str, kind: &str, number: u32) -> String {
    format!("paper#{application}#{run}#{kind}#{number}")
}

pub(crate) fn switch(application: &Application) -> String {
    format!("switch#{application}")
}
