//! Environment variables, read once, in full, before anything starts.
//!
//! One that is missing or malformed stops the start with a sentence that names it: a deployment that is wrong must not look like one
//! that works. A value that is blank counts as none, since templates and shells set variables to nothing.

use std::borrow::Cow;
use std::fmt;
use std::ops::RangeInclusive;

/// The environment of a process, as a function from name to value.
#[derive(Debug, Clone)]
pub struct Variables<V> {
    value: V,
}

impl<V: Fn(&str) -> Option<String>> Variables<V> {
    /// The variables whose values `value` gives.
    pub fn new(value: V) -> Self {
        Self { value }
    }

    /// What a variable says, without white space around it; nothing if it is not set, or blank.
    pub fn text(&self, name: &str) -> Option<String> {
        let value = (self.value)(name)?;
        let text = value.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The same for a variable that has to say something.
    ///
    /// # Errors
    /// [`BadSetting`] with `must` if it says nothing.
    pub fn required(&self, name: &'static str, must: &'static str) -> Result<String, BadSetting> {
        self.text(name).ok_or_else(|| BadSetting::new(name, must))
    }

    /// Whether something is asked for; not if none is set.
    ///
    /// # Errors
    /// [`BadSetting`] if something else is set than `true` or `false`, in whatever case, as the SDKs read it.
    pub fn switch(&self, name: &'static str) -> Result<bool, BadSetting> {
        match self.text(name).map(|text| text.to_ascii_lowercase()).as_deref() {
            Some("true") => Ok(true),
            Some("false") | None => Ok(false),
            Some(_) => Err(BadSetting::new(name, "be true or false, or not be set")),
        }
    }

    /// The name of a table.
    ///
    /// # Errors
    /// [`BadSetting`] if there is none.
    pub fn table(&self, name: &'static str) -> Result<String, BadSetting> {
        self.required(name, "be set to the name of a DynamoDB table")
    }

    /// A number of `units` within `range`; nothing if none is set.
    ///
    /// # Errors
    /// [`BadSetting`] if something else is set.
    pub fn whole_number(&self, name: &'static str, units: &str, range: RangeInclusive<i64>) -> Result<Option<i64>, BadSetting> {
        let Some(text) = self.text(name) else { return Ok(None) };
        match text.parse() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            Ok(_) | Err(_) => {
                let (least, most) = (range.start(), range.end());
                let must = format!("be a whole number of {units} from {least} to {most}");
                Err(BadSetting::new(name, must))
            }
        }
    }

    /// A number of `units` within `range`; `usual` if none is set.
    ///
    /// # Errors
    /// [`BadSetting`] if something else is set.
    pub fn number(&self, name: &'static str, units: &str, range: RangeInclusive<u32>, usual: u32) -> Result<u32, BadSetting> {
        let wide = i64::from(*range.start())..=i64::from(*range.end());
        let number = self.whole_number(name, units, wide)?;
        Ok(number.and_then(|number| u32::try_from(number).ok()).unwrap_or(usual))
    }
}

/// A variable that is missing or malformed. Its value is not repeated: it may be long, or secret.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} must {must}")]
pub struct BadSetting {
    /// Name of the variable.
    pub name: &'static str,
    /// What it must be, as the end of a sentence.
    pub must: Cow<'static, str>,
}

impl BadSetting {
    /// The variable `name` must `must`.
    pub fn new(name: &'static str, must: impl Into<Cow<'static, str>>) -> Self {
        Self { name, must: must.into() }
    }
}

/// The sentence too: an error that `main` ends with is written to standard error by its `Debug`.
impl fmt::Debug for BadSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(value: &str) -> Variables<impl Fn(&str) -> Option<String>> {
        Variables::new(move |name: &str| (name == "SET").then(|| value.to_owned()))
    }

    #[test]
    fn a_value_is_read_without_the_white_space_around_it_and_a_blank_one_is_none() {
        for (value, text) in [("a b", Some("a b")), (" a\n", Some("a")), ("", None), (" \t", None)] {
            assert_eq!(variables(value).text("SET").as_deref(), text, "{value:?}");
        }
        assert_eq!(variables("a").text("UNSET"), None);
    }

    #[test]
    fn what_is_required_and_missing_is_named_with_what_it_must_be() {
        assert_eq!(variables("a").required("SET", "be set"), Ok("a".to_owned()));
        let missing = variables(" ").required("SET", "be set").unwrap_err();
        assert_eq!(missing.to_string(), "the environment variable SET must be set");
        let missing = variables("a").table("A_TABLE").unwrap_err();
        assert_eq!(format!("{missing:?}"), missing.to_string());
        assert_eq!(
            missing.to_string(),
            "the environment variable A_TABLE must be set to the name of a DynamoDB table"
        );
    }

    #[test]
    fn a_number_is_whole_and_within_its_range_or_not_there() {
        let read = |value: &str| variables(value).whole_number("SET", "days", 2..=30);
        for (value, number) in [("2", Some(2)), (" 30 ", Some(30)), ("", None)] {
            assert_eq!(read(value), Ok(number), "{value:?}");
        }
        for value in ["1", "31", "-2", "2.0", "two", "9223372036854775808"] {
            let bad = BadSetting::new("SET", "be a whole number of days from 2 to 30");
            assert_eq!(read(value), Err(bad), "{value:?}");
        }
    }

    #[test]
    fn a_number_that_is_not_set_is_the_usual_one_and_the_range_is_kept() {
        let read = |value: &str| variables(value).number("SET", "days", 2..=30, 7);
        assert_eq!([read("2"), read(" 30 "), read(" ")], [Ok(2), Ok(30), Ok(7)]);
        for value in ["1", "31", "-2", "4294967298"] {
            let bad = BadSetting::new("SET", "be a whole number of days from 2 to 30");
            assert_eq!(read(value), Err(bad), "{value:?}");
        }
    }
}
