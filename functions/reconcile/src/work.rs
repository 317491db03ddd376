//! The work of a run in parts, as it is written down: it names devices, so it has no `Debug` and goes nowhere but into its paper.

use registry::Application;
use serde::{Deserialize, Serialize};
use upkeep::mend::{Subject, Trail};
use upkeep::plan::{Caps, Spending};
use upkeep::{DeviceId, EndpointId};

use crate::counters::Counters;
use crate::report::Line;

/// One part of the work.
#[derive(Serialize, Deserialize)]
pub(crate) struct Chunk {
    pub(crate) items: Vec<Item>,
}

/// One thing to do.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Item {
    pub(crate) task: Task,
    /// What the report would say if nothing else happened.
    pub(crate) foreseen: Vec<Line>,
    /// What it may spend for that.
    #[serde(default, skip_serializing_if = "Spent::is_nothing")]
    pub(crate) caps: Spent,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Task {
    /// Look at a device, and at these endpoints.
    Device {
        id: String,
        /// The endpoint that it named when the plan was made.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        holders: Vec<String>,
        #[serde(default, skip_serializing_if = "is_false")]
        is_shared: bool,
    },
    /// Look at an endpoint that nobody seems to claim, or that is condemned.
    Endpoint(String),
    /// A condemned endpoint is gone: take it off the record, since one with its token would have its id again.
    Gone(String),
    /// End the subscriptions that a device has inherited.
    Subscriptions(String),
}

/// How much of each cap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Spent {
    pub(crate) creates: u32,
    pub(crate) deletes: u32,
    pub(crate) enables: u32,
}

/// What has become of one part.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Page {
    /// So many of its items are done.
    pub(crate) done: usize,
    /// Somebody has begun with the next ones, and has not said how it ended.
    pub(crate) is_begun: bool,
    /// There are no more.
    pub(crate) is_over: bool,
    pub(crate) counters: Counters,
    pub(crate) lines: Vec<Line>,
}

impl Task {
    /// As a piece of work is about it; none of the two that take no decision.
    pub(crate) fn subject(&self, application: &Application) -> Option<(Subject, Trail)> {
        match self {
            Self::Device {
                id, holders, is_shared, ..
            } => {
                let trail = Trail {
                    candidates: holders.iter().filter_map(|holder| endpoint(application, holder)).collect(),
                    is_shared: *is_shared,
                    ..Trail::default()
                };
                Some((Subject::Device(DeviceId::new(id.as_str())), trail))
            }
            Self::Endpoint(id) => Some((Subject::Endpoint(endpoint(application, id)?), Trail::default())),
            Self::Gone(_) | Self::Subscriptions(_) => None,
        }
    }

    /// What it takes on a paper, but for its frame.
    pub(crate) fn size_bytes(&self) -> usize {
        match self {
            // A device id may have letters that JSON writes in two.
            Self::Device { id, holders, .. } => 2 * id.len() + 40 * holders.len(),
            Self::Subscriptions(id) => 2 * id.len(),
            Self::Endpoint(_) | Self::Gone(_) => 0,
        }
    }
}

impl Spent {
    pub(crate) fn add(&mut self, spending: Spending) {
        let spent = match spending {
            Spending::Create => &mut self.creates,
            Spending::Delete => &mut self.deletes,
            Spending::Enable => &mut self.enables,
        };
        *spent = spent.saturating_add(1);
    }

    /// What is left of caps, and how much of this they allow.
    pub(crate) fn out_of(self, caps: Caps) -> (Self, Caps) {
        let allowed = Self {
            creates: self.creates.min(caps.creates),
            deletes: self.deletes.min(caps.deletes),
            enables: self.enables.min(caps.enables),
        };
        let left = Caps {
            creates: caps.creates - allowed.creates,
            deletes: caps.deletes - allowed.deletes,
            enables: caps.enables - allowed.enables,
        };
        (allowed, left)
    }

    /// An equal part of it: what nobody foresaw must be paid for, too.
    pub(crate) fn part(self, parts: u32) -> Caps {
        let part = |all: u32| all / parts.max(1);
        Caps {
            creates: part(self.creates),
            deletes: part(self.deletes),
            enables: part(self.enables),
        }
    }

    fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What a part of the work may spend on what the plan did not foresee. Several take from it at once, so each takes first and gives back what
/// it did not need.
pub(crate) struct Purse(Caps);

impl Purse {
    pub(crate) fn new(caps: Caps) -> Self {
        Self(caps)
    }

    /// One of each, if there is one, on top of what was foreseen.
    pub(crate) fn take(&mut self, foreseen: Spent) -> Caps {
        let one = Spent {
            creates: 1,
            deletes: 1,
            enables: 1,
        };
        let (taken, left) = one.out_of(self.0);
        self.0 = left;
        Caps {
            creates: foreseen.creates.saturating_add(taken.creates),
            deletes: foreseen.deletes.saturating_add(taken.deletes),
            enables: foreseen.enables.saturating_add(taken.enables),
        }
    }

    pub(crate) fn give_back(&mut self, caps: Caps) {
        let Self(left) = self;
        left.creates = left.creates.saturating_add(caps.creates);
        left.deletes = left.deletes.saturating_add(caps.deletes);
        left.enables = left.enables.saturating_add(caps.enables);
    }
}

impl From<Caps> for Spent {
    fn from(
        Caps {
            creates,
            deletes,
            enables,
        }: Caps,
    ) -> Self {
        Self {
            creates,
            deletes,
            enables,
        }
    }
}

pub(crate) fn endpoint(application: &Application, id: &str) -> Option<EndpointId> {
    EndpointId::of_arn(application.endpoint(id).as_str()).ok()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's shape")]
fn is_false(is: &bool) -> bool {
    !is
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caps_are_given_out_as_foreseen_and_what_is_left_over_in_equal_parts() {
        let caps = Caps {
            creates: 10,
            deletes: 2,
            enables: 5,
        };
        let foreseen = Spent {
            creates: 3,
            deletes: 4,
            enables: 0,
        };
        let (allowed, left) = foreseen.out_of(caps);
        assert_eq!((allowed.creates, allowed.deletes, allowed.enables), (3, 2, 0));
        assert_eq!((left.creates, left.deletes, left.enables), (7, 0, 5));
        let part = Spent::from(left).part(2);
        assert_eq!((part.creates, part.deletes, part.enables), (3, 0, 2));
    }

    #[test]
    fn what_is_taken_out_of_a_purse_is_not_there_for_another_until_it_is_given_back() {
        let mut purse = Purse::new(Caps {
            creates: 1,
            deletes: 0,
            enables: 5,
        });
        let foreseen = Spent {
            deletes: 2,
            ..Spent::default()
        };
        let first = purse.take(foreseen);
        assert_eq!((first.creates, first.deletes, first.enables), (1, 2, 1));
        let second = purse.take(Spent::default());
        assert_eq!((second.creates, second.deletes, second.enables), (0, 0, 1));
        purse.give_back(first);
        let third = purse.take(Spent::default());
        assert_eq!((third.creates, third.deletes, third.enables), (1, 1, 1));
    }
}
