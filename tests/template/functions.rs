//! What holds for each function, and for the form that a deployment begins with.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::parts::{Template, source, texts};

#[test]
fn every_function_is_built_traced_and_bounded_alike() {
    let template = Template::read();
    for (name, function) in template.resources("AWS::Serverless::Function") {
        let build = template.at(&format!("Resources/{name}/Metadata/BuildMethod"));
        assert_eq!(build, "rust-cargolambda", "{name}");
        for (property, value) in [
            ("Architectures", json!(["arm64"])),
            ("Handler", json!("bootstrap")),
            ("Runtime", json!("provided.al2023")),
            ("Tracing", json!("Active")),
            // None has a share of the account's concurrency: it would be the most that it gets, too.
            ("ReservedConcurrentExecutions", Value::Null),
        ] {
            assert_eq!(function[property], value, "{name}: {property}");
        }
        for (property, most) in [("MemorySize", 1_769), ("Timeout", 900)] {
            // A default would be 128 MB and 3 s. 1,769 MB are a core, and no function computes for so long.
            let given = function[property].as_u64();
            assert!(given.is_some_and(|given| given > 3 && given <= most), "{name}: {property}");
        }
        let description = function["Description"].as_str().unwrap_or_default();
        assert!((20..=256).contains(&description.len()), "{name}: {description}");
    }
}

#[test]
fn every_log_ends_and_a_replaced_one_stays() {
    let template = Template::read();
    let logs = template.resources("AWS::Logs::LogGroup");
    for (name, log) in &logs {
        assert_eq!(log["RetentionInDays"], json!({"Ref": "LogRetentionDays"}), "{name}");
        let policies = ["DeletionPolicy", "UpdateReplacePolicy"].map(|policy| template.at(&format!("Resources/{name}/{policy}")));
        assert_eq!(policies, [&json!("Delete"), &json!("Retain")], "{name}");
    }
    let written = template.resources("AWS::Serverless::Function").into_iter();
    let written = written.map(|(_, function)| texts(&function["LoggingConfig"]["LogGroup"]["Ref"]).concat());
    let names = logs.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(written.collect::<BTreeSet<_>>(), names, "a log is nobody's");
}

#[test]
fn what_a_function_fails_at_when_nobody_waits_for_it_goes_to_a_queue_or_is_tried_again() {
    let template = Template::read();
    for (name, function) in template.resources("AWS::Serverless::Function") {
        let events = function["Events"].as_object().expect("a function has events");
        let is_invoked = events.values().any(|event| event["Type"] == "SNS") || name == "Drs";
        let queue = &function["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Type"];
        assert_eq!(queue == "SQS", is_invoked, "{name}");
        for (source, event) in events {
            let reports = &event["Properties"]["FunctionResponseTypes"];
            let is_read_in_batches = event["Type"] == "SQS" || event["Type"] == "DynamoDB";
            assert_eq!(
                *reports == json!(["ReportBatchItemFailures"]),
                is_read_in_batches,
                "{name}: {source}"
            );
        }
    }
}

#[test]
fn the_form_asks_for_every_parameter_once_and_in_the_order_in_which_they_stand() {
    let template = Template::read();
    let groups = template.at("Metadata/AWS::CloudFormation::Interface/ParameterGroups");
    let groups = groups.as_array().expect("there are groups");
    for group in groups {
        let label = group["Label"]["default"].as_str().unwrap_or_default();
        assert!(label.len() > 5, "{group}");
    }
    let asked = groups
        .iter()
        .flat_map(|group| texts(&group["Parameters"]))
        .collect::<Vec<_>>();
    // The text, since a map has lost the order. `sam deploy --guided` asks in it.
    let text = source("template.yaml");
    let section = text
        .split("\nParameters:\n")
        .nth(1)
        .and_then(|rest| rest.split("\n\n").next());
    let names = section.unwrap_or_default().lines().filter_map(|line| {
        let name = line.strip_prefix("  ")?.strip_suffix(':')?;
        (!name.starts_with(' ')).then_some(name)
    });
    let names = names.collect::<Vec<_>>();
    assert_eq!(asked, names);
    let count = template.at("Parameters").as_object().map(serde_json::Map::len);
    assert_eq!(Some(names.len()), count);
}

#[test]
fn the_template_is_small_enough_for_cloudformation() {
    let template = Template::read();
    let count = |section: &str| template.at(section).as_object().map_or(0, serde_json::Map::len);
    // CloudFormation User Guide, "Understand CloudFormation quotas". SAM adds some resources of its own, and its file is packed.
    assert!(count("Resources") < 400, "of 500");
    assert!(count("Outputs") <= 200 && count("Parameters") <= 200 && count("Mappings") <= 200);
    assert!(source("template.yaml").len() < 1_000_000, "of a megabyte, in S3");
}
