//! The stream is the speed and ends; the sweep is the promise and does not.

use sandbox::dynamo::DUE_AND_UNTRIED;
use serde_json::{Value, json};

use super::parts::Template;

#[test]
fn a_record_of_the_stream_is_tried_a_finite_number_of_times_and_then_told_of() {
    let template = Template::read();
    let stream = template.at("Resources/Dispatch/Properties/Events/Recorded");
    assert_eq!(stream["Type"], "DynamoDB");
    let mapping = &stream["Properties"];
    assert_eq!(mapping["Stream"], json!({"Fn::GetAtt": "Notifications.StreamArn"}));
    assert_eq!(mapping["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(mapping["BisectBatchOnFunctionError"], true);
    assert_eq!(
        mapping["DestinationConfig"]["OnFailure"],
        json!({"Type": "SQS", "Destination": {"Fn::GetAtt": "DispatchFailures.Arn"}})
    );
    // Both default to -1, for ever: Lambda API Reference, CreateEventSourceMapping.
    for limit in ["MaximumRetryAttempts", "MaximumRecordAgeInSeconds"] {
        assert!(mapping[limit].as_u64().is_some_and(|limit| limit > 0), "{limit}");
    }
    let age = mapping["MaximumRecordAgeInSeconds"].as_u64();
    assert!(age < Some(24 * 60 * 60), "a stream keeps a record for a day");
}

#[test]
fn the_stream_s_filter_names_the_attributes_of_a_row() {
    let template = Template::read();
    let mapping = template.at("Resources/Dispatch/Properties/Events/Recorded/Properties");
    let [filter] = mapping["FilterCriteria"]["Filters"].as_array().map_or(&[][..], Vec::as_slice) else {
        unreachable!("one filter")
    };
    let pattern = filter["Pattern"].as_str().expect("a pattern");
    assert_eq!(pattern, DUE_AND_UNTRIED, "the local stack has another filter");
    let pattern = serde_json::from_str::<Value>(pattern).expect("a pattern is JSON");
    let (due, attempts) = (inbox::table::DUE, inbox::table::ATTEMPTS);
    let image = json!({due: {"S": [{"exists": true}]}, attempts: {"N": [{"exists": false}]}});
    assert_eq!(pattern, json!({"dynamodb": {"NewImage": image}}));
}

#[test]
fn a_sweep_ends_before_the_next_one_begins_and_is_not_repeated() {
    let template = Template::read();
    let dispatch = template.at("Resources/Dispatch/Properties");
    assert_eq!(dispatch["Events"]["Sweep"]["Type"], "Schedule");
    assert_eq!(dispatch["Events"]["Sweep"]["Properties"]["Schedule"], "rate(1 minute)");
    assert!(dispatch["Timeout"].as_u64().is_some_and(|seconds| seconds < 60));
    assert_eq!(dispatch["EventInvokeConfig"]["MaximumRetryAttempts"], 0);
}

#[test]
fn events_are_encrypted_and_their_topic_is_given_away() {
    let template = Template::read();
    let events = template.at("Resources/Events");
    assert_eq!(events["Type"], "AWS::SNS::Topic");
    assert_eq!(events["Properties"]["KmsMasterKeyId"], "alias/aws/sns");
    assert_eq!(template.at("Outputs/EventsTopicArn/Value"), &json!({"Ref": "Events"}));
    let variables = template.at("Resources/Dispatch/Properties/Environment/Variables");
    assert_eq!(variables["EVENTS_TOPIC_ARN"], json!({"Ref": "Events"}));
}
