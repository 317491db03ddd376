//! JSON that says nothing twice.
//!
//! Promises that every field, at any depth, stood in the text once. Refuses the text otherwise: of two values for one field, two
//! readers could each believe another one, and serde_json alone would quietly take the last.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The fields of an object by name, no field twice at any depth. It has no `Debug`: nothing in it has been judged yet.
pub struct Fields(pub Map<String, Value>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_map(OneObject)
    }
}

struct OneObject;

impl<'de> Visitor<'de> for OneObject {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Fields, A::Error> {
        let mut fields = Map::new();
        while let Some((name, Once(value))) = object.next_entry()? {
            if fields.insert(name, value).is_some() {
                return Err(A::Error::custom("a field stands twice"));
            }
        }
        Ok(Fields(fields))
    }
}

/// Any JSON value, no field in it twice at any depth. It has no `Debug` either.
pub struct Once(pub Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        json.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Once(item)) = list.next_element()? {
            items.push(item);
        }
        Ok(items.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Value, A::Error> {
        OneObject.visit_map(object).map(|Fields(fields)| fields.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_serde_json_reads_it() {
        let text = r#"{"a":[null,true,-1,1,1.5,"\u00e9",{"a":{}}],"b":18446744073709551615,"":[]}"#;
        let Fields(fields) = serde_json::from_str(text).expect("nothing stands twice");
        assert_eq!(Value::from(fields), serde_json::from_str::<Value>(text).expect("JSON"));
    }

    #[test]
    fn a_field_that_stands_twice_is_refused_at_any_depth() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"b":{"a":1,"a":2}}"#,
            r#"{"b":[[{"a":1,"a":2}]]}"#,
        ] {
            let fault = serde_json::from_str::<Fields>(text).err().expect(text);
            assert!(
                fault.is_data() && fault.to_string().starts_with("a field stands twice"),
                "{fault}"
            );
        }
    }

    #[test]
    fn any_value_may_be_read_once() {
        for text in ["null", "true", "-1", "\"a\"", "[1,{\"a\":2}]", "{\"a\":{\"a\":1}}"] {
            let Once(value) = serde_json::from_str(text).expect("nothing stands twice");
            assert_eq!(value.to_string(), text);
        }
        assert!(
            serde_json::from_str::<Once>("[{\"a\":1,\"a\":2}]")
                .err()
                .expect("twice")
                .is_data()
        );
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for text in ["null", "true", "1", "\"a\"", "[]"] {
            assert!(serde_json::from_str::<Fields>(text).err().expect(text).is_data());
        }
    }
}
