//! The page for the night is whole whatever is deployed, and shows what there is: each alarm, each function, each queue, each table, and
//! no metric that nothing counts.

mod body;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::body::{Deployment, body, deployments};
use super::logs::LOGS;
use super::metrics;
use super::parts::{Template, texts};

/// Metrics of AWS's, with the one dimension that they are shown by and the type of what it names.
///
/// Sources: the services' pages on their CloudWatch metrics, "Types of metrics for Lambda functions", "Available CloudWatch metrics for
/// Amazon SQS", "Monitoring Amazon SNS topics using CloudWatch", "DynamoDB metrics and dimensions", "Monitoring Step Functions metrics".
const OF_AWS: [(&str, &[&str], &str, &str); 5] = [
    (
        "AWS/DynamoDB",
        &[
            "ConsumedReadCapacityUnits",
            "ConsumedWriteCapacityUnits",
            "ReadThrottleEvents",
            "WriteThrottleEvents",
        ],
        "TableName",
        "AWS::DynamoDB::Table",
    ),
    (
        "AWS/Lambda",
        &["Duration", "Errors", "IteratorAge", "Throttles"],
        "FunctionName",
        "AWS::Serverless::Function",
    ),
    (
        "AWS/SNS",
        &["NumberOfMessagesPublished", "NumberOfNotificationsFailed"],
        "TopicName",
        "AWS::SNS::Topic",
    ),
    (
        "AWS/SQS",
        &["ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"],
        "QueueName",
        "AWS::SQS::Queue",
    ),
    (
        "AWS/States",
        &["ExecutionsFailed", "ExecutionsStarted", "ExecutionsSucceeded"],
        "StateMachineArn",
        "AWS::StepFunctions::StateMachine",
    ),
];

#[test]
fn it_is_whole_whatever_is_deployed() {
    let template = Template::read();
    let deployments = deployments(&template);
    assert_eq!(deployments.len(), 24);
    for deployment in deployments {
        let body = body(&template, &deployment);
        let widgets = body["widgets"].as_array().expect("there are widgets");
        for widget in widgets {
            // Below and beside one another as there is room: none has a place that another one could leave empty.
            assert_eq!((&widget["x"], &widget["y"]), (&Value::Null, &Value::Null), "{widget}");
            let kind = widget["type"].as_str().unwrap_or_default();
            assert!(["alarm", "log", "metric"].contains(&kind), "{widget}");
            assert!(widget["width"].as_u64().is_some_and(|width| 24 % width == 0), "{widget}");
            let title = widget["properties"]["title"].as_str().unwrap_or_default();
            assert!(title.len() > 5, "{widget}");
            let region = if kind == "alarm" {
                Value::Null
            } else {
                json!("<AWS::Region>")
            };
            assert_eq!(widget["properties"]["region"], region, "{title}");
        }
    }
}

#[test]
fn every_alarm_is_on_it_when_it_is_deployed_and_once() {
    let template = Template::read();
    for deployment in deployments(&template) {
        let body = body(&template, &deployment);
        let mut shown = texts(&body["widgets"][0]["properties"]["alarms"]);
        let alarms = template.resources("AWS::CloudWatch::Alarm").into_iter().map(|(name, _)| name);
        let mut expected = alarms
            .filter(|name| deployment.has(&template, name))
            .map(|name| format!("<{name}.Arn>"))
            .collect::<Vec<_>>();
        // A hundred at most: CloudWatch API Reference, "Dashboard Body Structure and Syntax".
        assert!(expected.len() <= 100);
        shown.sort_unstable();
        expected.sort_unstable();
        assert_eq!(shown, expected, "{deployment:?}");
    }
}

#[test]
fn every_metric_that_it_shows_is_one_that_there_is() {
    let template = Template::read();
    let metrics = metrics::all(&template);
    let mut shown = BTreeSet::new();
    for deployment in deployments(&template) {
        for metric in shown_metrics(&body(&template, &deployment)) {
            let names = metric.iter().map(String::as_str).collect::<Vec<_>>();
            let [space, name, dimensions @ ..] = names.as_slice() else {
                unreachable!("{metric:?} has a namespace and a name");
            };
            let Some(space) = space.strip_prefix("<AWS::StackName>/") else {
                assert_is_of_aws(&template, &deployment, &names);
                continue;
            };
            let keys = dimensions.iter().step_by(2).copied().collect::<BTreeSet<_>>();
            let counted = metrics
                .iter()
                .find(|counted| (counted.space, counted.name, counted.keys()) == (space, name, keys.clone()));
            let counted = counted.unwrap_or_else(|| unreachable!("nothing counts {metric:?}"));
            assert!(deployment.has(&template, counted.filter), "{metric:?} is not deployed");
            for pair in dimensions.chunks(2).filter(|pair| pair.len() == 2) {
                let log = LOGS.iter().find(|log| log.name == counted.log).expect("a log of ours");
                let is_function = pair[0] == "function" && [drs::SOURCE.name, rtn::SOURCE.name].contains(&pair[1]);
                assert!(is_function || log.can_say(pair[1]), "{metric:?}");
            }
            shown.insert(counted.filter);
        }
    }
    let left_out = metrics
        .iter()
        .map(|metric| metric.filter)
        .filter(|filter| !shown.contains(filter));
    assert_eq!(left_out.collect::<Vec<_>>(), Vec::<&str>::new(), "not on the page");
}

#[test]
fn every_function_queue_and_table_is_on_it_and_the_starts_of_every_function() {
    let template = Template::read();
    for deployment in deployments(&template) {
        let body = body(&template, &deployment);
        let shown = shown_metrics(&body);
        for (space, metric, dimension, of_type) in [
            ("AWS/DynamoDB", "WriteThrottleEvents", "TableName", "AWS::DynamoDB::Table"),
            ("AWS/Lambda", "Duration", "FunctionName", "AWS::Serverless::Function"),
            ("AWS/Lambda", "Errors", "FunctionName", "AWS::Serverless::Function"),
            ("AWS/Lambda", "Throttles", "FunctionName", "AWS::Serverless::Function"),
            (
                "AWS/SQS",
                "ApproximateNumberOfMessagesVisible",
                "QueueName",
                "AWS::SQS::Queue",
            ),
        ] {
            for (name, _) in template.resources(of_type) {
                let is_shown = shown.iter().any(|shown| {
                    let [found @ .., value] = shown.as_slice() else { return false };
                    found == [space, metric, dimension] && [format!("<{name}>"), format!("<{name}.QueueName>")].contains(value)
                });
                assert_eq!(
                    is_shown,
                    deployment.has(&template, name),
                    "{metric} of {name}, {deployment:?}"
                );
            }
        }
        let widgets = body["widgets"].as_array().expect("there are widgets").iter();
        let queries = widgets.filter_map(|widget| widget["properties"]["query"].as_str());
        let queries = queries.collect::<Vec<_>>();
        for (name, _) in template.resources("AWS::Logs::LogGroup") {
            let is_read = queries.iter().any(|query| query.contains(&format!("SOURCE '<{name}>'")));
            assert_eq!(is_read, deployment.has(&template, name), "{name}");
        }
        // Lambda's own lines, as JSON: Lambda Telemetry API, platform.report.
        let is_about_starts =
            |query: &&str| query.contains("'platform.report'") && query.contains("record.metrics.initDurationMs");
        assert!(queries.iter().all(is_about_starts), "{queries:?}");
    }
}

/// A metric of AWS's has a name that there is, and the dimension names what is deployed.
fn assert_is_of_aws(template: &Template, deployment: &Deployment, metric: &[&str]) {
    if metric[0] == "AWS/ApiGateway" {
        let routes = [drs::SOURCE.name, rtn::SOURCE.name].map(|route| format!("/{route}"));
        let [
            _,
            "4XXError" | "5XXError",
            "ApiName",
            "<AWS::StackName>",
            "Stage",
            "live",
            "Resource",
            route,
            "Method",
            "POST",
        ] = metric
        else {
            unreachable!("{metric:?}");
        };
        assert!(routes.iter().any(|known| known == route), "{metric:?}");
        return;
    }
    let [space, name, dimension, value] = metric else {
        unreachable!("{metric:?} has one dimension");
    };
    let known = OF_AWS
        .iter()
        .find(|known| known.0 == *space && known.1.contains(name) && known.2 == *dimension);
    let of_type = known.unwrap_or_else(|| unreachable!("{metric:?}")).3;
    let resource = value.trim_start_matches('<').trim_end_matches('>');
    let attribute = if space == &"AWS/SNS" || space == &"AWS/SQS" {
        *dimension
    } else {
        ""
    };
    let (resource, found) = resource.split_once('.').unwrap_or((resource, ""));
    assert_eq!(found, attribute, "{metric:?}");
    assert_eq!(template.at(&format!("Resources/{resource}/Type")), of_type, "{metric:?}");
    assert!(deployment.has(template, resource), "{metric:?} is not deployed");
}

/// Every metric of every widget: namespace, name, dimensions and their values. Of a search the names of the dimensions alone.
fn shown_metrics(body: &Value) -> Vec<Vec<String>> {
    let mut shown = Vec::new();
    for widget in body["widgets"].as_array().into_iter().flatten() {
        let mut before: Vec<String> = Vec::new();
        for metric in widget["properties"]["metrics"].as_array().into_iter().flatten() {
            if let Some(search) = metric[0]["expression"].as_str() {
                shown.push(searched(search));
                continue;
            }
            let parts = texts(metric);
            let full = match parts.split_first() {
                // "..." stands for all that the one before had, but for the last.
                Some((&"...", rest)) => {
                    let kept = before.len().checked_sub(rest.len()).expect("there is one before");
                    let kept = before[..kept].iter().map(String::as_str);
                    kept.chain(rest.iter().copied()).map(str::to_owned).collect()
                }
                _ => parts.into_iter().map(str::to_owned).collect::<Vec<_>>(),
            };
            shown.push(full.clone());
            before = full;
        }
    }
    shown
}

/// Namespace, name and dimension of `SEARCH('{"namespace",dimension} MetricName="name"', …)`.
fn searched(expression: &str) -> Vec<String> {
    let inner = expression
        .strip_prefix("SEARCH('{\"")
        .unwrap_or_else(|| unreachable!("{expression}"));
    let (space, rest) = inner.split_once("\",").expect("a namespace in quotation marks");
    let (dimension, rest) = rest.split_once("} MetricName=\"").expect("one dimension");
    let (name, _) = rest.split_once("\"'").expect("a name in quotation marks");
    [space, name, dimension].map(str::to_owned).to_vec()
}
