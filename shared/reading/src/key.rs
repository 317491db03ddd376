//! Texts that rows are found by.
//!
//! A key has parts with `#` between them. Promises that a part that may stand anywhere in a key holds none, and that keys which
//! begin with a moment sort as time does.

use jiff::Timestamp;

/// The moment as the start of a key: milliseconds, as wide as the longest `i64`.
pub fn sortable(moment: Timestamp) -> String {
    format!("{:019}", moment.as_millisecond())
}

/// Whether the text leaves a key as easy to take apart as it was: no `#`, no control character.
pub fn is_key_part(text: &str) -> bool {
    !text.contains(|letter: char| letter == '#' || letter.is_control())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_of_a_key_has_neither_a_separator_nor_a_control_character() {
        for text in ["", "a", "a b:/é🔥"] {
            assert!(is_key_part(text), "{text:?}");
        }
        for text in ["#", "a#b", "a\n", "a\u{7f}", "a\u{85}"] {
            assert!(!is_key_part(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn keys_sort_as_moments_do(left in 0..=LAST_MILLISECOND, right in 0..=LAST_MILLISECOND) {
            let [early, late] = [left, right].map(|ms| Timestamp::from_millisecond(ms).expect("a time that jiff knows"));
            prop_assert_eq!(sortable(early).cmp(&sortable(late)), left.cmp(&right));
        }
    }

    // The last whole second that jiff knows, at the end of the year 9999.
    const LAST_MILLISECOND: i64 = 253_402_207_200_000;
}
