//! Push endpoints: servers register devices through IAM, SNS is called for the named applications alone, and none of it is there for those who
//! have none.

use serde_json::{Value, json};

use super::gateway::signed_routes;
use super::parts::{Template, source};

#[test]
fn every_route_is_for_whom_iam_lets_in_and_is_one_that_the_function_knows() {
    let template = Template::read();
    let routes = signed_routes(&template, "Devices");
    let known = source("functions/devices/src/service/route.rs");
    let known = known.lines().filter_map(|line| {
        let route = line.trim().strip_prefix("/// `")?.strip_suffix("`.")?;
        route.contains(" /devices/").then(|| route.to_owned())
    });
    let mut known = known.collect::<Vec<_>>();
    known.sort();
    assert_eq!(routes, known);
    assert_eq!(routes.len(), 3);
    let url = template.at("Outputs/DevicesEndpoint/Value/Fn::Sub");
    assert!(
        url.as_str().is_some_and(|url| url.ends_with("/${Api.Stage}/devices")),
        "{url}"
    );
    let timeout = template.at("Resources/Devices/Properties/Timeout");
    assert_eq!(timeout, template.at("Resources/Adm/Properties/Timeout"));
}

#[test]
fn nothing_but_the_table_is_there_without_applications() {
    let template = Template::read();
    let is_empty = json!({"Fn::Equals": [{"Fn::Join": ["", {"Ref": "PlatformApplications"}]}, ""]});
    assert_eq!(template.at("Conditions/KeepsEndpoints"), &json!({"Fn::Not": [is_empty]}));
    let by_state_machine = json!({"Fn::Equals": [{"Ref": "SweepBy"}, "StateMachine"]});
    assert_eq!(
        template.at("Conditions/SweepsByStateMachine"),
        &json!({"Fn::And": [{"Condition": "KeepsEndpoints"}, by_state_machine]})
    );
    assert_eq!(template.at("Parameters/PlatformApplications/Default"), "");
    for section in ["Resources", "Outputs"] {
        let parts = template.at(section).as_object().expect("the section is there");
        for (name, part) in parts {
            let of_endpoints = ["Devices", "Endpoint", "Reconcile"]
                .iter()
                .any(|start| name.starts_with(start));
            let expected = match of_endpoints && name != "DevicesTable" {
                true => json!("KeepsEndpoints"),
                false if name.starts_with("LargeSweep") => json!("SweepsByStateMachine"),
                false => Value::Null,
            };
            let condition = &part["Condition"];
            let is_of_endpoints = condition == "KeepsEndpoints" || condition == "SweepsByStateMachine";
            assert_eq!(is_of_endpoints, !expected.is_null(), "{section}: {name}");
            assert!(expected.is_null() || *condition == expected, "{section}: {name}");
        }
    }
}

#[test]
fn the_endpoints_that_may_be_changed_are_those_of_the_named_applications() {
    let template = Template::read();
    let applications = [
        "arn:aws:sns:us-east-1:123456789012:app/ADM/Fire",
        "arn:aws-cn:sns:cn-north-1:123456789012:app/APNS_SANDBOX/Stargazer",
    ];
    let endpoints = [
        "arn:aws:sns:us-east-1:123456789012:endpoint/ADM/Fire/*",
        "arn:aws-cn:sns:cn-north-1:123456789012:endpoint/APNS_SANDBOX/Stargazer/*",
    ];
    for role in ["DevicesRole", "ReconcileRole"] {
        let statements = template.at(&format!("Resources/{role}/Properties/Policies"));
        let statements = statements[0]["PolicyDocument"]["Statement"].as_array().expect("statements");
        let of = |sid: &str| {
            let found = statements.iter().find(|statement| statement["Sid"] == sid);
            &found.expect("the statement is there")["Resource"]
        };
        assert_eq!(evaluated(of("Applications"), &applications), json!(applications), "{role}");
        assert_eq!(evaluated(of("Endpoints"), &applications), json!(endpoints), "{role}");
        assert_eq!(
            evaluated(of("Endpoints"), &applications[..1]),
            json!(endpoints[..1]),
            "{role}"
        );
    }
}

/// What CloudFormation makes of a value, given the platform applications.
fn evaluated(value: &Value, applications: &[&str]) -> Value {
    let evaluate = |value: &Value| evaluated(value, applications);
    match value.as_object().and_then(|object| object.iter().next()) {
        Some((name, name_of)) if name == "Ref" => {
            assert_eq!(name_of, "PlatformApplications");
            json!(applications)
        }
        Some((name, arguments)) if name == "Fn::Join" => {
            let between = arguments[0].as_str().expect("a text");
            let parts = match evaluate(&arguments[1]) {
                Value::Array(parts) => parts.iter().map(evaluate).collect::<Vec<_>>(),
                other => unreachable!("{other} is no list"),
            };
            let parts = parts.iter().map(|part| part.as_str().expect("a text")).collect::<Vec<_>>();
            json!(parts.join(between))
        }
        Some((name, arguments)) if name == "Fn::Split" => {
            let text = evaluate(&arguments[1]);
            let between = arguments[0].as_str().expect("a text");
            text.as_str().expect("a text").split(between).collect()
        }
        Some((name, _)) => unreachable!("{name} is not known here"),
        None => value.clone(),
    }
}

#[test]
fn what_sns_tells_reaches_the_function_or_a_queue_that_is_watched() {
    let template = Template::read();
    let queue = json!({"Fn::GetAtt": "EndpointDeadLetters.Arn"});
    let told = template.at("Resources/Reconcile/Properties/Events/Told");
    assert_eq!(
        told,
        &json!({"Type": "SNS", "Properties": {"Topic": {"Ref": "EndpointEvents"}, "RedrivePolicy": {"deadLetterTargetArn": queue}}})
    );
    assert_eq!(
        template.at("Resources/Reconcile/Properties/EventInvokeConfig/DestinationConfig/OnFailure"),
        &json!({"Type": "SQS", "Destination": queue})
    );
    let policy = template.at("Resources/EndpointDeadLettersPolicy/Properties/PolicyDocument/Statement");
    assert_eq!(
        policy,
        &json!([{
            "Sid": "SubscriptionPuts",
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": queue,
            "Condition": {"ArnEquals": {"aws:SourceArn": {"Ref": "EndpointEvents"}}}
        }])
    );
    // No key that SNS's mobile push might not be let use.
    assert_eq!(
        template.at("Resources/EndpointEvents/Properties"),
        &json!({"SignatureVersion": "2"})
    );
}

#[test]
fn a_sweep_has_the_longest_invocation_that_there_is_and_is_told_to_plan_until_somebody_says_otherwise() {
    let template = Template::read();
    // 900 seconds: Lambda Developer Guide, "Lambda quotas".
    assert_eq!(template.at("Resources/Reconcile/Properties/Timeout"), 900);
    assert_eq!(template.at("Parameters/ReconcileMode/Default"), "plan");
    assert_eq!(template.at("Parameters/ReconcileOrphans/Default"), "report");
    assert_eq!(template.at("Parameters/SweepBy/Default"), "Lambda");
    let tick = template.at("Resources/Reconcile/Properties/Events/Tick");
    assert_eq!(
        (&tick["Type"], &tick["Properties"]["Schedule"]),
        (&json!("Schedule"), &json!("rate(5 minutes)"))
    );
}

#[test]
fn the_readme_points_all_four_events_at_the_topic_and_registers_with_fields_that_there_are() {
    let readme = source("README.md");
    let section = readme
        .split("\n## Keep push endpoints healthy\n")
        .nth(1)
        .expect("the section is there");
    let section = section.split("\n## ").next().unwrap_or_default();
    // SNS API Reference, SetPlatformApplicationAttributes.
    let events = ["Created", "Updated", "Deleted"].map(|what| format!("EventEndpoint{what}=$TOPIC"));
    for event in events.iter().map(String::as_str).chain(["EventDeliveryFailure=$TOPIC"]) {
        assert!(section.contains(event), "{event}");
    }
    for output in ["DevicesEndpoint", "DevicesTable", "EndpointEventsTopicArn"] {
        assert!(section.contains(output), "{output}");
        assert_ne!(Template::read().at(&format!("Outputs/{output}")), &Value::Null, "{output}");
    }

    let registration = section.split("```json\n").nth(1).expect("a registration is shown");
    let registration = registration.split("```").next().unwrap_or_default();
    let registration = serde_json::from_str::<Value>(registration).expect("it is JSON");
    let fields = registration.as_object().expect("it is an object");
    let known = source("functions/devices/README.md");
    for field in fields.keys() {
        assert!(known.contains(&format!("| `{field}` | ")), "{field} is no field");
    }
}

#[test]
fn a_sweep_is_overdue_after_twice_the_time_between_two_and_cloudwatch_looks_back_as_far() {
    let template = Template::read();
    let hours = template.at("Parameters/ReconcileEveryHours/AllowedValues");
    let hours = hours
        .as_array()
        .expect("choices")
        .iter()
        .map(|hours| hours.as_u64().expect("hours"));
    let every = template
        .at("Mappings/ReconcileEvery")
        .as_object()
        .expect("one for each choice");
    assert_eq!(every.len(), hours.len());
    let alarm = template.at("Resources/ReconcileOverdueAlarm/Properties");
    assert_eq!(
        alarm["Period"],
        json!({"Fn::FindInMap": ["ReconcileEvery", {"Ref": "ReconcileEveryHours"}, "Seconds"]})
    );
    assert_eq!(alarm["EvaluationPeriods"], 2);
    for hours in hours {
        let seconds = every[&hours.to_string()]["Seconds"].as_u64();
        assert_eq!(seconds, Some(hours * 60 * 60));
        // Seven days, for periods of an hour and more: CloudWatch API Reference, PutMetricAlarm.
        assert!(2 * hours <= 7 * 24, "{hours}");
    }
}

#[test]
fn every_alarm_says_which_command_to_begin_with() {
    let template = Template::read();
    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let of_endpoints = ["Devices", "Endpoint", "LargeSweep", "Reconcile"];
    let alarms = alarms
        .iter()
        .filter(|(name, _)| of_endpoints.iter().any(|start| name.starts_with(start)));
    let mut count = 0;
    for (name, alarm) in alarms {
        let description = alarm["AlarmDescription"].as_str().expect("an alarm says what it means");
        let has_command = ["`firepost endpoints ", "`aws logs ", "`aws lambda ", "`aws stepfunctions "]
            .iter()
            .any(|command| description.contains(*command));
        assert!(has_command, "{name}: {description}");
        count += 1;
    }
    assert_eq!(count, 10);
}
