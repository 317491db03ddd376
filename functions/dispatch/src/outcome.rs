//! What became of a row that was looked at, and how many came to what.

use inbox::StoreError;
use serde::Serialize;

use crate::topic::TopicError;

/// What became of a row.
#[derive(Debug)]
pub enum Outcome {
    /// It went out.
    HandedOn {
        /// A newer event of its subject had arrived before it.
        late: bool,
        /// The record says so. If not, it will go out once more, under the same id.
        marked: bool,
    },
    /// There was nothing to do: handed on before, held, unreadable, past its time, gone.
    NotDue,
    /// A newer version of this program has written it, and will hand it on.
    Newer,
    /// There was no time left to begin with it; it stays due.
    NoTime,
    /// SNS took the call and not this event; it stays due.
    Refused {
        /// SNS's code.
        code: String,
    },
    /// It waits for a person: it cannot be handed on as it is, or has been refused too often.
    Dead {
        /// The code that is on record.
        reason: String,
    },
    /// The store could not be asked; it stays due.
    Store(StoreError),
    /// The topic could not be reached, or lets nobody in; it stays due, and this is not counted against it.
    Topic(std::sync::Arc<TopicError>),
    /// It has been due again for so short a time that it is left to the stream.
    Young,
}

impl Outcome {
    /// Whether trying again soon may help: nothing about the row itself is at fault.
    pub fn is_fault(&self) -> bool {
        match self {
            Self::NoTime | Self::Store(_) | Self::Topic(_) => true,
            Self::HandedOn { .. } | Self::NotDue | Self::Newer | Self::Refused { .. } | Self::Dead { .. } | Self::Young => false,
        }
    }

    /// Whether the row waits for a later sweep.
    pub fn stays_due(&self) -> bool {
        match self {
            Self::HandedOn { marked, .. } => !marked,
            Self::Newer | Self::NoTime | Self::Refused { .. } | Self::Store(_) | Self::Topic(_) | Self::Young => true,
            Self::NotDue | Self::Dead { .. } => false,
        }
    }
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Went out.
    pub handed_on: u64,
    /// Of these, late.
    pub late: u64,
    /// Of these, not marked as handed on.
    pub unmarked: u64,
    /// Had nothing to do.
    pub not_due: u64,
    /// Were left to a newer version.
    pub newer: u64,
    /// Were refused by SNS and stay due.
    pub refused: u64,
    /// Are dead from now on.
    pub dead: u64,
    /// Could not be tried, for a fault of the store or the topic, or for want of time.
    pub faults: u64,
    /// Were left to the stream.
    pub young: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::HandedOn { late, marked } => {
                self.handed_on += 1;
                self.late += u64::from(*late);
                self.unmarked += u64::from(!marked);
            }
            Outcome::NotDue => self.not_due += 1,
            Outcome::Newer => self.newer += 1,
            Outcome::Refused { .. } => self.refused += 1,
            Outcome::Dead { .. } => self.dead += 1,
            Outcome::NoTime | Outcome::Store(_) | Outcome::Topic(_) => self.faults += 1,
            Outcome::Young => self.young += 1,
        }
    }
}
