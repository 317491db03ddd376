//! Who changes a row, and when.

use jiff::Timestamp;

/// One attempt to change something. A process tries under its own id, such as Lambda's request id, which is another for each invocation.
#[derive(Clone, Copy, Debug)]
pub struct Attempt<'a> {
    /// Tells this attempt from every other; it is part of the row.
    pub id: &'a str,
    /// Its moment, by the caller's clock.
    pub now: Timestamp,
}

impl Attempt<'_> {
    /// One process may try twice under one id: the moment tells the one from the other.
    pub(crate) fn writer(&self) -> String {
        format!("{}@{}", self.id, self.now.as_millisecond())
    }

    /// Where the versions of a new row begin. A row that is made anew after it was deleted is another one for everybody who has seen the
    /// old one.
    pub(crate) fn first_version(&self) -> i64 {
        self.now.as_millisecond()
    }
}

/// As precise as the table is.
pub(crate) fn to_milliseconds(moment: Timestamp) -> Timestamp {
    Timestamp::from_millisecond(moment.as_millisecond()).expect("a part of a timestamp is one")
}
