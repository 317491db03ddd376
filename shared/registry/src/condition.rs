//! The conditions under which a row is written. There is no unconditional write.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use crate::DeviceId;
use crate::item::{number, text};
use crate::table;

/// When a row may be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Condition {
    /// There is no such row.
    Absent,
    /// The endpoint is this device's.
    Bound(DeviceId),
    /// The claim is the one that was seen: a device never claims a token twice with one confirmation.
    /// What is known of the token is put there when the device leaves it.
    Claimed {
        device: DeviceId,
        confirmed_at: Timestamp,
        has_history: bool,
    },
    /// The endpoint is this device's, or nobody's.
    Free(DeviceId),
    /// The row is of no newer holder of the lease, and of an earlier step.
    Step { fence: i64, step: i64 },
    /// The row is of no newer holder of the lease.
    Fence(i64),
    /// The row is the one that was seen.
    Version(i64),
}

/// A condition as DynamoDB takes it.
pub(crate) struct Expression {
    pub(crate) text: &'static str,
    pub(crate) names: HashMap<String, String>,
    /// `None` if the expression has no values: an empty map is refused.
    pub(crate) values: Option<HashMap<String, AttributeValue>>,
}

impl Condition {
    pub(crate) fn expression(&self) -> Expression {
        match self {
            Self::Absent => Expression::of("attribute_not_exists(#key)", [table::KEY], []),
            Self::Bound(device) => Expression::of("#device = :device", [table::DEVICE], [(":device", text(device.as_str()))]),
            Self::Claimed {
                device,
                confirmed_at,
                has_history,
            } => Expression::of(
                match has_history {
                    true => "#device = :device AND #confirmed_at = :confirmed_at AND attribute_exists(#disabled_again)",
                    false => "#device = :device AND #confirmed_at = :confirmed_at AND attribute_not_exists(#disabled_again)",
                },
                [table::DEVICE, table::CONFIRMED_AT, table::DISABLED_AGAIN],
                [
                    (":device", text(device.as_str())),
                    (":confirmed_at", number(confirmed_at.as_millisecond())),
                ],
            ),
            Self::Free(device) => Expression::of(
                "attribute_not_exists(#key) OR #device = :device",
                [table::KEY, table::DEVICE],
                [(":device", text(device.as_str()))],
            ),
            Self::Step { fence, step } => Expression::of(
                "attribute_not_exists(#key) OR (#fence <= :fence AND #step < :step)",
                [table::KEY, table::FENCE, table::STEP],
                [(":fence", number(*fence)), (":step", number(*step))],
            ),
            Self::Fence(fence) => Expression::of(
                "attribute_not_exists(#key) OR #fence <= :fence",
                [table::KEY, table::FENCE],
                [(":fence", number(*fence))],
            ),
            Self::Version(version) => Expression::of("#version = :version", [table::VERSION], [(":version", number(*version))]),
        }
    }
}

impl Expression {
    fn of<const N: usize, const M: usize>(
        text: &'static str,
        names: [&'static str; N],
        values: [(&'static str, AttributeValue); M],
    ) -> Self {
        let values = HashMap::from(values.map(|(name, value)| (name.to_owned(), value)));
        Self {
            text,
            names: HashMap::from(names.map(|name| (format!("#{name}"), name.to_owned()))),
            values: Some(values).filter(|values| !values.is_empty()),
        }
    }
}
