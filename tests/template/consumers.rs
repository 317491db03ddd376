//! The README's snippets for consumers: they filter by attributes that there are, and read fields that the schema has.

use std::collections::BTreeSet;

use serde_json::Value;

use super::parts::source;
use super::yaml;

#[test]
fn the_snippets_for_a_queue_a_function_and_a_bus_are_templates_that_use_what_there_is() {
    let snippets = snippets();
    let types = snippets.iter().flat_map(|snippet| {
        let resources = snippet["Resources"].as_object().expect("a snippet has resources");
        resources
            .values()
            .map(|resource| resource["Type"].as_str().expect("a resource has a type"))
            .collect::<Vec<_>>()
    });
    let types = types.collect::<BTreeSet<_>>();
    for expected in [
        "AWS::SQS::Queue",
        "AWS::SNS::Subscription",
        "AWS::Serverless::Function",
        "AWS::Pipes::Pipe",
        "AWS::Events::Rule",
    ] {
        assert!(types.contains(expected), "no snippet shows {expected}");
    }
}

#[test]
fn every_filter_is_by_attributes_and_values_that_events_have() {
    let message = source("functions/dispatch/src/message.rs");
    let mut filters = 0;
    for snippet in snippets() {
        for policy in found("FilterPolicy", &snippet) {
            filters += 1;
            for (attribute, values) in policy.as_object().expect("a filter names attributes") {
                assert!(
                    message.contains(&format!("(\"{attribute}\", ")),
                    "no attribute is {attribute}"
                );
                for value in values.as_array().expect("a filter lists values") {
                    assert!(
                        is_value_of(attribute, value.as_str().expect("attributes are text")),
                        "{attribute} is never {value}"
                    );
                }
            }
        }
    }
    assert_eq!(filters, 2);
}

#[test]
fn the_function_reads_fields_that_the_schema_has() {
    let code = snippets()
        .iter()
        .flat_map(|snippet| found("InlineCode", snippet))
        .next()
        .expect("a function has code");
    let code = code.as_str().expect("code is text").to_owned();
    let mut read = 0;
    for (variable, at) in [("event[\"", "/properties"), ("purchase[\"", "/$defs/rtn/properties")] {
        for part in code.split(variable).skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            assert!(property(at, name), "{at} has no {name}");
            read += 1;
        }
    }
    assert!(read >= 7, "{read}");
}

#[test]
fn the_pipe_and_the_rule_name_fields_that_the_schema_has() {
    let snippets = snippets();
    let bus = snippets
        .iter()
        .flat_map(|snippet| found("EventBridgeEventBusParameters", snippet))
        .next()
        .expect("a pipe");
    for path in ["DetailType", "Time"].map(|name| bus[name].as_str().expect("a path")) {
        let name = path.strip_prefix("$.body.").expect("a path into the event");
        assert!(property("/properties", name), "no field is {name}");
    }
    let rule = snippets
        .iter()
        .flat_map(|snippet| found("EventPattern", snippet))
        .next()
        .expect("a rule");
    assert_eq!(rule["source"][0], bus["Source"]);
    for kind in rule["detail-type"].as_array().expect("types") {
        assert!(is_value_of("type", kind.as_str().expect("a type is text")), "{kind}");
    }
    let detail = rule["detail"].as_object().expect("a rule looks into the event");
    for (name, value) in detail {
        assert!(property("/properties", name), "no field is {name}");
        for name in value.as_object().into_iter().flatten().map(|(name, _)| name) {
            assert!(property("/$defs/rtn/properties", name), "no purchase has a field {name}");
        }
    }
}

/// The YAML snippets of the section on consumers.
fn snippets() -> Vec<Value> {
    let readme = source("README.md");
    let section = readme.split("\n## Consume events\n").nth(1).expect("the section is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks = section.split("```yaml\n").skip(1);
    blocks
        .map(|block| yaml::read(block.split("```").next().unwrap_or_default()))
        .collect()
}

/// Everything that stands under a name, at any depth.
fn found(name: &str, value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => {
            let here = fields.get(name).into_iter().cloned();
            here.chain(fields.values().flat_map(|value| found(name, value))).collect()
        }
        Value::Array(items) => items.iter().flat_map(|value| found(name, value)).collect(),
        _ => Vec::new(),
    }
}

fn is_value_of(attribute: &str, value: &str) -> bool {
    match attribute {
        "source" => [drs::SOURCE.name, rtn::SOURCE.name].contains(&value),
        "type" => sandbox::rtn::TYPES.contains(&value) || sandbox::drs::TYPES.contains(&value),
        _ => !value.is_empty(),
    }
}

fn property(at: &str, name: &str) -> bool {
    let schema: Value = serde_json::from_str(dispatch::SCHEMA).expect("the schema is JSON");
    schema.pointer(at).is_some_and(|properties| properties.get(name).is_some())
}
