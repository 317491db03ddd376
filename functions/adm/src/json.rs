//! JSON as it was written: fields in their order, and those that stand twice.
//!
//! Promises that a caller can be told everything that is wrong at once, and that ADM is sent the fields in the caller's order.
//! `serde_json::Value` would forget the order and quietly take the last of two values for one field. Nothing here has been judged
//! yet, so nothing here has a `Debug`.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::{Fault, FaultName};

/// Any JSON value, as far as a request cares.
pub(crate) enum Json {
    /// `true` or `false`.
    Flag,
    /// `[…]`.
    List,
    /// `null`.
    Null,
    /// Any number; whole ones are exact up to 2^53, which is far beyond what any field may have.
    Number(f64),
    /// `{…}`, with every field as often as it stands there.
    Object(Vec<(String, Json)>),
    /// `"…"`.
    Text(String),
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(AnyValue)
    }
}

/// The fields of a request, as often as they stand there.
///
/// # Errors
/// The fault of one that is no JSON object.
pub(crate) fn object(body: &[u8]) -> Result<Vec<(String, Json)>, Fault> {
    let detail = match serde_json::from_slice(body) {
        Ok(Json::Object(fields)) => return Ok(fields),
        Ok(_) => "the request must be a JSON object".to_owned(),
        Err(error) => {
            let (line, column) = (error.line(), error.column());
            format!("the request must be JSON: it breaks off at line {line}, column {column}")
        }
    };
    Err(Fault {
        name: FaultName::InvalidJson,
        field: String::new(),
        detail,
    })
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Json, E> {
        Ok(Json::Flag)
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        Ok(Json::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Json, E> {
        Ok(Json::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Json, A::Error> {
        while list.next_element::<Json>()?.is_some() {}
        Ok(Json::List)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Json, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = object.next_entry()? {
            fields.push(field);
        }
        Ok(Json::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_and_their_repetitions() {
        let Json::Object(fields) = serde_json::from_str(r#"{"b":1,"a":"x","\u0062":null,"c":[{}],"d":true}"#).unwrap() else {
            panic!("not an object");
        };
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["b", "a", "b", "c", "d"]);
        assert!(matches!(
            fields.iter().map(|(_, value)| value).collect::<Vec<_>>()[..],
            [Json::Number(1.0), Json::Text(_), Json::Null, Json::List, Json::Flag]
        ));
    }
}
