//! The page on operations has what is needed at night, for each alarm, and names nothing that there is not.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::logs::LOGS;
use super::metrics;
use super::parts::{Template, root, source};

fn page() -> String {
    source("docs/operations.md")
}

#[test]
fn every_alarm_has_a_section_and_every_section_an_alarm() {
    let template = Template::read();
    let page = page();
    let sections = page.split("\n#### ").skip(1).map(|section| {
        let section = section.split("\n## ").next().unwrap_or_default();
        section.split_once('\n').expect("a section has a text")
    });
    let sections = sections.collect::<Vec<_>>();
    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let alarms = alarms.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>();
    assert_eq!(sections.iter().map(|(name, _)| *name).collect::<BTreeSet<_>>(), alarms);
    assert_eq!(sections.len(), alarms.len(), "an alarm has two sections");
    for (name, text) in sections {
        let parts = ["\n- **Meanwhile:** ", "\n- **Do:** ", "\n```sh\n"].map(|part| text.find(part));
        assert!(parts.is_sorted() && parts.iter().all(Option::is_some), "{name}: {parts:?}");
        let means = text.split("\n- **").next().unwrap_or_default();
        assert!(means.trim().len() > 25, "{name}: {means}");
    }
}

#[test]
fn every_command_is_about_what_the_template_has() {
    let template = Template::read();
    let exists = |section: &str, name: &str| template.at(&format!("{section}/{name}")) != &Value::Null;
    let log_of = |output: &str| {
        let group = template.at(&format!("Outputs/{output}/Value/Ref"));
        LOGS.iter().find(|log| *group == log.name)
    };
    let mut count = 0;
    for (command, arguments) in calls(&page()) {
        let arguments = arguments.iter().map(String::as_str).collect::<Vec<_>>();
        let is_right = match (command.as_str(), arguments.as_slice()) {
            ("out", [output, ..]) => exists("Outputs", output),
            ("param", [parameter, ..]) => exists("Parameters", parameter),
            ("name", [resource, ..]) => exists("Resources", resource) || is_made_by_sam(&template, resource),
            ("log" | "failed", [output, ..]) => log_of(output).is_some(),
            ("lines", [output, outcome, ..]) => log_of(output).is_some_and(|log| log.can_say(outcome)),
            ("waiting", [queue, ..]) => template.at(&format!("Resources/{queue}/Type")) == "AWS::SQS::Queue",
            ("ask", [function, event, ..]) => {
                let is_of_function = event.starts_with(&format!("events/{}-", function.to_lowercase()));
                exists("Resources", function) && is_of_function && root().join(event).is_file()
            }
            ("change", [_, ..]) => arguments.iter().all(|argument| {
                let name = argument.split_once('=').map(|(name, _)| name);
                name.is_some_and(|name| exists("Parameters", name))
            }),
            _ => false,
        };
        assert!(is_right, "{command} {arguments:?}");
        count += 1;
    }
    assert!(count > 80, "{count}");
}

/// A rule that SAM makes of a function's event has the names of both: AWS SAM Developer Guide, "Generated CloudFormation resources".
fn is_made_by_sam(template: &Template, resource: &str) -> bool {
    let functions = template.resources("AWS::Serverless::Function");
    functions.iter().any(|(function, properties)| {
        let event = resource
            .strip_prefix(function)
            .map(|event| &properties["Events"][event]["Type"]);
        event.is_some_and(|of_type| of_type == "Schedule")
    })
}

/// What is called of the functions that the page defines, with the arguments, wherever it stands in a block of shell.
fn calls(page: &str) -> Vec<(String, Vec<String>)> {
    let blocks = page.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    let mut calls = Vec::new();
    for line in blocks.flat_map(str::lines) {
        // Not their definitions, which call one another with what they are given.
        let line = line.split(" #").next().unwrap_or_default();
        for command in ["ask", "change", "failed", "lines", "log", "name", "out", "param", "waiting"] {
            let (alone, within) = (format!("{command} "), format!("$({command} "));
            let starts = line.strip_prefix(&alone).into_iter();
            let nested = line.split(&within).skip(1);
            for call in starts.chain(nested) {
                let words = call.split([')', '|']).next().unwrap_or_default().split_whitespace();
                let words = words.map(|word| word.trim_matches('"').to_owned()).collect::<Vec<_>>();
                if !words.iter().any(|word| word.starts_with('$')) {
                    calls.push((command.to_owned(), words));
                }
            }
        }
    }
    calls
}

#[test]
fn calls_are_found_at_the_beginning_and_within_a_line() {
    let page = "```sh\nout() { stack \"$1\"; }\nlines A b 1h # told\nexport X=\"$(out B)\" Y=\"$(param C)\"\nls\n```\nlog D\n";

    let calls = calls(page)
        .into_iter()
        .map(|(command, words)| format!("{command} {}", words.join(" ")));
    assert_eq!(calls.collect::<Vec<_>>(), ["lines A b 1h", "out B", "param C"]);
}

#[test]
fn the_page_lists_every_metric_as_it_is_counted_and_no_other() {
    let template = Template::read();
    let counted = metrics::all(&template).into_iter().map(|metric| {
        let keys = metric.dimensions.iter().map(|(key, _)| format!("`{key}`"));
        let keys = keys.collect::<Vec<_>>().join(", ");
        // A bar would end the cell.
        let pattern = metric.pattern.replace('|', "\\|");
        format!(
            "| {} | `{}` | {keys} | {} | {} `{pattern}` |",
            metric.space, metric.name, metric.unit, metric.log
        )
    });
    let page = page();
    let is_row = |line: &&str| LOGS.iter().any(|log| line.starts_with(&format!("| {} | `", log.space)));
    let rows = page.lines().filter(is_row).map(|row| {
        let (counted, meaning) = row.split_once("}` | ").unwrap_or_else(|| unreachable!("{row}"));
        assert!(meaning.trim_end_matches(" |").len() > 10, "{row}");
        format!("{counted}}}` |")
    });
    let (counted, rows) = (counted.collect::<BTreeSet<_>>(), rows.collect::<Vec<_>>());
    assert_eq!(rows.iter().cloned().collect::<BTreeSet<_>>(), counted);
    assert_eq!(rows.len(), counted.len(), "a metric is listed twice");
}

#[test]
fn the_alarm_for_one_topic_is_the_one_for_all_with_a_metric_that_there_is() {
    let template = Template::read();
    let page = page();
    let section = page.split("\n## Silence\n").nth(1).expect("the section is there");
    let given = section.split("--metrics '").nth(1).and_then(|rest| rest.split('\'').next());
    let mut given = serde_json::from_str::<Value>(given.unwrap_or_default()).expect("it is JSON");
    let metric = given[1]["MetricStat"]["Metric"].take();
    let by_topic = metrics::all(&template)
        .into_iter()
        .find(|metric| metric.name == "received_by_topic");
    let by_topic = by_topic.expect("it is counted by topic");
    assert_eq!(
        (&metric["Namespace"], &metric["MetricName"]),
        (&json!(format!("firepost/{}", by_topic.space)), &json!(by_topic.name))
    );
    assert_eq!(metric["Dimensions"][0]["Name"], by_topic.dimensions[0].0);

    let mut of_all = template.at("Resources/RtnSilentAlarm/Properties/Metrics").clone();
    of_all[1]["MetricStat"]["Metric"] = Value::Null;
    for expression in [&mut given, &mut of_all] {
        expression[0]["Label"] = Value::Null;
    }
    assert_eq!(given, of_all);
    for same in [
        "--comparison-operator LessThanThreshold",
        "--treat-missing-data breaching",
        "--threshold 1",
    ] {
        assert!(section.contains(same), "{same}");
    }
}

#[test]
fn the_page_says_what_stays_when_the_stack_goes() {
    let template = Template::read();
    let resources = template.at("Resources").as_object().expect("there are resources");
    let kept = resources
        .iter()
        .filter(|(_, resource)| resource["DeletionPolicy"] == "Retain");
    let kept = kept.map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let page = page();
    let section = page.split("\n### Remove\n").nth(1).expect("the section is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    let section = section.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(section.contains(&format!(": {kept}.")), "{kept}");
}

#[test]
fn whoever_deploys_is_led_to_the_page() {
    for (document, link) in [
        ("README.md", "(docs/operations.md)"),
        ("functions/adm/README.md", "(../../docs/operations.md#sending-to-devices)"),
        ("functions/devices/README.md", "(../../docs/operations.md#push-endpoints)"),
        ("functions/reconcile/README.md", "(../../docs/operations.md#push-endpoints)"),
    ] {
        assert!(source(document).contains(link), "{document}");
    }
}
