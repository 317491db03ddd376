//! Dash Replenishment from end to end: both versions, posted by SNS, by an invocation of SNS, and out of the queue of dead letters.

mod crash;
mod identity;
mod refusals;
mod samples;
mod store_faults;
