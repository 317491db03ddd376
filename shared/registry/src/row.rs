//! The three rows around a device, typed: the device, the claim on its token, and the owner of its endpoint.

use inbox::{Digest, StoreError};
use jiff::Timestamp;

use crate::condition::Condition;
use crate::device::{Device, DeviceId, DeviceKey, Owner};
use crate::history::History;
use crate::item::{Item, Making, Reading, malformed};
use crate::permit::Ticket;
use crate::state::State;
use crate::store::Write;
use crate::{Application, EndpointArn, Token, table};

/// Which device has a token, by the newest confirmation of all. It outlives the device's use of the token by the retention: a late
/// confirmation of somebody else meets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Claim {
    pub(crate) device: DeviceId,
    pub(crate) confirmed_at: Timestamp,
    /// Epoch second; none while the device has the token.
    pub(crate) expires_at: Option<i64>,
    /// What is known of the token, if its device has another one by now. While it has this one, it is in the device's row.
    pub(crate) history: History,
}

impl Device {
    pub(crate) fn write(&self, condition: Condition) -> Write {
        Write::put(table::device(&self.key), self.to_item(), condition)
    }

    pub(crate) fn to_item(&self) -> Item {
        Making::of(&table::device(&self.key))
            .text(table::TOKEN, self.token.as_str())
            .optional_text(table::OWNER, self.owner.as_ref().map(Owner::as_str))
            .moment(table::CONFIRMED_AT, self.confirmed_at)
            .text(table::STATE, self.state.as_str())
            .moment(table::SINCE, self.since)
            .optional_text(table::ENDPOINT, self.endpoint.as_ref().map(EndpointArn::as_str))
            .texts(table::SUBSCRIPTIONS, &self.subscriptions)
            .texts(table::INHERITED, &self.inherited_subscriptions)
            .optional_moment(table::DISABLED_AT, self.disabled_at)
            .optional_moment(table::ENABLED_AT, self.enabled_at)
            .number(table::ENABLES, self.enables_since_confirm.into())
            .number(table::DISABLED_AGAIN, self.disabled_again.into())
            .optional_text(table::TICKET, self.ticket.map(|ticket| ticket.to_string()).as_deref())
            .number(table::VERSION, self.version)
            .text(table::WRITER, &self.writer)
            .optional_number(table::EXPIRES_AT, self.expires_at)
            .done()
    }

    /// The token must be in its normal form: a row that was changed by hand is not mended in silence.
    pub(crate) fn from_item(application: &Application, item: Item) -> Result<Self, StoreError> {
        let mut read = Reading(item);
        let key = read.text(table::KEY)?;
        let id = key.strip_prefix(&table::devices_of(application)).unwrap_or_default();
        let text = read.text(table::TOKEN)?;
        let token = Token::parse(application.platform(), &text)
            .ok()
            .filter(|token| token.as_str() == text);
        let owner = read.optional_text(table::OWNER)?.map(|text| Owner::parse(&text));
        let state = State::parse(&read.text(table::STATE)?);
        let endpoint = read.optional_text(table::ENDPOINT)?.map(|arn| EndpointArn::parse(&arn));
        let ticket = read.optional_text(table::TICKET)?.map(|text| Ticket::parse(&text));
        let ticket = ticket.map(|ticket| ticket.ok_or(malformed(table::TICKET)));
        Ok(Self {
            key: DeviceKey {
                application: application.clone(),
                id: DeviceId::parse(id).map_err(|_| malformed(table::KEY))?,
            },
            token: token.ok_or(malformed(table::TOKEN))?,
            owner: owner.transpose().map_err(|_| malformed(table::OWNER))?,
            confirmed_at: read.moment(table::CONFIRMED_AT)?,
            state: state.ok_or(malformed(table::STATE))?,
            since: read.moment(table::SINCE)?,
            endpoint: endpoint.transpose().map_err(|_| malformed(table::ENDPOINT))?,
            subscriptions: read.texts(table::SUBSCRIPTIONS)?,
            inherited_subscriptions: read.texts(table::INHERITED)?,
            disabled_at: read.optional_moment(table::DISABLED_AT)?,
            enabled_at: read.optional_moment(table::ENABLED_AT)?,
            enables_since_confirm: read.number(table::ENABLES)?,
            disabled_again: read.number(table::DISABLED_AGAIN)?,
            ticket: ticket.transpose()?,
            version: read.number(table::VERSION)?,
            writer: read.text(table::WRITER)?,
            expires_at: read.expires_at()?,
        })
    }
}

impl Claim {
    pub(crate) fn write(&self, application: &Application, token: &Digest, condition: Condition) -> Write {
        let key = table::claim(application, token.as_bytes());
        let history = &self.history;
        let again = history.is_any().then_some(history.disabled_again.into());
        let item = Making::of(&key)
            .text(table::DEVICE, self.device.as_str())
            .moment(table::CONFIRMED_AT, self.confirmed_at)
            .optional_moment(table::DISABLED_AT, history.disabled_at)
            .optional_moment(table::ENABLED_AT, history.enabled_at)
            .optional_number(table::DISABLED_AGAIN, again)
            .optional_number(table::EXPIRES_AT, self.expires_at)
            .done();
        Write::put(key, item, condition)
    }

    pub(crate) fn from_item(item: Item) -> Result<Self, StoreError> {
        let mut read = Reading(item);
        Ok(Self {
            device: device_of(&mut read)?,
            confirmed_at: read.moment(table::CONFIRMED_AT)?,
            expires_at: read.expires_at()?,
            history: History {
                disabled_at: read.optional_moment(table::DISABLED_AT)?,
                enabled_at: read.optional_moment(table::ENABLED_AT)?,
                disabled_again: read.optional_number(table::DISABLED_AGAIN)?.unwrap_or_default(),
            },
        })
    }

    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|second| second <= now.as_second())
    }

    /// The condition that it is still this claim.
    pub(crate) fn as_seen(&self) -> Condition {
        Condition::Claimed {
            device: self.device.clone(),
            confirmed_at: self.confirmed_at,
            has_history: self.history.is_any(),
        }
    }
}

/// The row that says whose an endpoint is.
pub(crate) fn binding(arn: &EndpointArn, device: &DeviceId, condition: Condition) -> Write {
    let key = table::endpoint(arn);
    let item = Making::of(&key).text(table::DEVICE, device.as_str()).done();
    Write::put(key, item, condition)
}

/// Its end.
pub(crate) fn unbinding(arn: &EndpointArn, device: &DeviceId) -> Write {
    Write::delete(table::endpoint(arn), Condition::Free(device.clone()))
}

pub(crate) fn device_of(read: &mut Reading) -> Result<DeviceId, StoreError> {
    DeviceId::parse(&read.text(table::DEVICE)?).map_err(|_| malformed(table::DEVICE))
}
