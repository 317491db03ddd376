//! Whose notification a row holds.

use inbox::Record;
use serde::Serialize;

/// A sender of notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Dash Replenishment.
    Drs,
    /// Appstore Real-Time Notifications.
    Rtn,
}

impl Source {
    /// By the first word of the row's subject; none for rows that have no event, and for sources of a newer version.
    pub fn of(record: &Record) -> Option<Self> {
        match record.subject.split_once('#')?.0 {
            "drs" => Some(Self::Drs),
            "rtn" => Some(Self::Rtn),
            _ => None,
        }
    }

    /// The stable name, as in the JSON of an event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drs => "drs",
            Self::Rtn => "rtn",
        }
    }
}
