//! An answer as the tables have it, from the JSON that the function answers with.

use serde_json::Value;

/// The function that a file is named for.
pub(crate) fn function(file: &str) -> &str {
    file.split('-').next().unwrap_or_default()
}

/// What a function answered: the status, the headers that say something and the body of an HTTP answer; any other as it stands.
pub(crate) fn answer(function: &str, answer: &str) -> String {
    let value = serde_json::from_str::<Value>(answer).unwrap();
    let Some(body) = value["body"].as_str() else {
        return match function {
            "reconcile" => without_nothing(value).to_string(),
            _ => answer.to_owned(),
        };
    };
    let headers = HEADERS.iter().filter_map(|name| {
        // Payload format 1.0 has them in lists, 2.0 as they are.
        let listed = value["multiValueHeaders"].get(*name).map(|values| &values[0]);
        let value = listed.or_else(|| value["headers"].get(*name))?;
        Some(format!("[{name}: {}] ", value.as_str()?))
    });
    let headers = headers.collect::<String>();
    let body = match function {
        "adm" => ["messageId", "requestId"]
            .iter()
            .fold(body.to_owned(), |body, id| without_ids(&body, id)),
        _ => body.to_owned(),
    };
    format!("{} {headers}{body}", value["statusCode"])
}

/// That a function failed, as Lambda tells it.
pub(crate) fn failure(kind: &str, message: &str) -> String {
    format!("{kind}: {message}")
}

/// The ids count what Amazon was asked, and two shards are asked in any order.
fn without_ids(body: &str, name: &str) -> String {
    let member = format!("\"{name}\":\"");
    let mut parts = body.split(&member);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |body, part| {
        let (_id, rest) = part.split_once('"').unwrap();
        format!("{body}{member}...\"{rest}")
    })
}

/// A report has many numbers: without those that are nought, and what is empty.
fn without_nothing(value: Value) -> Value {
    let is_something = |value: &Value| match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::Null => false,
        Value::Bool(_) | Value::String(_) => true,
    };
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| (name, without_nothing(value)));
            Value::Object(members.filter(|(_, value)| is_something(value)).collect())
        }
        Value::Array(items) => items.into_iter().map(without_nothing).collect(),
        other => other,
    }
}

/// The headers of an answer that say something.
const HEADERS: [&str; 4] = ["allow", "idempotency-recorded", "idempotent-replayed", "retry-after"];
