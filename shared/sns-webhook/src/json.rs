//! The outer JSON object of a delivery, read strictly.
//!
//! Strings are borrowed from the body wherever they carry no escapes. A key that appears twice, at any depth, is refused: two
//! readers could each believe another value. Nothing of what was read is ever quoted in an error, only its place.

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::Rejection;

/// The value of a top-level key, as far as the envelope cares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Null,
    String(Cow<'a, str>),
    /// Any other JSON value.
    Other,
}

/// Reads `text` as one JSON object without duplicate keys and hands each top-level entry to `take`.
pub(crate) fn read_object<'a>(text: &'a str, take: impl FnMut(Cow<'a, str>, Value<'a>)) -> Result<(), Rejection> {
    let duplicate = Cell::new(false);
    let mut json = serde_json::Deserializer::from_str(text);
    let outcome = TopLevel {
        duplicate: &duplicate,
        take,
    }
    .deserialize(&mut json)
    .and_then(|()| json.end());
    outcome.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        if duplicate.get() {
            Rejection::DuplicateKey { line, column }
        } else {
            Rejection::NotAnEnvelope { line, column }
        }
    })
}

struct TopLevel<'d, F> {
    duplicate: &'d Cell<bool>,
    take: F,
}

impl<'a, F: FnMut(Cow<'a, str>, Value<'a>)> DeserializeSeed<'a> for TopLevel<'_, F> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'a, F: FnMut(Cow<'a, str>, Value<'a>)> Visitor<'a> for TopLevel<'_, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = map.next_key_seed(Key)? {
            if !seen.insert(key.clone()) {
                self.duplicate.set(true);
                return Err(A::Error::custom("duplicate key"));
            }
            let value = map.next_value_seed(AnyValue {
                duplicate: self.duplicate,
            })?;
            (self.take)(key, value);
        }
        Ok(())
    }
}

struct Key;

impl<'a> DeserializeSeed<'a> for Key {
    type Value = Cow<'a, str>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Cow<'a, str>, D::Error> {
        json.deserialize_str(self)
    }
}

impl<'a> Visitor<'a> for Key {
    type Value = Cow<'a, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Cow<'a, str>, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
}

/// Any JSON value: a string is kept, the inside of objects and arrays is only searched for duplicate keys.
#[derive(Clone, Copy)]
struct AnyValue<'d> {
    duplicate: &'d Cell<bool>,
}

impl<'a> DeserializeSeed<'a> for AnyValue<'_> {
    type Value = Value<'a>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Value<'a>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for AnyValue<'_> {
    type Value = Value<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Value<'a>, E> {
        Ok(Value::String(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value<'a>, E> {
        Ok(Value::String(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Value<'a>, E> {
        Ok(Value::String(Cow::Owned(text)))
    }

    fn visit_unit<E>(self) -> Result<Value<'a>, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Value<'a>, E> {
        Ok(Value::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Value<'a>, E> {
        Ok(Value::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Value<'a>, E> {
        Ok(Value::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Value<'a>, E> {
        Ok(Value::Other)
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Value<'a>, A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(Value::Other)
    }

    fn visit_map<A: MapAccess<'a>>(self, map: A) -> Result<Value<'a>, A::Error> {
        TopLevel {
            duplicate: self.duplicate,
            take: |_, _| {},
        }
        .visit_map(map)?;
        Ok(Value::Other)
    }
}
