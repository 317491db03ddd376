//! Every call to the database that a delivery cannot do without.

use sandbox::{Envelope, ids};

use crate::world::rows::{Row, conflicting, held, recorded};
use crate::world::{CONFIRMED, CONFLICT, DUPLICATE, HELD, PENDING, RECORDED, STRANGER, TOPIC, UNSUBSCRIBED, World, mail};

/// A delivery, by the road that it takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Road {
    New,
    Conflict,
    Approved,
    Held,
    Pending,
    Confirmed,
    Unsubscribed,
}

/// A call to the database that a delivery cannot do without.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) road: Road,
    pub(crate) operation: &'static str,
    /// How many calls of that operation come before it.
    pub(crate) before: usize,
    /// What a redelivery is answered once the call was performed and nobody heard.
    pub(crate) unheard: &'static str,
}

/// Each of them, on each road.
pub(crate) const CALLS: [Call; 11] = [
    call(Road::New, "PutItem", 0, DUPLICATE),
    call(Road::Conflict, "PutItem", 0, CONFLICT),
    call(Road::Conflict, "PutItem", 1, DUPLICATE),
    call(Road::Approved, "GetItem", 0, RECORDED),
    call(Road::Held, "GetItem", 0, HELD),
    call(Road::Held, "TransactWriteItems", 0, HELD),
    call(Road::Pending, "GetItem", 0, PENDING),
    call(Road::Pending, "GetItem", 1, PENDING),
    call(Road::Pending, "TransactWriteItems", 0, PENDING),
    call(Road::Confirmed, "UpdateItem", 0, CONFIRMED),
    call(Road::Unsubscribed, "UpdateItem", 0, UNSUBSCRIBED),
];

const fn call(road: Road, operation: &'static str, before: usize, unheard: &'static str) -> Call {
    Call {
        road,
        operation,
        before,
        unheard,
    }
}

impl Road {
    /// A delivery that takes this road, once the world is such that it does; `seed` makes it one of its own.
    pub(crate) async fn delivery(self, world: &World, seed: usize) -> Envelope {
        let purchase = mail::purchase(&format!("purchase {seed}"));
        let stranger = format!("{STRANGER}{seed}");
        let asked = mail::confirmation(&stranger, &ids::token(&stranger));
        match self {
            Self::New => purchase,
            Self::Conflict => {
                assert_eq!(world.deliver(&purchase).await, RECORDED);
                mail::same_key_other_body(&purchase)
            }
            Self::Approved => {
                world.approve(&stranger).await;
                mail::sent_to(&stranger, &format!("purchase {seed}"))
            }
            Self::Held => {
                assert_eq!(world.deliver(&asked).await, PENDING);
                mail::sent_to(&stranger, &format!("purchase {seed}"))
            }
            Self::Pending => asked,
            Self::Confirmed => mail::confirmation(TOPIC, &world.stack.api.issue_token(TOPIC)),
            Self::Unsubscribed => mail::farewell(TOPIC),
        }
    }

    /// The answer if all goes well.
    pub(crate) fn answer(self) -> &'static str {
        match self {
            Self::New | Self::Approved => RECORDED,
            Self::Conflict => CONFLICT,
            Self::Held => HELD,
            Self::Pending => PENDING,
            Self::Confirmed => CONFIRMED,
            Self::Unsubscribed => UNSUBSCRIBED,
        }
    }

    /// All rows that there must be in the end.
    pub(crate) fn rows(self, delivered: &Envelope, seed: usize) -> Vec<Row> {
        match self {
            Self::New | Self::Approved => vec![recorded(delivered)],
            Self::Conflict => vec![recorded(&mail::purchase(&format!("purchase {seed}"))), conflicting(delivered)],
            Self::Held => vec![held(delivered)],
            Self::Pending | Self::Confirmed | Self::Unsubscribed => Vec::new(),
        }
    }
}
