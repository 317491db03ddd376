//! One field of a message at a time.
//!
//! Promises a checked value, or the name of the field and what is wrong with it. `null` counts as absent everywhere; where a
//! field may be absent, empty text does too.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::Unreadable;

/// A part without which there is nothing to tell.
pub fn required<T>(field: &'static str, value: Option<T>) -> Result<T, Unreadable> {
    value.ok_or(Unreadable::FieldMissing(field))
}

/// Text that becomes a checked type.
pub fn text<T>(field: &'static str, value: Option<Value>, check: impl FnOnce(String) -> Option<T>) -> Result<T, Unreadable> {
    match value {
        None | Some(Value::Null) => Err(Unreadable::FieldMissing(field)),
        Some(Value::String(text)) => check(text).ok_or(Unreadable::FieldValue(field)),
        Some(_) => Err(Unreadable::FieldType(field)),
    }
}

/// Text that becomes a checked type where there is any.
pub fn optional_text<T>(
    field: &'static str,
    value: Option<Value>,
    check: impl FnOnce(String) -> Option<T>,
) -> Result<Option<T>, Unreadable> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        value => text(field, value, check).map(Some),
    }
}

/// An object, in the sender's shape.
pub fn object<T: DeserializeOwned>(field: &'static str, value: Option<Value>) -> Result<Option<T>, Unreadable> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(object @ Value::Object(_)) => {
            let shape = serde_json::from_value(object).map_err(|_| Unreadable::FieldType(field))?;
            Ok(Some(shape))
        }
        Some(_) => Err(Unreadable::FieldType(field)),
    }
}

/// A list, empty where there is none.
pub fn list(field: &'static str, value: Option<Value>) -> Result<Vec<Value>, Unreadable> {
    match value {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(Unreadable::FieldType(field)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn null_is_absent_everywhere() {
        for absent in [None, Some(Value::Null)] {
            assert_eq!(text("a", absent.clone(), Some), Err(Unreadable::FieldMissing("a")));
            assert_eq!(optional_text("a", absent.clone(), Some), Ok(None));
            assert_eq!(object::<Map<String, Value>>("a", absent.clone()), Ok(None));
            assert_eq!(list("a", absent), Ok(vec![]));
        }
    }

    #[test]
    fn empty_text_is_absent_only_where_text_may_be() {
        assert_eq!(optional_text("a", Some(json!("")), |_| None::<String>), Ok(None));
        assert_eq!(
            text("a", Some(json!("")), |_| None::<String>),
            Err(Unreadable::FieldValue("a"))
        );
    }

    #[test]
    fn another_type_is_told_from_another_value() {
        for value in [json!(true), json!(1), json!([1]), json!({"b": 1})] {
            assert_eq!(text("a", Some(value.clone()), Some), Err(Unreadable::FieldType("a")));
            assert_eq!(optional_text("a", Some(value), Some), Err(Unreadable::FieldType("a")));
        }
        for value in [json!(true), json!(1), json!([1]), json!("text")] {
            assert_eq!(
                object::<Map<String, Value>>("a", Some(value)).map(|_| ()),
                Err(Unreadable::FieldType("a"))
            );
        }
        for value in [json!(true), json!(1), json!({"b": 1}), json!("text")] {
            assert_eq!(list("a", Some(value)), Err(Unreadable::FieldType("a")));
        }
        let nothing_fits = |_: String| None::<()>;
        assert_eq!(text("a", Some(json!("b")), nothing_fits), Err(Unreadable::FieldValue("a")));
        assert_eq!(
            optional_text("a", Some(json!("b")), nothing_fits),
            Err(Unreadable::FieldValue("a"))
        );
    }
}
