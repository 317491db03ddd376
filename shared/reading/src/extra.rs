//! Fields that the sender's page does not list.
//!
//! Promises to keep them as they came, for whoever knows what they mean, and to print none of them: what nobody has read, nobody
//! has judged.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Unlisted fields by name; `Debug` prints their number.
#[derive(Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(transparent)]
pub struct Extra(pub BTreeMap<String, Value>);

impl Extra {
    /// Takes over one field, if there is one.
    pub fn keep(&mut self, field: &str, value: Option<Value>) {
        self.0.extend(value.map(|value| (field.to_owned(), value)));
    }

    /// Takes over what is unlisted in a part of the message, each field by its path.
    pub fn add(&mut self, part: &str, extra: Self) {
        let by_path = extra.0.into_iter().map(|(field, value)| (format!("{part}.{field}"), value));
        self.0.extend(by_path);
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{} fields]", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unlisted_fields_keep_their_path_and_are_never_printed() {
        let mut extra = Extra(BTreeMap::from([("a".to_owned(), json!("secret"))]));
        extra.keep("b", Some(json!(true)));
        extra.keep("c", None);
        extra.add("part", Extra(BTreeMap::from([("a".to_owned(), json!([1]))])));
        insta::assert_snapshot!(json!(extra), @r#"{"a":"secret","b":true,"part.a":[1]}"#);
        assert_eq!(format!("{extra:?}"), "[3 fields]");
    }
}
