//! A decimal number in the one form that it has.
//!
//! Promises that `1`, `1.0`, `"1.00"` and `10e-1` are the same number, exactly, and print the same. Refuses a minus sign, and
//! whatever is no number or needs more than 28 digits.
//!
//! Kept as text, because nothing here computes with it: to read, compare and print is all, and a library such as rust_decimal
//! would bring arithmetic for it, with other calls for text with an exponent and with rounding to switch off. 28 digits fit the
//! decimal types of most languages, and DynamoDB's numbers.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Number;

/// A number from 0 up, written without an exponent, without needless zeros and without a sign.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Decimal(String);

impl Decimal {
    /// The number as in `12` or `0.5`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A JSON number. One with a fraction has been a double on its way here, so the first 15 of its digits are certain.
    pub(crate) fn from_number(number: &Number) -> Option<Self> {
        Self::parse(&number.to_string())
    }

    /// A number in text: digits, perhaps a fraction, perhaps an exponent.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (number, exponent) = match text.split_once(['e', 'E']) {
            Some((number, exponent)) => (number, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = match number.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (number, ""),
        };
        let digits = [whole, fraction].concat();
        if whole.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let significant = digits.trim_start_matches('0');
        let leading_zeros = digits.len() - significant.len();
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading_zeros).ok()? + i64::from(exponent);
        Self::normal(significant.trim_end_matches('0'), point)
    }

    /// The number that `0.digits` is after its point has moved right by `point` places.
    fn normal(digits: &str, point: i64) -> Option<Self> {
        if digits.is_empty() {
            return Some(Self("0".to_owned()));
        }
        let fraction_digits = i64::try_from(digits.len()).ok()? - point;
        if point.max(0) + fraction_digits.max(0) > MAX_DIGITS {
            return None;
        }
        let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
        let number = match usize::try_from(point) {
            Ok(point) if point >= digits.len() => format!("{digits}{}", zeros(-fraction_digits)),
            Ok(point) if point > 0 => format!("{}.{}", &digits[..point], &digits[point..]),
            Ok(_) | Err(_) => format!("0.{}{digits}", zeros(-point)),
        };
        Some(Self(number))
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// Text, so that no reader makes a double of it again.
impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

const MAX_DIGITS: i64 = 28;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_has_one_form_however_it_is_spelled() {
        check(&["1", "1.0", "1.00", "01", "10e-1", "0.1E+1", "1e0"], "1");
        check(&["12.0", "12", "1.2e1"], "12");
        check(&["0", "0.0", "00", "0e9", "0.000e-2147483648"], "0");
        check(&["0.5", "5e-1", "0.50"], "0.5");
        check(&["1200", "1.2e3", "1200.00"], "1200");
        check(&["0.012", "1.2e-2", "12E-3"], "0.012");
        check(&["1e27", "1000000000000000000000000000"], "1000000000000000000000000000");
        check(&["1e-28"], "0.0000000000000000000000000001");
    }

    #[test]
    fn a_json_number_is_read_as_the_text_that_means_it() {
        for (json, normal) in [
            ("12.0", "12"),
            ("12", "12"),
            ("0.1", "0.1"),
            ("1e20", "100000000000000000000"),
            ("2.5E-3", "0.0025"),
        ] {
            let number = serde_json::from_str(json).expect("a JSON number");
            assert_eq!(Decimal::from_number(&number).as_ref().map(Decimal::as_str), Some(normal));
        }
    }

    #[test]
    fn what_is_negative_endless_or_no_number_is_refused() {
        let refused = "-1 -0 +1 .5 1. 1.2.3 1,5 e1 1e 1e1.5 0x1 1_000 ٣ NaN nan inf Infinity 1e28 1e-29 1e999 1e99999999999";
        let too_long = "12345678901234567890.123456789 0.00000000000000000000000000001";
        for text in refused.split(' ').chain(too_long.split(' ')).chain(["", " 1", "1 "]) {
            assert_eq!(Decimal::parse(text), None, "{text:?}");
        }
        for json in ["-1", "-0.5", "-0.0", "1e300", "5e-324"] {
            let number = serde_json::from_str(json).expect("a JSON number");
            assert_eq!(Decimal::from_number(&number), None, "{json}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_number_or_is_not(text in ".*", numeric in "[0-9.eE+-]{0,40}") {
            let _ = Decimal::parse(&text);
            if let Some(number) = Decimal::parse(&numeric) {
                prop_assert_eq!(Decimal::parse(number.as_str()), Some(number));
            }
        }

        #[test]
        fn zeros_and_exponents_change_nothing(hundredths in 0..=99_999_999_u64, leading in 0..3_usize, trailing in 0..3_usize) {
            let text = format!("{}{}.{:02}{}", "0".repeat(leading), hundredths / 100, hundredths % 100, "0".repeat(trailing));
            let double = serde_json::from_str(&text[leading..]).expect("a JSON number");
            let number = Decimal::parse(&text);
            prop_assert_eq!(&Decimal::parse(&format!("{hundredths}e-2")), &number);
            prop_assert_eq!(&Decimal::from_number(&double), &number);
        }
    }

    fn check(spellings: &[&str], normal: &str) {
        for text in spellings {
            assert_eq!(Decimal::parse(text).as_ref().map(Decimal::as_str), Some(normal), "{text}");
        }
    }
}
