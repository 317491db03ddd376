//! Messages put together into as few calls as SNS allows.

use crate::message::{MAX_BATCH_BYTES, Message};

/// What goes out in one call: at most ten messages and 256 KB (SNS API Reference, `PublishBatch`), in order.
pub(crate) fn batches<T>(ready: impl IntoIterator<Item = (T, Message)>) -> Vec<Vec<(T, Message)>> {
    let mut batches = Vec::<Vec<_>>::new();
    let mut bytes = 0;
    for (ticket, message) in ready {
        let size = message.size_bytes();
        match batches.last_mut() {
            Some(batch) if batch.len() < MAX_ENTRIES && bytes + size <= MAX_BATCH_BYTES => {
                bytes += size;
                batch.push((ticket, message));
            }
            Some(_) | None => {
                bytes = size;
                batches.push(vec![(ticket, message)]);
            }
        }
    }
    batches
}

const MAX_ENTRIES: usize = 10;
