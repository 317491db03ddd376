//! Dash Replenishment: the topic is ours, Amazon alone publishes to it, it alone invokes the function, and nothing is dropped.

use serde_json::{Value, json};

use super::parts::Template;

#[test]
fn amazon_s_account_may_publish_to_the_topic_and_nobody_else_is_let_in() {
    let template = Template::read();
    let policies = template.resources("AWS::SNS::TopicPolicy");
    let [("DrsTopicPolicy", policy)] = &policies[..] else {
        unreachable!("one topic has a policy")
    };
    assert_eq!(policy["Topics"], json!([{"Ref": "DrsTopic"}]));
    assert_eq!(
        policy["PolicyDocument"]["Statement"],
        json!([{
            "Sid": "AmazonPublishes",
            "Effect": "Allow",
            "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::476877469412:root"}},
            "Action": "sns:Publish",
            "Resource": {"Ref": "DrsTopic"}
        }])
    );
    // A key for SNS of this account would keep Amazon's account out.
    assert_eq!(template.at("Resources/DrsTopic/Properties/KmsMasterKeyId"), &Value::Null);
}

#[test]
fn only_this_topic_may_invoke_the_function() {
    let template = Template::read();
    let permissions = template.resources("AWS::Lambda::Permission");
    let [(_, permission)] = &permissions[..] else {
        unreachable!("one permission")
    };
    assert_eq!(
        *permission,
        &json!({
            "Action": "lambda:InvokeFunction",
            "FunctionName": {"Ref": "Drs"},
            "Principal": "sns.amazonaws.com",
            "SourceArn": {"Ref": "DrsTopic"}
        })
    );
}

#[test]
fn either_way_of_delivery_has_the_queue_behind_it_and_exactly_one_is_chosen() {
    let template = Template::read();
    let subscriptions = template.resources("AWS::SNS::Subscription");
    let of_topic = subscriptions
        .iter()
        .filter(|(_, subscription)| subscription["TopicArn"] == json!({"Ref": "DrsTopic"}));
    let of_topic = of_topic.collect::<Vec<_>>();
    let protocols = of_topic
        .iter()
        .map(|(_, subscription)| &subscription["Protocol"])
        .collect::<Vec<_>>();
    assert_eq!(protocols, ["lambda", "https"]);
    for (name, subscription) in of_topic {
        let target = &subscription["RedrivePolicy"]["deadLetterTargetArn"];
        assert_eq!(target, &json!({"Fn::GetAtt": "DrsDeadLetters.Arn"}), "{name}");
    }
    let conditions = ["DrsInvocation", "DrsPost"].map(|name| template.at(&format!("Resources/{name}/Condition")));
    assert_eq!(conditions, ["DrsByLambda", "DrsByHttps"]);
    let allowed = template.at("Parameters/DrsDelivery/AllowedValues");
    let chosen = ["DrsByLambda", "DrsByHttps"].map(|name| &template.at(&format!("Conditions/{name}"))["Fn::Equals"][1]);
    assert_eq!(allowed, &json!(chosen));
}

#[test]
fn an_endpoint_that_is_down_for_a_while_loses_nothing_and_sns_takes_the_policy() {
    let template = Template::read();
    let policy = template.at("Resources/DrsPost/Properties/DeliveryPolicy/healthyRetryPolicy");
    let number = |name: &str| policy[name].as_u64().expect("a number");
    let (tries, at_most) = (number("numRetries"), number("numMaxDelayRetries"));
    assert!(number("numNoDelayRetries") + number("numMinDelayRetries") + at_most <= tries);
    // "The total policy retry time for an HTTP/S endpoint can't be greater than 3,600 seconds": Amazon SNS Developer Guide,
    // "Creating an HTTP/S delivery policy". No try waits longer than the maximum.
    assert!((tries - number("numMinDelayRetries")) * number("maxDelayTarget") <= 3_600);
    let after = template.at("Resources/DrsPost/DependsOn");
    assert_eq!(
        after,
        &json!(["ApiliveStage", "DrsDeadLettersPolicy", "DrsDeliveryPermissionlive"])
    );
}

#[test]
fn what_the_function_fails_at_goes_to_the_queue_and_comes_back_from_it_when_asked() {
    let template = Template::read();
    let invocation = template.at("Resources/Drs/Properties/EventInvokeConfig");
    let queue = json!({"Fn::GetAtt": "DrsDeadLetters.Arn"});
    assert_eq!(
        invocation["DestinationConfig"]["OnFailure"],
        json!({"Type": "SQS", "Destination": queue})
    );
    let redrive = template.at("Resources/DrsRedrive/Properties");
    assert_eq!(redrive["EventSourceArn"], queue);
    assert_eq!(redrive["FunctionResponseTypes"], json!(["ReportBatchItemFailures"]));
    assert_eq!(redrive["Enabled"], json!({"Fn::If": ["RedrivesDrs", true, false]}));
    assert_eq!(template.at("Parameters/RedriveDrsDeadLetters/Default"), "false");
    // Six times the timeout: Lambda Developer Guide, "Configuring a queue to use with Lambda".
    let (visible, timeout) = (
        template.at("Resources/DrsDeadLetters/Properties/VisibilityTimeout").as_u64(),
        template.at("Resources/Drs/Properties/Timeout").as_u64(),
    );
    assert_eq!(visible, timeout.map(|seconds| 6 * seconds));
}

#[test]
fn the_function_listens_to_its_own_topic_and_to_those_that_are_named() {
    let template = Template::read();
    let trusted = template.at("Resources/Drs/Properties/Environment/Variables/TRUSTED_TOPICS");
    let more = json!({"More": {"Fn::Join": [",", {"Ref": "DrsTrustedTopics"}]}});
    assert_eq!(
        trusted,
        &json!({"Fn::If": ["TrustsMoreDrsTopics", {"Fn::Sub": ["${DrsTopic},${More}", more]}, {"Ref": "DrsTopic"}]})
    );
}
