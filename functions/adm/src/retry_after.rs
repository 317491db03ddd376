//! When Amazon wants to be asked again.
//!
//! "This value can be either a decimal number of seconds after the time of the response, or an HTTP-format date" ("Topic Based
//! Messaging", section "Response header fields"). Both forms are read, and any other is as good as none. An answer may ask for a day
//! at most: nobody knows further ahead, and a date in the year 9999 must not park a message for ever.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use jiff::Timestamp;

/// The time that an answer's Retry-After asks to wait, told at `now`.
pub(crate) fn of(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    read(headers.get(header::RETRY_AFTER)?.to_str().ok()?, now)
}

fn read(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    let asked = seconds(value).or_else(|| until(value, now))?;
    Some(asked.min(LONGEST))
}

/// Digits with or without a fraction; a signed, exponential or infinite number is none of ours.
fn seconds(value: &str) -> Option<Duration> {
    let is_decimal = value.starts_with(|first: char| first.is_ascii_digit())
        && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let seconds: f64 = value.parse().ok().filter(|_| is_decimal)?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST))
}

/// Any of the three forms of RFC 9110, section 5.6.7; a time that is over means now.
fn until(value: &str, now: Timestamp) -> Option<Duration> {
    let then = httpdate::parse_http_date(value).ok()?;
    Some(then.duration_since(SystemTime::from(now)).unwrap_or_default())
}

const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_are_read() {
        for (value, milliseconds) in [
            ("30", 30_000),
            ("0", 0),
            (" 7 ", 7_000),
            ("1.5", 1_500),
            ("86400", 86_400_000),
            ("86401", 86_400_000),
            ("99999999999999999999999", 86_400_000),
            ("Fri, 06 Mar 2026 20:00:30 GMT", 30_000),
            ("Friday, 06-Mar-26 20:00:30 GMT", 30_000),
            ("Fri Mar  6 20:00:30 2026", 30_000),
            ("Fri, 06 Mar 2026 19:59:59 GMT", 0),
            ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400_000),
        ] {
            assert_eq!(read(value, now()), Some(Duration::from_millis(milliseconds)), "{value}");
        }
    }

    #[test]
    fn any_other_form_is_as_good_as_none() {
        for value in [
            "",
            "-1",
            "+1",
            "1e9",
            "inf",
            "NaN",
            ".",
            ".5",
            "1.2.3",
            "soon",
            "2026-03-06T20:00:30Z",
            "0x10",
        ] {
            assert_eq!(read(value, now()), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(value in ".*") {
            let _read = read(&value, now());
        }
    }

    fn now() -> Timestamp {
        "2026-03-06T20:00:00Z".parse().unwrap()
    }
}
