//! The names of pieces of work that no lease tells apart.

use inbox::Digest;
use registry::Attempt;
use upkeep::Ticket;

/// Those of one attempt, and of no sweep: a sweep's begin with the number of its lease, and those are counted from one.
pub fn tickets(attempt: &Attempt<'_>) -> impl Iterator<Item = Ticket> + use<> {
    let name = format!("{}@{}", attempt.id, attempt.now.as_nanosecond());
    let [a, b, c, d, e, f, g, h, ..] = *Digest::of(&name).as_bytes();
    let run = u64::from_be_bytes([a, b, c, d, e, f, g, h]) | 1 << 63;
    (1..).map(move |number| Ticket { run, number })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    #[test]
    fn two_attempts_have_no_ticket_in_common_and_none_with_a_sweep() {
        let of = |id, now| tickets(&Attempt { id, now }).take(2).collect::<Vec<_>>();
        let first = of("one", Timestamp::UNIX_EPOCH);
        assert_eq!(first, of("one", Timestamp::UNIX_EPOCH));
        assert_ne!(first[0], first[1]);
        assert!(first[0].run > u64::MAX / 2);
        for other in [of("two", Timestamp::UNIX_EPOCH), of("one", Timestamp::MAX)] {
            assert_ne!(first[0].run, other[0].run);
        }
    }
}
