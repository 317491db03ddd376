//! The lines of the ledger: one for a report that finds a limit near, or that says that one is exceeded.
//!
//! Promises one line at most for a report, with the limit that is nearest, and nothing of the instance.

use super::{Limit, Usage};
use crate::Topic;
use crate::log::FUNCTION;

/// A limit is near.
pub(super) fn near_limit(topic: &Topic, limits: &[Usage]) {
    if let Some(nearest) = Usage::nearest(limits) {
        tracing::warn!(
            function = FUNCTION,
            outcome = "near_limit",
            limit = nearest.limit.as_str(),
            topic = topic.as_str(),
            "a limit of ADM is near"
        );
    }
}

/// An app was refused because of a limit; `limit` is the one that is nearest by the ledger, if one is near.
pub(super) fn limit_exceeded(topic: &Topic, limit: Option<Limit>) {
    tracing::warn!(
        function = FUNCTION,
        outcome = "limit_exceeded",
        limit = limit.map(Limit::as_str),
        topic = topic.as_str(),
        "a limit of ADM is exceeded"
    );
}
