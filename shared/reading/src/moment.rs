//! Points in time, as they stand in messages and in events.
//!
//! Promises whole milliseconds from 1970 to the year 9999, so that an event, its JSON and its key all tell the same moment.
//! Refuses earlier ones: nothing was sold before, and a negative number would sort its key wrongly.

use jiff::Timestamp;
use serde::Serializer;

/// Reads RFC 3339, with or without a fraction of a second, and what else of ISO 8601 tells a whole moment; what is finer than a
/// millisecond is cut off.
pub fn moment(text: String) -> Option<Timestamp> {
    let millisecond = text.parse::<Timestamp>().ok()?.as_millisecond();
    Timestamp::from_millisecond(millisecond).ok().filter(|_| millisecond >= 0)
}

/// Writes a time as in `2020-09-21T15:19:29.824Z`, always with milliseconds.
pub fn rfc3339<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{time:.3}"))
}

/// The same where there may be none.
pub fn rfc3339_or_null<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => rfc3339(time, serializer),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_fraction_is_optional_and_finer_ones_are_cut_off() {
        check("2016-12-02T21:09:58.689Z", 1_480_712_998_689);
        check("2016-12-02T21:09:58Z", 1_480_712_998_000);
        check("2016-12-02T21:09:58.6899999Z", 1_480_712_998_689);
        check("2016-12-02T22:09:58.689+01:00", 1_480_712_998_689);
        check("1970-01-01T00:00:00Z", 0);
    }

    #[test]
    fn other_spellings_of_a_whole_moment_are_read_too() {
        for text in [
            "2016-12-02 21:09:58Z",
            "2016-12-02t21:09:58z",
            "20161202T210958Z",
            "2016-12-02T21:09:58+0000",
            "2016-12-02T21:09:58Z[UTC]",
        ] {
            check(text, 1_480_712_998_000);
        }
    }

    #[test]
    fn what_leaves_the_moment_open_or_lies_before_1970_is_refused() {
        for text in [
            "",
            "2016-12-02",
            "2016-12-02T21:09:58",
            "21:09:58Z",
            "1480712998689",
            "1969-12-31T23:59:59.999Z",
            "2016-13-02T21:09:58Z",
            "2016-12-02T25:09:58Z",
            "10000-01-01T00:00:00Z",
            "next week",
        ] {
            assert_eq!(moment(text.to_owned()), None, "{text:?}");
        }
    }

    #[test]
    fn a_time_is_always_written_with_milliseconds() {
        #[derive(serde::Serialize)]
        struct Times(
            #[serde(serialize_with = "rfc3339")] Timestamp,
            #[serde(serialize_with = "rfc3339_or_null")] Option<Timestamp>,
        );
        let time = Timestamp::from_millisecond(1_480_712_998_500).expect("a time that jiff knows");
        let json = serde_json::to_string(&[Times(time, Some(time)), Times(Timestamp::UNIX_EPOCH, None)]).expect("JSON");
        insta::assert_snapshot!(json, @r#"[["2016-12-02T21:09:58.500Z","2016-12-02T21:09:58.500Z"],["1970-01-01T00:00:00.000Z",null]]"#);
    }

    proptest! {
        #[test]
        fn any_text_is_a_moment_or_is_not(text in ".*") {
            let _ = moment(text);
        }
    }

    fn check(text: &str, millisecond: i64) {
        assert_eq!(
            moment(text.to_owned()).map(Timestamp::as_millisecond),
            Some(millisecond),
            "{text}"
        );
    }
}
