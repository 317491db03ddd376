//! The one time that an endpoint may be enabled for each confirmation.
//!
//! Promises that it is counted before it is done, over the row that was seen, so that of many who want to, one does; and that it is taken back
//! only over the row on which it was counted, so that nothing that was said in between is lost. What nobody knows counts as done.

use std::fmt;

use inbox::StoreError;
use jiff::Timestamp;

use crate::Registry;
use crate::attempt::{Attempt, to_milliseconds};
use crate::change::{Change, Refusal};
use crate::device::Device;
use crate::state::State;

/// The name of one piece of work, never given twice. A piece of work that finds its own on a row knows that its write was performed, though
/// the answer was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket {
    /// The fencing number of its lease, or whatever else tells one process from another.
    pub run: u64,
    /// Counts the pieces of work in it.
    pub number: u64,
}

/// On what grounds an endpoint is enabled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Grounds {
    /// The device has confirmed its token since it was disabled. That counts for one time.
    Confirmed,
    /// The device has confirmed a token that no endpoint has yet: it is enabled with the endpoint that it is given to. That counts for the
    /// same one time, and if SNS disables it then, it is for the first time and not *again*.
    Provided,
    /// An operator has said that the push service was wrong about all tokens, for a while.
    Recovery,
}

impl Registry {
    /// Counts that the device's token is about to be enabled, once for each confirmation. Count first and ask SNS then; if the answer of SNS
    /// gets lost, it is counted all the same. The ticket tells the piece of work from every other, if the answer of the table gets lost.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be counted then: do not ask SNS.
    pub async fn enabling(
        &self,
        seen: &Device,
        ticket: Ticket,
        grounds: Grounds,
        attempt: &Attempt<'_>,
    ) -> Result<Change, StoreError> {
        match seen.state {
            State::Live => {}
            State::OptedOut | State::Quarantined | State::SlotConflict | State::Superseded | State::Tombstone => {
                return Ok(Change::Refused(Refusal::State(seen.state)));
            }
        }
        match grounds {
            Grounds::Confirmed | Grounds::Provided if seen.enables_since_confirm > 0 => {
                return Ok(Change::Refused(Refusal::AlreadyEnabled));
            }
            Grounds::Confirmed | Grounds::Provided | Grounds::Recovery => {}
        }
        let mut next = seen.clone();
        next.enables_since_confirm = next.enables_since_confirm.saturating_add(1);
        next.ticket = Some(ticket);
        if grounds != Grounds::Provided {
            next.enabled_at = next.enabled_at.max(Some(to_milliseconds(attempt.now)));
        }
        next.mark_enabled();
        self.change(seen, next, attempt).await
    }

    /// Takes back what was counted, if SNS has certainly not done it. `disabled_at` is what was on record before; what has been heard in between
    /// is newer.
    ///
    /// # Errors
    /// [`StoreError`] if the table cannot be read or written. It may or may not be taken back then; it is safe to repeat it.
    pub async fn not_enabled(
        &self,
        seen: &Device,
        disabled_at: Option<Timestamp>,
        attempt: &Attempt<'_>,
    ) -> Result<Change, StoreError> {
        let mut next = seen.clone();
        next.enables_since_confirm = next.enables_since_confirm.saturating_sub(1);
        next.disabled_at = next.disabled_at.or(disabled_at.map(to_milliseconds));
        next.ticket = None;
        next.enabled_at = None;
        self.change_if_other(seen, next, attempt).await
    }
}

impl Ticket {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (run, number) = text.split_once('.')?;
        let ticket = Self {
            run: run.parse().ok()?,
            number: number.parse().ok()?,
        };
        Some(ticket).filter(|ticket| ticket.to_string() == text)
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.run, self.number)
    }
}

#[cfg(test)]
mod tests {
    use super::Ticket;

    #[test]
    fn a_ticket_has_one_spelling() {
        let ticket = Ticket { run: 12, number: 345 };
        assert_eq!(
            (ticket.to_string().as_str(), Ticket::parse("12.345")),
            ("12.345", Some(ticket))
        );
        for text in [
            "",
            "12",
            "12.",
            ".345",
            "12.345.6",
            "+12.345",
            "012.345",
            "12.-1",
            "18446744073709551616.1",
        ] {
            assert_eq!(Ticket::parse(text), None, "{text}");
        }
    }
}
