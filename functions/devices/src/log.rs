//! The one line that a request leaves in the log.
//!
//! It is written where the outcome is known. It holds the application, the first digits of the digest of the device id, the id of the trace, and stable codes; never
//! a token, an owner, a device id or an endpoint. The deployment's metrics are counted from its fields, so their names are stable.

use inbox::TraceId;
use jiff::Timestamp;
use registry::DeviceKey;

use crate::reply::Reply;

/// What is known of a request before it is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line<'a> {
    /// What was asked for: `register`, `opt_out`, `show`; `other` if nothing that is served.
    pub(crate) request: &'static str,
    /// None if there is none that is valid.
    pub(crate) device: Option<&'a DeviceKey>,
    /// The trace that the request is a part of.
    pub(crate) trace_id: Option<TraceId>,
    pub(crate) since: Timestamp,
}

impl Line<'_> {
    /// Writes it.
    pub(crate) fn write(&self, reply: &Reply, now: Timestamp) {
        let elapsed_ms = i64::try_from(now.duration_since(self.since).as_millis()).unwrap_or(i64::MAX);
        let (status, outcome, reason) = (reply.status, reply.outcome, reply.reason);
        let trace_id = self.trace_id.map(|id| id.to_string());
        let application = self.device.map(|key| key.application.arn());
        let device = self.device.map(|key| key.id.short());
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    function = FUNCTION,
                    outcome,
                    reason,
                    request = self.request,
                    application,
                    device,
                    status,
                    elapsed_ms,
                    trace_id,
                    "{} {outcome}",
                    self.request
                )
            };
        }
        if status < 400 { line!(info) } else { line!(warn) }
    }
}

pub(crate) const FUNCTION: &str = "devices";
