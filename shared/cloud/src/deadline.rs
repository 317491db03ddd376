//! When Lambda ends an invocation.

use jiff::Timestamp;

/// The moment in the field `deadline` of an invocation's context, which counts epoch milliseconds; the end of time if it is beyond that.
pub fn ends_at(deadline_ms: u64) -> Timestamp {
    i64::try_from(deadline_ms)
        .ok()
        .and_then(|millisecond| Timestamp::from_millisecond(millisecond).ok())
        .unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_an_invocation_is_the_one_of_its_context() {
        assert_eq!(ends_at(1_772_798_400_250).to_string(), "2026-03-06T12:00:00.25Z");
        assert_eq!(ends_at(u64::MAX), Timestamp::MAX);
    }
}
