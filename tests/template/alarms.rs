//! Every alarm watches what there is, reaches somebody, and says what to do.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::logs::LOGS;
use super::metrics::{self, Metric};
use super::parts::{Template, source};

#[test]
fn every_alarm_on_a_metric_of_ours_watches_one_that_there_is() {
    let template = Template::read();
    let metrics = metrics::all(&template);
    let mut watched = BTreeSet::new();
    for (name, alarm) in template.resources("AWS::CloudWatch::Alarm") {
        for metric in parts(alarm) {
            let Some(space) = metric["Namespace"]["Fn::Sub"].as_str() else {
                continue;
            };
            let dimensions = metric["Dimensions"].as_array().into_iter().flatten();
            let keys = dimensions.map(|dimension| dimension["Name"].as_str().unwrap_or_default());
            let keys = keys.collect::<BTreeSet<_>>();
            let is_it = |metric: &&Metric<'_>, name: &Value| {
                space.strip_prefix("${AWS::StackName}/") == Some(metric.space) && *name == metric.name && metric.keys() == keys
            };
            let metric = metrics.iter().find(|counted| is_it(counted, &metric["MetricName"]));
            let metric = metric.unwrap_or_else(|| unreachable!("{name} watches what nothing counts"));
            let condition = template.at(&format!("Resources/{name}/Condition"));
            assert!(metric.condition.is_null() || metric.condition == condition, "{name}");
            watched.insert(metric.filter);
        }
    }
    // What a person must act upon has a metric without dimensions, or by reason; none of those is without an alarm.
    let to_watch = metrics.iter().filter(|metric| {
        let is_about_a_code = metric.value == "1" && metric.dimensions.is_empty();
        is_about_a_code || ["refused_by_reason", "received", "oldest_left_seconds"].contains(&metric.name)
    });
    let unwatched = to_watch
        .map(|metric| metric.filter)
        .filter(|filter| !watched.contains(filter));
    assert_eq!(unwatched.collect::<Vec<_>>(), Vec::<&str>::new());
}

/// What an alarm looks at: its one metric, or the parts of its expression.
fn parts(alarm: &Value) -> Vec<&Value> {
    match &alarm["Metrics"] {
        Value::Array(parts) => parts
            .iter()
            .map(|part| &part["MetricStat"]["Metric"])
            .filter(|metric| !metric.is_null())
            .collect(),
        _ => vec![alarm],
    }
}

#[test]
fn every_function_is_watched_for_errors_and_for_throttles() {
    let template = Template::read();
    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let watched = |metric: &str| {
        let parts = alarms.iter().flat_map(|(_, alarm)| parts(alarm));
        let of_lambda = parts.filter(|part| part["Namespace"] == "AWS/Lambda" && part["MetricName"] == metric);
        let functions = of_lambda.map(|part| part["Dimensions"][0]["Value"]["Ref"].as_str().expect("a function"));
        functions.map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let functions = template.resources("AWS::Serverless::Function");
    let functions = functions.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(watched("Errors"), functions);
    assert_eq!(watched("Throttles"), functions);
    // Of a stream: how far behind it is.
    assert_eq!(watched("IteratorAge"), ["Dispatch".to_owned()].into());
}

#[test]
fn silence_is_an_alarm_where_it_is_asked_for_and_within_what_cloudwatch_looks_back() {
    let template = Template::read();
    for (alarm, function, condition, parameter) in [
        ("DrsSilentAlarm", drs::SOURCE.name, "ExpectsDrs", "DrsSilenceHours"),
        ("RtnSilentAlarm", rtn::SOURCE.name, "ExpectsRtn", "RtnSilenceHours"),
    ] {
        assert_eq!(template.at(&format!("Resources/{alarm}/Condition")), condition);
        let is_zero = json!({"Fn::Equals": [{"Ref": parameter}, "0"]});
        assert_eq!(
            template.at(&format!("Conditions/{condition}")),
            &json!({"Fn::Not": [is_zero]})
        );
        let properties = template.at(&format!("Resources/{alarm}/Properties"));
        let metric = &properties["Metrics"][1]["MetricStat"];
        assert_eq!(
            (&metric["Metric"]["Dimensions"], &metric["Period"]),
            (&json!([{"Name": "function", "Value": function}]), &json!(3600))
        );
        assert_eq!(
            (&properties["EvaluationPeriods"], &properties["ComparisonOperator"]),
            (&json!({"Ref": parameter}), &json!("LessThanThreshold"))
        );
        let parameter = template.at(&format!("Parameters/{parameter}"));
        assert_eq!((&parameter["Default"], &parameter["MinValue"]), (&json!(0), &json!(0)));
        // 604,800 seconds, for periods of an hour and more: CloudWatch API Reference, PutMetricAlarm.
        assert_eq!(parameter["MaxValue"].as_u64().map(|hours| hours * 3_600), Some(604_800));
    }
}

#[test]
fn every_function_writes_into_a_log_that_is_counted() {
    let template = Template::read();
    for (name, function) in template.resources("AWS::Serverless::Function") {
        let log = &function["LoggingConfig"];
        let of_ours = LOGS.iter().any(|ours| log["LogGroup"] == json!({"Ref": ours.name}));
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
        // Said of each, so that none goes or stays by chance. What is in these two is nowhere wanted any more when the stack goes.
        let is_kept = !["DispatchFailures", "EndpointDeadLetters"].contains(&name);
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            let expected = if is_kept { "Retain" } else { "Delete" };
            let policy = template.at(&format!("Resources/{name}/{policy}"));
            assert_eq!(policy, expected, "{name}");
        }
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
        let is_heartbeat = ["DrsSilentAlarm", "ReconcileOverdueAlarm", "RtnSilentAlarm", "SweptAlarm"].contains(&name);
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

/// A metric comes some minutes late, and `FILL` has its newest value at 0 until then: an alarm on the newest one would never go off.
/// Amazon CloudWatch User Guide, "Using math expressions with CloudWatch metrics".
#[test]
fn an_alarm_on_a_sum_that_is_filled_up_looks_at_several_periods() {
    let template = Template::read();
    let mut seen = 0;
    for (name, alarm) in template.resources("AWS::CloudWatch::Alarm") {
        let is_filled = alarm["Metrics"].to_string().contains("FILL(");
        if !is_filled || alarm["ComparisonOperator"] == "LessThanThreshold" {
            continue;
        }
        let periods = (alarm["EvaluationPeriods"].as_u64(), alarm["DatapointsToAlarm"].as_u64());
        assert_eq!(periods, (Some(5), Some(1)), "{name}");
        seen += 1;
    }
    assert!(seen > 3, "{seen}");
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
