//! Handing on from end to end: from a delivery at a route to a message on the topic `events`, at least once, whatever fails.

mod crash;
mod late;
mod outage;
mod poison;
mod store_faults;
