//! Sending: IAM lets in who may, a message of the queue is neither lost nor sent twice, and none of it is there for those who only
//! receive.

use serde_json::{Value, json};

use super::gateway::signed_routes;
use super::parts::{Template, source};

#[test]
fn every_route_is_for_whom_iam_lets_in_and_is_one_that_the_function_knows() {
    let template = Template::read();
    let routes = signed_routes(&template, "Adm");
    let known = source("functions/adm/src/service/route.rs");
    let known = known.lines().filter_map(|line| {
        let route = line.trim().strip_prefix("/// `")?.strip_suffix("`.")?;
        route.contains(" /adm/").then(|| route.to_owned())
    });
    let mut known = known.collect::<Vec<_>>();
    known.sort();
    assert_eq!(routes, known);
    assert_eq!(routes.len(), 5);
    let url = template.at("Outputs/AdmEndpoint/Value/Fn::Sub");
    assert!(url.as_str().is_some_and(|url| url.ends_with("/${Api.Stage}/adm")), "{url}");
}

#[test]
fn nothing_but_the_table_is_there_without_credentials() {
    let template = Template::read();
    let condition = template.at("Conditions/SendsMessages");
    let is_empty = json!({"Fn::Equals": [{"Ref": "AdmCredentialsSecretArn"}, ""]});
    assert_eq!(condition, &json!({"Fn::Not": [is_empty]}));
    assert_eq!(template.at("Parameters/AdmCredentialsSecretArn/Default"), "");
    for section in ["Resources", "Outputs"] {
        let parts = template.at(section).as_object().expect("the section is there");
        for (name, part) in parts {
            let is_conditional = part["Condition"] == "SendsMessages";
            assert_eq!(is_conditional, name.starts_with("Adm"), "{section}: {name}");
        }
    }
}

#[test]
fn the_gateway_waits_for_as_long_as_the_function_takes() {
    let timeout = Template::read().at("Resources/Adm/Properties/Timeout").as_u64();
    // 29 seconds unless more is asked for: API Gateway Developer Guide, "Quotas for configuring and running a REST API".
    assert_eq!(timeout, Some(29));
}

#[test]
fn a_message_comes_again_only_when_its_batch_is_over() {
    let template = Template::read();
    let (visibility, timeout) = (
        template.at("Resources/AdmQueue/Properties/VisibilityTimeout").as_u64(),
        template.at("Resources/Adm/Properties/Timeout").as_u64(),
    );
    // Six times the timeout: Lambda Developer Guide, "Configuring a queue to use with Lambda".
    assert!(visibility >= timeout.map(|seconds| 6 * seconds), "{visibility:?}");

    let mapping = template.at("Resources/Adm/Properties/Events/Queued");
    assert_eq!(mapping["Type"], "SQS");
    assert_eq!(
        mapping["Properties"],
        json!({
            "Queue": {"Fn::GetAtt": "AdmQueue.Arn"},
            "BatchSize": 10,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": {"Ref": "AdmMaximumConcurrency"}},
        })
    );
    // From 2 to 1,000: Lambda API Reference, ScalingConfig.
    let bounds = ["MinValue", "MaxValue"].map(|bound| template.at(&format!("Parameters/AdmMaximumConcurrency/{bound}")));
    assert_eq!(bounds, [2, 1000]);
}

#[test]
fn what_cannot_be_sent_is_set_aside_and_neither_queue_goes_with_the_stack() {
    let template = Template::read();
    let queue = template.at("Resources/AdmQueue/Properties");
    let target = &queue["RedrivePolicy"]["deadLetterTargetArn"];
    assert_eq!(target, &json!({"Fn::GetAtt": "AdmDeadLetters.Arn"}));
    // At least five: Lambda Developer Guide, "Configuring a queue to use with Lambda".
    let tries = queue["RedrivePolicy"]["maxReceiveCount"].as_u64();
    assert!(tries >= Some(5), "{tries:?}");
    assert_eq!(template.at("Resources/AdmDeadLetters/Properties/RedrivePolicy"), &Value::Null);
    for name in ["AdmDeadLetters", "AdmQueue"] {
        for policy in ["DeletionPolicy", "UpdateReplacePolicy"] {
            assert_eq!(
                template.at(&format!("Resources/{name}/{policy}")),
                "Retain",
                "{name}: {policy}"
            );
        }
    }
}

#[test]
fn a_key_is_remembered_for_longer_than_a_message_can_be_in_the_queue() {
    let template = Template::read();
    let kept = template.at("Resources/AdmQueue/Properties/MessageRetentionPeriod").as_u64();
    for bound in ["Default", "MinValue"] {
        let days = template.at(&format!("Parameters/IdempotencyDays/{bound}")).as_u64();
        assert!(days.map(|days| days * 24 * 60 * 60) > kept, "{bound}: {days:?} days");
    }
}

#[test]
fn every_alarm_says_which_command_to_begin_with() {
    let template = Template::read();
    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let alarms = alarms.iter().filter(|(name, _)| name.starts_with("Adm"));
    let mut count = 0;
    for (name, alarm) in alarms {
        let description = alarm["AlarmDescription"].as_str().expect("an alarm says what it means");
        let has_command = ["`firepost adm ", "`aws logs ", "`aws sqs "]
            .iter()
            .any(|command| description.contains(*command));
        assert!(has_command, "{name}: {description}");
        count += 1;
    }
    assert_eq!(count, 10);
}

#[test]
fn the_readme_s_message_breaks_no_rule() {
    let section = readme();
    let message = section.split("```json\n").nth(1).expect("a message is shown");
    let message = message.split("```").next().unwrap_or_default();

    let accepted = adm::TopicMessage::read("news", message.as_bytes());

    let warnings = accepted.map(|accepted| accepted.warnings.len());
    assert_eq!(warnings, Ok(0));
}

#[test]
fn the_readme_lists_every_problem_that_there_is() {
    let section = readme();
    let problems = source("functions/adm/src/problem.rs");
    let problems = problems.split("=> \"/problems/adm/").skip(1);
    let names = problems.map(|rest| rest.split('"').next().unwrap_or_default());
    let names = names.collect::<Vec<_>>();
    assert!(names.len() >= 7, "{names:?}");
    for name in names {
        assert!(
            section.contains(&format!("`{name}`")),
            "{name} is not in the table of answers"
        );
    }
}

/// The section on sending.
fn readme() -> String {
    let readme = source("README.md");
    let section = readme.split("\n## Send to devices\n").nth(1).expect("the section is there");
    section.split("\n## ").next().unwrap_or_default().to_owned()
}
