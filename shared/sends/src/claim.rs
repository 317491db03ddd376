//! What somebody asks to have sent once, and the try to do so.

use std::time::Duration;

use jiff::Timestamp;

use crate::fingerprint::Fingerprint;
use crate::key::{ConsolidationKey, SendKey};

/// A request to send something once.
#[derive(Clone, Debug)]
pub struct Claim {
    /// What the send is found by.
    pub key: SendKey,
    /// What is to be sent: a key stands for one request, and for no other.
    pub fingerprint: Fingerprint,
    /// What to do if an earlier attempt may or may not have been delivered.
    pub on_unknown: OnUnknown,
}

/// What a request wants if nobody knows whether it has been delivered already.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OnUnknown {
    /// Say so, and send nothing.
    Fail,
    /// Send again, with this consolidation key, so that a device that was not reached yet shows one message. Ask for it from the
    /// first request on: a first message without the key cannot be replaced by a second one that has it. The two may be under way at
    /// the same time, since a call that was cut may go on for a moment.
    Resend(ConsolidationKey),
}

/// One try to send something.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Unique to the try (the Lambda request id). A write whose answer was lost is recognised by it.
    pub id: &'a str,
    /// The time of the try.
    pub now: Timestamp,
    /// How long the sending may take from `now` on; nobody else sends meanwhile, unless it is ended earlier. More than 15 minutes
    /// are taken for 15: no function lives longer
    /// (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-timeout.html>).
    pub lease: Duration,
}
