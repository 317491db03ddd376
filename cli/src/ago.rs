//! Times as people type them: `2026-03-06T19:55:38Z`, or how long ago, such as `2h` or `7d`.

use std::str::FromStr;

use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

use crate::failure::Failure;

/// How long ago: `90s`, `2h`, `7d`. Never negative; a day has 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ago(SignedDuration);

/// The beginning of a time span that ends now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Since {
    /// A moment.
    Moment(Timestamp),
    /// So long ago.
    Ago(Ago),
}

impl Ago {
    /// The moment so long before `now`.
    pub(crate) fn before(self, now: Timestamp) -> Result<Timestamp, Failure> {
        now.checked_sub(self.0)
            .map_err(|_| Failure::new(format!("there is no time {:#} before {now}", self.0)))
    }
}

impl Since {
    /// The moment that is meant, seen from `now`.
    pub(crate) fn moment(self, now: Timestamp) -> Result<Timestamp, Failure> {
        match self {
            Self::Moment(moment) => Ok(moment),
            Self::Ago(ago) => ago.before(now),
        }
    }
}

impl FromStr for Ago {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let span = text.parse::<Span>().map_err(|_| AGO)?;
        let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| AGO)?;
        if duration.is_negative() {
            Err(AGO)
        } else {
            Ok(Self(duration))
        }
    }
}

impl FromStr for Since {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.parse() {
            Ok(moment) => Ok(Self::Moment(moment)),
            Err(_) => text.parse().map(Self::Ago).map_err(|_| SINCE),
        }
    }
}

const AGO: &str = "write a time span in units of up to a week, such as 90s, 2h or 7d";
const SINCE: &str = "write a time such as 2026-03-06T19:55:38Z, or how long ago, such as 90s, 2h or 7d";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_written_in_units_of_up_to_a_week() {
        for (text, seconds) in [
            ("90s", 90),
            ("2h", 7_200),
            ("1h 30m", 5_400),
            ("7d", 604_800),
            ("1w", 604_800),
            ("0s", 0),
        ] {
            assert_eq!(text.parse(), Ok(Ago(SignedDuration::from_secs(seconds))), "{text}");
        }
        for text in ["", "2", "h", "-2h", "2h ago", "1 month", "soon"] {
            assert_eq!(text.parse::<Ago>(), Err(AGO), "{text}");
        }
    }

    #[test]
    fn since_is_a_moment_or_a_span() {
        let now = "2026-03-06T19:55:38Z".parse().unwrap();
        let moment = |text: &str| text.parse::<Since>().unwrap().moment(now).unwrap().to_string();
        assert_eq!(moment("2h"), "2026-03-06T17:55:38Z");
        assert_eq!(moment("2026-01-01T00:00:00+01:00"), "2025-12-31T23:00:00Z");
        assert_eq!("yesterday".parse::<Since>(), Err(SINCE));
    }

    #[test]
    fn a_span_beyond_the_beginning_of_time_is_a_sentence() {
        let ago = "20000w".parse::<Ago>().unwrap();
        let moment = ago.before(Timestamp::MIN);
        assert!(moment.is_err());
    }
}
