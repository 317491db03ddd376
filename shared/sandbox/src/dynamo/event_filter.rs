//! The filter between a stream and a function.
//!
//! Promises to keep the records that Lambda would keep by the same pattern ("Control which events Lambda sends to your function",
//! AWS Lambda Developer Guide): an object names members, a list holds what one member may be. Of the comparison operators it knows
//! a value itself, `exists` and `prefix`; it refuses a pattern with any other, so that none is passed over in silence.

use serde_json::{Map, Value};

/// A pattern that records are held against.
#[derive(Clone, Debug, PartialEq)]
pub struct EventFilter {
    pattern: Map<String, Value>,
}

/// Why a pattern is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EventFilterError {
    /// It is not a JSON object of objects and lists.
    #[error("the pattern is not an object whose members are objects or lists of what may stand there")]
    NotAPattern,
    /// It has an operator that the sandbox does not know.
    #[error("the pattern has an operator other than exists and prefix")]
    Operator,
}

/// What is due to be handed on and has not been tried yet: a new record of the inbox. A record that was tried before is the
/// sweeper's.
pub const DUE_AND_UNTRIED: &str =
    r#"{"dynamodb":{"NewImage":{"due":{"S":[{"exists":true}]},"attempts":{"N":[{"exists":false}]}}}}"#;

impl EventFilter {
    /// A pattern as the deployed event source mapping has it.
    pub fn of(pattern: &str) -> Result<Self, EventFilterError> {
        match serde_json::from_str(pattern) {
            Ok(Value::Object(pattern)) => {
                check(&pattern)?;
                Ok(Self { pattern })
            }
            _ => Err(EventFilterError::NotAPattern),
        }
    }

    /// An event of the records that match, in their order; nothing if none does, and then the function is not invoked.
    pub fn keep(&self, mut event: Value) -> Option<Value> {
        let records = event.get_mut("Records")?.as_array_mut()?;
        records.retain(|record| matches(&self.pattern, Some(record)));
        let is_left = !records.is_empty();
        is_left.then_some(event)
    }
}

fn check(pattern: &Map<String, Value>) -> Result<(), EventFilterError> {
    pattern.values().try_for_each(|value| match value {
        Value::Object(inner) => check(inner),
        Value::Array(allowed) => allowed.iter().try_for_each(check_rule),
        _ => Err(EventFilterError::NotAPattern),
    })
}

fn check_rule(rule: &Value) -> Result<(), EventFilterError> {
    let Value::Object(operators) = rule else {
        return Ok(());
    };
    let mut operators = operators.iter().map(|(name, value)| (name.as_str(), value));
    match (operators.next(), operators.next()) {
        (Some(("exists", Value::Bool(_)) | ("prefix", Value::String(_))), None) => Ok(()),
        _ => Err(EventFilterError::Operator),
    }
}

/// Whatever is not there has no members, so that `exists: false` holds below it too.
fn matches(pattern: &Map<String, Value>, value: Option<&Value>) -> bool {
    pattern.iter().all(|(name, expected)| {
        let member = value.and_then(|value| value.get(name));
        match expected {
            Value::Object(inner) => matches(inner, member),
            Value::Array(allowed) => allowed.iter().any(|rule| is_allowed(rule, member)),
            _ => false,
        }
    })
}

/// `exists` is about leaves: an object is not a value.
fn is_allowed(rule: &Value, member: Option<&Value>) -> bool {
    let leaf = member.filter(|member| !member.is_object());
    match rule.get("exists").and_then(Value::as_bool) {
        Some(wanted) => leaf.is_some() == wanted,
        None => match rule.get("prefix").and_then(Value::as_str) {
            Some(prefix) => leaf.and_then(Value::as_str).is_some_and(|text| text.starts_with(prefix)),
            None => leaf == Some(rule),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_due_and_untried_is_kept_and_an_event_of_nothing_is_none() {
        let filter = EventFilter::of(DUE_AND_UNTRIED).unwrap();
        let record = |image: Value| json!({"eventName": "INSERT", "dynamodb": {"NewImage": image}});
        let due = record(json!({"due": {"S": "0"}}));
        let others = [
            record(json!({"due": {"S": "0"}, "attempts": {"N": "1"}})),
            record(json!({"subject": {"S": "s"}})),
            record(json!({"due": {"N": "0"}})),
            json!({"eventName": "REMOVE", "dynamodb": {"Keys": {}}}),
        ];
        let event = json!({"Records": [others[0], due, others[1], others[2], others[3], due]});
        assert_eq!(filter.keep(event), Some(json!({"Records": [due, due]})));
        assert_eq!(filter.keep(json!({"Records": others})), None);
        assert_eq!(filter.keep(json!({})), None);
    }

    #[test]
    fn a_list_holds_what_may_stand_there() {
        let check = |pattern: &str, kept: &[i32]| {
            let filter = EventFilter::of(pattern).unwrap();
            let records = [
                json!({"n": 0, "name": "INSERT"}),
                json!({"n": 1, "name": "MODIFY"}),
                json!({"n": 2}),
            ];
            let left = filter.keep(json!({"Records": records}));
            let left = left.map_or_else(Vec::new, |event| event["Records"].as_array().unwrap().clone());
            let numbers: Vec<_> = left.iter().map(|record| record["n"].as_i64().unwrap() as i32).collect();
            assert_eq!(numbers, kept, "{pattern}");
        };
        check(r#"{"name":["INSERT","MODIFY"]}"#, &[0, 1]);
        check(r#"{"name":["INSERT"],"n":[1]}"#, &[]);
        check(r#"{"name":[{"prefix":"IN"},{"exists":false}]}"#, &[0, 2]);
        check(r#"{"name":{"deeper":[{"exists":false}]}}"#, &[0, 1, 2]);
        check("{}", &[0, 1, 2]);
    }

    #[test]
    fn a_pattern_that_is_not_understood_is_refused() {
        for (pattern, error) in [
            ("[]", EventFilterError::NotAPattern),
            ("{", EventFilterError::NotAPattern),
            (r#"{"a":"b"}"#, EventFilterError::NotAPattern),
            (r#"{"a":{"b":[{"suffix":"c"}]}}"#, EventFilterError::Operator),
            (r#"{"a":[{"exists":"true"}]}"#, EventFilterError::Operator),
            (r#"{"a":[{"exists":true,"prefix":"c"}]}"#, EventFilterError::Operator),
        ] {
            assert_eq!(EventFilter::of(pattern), Err(error), "{pattern}");
        }
    }
}
