//! The metrics are counted from log lines, so they must name their fields and what those can hold.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::parts::{Template, source};

/// A log whose lines are counted: where its lines are made, and what their outcomes can be.
struct Counted {
    log: &'static str,
    namespace: &'static str,
    lines: &'static [&'static str],
}

const LOGS: [Counted; 5] = [
    Counted {
        log: "AdmLog",
        namespace: "${AWS::StackName}/adm",
        lines: &[
            "functions/adm/src/ledger/log.rs",
            "functions/adm/src/log.rs",
            "functions/adm/src/reply.rs",
        ],
    },
    Counted {
        log: "DevicesLog",
        namespace: "${AWS::StackName}/devices",
        lines: &[
            "functions/devices/src/log.rs",
            "functions/devices/src/problem.rs",
            "functions/devices/src/trouble.rs",
        ],
    },
    Counted {
        log: "DispatchLog",
        namespace: "${AWS::StackName}/dispatch",
        lines: &[
            "functions/dispatch/src/dispatch.rs",
            "functions/dispatch/src/publish.rs",
            "functions/dispatch/src/sweep.rs",
        ],
    },
    Counted {
        log: "IntakeLog",
        namespace: "${AWS::StackName}/intake",
        lines: &["shared/intake/src/log.rs", "shared/intake/src/outcome.rs"],
    },
    Counted {
        log: "ReconcileLog",
        namespace: "${AWS::StackName}/reconcile",
        lines: &["functions/reconcile/src/log.rs"],
    },
];

#[test]
fn every_metric_counts_what_the_log_can_say() {
    let template = Template::read();
    let mut counted = BTreeSet::new();
    for (filter, properties) in template.resources("AWS::Logs::MetricFilter") {
        let log = LOGS.iter().find(|log| properties["LogGroupName"] == json!({"Ref": log.log}));
        let log = log.unwrap_or_else(|| unreachable!("{filter} counts no log of ours"));
        let lines = log.lines.iter().map(|file| source(file)).collect::<String>();
        let pattern = properties["FilterPattern"].as_str().expect("a filter has a pattern");
        let (field, value, excepted) = compared(pattern).expect("a filter compares one field, and may leave out one reason");
        assert!(
            ["certificate", "outcome"].contains(&field),
            "{filter}: {field} is not a field to count"
        );
        assert!(lines.contains(&format!("\"{value}\"")), "{filter}: no {field} is {value}");
        assert!(
            lines.contains(&format!("{field} = ")),
            "{filter}: no line has a field {field}"
        );
        if let Some(reason) = excepted {
            // A line without any reason would not be counted either. Of what is counted so, every line has one.
            assert!(
                lines.contains(&format!(".because(\"{reason}\")")),
                "{filter}: nothing has the reason {reason}"
            );
        }

        let [metric] = properties["MetricTransformations"].as_array().map_or(&[][..], Vec::as_slice) else {
            unreachable!("{filter} makes one metric");
        };
        let name = metric["MetricName"].as_str().expect("a metric has a name");
        assert_eq!(metric["MetricNamespace"], json!({"Fn::Sub": log.namespace}), "{filter}");
        if let Value::Array(dimensions) = &metric["Dimensions"] {
            assert_eq!(dimensions, &[json!({"Key": "reason", "Value": "$.reason"})], "{filter}");
            assert_eq!(
                (name, &metric["MetricValue"]),
                (format!("{value}_by_reason").as_str(), &json!("1")),
                "{filter}"
            );
            assert!(lines.contains(" reason,"), "{filter}: no line has a field reason");
            continue;
        }
        match metric["MetricValue"].as_str().and_then(|value| value.strip_prefix("$.")) {
            // A field's value, under the field's name.
            Some(field) => {
                assert_eq!(name, field, "{filter}");
                assert!(
                    lines.contains(&format!("{field} = ")),
                    "{filter}: no line has a field {field}"
                );
            }
            None => {
                assert_eq!(metric["MetricValue"], "1", "{filter}");
                assert_eq!(name, value, "{filter}: a metric has the name of what it counts");
            }
        }
        counted.insert((log.namespace, name));
    }

    let alarms = template.resources("AWS::CloudWatch::Alarm");
    // By itself, or as a part of an expression.
    let watched = alarms.iter().flat_map(|(_, alarm)| {
        let parts = alarm["Metrics"].as_array().into_iter().flatten();
        let parts = parts.map(|part| &part["MetricStat"]["Metric"]);
        parts.filter(|metric| metric["Dimensions"].is_null()).chain([*alarm])
    });
    let watched = watched.filter_map(|metric| {
        let log = LOGS
            .iter()
            .find(|log| metric["Namespace"] == json!({"Fn::Sub": log.namespace}))?;
        Some((log.namespace, metric["MetricName"].as_str()?))
    });
    assert_eq!(
        counted,
        watched.collect::<BTreeSet<_>>(),
        "each metric without dimensions has an alarm, and the other way round"
    );
}

/// The field, its value, and the reason that does not count, of `{ $.field = "value" }` or of
/// `{ ($.field = "value") && ($.reason != "code") }`.
fn compared(pattern: &str) -> Option<(&str, &str, Option<&str>)> {
    let inner = pattern.strip_prefix("{ ")?.strip_suffix(" }")?;
    let (counted, excepted) = match inner.split_once(" && ") {
        Some((counted, reason)) => {
            let reason = reason.strip_prefix("($.reason != \"")?.strip_suffix("\")")?;
            (counted.strip_prefix('(')?.strip_suffix(')')?, Some(reason))
        }
        None => (inner, None),
    };
    let (field, value) = counted.strip_prefix("$.")?.strip_suffix('"')?.split_once(" = \"")?;
    Some((field, value, excepted))
}

#[test]
fn every_function_writes_into_a_log_that_is_counted() {
    let template = Template::read();
    for (name, function) in template.resources("AWS::Serverless::Function") {
        let log = &function["LoggingConfig"];
        let of_ours = LOGS.iter().any(|ours| log["LogGroup"] == json!({"Ref": ours.log}));
        assert!(of_ours && log["LogFormat"] == "JSON", "{name}");
    }
}

#[test]
fn every_queue_for_what_failed_and_could_be_lost_is_watched() {
    let template = Template::read();
    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let is_watched = |queue: &str| {
        let dimension = json!([{"Name": "QueueName", "Value": {"Fn::GetAtt": format!("{queue}.QueueName")}}]);
        alarms.iter().any(|(_, alarm)| alarm["Dimensions"] == dimension)
    };
    let queues = template.resources("AWS::SQS::Queue");
    // What the stream gave up on is still due, and the age of that is watched.
    let watched = queues.iter().map(|(name, _)| (*name, is_watched(name))).collect::<Vec<_>>();
    assert_eq!(
        watched,
        [
            ("AdmDeadLetters", true),
            ("AdmQueue", true),
            ("DispatchFailures", false),
            ("DrsDeadLetters", true),
            ("EndpointDeadLetters", true)
        ]
    );
    for (name, queue) in queues {
        assert_eq!(
            (&queue["SqsManagedSseEnabled"], &queue["MessageRetentionPeriod"]),
            (&json!(true), &json!(1_209_600)),
            "{name}"
        );
    }
}

#[test]
fn every_alarm_reaches_somebody_and_says_what_to_do() {
    let template = Template::read();
    for (name, alarm) in template.resources("AWS::CloudWatch::Alarm") {
        assert_eq!(alarm["AlarmActions"], json!([{"Ref": "AlarmTopic"}]), "{name}");
        // Of a heartbeat silence is what it tells of.
        let is_heartbeat = ["ReconcileOverdueAlarm", "SweptAlarm"].contains(&name);
        let silence = if is_heartbeat { "breaching" } else { "notBreaching" };
        assert_eq!(alarm["TreatMissingData"], silence, "{name}");
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
            (&json!("refused_by_reason"), &json!({"Fn::Sub": "${AWS::StackName}/intake"}))
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
fn the_alarm_on_faults_watches_what_this_gateway_answers_sns_and_nothing_else() {
    let template = Template::read();
    let (name, stage) = (
        template.at("Resources/Api/Properties/Name"),
        template.at("Resources/Api/Properties/StageName"),
    );
    let metrics = template
        .at("Resources/FaultAlarm/Properties/Metrics")
        .as_array()
        .expect("it adds metrics up");
    let (sum, parts) = metrics.split_first().expect("the sum comes first");
    assert_eq!(sum["Expression"], "FILL(rtn, 0) + FILL(drs, 0)");
    // Detailed metrics have these dimensions: API Gateway Developer Guide, "Amazon API Gateway dimensions and metrics".
    let of_route = |id: &str| {
        let dimensions = json!([
            {"Name": "ApiName", "Value": name},
            {"Name": "Stage", "Value": stage},
            {"Name": "Resource", "Value": format!("/{id}")},
            {"Name": "Method", "Value": "POST"},
        ]);
        let metric = json!({"Namespace": "AWS/ApiGateway", "MetricName": "5XXError", "Dimensions": dimensions});
        json!({"Id": id, "ReturnData": false, "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}})
    };
    assert_eq!(parts, [of_route(rtn::SOURCE.name), of_route(drs::SOURCE.name)]);
}
