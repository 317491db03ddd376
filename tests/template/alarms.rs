//! The metrics are counted from the log line of a delivery, so they must name its fields and what those can hold.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::parts::{Template, quoted_after, source};

#[test]
fn every_metric_counts_what_the_log_can_say() {
    let template = Template::read();
    let outcomes = source("shared/intake/src/outcome.rs");
    let line = source("shared/intake/src/log.rs");
    let certificates = quoted_after(&line, "=> \"");
    let mut counted = BTreeSet::new();
    for (filter, properties) in template.resources("AWS::Logs::MetricFilter") {
        assert_eq!(properties["LogGroupName"], json!({"Ref": "RtnLog"}), "{filter}");
        let pattern = properties["FilterPattern"].as_str().expect("a filter has a pattern");
        let pattern = pattern.strip_prefix("{ $.").and_then(|rest| rest.strip_suffix("\" }"));
        let (field, value) = pattern
            .and_then(|rest| rest.split_once(" = \""))
            .expect("a filter compares one field");
        match field {
            "outcome" => assert!(outcomes.contains(&format!("\"{value}\"")), "{filter}: no outcome is {value}"),
            "certificate" => assert!(certificates.contains(value), "{filter}: no certificate is {value}"),
            other => unreachable!("{filter}: {other} is not a field to count"),
        }
        assert!(
            line.contains(&format!("{field} = ")),
            "{filter}: the log line has no field {field}"
        );

        let [metric] = properties["MetricTransformations"].as_array().map_or(&[][..], Vec::as_slice) else {
            unreachable!("{filter} makes one metric");
        };
        let name = metric["MetricName"].as_str().expect("a metric has a name");
        assert_eq!(metric["MetricNamespace"], namespace(), "{filter}");
        assert_eq!(metric["MetricValue"], "1", "{filter}");
        if let Value::Array(dimensions) = &metric["Dimensions"] {
            assert_eq!(dimensions, &[json!({"Key": "reason", "Value": "$.reason"})], "{filter}");
            assert_eq!(name, format!("{value}_by_reason"), "{filter}");
            assert!(line.contains(" reason,"), "{filter}: the log line has no field reason");
        } else {
            assert_eq!(name, value, "{filter}: a metric has the name of what it counts");
            counted.insert(name);
        }
    }

    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let ours = alarms.iter().filter(|(_, alarm)| alarm["Namespace"] == namespace());
    let watched = ours
        .filter_map(|(_, alarm)| alarm["MetricName"].as_str())
        .collect::<BTreeSet<_>>();
    assert_eq!(
        counted, watched,
        "each metric without dimensions has an alarm, and the other way round"
    );
}

#[test]
fn every_alarm_reaches_somebody_and_says_what_to_do() {
    let template = Template::read();
    for (name, alarm) in template.resources("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["AlarmActions"], json!([{"Ref": "AlarmTopic"}]), "{name}");
        assert_eq!(alarm["TreatMissingData"], "notBreaching", "{name}");
        let description = alarm["AlarmDescription"].as_str().unwrap_or_default();
        // 1,024 characters: CloudWatch API Reference, PutMetricAlarm.
        assert!((100..=1024).contains(&description.chars().count()), "{name}: {description}");
    }
}

#[test]
fn the_alarm_on_refusals_watches_reasons_that_there_are() {
    let template = Template::read();
    let reasons = [
        "sns-webhook/src/refusal.rs",
        "sns-webhook/src/rejection.rs",
        "intake/src/outcome.rs",
    ]
    .map(|file| source(&format!("shared/{file}")))
    .concat();
    let metrics = template
        .at("Resources/RefusedAlarm/Properties/Metrics")
        .as_array()
        .expect("it adds metrics up");
    let (sum, parts) = metrics.split_first().expect("the sum comes first");
    assert!(!parts.is_empty());
    for part in parts {
        let metric = &part["MetricStat"]["Metric"];
        let reason = metric["Dimensions"][0]["Value"].as_str().expect("a part counts one reason");
        assert!(reasons.contains(&format!("=> \"{reason}\"")), "no reason is {reason}");
        assert_eq!(
            (&metric["MetricName"], &metric["Namespace"]),
            (&json!("refused_by_reason"), &namespace())
        );
        let id = part["Id"].as_str().expect("a part has an id");
        assert!(
            sum["Expression"]
                .as_str()
                .is_some_and(|sum| sum.contains(&format!("FILL({id}, 0)"))),
            "{reason}"
        );
    }
}

#[test]
fn the_alarm_on_faults_watches_this_gateway() {
    let template = Template::read();
    let (name, stage) = (
        template.at("Resources/Api/Properties/Name"),
        template.at("Resources/Api/Properties/StageName"),
    );
    let expected = json!([{"Name": "ApiName", "Value": name}, {"Name": "Stage", "Value": stage}]);
    assert_eq!(template.at("Resources/FaultAlarm/Properties/Dimensions"), &expected);
}

fn namespace() -> Value {
    json!({"Fn::Sub": "${AWS::StackName}/rtn"})
}
