//! YAML with CloudFormation's short forms, read as the JSON that CloudFormation makes of it.
//!
//! From the events of `saphyr-parser`, which is maintained and keeps tags: the readers for serde drop them, and a `!Ref X` would
//! look like the text `X`.

use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};

/// Reads the one document of `text`.
pub(crate) fn read(text: &str) -> Value {
    let events = Parser::new_from_str(text).map(|event| event.expect("the template is YAML").0);
    let mut events = events.skip_while(|event| matches!(event, Event::StreamStart | Event::DocumentStart(_)));
    let first = events.next().expect("the template is not empty");
    value(first, &mut events)
}

/// The node that begins with `first`. `!Ref X` is short for `{"Ref": "X"}`, `!Sub X` for `{"Fn::Sub": "X"}`, and so on.
fn value<'t>(first: Event<'t>, rest: &mut impl Iterator<Item = Event<'t>>) -> Value {
    let (value, tag) = match first {
        Event::Scalar(text, style, _, tag) => (scalar(&text, style), tag),
        Event::SequenceStart(_, tag) => (sequence(rest), tag),
        Event::MappingStart(_, tag) => (mapping(rest), tag),
        other => unreachable!("no {other:?} here: CloudFormation takes no aliases and one document"),
    };
    match tag.as_deref().map(|tag| tag.suffix.as_str()) {
        None => value,
        Some(name @ ("Condition" | "Ref")) => json!({ name: value }),
        Some(name) => json!({ format!("Fn::{name}"): value }),
    }
}

fn sequence<'t>(rest: &mut impl Iterator<Item = Event<'t>>) -> Value {
    let mut items = Vec::new();
    loop {
        match rest.next().expect("the parser closes what it opens") {
            Event::SequenceEnd => return Value::Array(items),
            first => items.push(value(first, rest)),
        }
    }
}

fn mapping<'t>(rest: &mut impl Iterator<Item = Event<'t>>) -> Value {
    let mut pairs = Map::new();
    loop {
        match rest.next().expect("the parser closes what it opens") {
            Event::MappingEnd => return Value::Object(pairs),
            Event::Scalar(key, ..) => {
                let first = rest.next().expect("a key has a value");
                let before = pairs.insert(key.clone().into_owned(), value(first, rest));
                assert_eq!(before, None, "{key} is there twice");
            }
            other => unreachable!("{other:?} is no key"),
        }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match (style, text) {
        (ScalarStyle::Plain, "" | "~" | "null") => Value::Null,
        (ScalarStyle::Plain, "true") => json!(true),
        (ScalarStyle::Plain, "false") => json!(false),
        (ScalarStyle::Plain, text) => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
        (_, text) => json!(text),
    }
}

#[test]
fn short_forms_are_read_as_the_functions_they_stand_for() {
    let read = read("a: !Ref X\nb: !GetAtt X.Arn\nc: !If [T, !Sub '${X}', 1, '1']\nd: {Ref: X, e: true}\n");

    assert_eq!(
        read,
        json!({
            "a": {"Ref": "X"},
            "b": {"Fn::GetAtt": "X.Arn"},
            "c": {"Fn::If": ["T", {"Fn::Sub": "${X}"}, 1, "1"]},
            "d": {"Ref": "X", "e": true},
        })
    );
}
