//! How a device stands, as a caller is told. The caller knows its device, its token and its owner; none of them is repeated.

use jiff::Timestamp;
use registry::{Device, EndpointArn, Outcome, Registered, Stale, State};
use serde::Serialize;

use crate::reply::Reply;
use crate::settle::Settled;

/// The body of an answer.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Standing<'a> {
    application: &'a str,
    /// What a registration was.
    #[serde(skip_serializing_if = "Option::is_none")]
    registration: Option<&'static str>,
    state: &'static str,
    #[serde(serialize_with = "reading::rfc3339")]
    since: Timestamp,
    #[serde(serialize_with = "reading::rfc3339")]
    confirmed_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    endpoint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
    /// Why the endpoint is left disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_disabled: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "reading::rfc3339_or_null")]
    disabled_at: Option<Timestamp>,
}

impl<'a> Standing<'a> {
    fn of(device: &'a Device) -> Self {
        Self {
            application: device.key.application.arn(),
            registration: None,
            state: device.state.as_str(),
            since: device.since,
            confirmed_at: device.confirmed_at,
            endpoint: device.endpoint.as_ref().map(EndpointArn::as_str),
            enabled: None,
            left_disabled: None,
            disabled_at: device.disabled_at,
        }
    }

    fn settled(settled: &'a Settled) -> Self {
        Self {
            enabled: settled.is_enabled,
            left_disabled: settled.doubt.map(|doubt| doubt.as_str()),
            ..Self::of(&settled.device)
        }
    }
}

/// What a registration has come to.
pub(crate) fn registered(registered: &Registered, settled: &Settled) -> Reply {
    let registration = match (registered.outcome, settled.device.state) {
        (Outcome::Stale(Stale::Older), _) => "older",
        // Another device was faster while SNS was asked.
        (Outcome::Stale(Stale::TokenTaken), _) | (_, State::Superseded) => "token_taken",
        (Outcome::Confirmed, _) => "confirmed",
        (Outcome::New, _) => "new",
        (Outcome::Repeated, _) => "repeated",
        (Outcome::Revived, _) => "revived",
        (Outcome::TokenChanged, _) => "token_changed",
    };
    let standing = Standing {
        registration: Some(registration),
        ..Standing::settled(settled)
    };
    Reply::ok(registration, &standing).because(standing.left_disabled)
}

/// What opting out has come to.
pub(crate) fn opted_out(settled: &Settled) -> Reply {
    Reply::ok("opted_out", &Standing::settled(settled))
}

/// What is on record.
pub(crate) fn shown(device: &Device) -> Reply {
    Reply::ok("shown", &Standing::of(device))
}
