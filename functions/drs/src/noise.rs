//! Messages that nobody would send.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::read::read;
use crate::sample;
use crate::version::DeclaredVersion;

proptest! {
    #[test]
    fn reading_never_panics(text in ".*", json in any_json(), sample in select(sample::ALL.as_slice()), at: Index, to: Index) {
        let declared = DeclaredVersion::from_attributes(&json!({"version": {"Value": json}}));
        let _ = read(&text, declared.as_ref());
        let _ = read(&json.to_string(), declared.as_ref());
        let _ = read(&json!({"https": json, "email": text}).to_string(), None);
        // A sample with a value elsewhere, cut short, with a piece left out, and with text in the midst.
        let mut message = sample::message(sample);
        let places = places(&message);
        *message.pointer_mut(at.get(&places).as_str()).expect("a place in the sample") = json.clone();
        let _ = read(&message.to_string(), declared.as_ref());
        let [at, to] = [at, to].map(|index| sample.floor_char_boundary(index.index(sample.len())));
        let (start, end) = (at.min(to), at.max(to));
        let _ = read(&sample[..at], None);
        let _ = read(&[&sample[..start], &sample[end..]].concat(), None);
        let _ = read(&[&sample[..at], &text, &sample[at..]].concat(), None);
    }
}

fn places(value: &Value) -> Vec<String> {
    let children: Vec<(String, &Value)> = match value {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(at, item)| (at.to_string(), item)).collect(),
        _ => Vec::new(),
    };
    let below = children
        .iter()
        .flat_map(|(name, child)| places(child).into_iter().map(move |place| format!("/{name}{place}")));
    std::iter::once(String::new()).chain(below).collect()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,5}".prop_map(Value::from),
    ];
    let name = prop_oneof![
        ".{0,3}",
        "(notification|device|customer|order|subscription|product)Info",
        "https|subscribed|quantity|unit|modelId"
    ];
    leaf.prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(name.clone(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}
