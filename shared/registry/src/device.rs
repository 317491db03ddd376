//! A device and what is known of it.
//!
//! Who a device is, and whose it is, are personal: `Debug` output shows the first digits of a digest, or nothing.

use std::collections::BTreeSet;
use std::fmt;

use inbox::Digest;
use jiff::Timestamp;

use crate::state::State;
use crate::{Application, EndpointArn, Ticket, Token};

/// What an app calls its installation on a device: 1 to 128 visible ASCII characters. It must be new with each installation, and a random
/// UUID is good: an advertising or hardware identifier is not ours to keep.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(String);

/// A device of an application.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceKey {
    /// The application.
    pub application: Application,
    /// The device.
    pub id: DeviceId,
}

/// Whose a device is, in the words of the application's own server: up to 1,024 bytes. It is what SNS keeps as user data, which may have
/// 2,048 (<https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformEndpoint.html>). `Debug` prints `[redacted]`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Owner(String);

/// Why a text names no device or no owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    /// Not what a device id is.
    #[error("a device id is 1 to 128 visible ASCII characters")]
    DeviceId,
    /// Not what an owner is.
    #[error("an owner is 1 to 1024 bytes of text")]
    Owner,
}

/// What is on record about a device.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Device {
    /// Which one.
    pub key: DeviceKey,
    /// The token of its newest confirmation.
    pub token: Token,
    /// Whose it is.
    pub owner: Option<Owner>,
    /// When it said last that this is its token.
    pub confirmed_at: Timestamp,
    /// What may be done with it.
    pub state: State,
    /// Since when it is in this state.
    pub since: Timestamp,
    /// The endpoint that is its own. No other device has it.
    pub endpoint: Option<EndpointArn>,
    /// The topic subscriptions of its endpoint, by ARN: deleting an endpoint leaves them behind.
    pub subscriptions: BTreeSet<String>,
    /// Subscriptions of other devices that had its token, or of itself before another device had it. They bring other persons' messages to
    /// an endpoint, and are to be ended before anything else is done with one.
    pub inherited_subscriptions: BTreeSet<String>,
    /// When SNS was seen to disable its endpoint last, with this token.
    pub disabled_at: Option<Timestamp>,
    /// When it was to be enabled by us last, with this token.
    pub enabled_at: Option<Timestamp>,
    /// How often it was to be enabled since it was confirmed: one time at most, but for a recovery.
    pub enables_since_confirm: u32,
    /// How often it was disabled again after we had enabled it, with this token.
    pub disabled_again: u32,
    /// The piece of work that counted the last enable since it was confirmed.
    pub ticket: Option<Ticket>,
    /// Counts the changes of the row. A version never comes again, even if the row was deleted in between.
    pub version: i64,
    /// The attempt that wrote it.
    pub(crate) writer: String,
    /// Epoch second.
    pub(crate) expires_at: Option<i64>,
}

impl DeviceId {
    /// Reads a device id.
    ///
    /// # Errors
    /// [`InvalidName::DeviceId`]
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let is_id = (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_id.then(|| Self(text.to_owned())).ok_or(InvalidName::DeviceId)
    }

    /// The id itself; not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first eight digits of its digest: what a log may have.
    pub fn short(&self) -> String {
        Digest::of(&self.0).short()
    }
}

impl Owner {
    /// Reads an owner.
    ///
    /// # Errors
    /// [`InvalidName::Owner`]
    pub fn parse(text: &str) -> Result<Self, InvalidName> {
        let is_owner = (1..=1_024).contains(&text.len());
        is_owner.then(|| Self(text.to_owned())).ok_or(InvalidName::Owner)
    }

    /// The owner itself; not for logs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Device {
    /// What SNS is to keep with its endpoint as `CustomUserData`: its owner, or else the SHA-256 of its id. Not for logs.
    pub fn user_data(&self) -> String {
        match &self.owner {
            Some(owner) => owner.as_str().to_owned(),
            None => Digest::of(self.key.id.as_str()).to_string(),
        }
    }

    /// DynamoDB deletes expired rows within days, not at once: one that is past its time counts as absent.
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html>
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|second| second <= now.as_second())
    }

    /// Nothing is left to be done for it: no endpoint to delete, no subscription to end.
    pub(crate) fn is_done_with(&self) -> bool {
        let has_subscriptions = !self.subscriptions.is_empty() || !self.inherited_subscriptions.is_empty();
        !self.state.is_kept() && self.endpoint.is_none() && !has_subscriptions
    }

    /// Has these to end as well. What is its own by its own word is not another's: a subscription of the same endpoint to the same topic is
    /// the same one (<https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html>).
    pub(crate) fn inherit(&mut self, subscriptions: BTreeSet<String>) {
        self.inherited_subscriptions.extend(subscriptions);
        let own = &self.subscriptions;
        self.inherited_subscriptions.retain(|arn| !own.contains(arn));
    }

    /// All that are to be ended if its token is another's: they are not its own any more.
    pub(crate) fn give_up_subscriptions(&mut self) -> BTreeSet<String> {
        let mut all = std::mem::take(&mut self.subscriptions);
        all.append(&mut self.inherited_subscriptions);
        all
    }

    pub(crate) fn enter(&mut self, state: State, since: Timestamp) {
        if self.state != state {
            self.state = state;
            self.since = since;
        }
    }
}

impl fmt::Debug for DeviceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceId({})", self.short())
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.application, self.id)
    }
}

impl fmt::Debug for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Device")
            .field("key", &self.key)
            .field("token", &self.token)
            .field("state", &self.state)
            .field("confirmed_at", &self.confirmed_at)
            .field("endpoint", &self.endpoint.as_ref().map(EndpointArn::as_str))
            .field("disabled_at", &self.disabled_at)
            .field("enables_since_confirm", &self.enables_since_confirm)
            .field("ticket", &self.ticket)
            .field("version", &self.version)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_id_is_visible_ascii_and_an_owner_any_text() {
        assert_eq!(DeviceId::parse(&"x".repeat(128)).unwrap().as_str().len(), 128);
        assert_eq!(DeviceId::parse("a#b/c").unwrap().as_str(), "a#b/c");
        for text in ["", "a b", "é", "a\n", &"x".repeat(129)] {
            assert_eq!(DeviceId::parse(text), Err(InvalidName::DeviceId), "{text}");
        }
        assert_eq!(Owner::parse("Zoë & co").unwrap().as_str(), "Zoë & co");
        assert_eq!(Owner::parse(""), Err(InvalidName::Owner));
        assert_eq!(Owner::parse(&"x".repeat(1_025)), Err(InvalidName::Owner));
    }

    #[test]
    fn neither_is_shown() {
        let shown = format!("{:?} {:?}", DeviceId::parse("abc").unwrap(), Owner::parse("Zoë").unwrap());
        assert_eq!(shown, "DeviceId(ba7816bf) [redacted]");
    }
}
