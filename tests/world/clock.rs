//! A clock for each test, which moves only when the test says so.
//!
//! A test's runtime has one thread unless it asks for more, so the time of a thread is the time of a test: for its stack, for the
//! sandbox and for the test itself. In a test with more threads it is always noon.

use std::cell::Cell;

use jiff::{SignedDuration, Timestamp};

thread_local! {
    static NOW: Cell<Timestamp> = const { Cell::new(NOON) };
}

/// When every test begins.
pub(crate) const NOON: Timestamp = Timestamp::constant(1_772_798_400, 0);

/// The time, for whoever takes a clock.
pub(crate) fn now() -> Timestamp {
    NOW.get()
}

/// Sets the clock.
pub(crate) fn set(time: Timestamp) {
    NOW.set(time);
}

/// Lets time pass.
pub(crate) fn advance(by: SignedDuration) {
    NOW.set(NOW.get() + by);
}

/// How long a failed fetch of a certificate is not repeated.
pub(crate) const FETCH_PAUSE: SignedDuration = SignedDuration::from_secs(5);

/// How long a topic waits for the operator, and a notification for its topic.
pub(crate) const WAITING_TIME: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How long a record is kept.
pub(crate) const RETENTION: SignedDuration = SignedDuration::from_hours(90 * 24);
