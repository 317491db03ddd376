//! A function may do what its code does, and nothing else.
//!
//! [`CALLS`] is the bridge: on one side it must list every SDK call in the sources that the functions are made of, on the other side
//! each role must grant exactly what those calls of its function need, and what Lambda needs in its name.

mod calls;
mod keys;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use self::calls::CALLS;
use self::calls::Maker::{Adm, Devices, Dispatch, Intake, Operator, Reconcile};
use super::parts::{Template, root, rust_files, source, texts};

/// A function, with the topics it may confirm, its log, and what Lambda does in its name.
struct Function {
    name: &'static str,
    confirms: &'static [&'static str],
    log: &'static str,
    lambda: &'static [(&'static str, &'static str)],
}

const FUNCTIONS: [Function; 6] = [
    Function {
        name: "Adm",
        confirms: &[],
        log: "AdmLog",
        // "Using Lambda with Amazon SQS", execution role permissions.
        lambda: &[
            ("sqs:DeleteMessage", "AdmQueue"),
            ("sqs:GetQueueAttributes", "AdmQueue"),
            ("sqs:ReceiveMessage", "AdmQueue"),
        ],
    },
    Function {
        name: "Devices",
        confirms: &[],
        log: "DevicesLog",
        lambda: &[],
    },
    Function {
        name: "Dispatch",
        confirms: &[],
        log: "DispatchLog",
        // "Using AWS Lambda with Amazon DynamoDB", execution role permissions; the queue for what it gives up on.
        lambda: &[
            ("dynamodb:DescribeStream", "Notifications.StreamArn"),
            ("dynamodb:GetRecords", "Notifications.StreamArn"),
            ("dynamodb:GetShardIterator", "Notifications.StreamArn"),
            ("dynamodb:ListStreams", "*"),
            ("sqs:SendMessage", "DispatchFailures"),
        ],
    },
    Function {
        name: "Drs",
        confirms: &["DrsTopic", "DrsTrustedTopics"],
        log: "IntakeLog",
        // "Using Lambda with Amazon SQS", execution role permissions; the queue for what fails.
        lambda: &[
            ("sqs:DeleteMessage", "DrsDeadLetters"),
            ("sqs:GetQueueAttributes", "DrsDeadLetters"),
            ("sqs:ReceiveMessage", "DrsDeadLetters"),
            ("sqs:SendMessage", "DrsDeadLetters"),
        ],
    },
    Function {
        name: "Reconcile",
        confirms: &[],
        log: "ReconcileLog",
        // "Capturing records of Lambda asynchronous invocations", permissions: the queue for what fails.
        lambda: &[("sqs:SendMessage", "EndpointDeadLetters")],
    },
    Function {
        name: "Rtn",
        confirms: &["TrustedTopics"],
        log: "IntakeLog",
        lambda: &[],
    },
];

/// What the functions are made of.
const CRATES: [&str; 15] = [
    "functions/adm",
    "functions/devices",
    "functions/dispatch",
    "functions/drs",
    "functions/reconcile",
    "functions/rtn",
    "shared/cloud",
    "shared/endpoints",
    "shared/inbox",
    "shared/intake",
    "shared/reading",
    "shared/registry",
    "shared/sends",
    "shared/sns-webhook",
    "shared/upkeep",
];

#[test]
fn every_sdk_call_is_accounted_for() {
    let folders = std::fs::read_dir(root().join("functions")).expect("there are functions");
    let deployed = folders.filter(|folder| {
        folder
            .as_ref()
            .is_ok_and(|folder| folder.path().join("src/main.rs").is_file())
    });
    assert_eq!(deployed.count(), FUNCTIONS.len(), "a function is not in FUNCTIONS");
    let with_sdk = CRATES
        .iter()
        .filter(|folder| source(&format!("{folder}/Cargo.toml")).contains("aws-sdk-"));
    let mut found = BTreeSet::new();
    for file in with_sdk.flat_map(|folder| rust_files(&format!("{folder}/src"))) {
        found.extend(sdk_calls(&source(&file)).into_iter().map(|call| (file.clone(), call)));
    }

    let listed = CALLS.iter().map(|(file, call, _)| ((*file).to_owned(), (*call).to_owned()));
    let listed = listed.collect::<BTreeSet<_>>();
    let unlisted = found.difference(&listed).collect::<Vec<_>>();
    assert!(unlisted.is_empty(), "not in CALLS: {unlisted:?}");
    let gone = listed.difference(&found).collect::<Vec<_>>();
    assert!(gone.is_empty(), "not in the code: {gone:?}");
}

#[test]
fn a_function_is_granted_exactly_what_its_code_calls() {
    let template = Template::read();
    let lambda = json!({"Service": "lambda.amazonaws.com"});
    let mut roles = template.resources("AWS::IAM::Role");
    // Those of the state machine and of its schedule are looked at elsewhere.
    roles.retain(|(_, role)| role["AssumeRolePolicyDocument"]["Statement"][0]["Principal"] == lambda);
    let names = roles
        .iter()
        .map(|(name, _)| name.trim_end_matches("Role"))
        .collect::<Vec<_>>();
    assert_eq!(names, FUNCTIONS.map(|function| function.name));
    for (function, (role, properties)) in FUNCTIONS.iter().zip(roles) {
        let name = function.name;
        let of_function = |property| template.at(&format!("Resources/{name}/Properties/{property}"));
        assert_eq!(of_function("Role"), &json!({"Fn::GetAtt": format!("{role}.Arn")}));
        assert_eq!(of_function("Policies"), &Value::Null, "{name}");
        assert_eq!(&properties["ManagedPolicyArns"], &Value::Null, "{name}");

        let policies = properties["Policies"].as_array().expect("the role has policies");
        let statements = policies.iter().flat_map(|policy| {
            policy["PolicyDocument"]["Statement"]
                .as_array()
                .expect("a policy has statements")
        });
        let granted = statements.flat_map(grants).collect::<Vec<_>>();
        let needed = needed(function);
        assert_eq!(granted.iter().cloned().collect::<BTreeSet<_>>(), needed, "{name}");
        assert_eq!(granted.len(), needed.len(), "{name}: something is granted twice");
    }
}

/// What the code of a function calls, and what Lambda itself needs of its role, to write its log and its traces.
fn needed(function: &Function) -> BTreeSet<(String, String)> {
    let called = CALLS
        .iter()
        .flat_map(|(_, _, makers)| makers.iter())
        .flat_map(|maker| match (maker, function.name) {
            (Adm(grants), "Adm")
            | (Devices(grants), "Devices")
            | (Dispatch(grants), "Dispatch")
            | (Intake(grants), "Drs" | "Rtn")
            | (Reconcile(grants), "Reconcile") => *grants,
            (Adm(_) | Devices(_) | Dispatch(_) | Intake(_) | Operator | Reconcile(_), _) => &[],
        });
    let lambda = [
        ("logs:CreateLogStream", function.log),
        ("logs:PutLogEvents", function.log),
        ("xray:PutTelemetryRecords", "*"),
        ("xray:PutTraceSegments", "*"),
    ];
    let mut needed = BTreeSet::new();
    for (action, resource) in called.chain(function.lambda).copied().chain(lambda) {
        match resource {
            "the trusted topics" => {
                needed.extend(
                    function
                        .confirms
                        .iter()
                        .map(|topics| (action.to_owned(), (*topics).to_owned())),
                );
            }
            _ => _ = needed.insert((action.to_owned(), resource.to_owned())),
        }
    }
    needed
}

#[test]
fn a_wildcard_has_a_comment_that_says_why() {
    let template = source("template.yaml");
    let lines = template.lines().map(str::trim).collect::<Vec<_>>();
    for (before, line) in lines.iter().zip(&lines[1..]) {
        let grants = ["Action:", "NotAction:", "NotResource:", "Principal:", "Resource:"];
        // A split list of resources has its wildcards in the lines that follow.
        let is_wild = line.contains('*') || line.ends_with("!Split");
        if is_wild && grants.iter().any(|key| line.trim_start_matches("- ").starts_with(key)) {
            assert!(before.starts_with('#'), "no reason is given above: {line}");
        }
    }
}

/// The SDK operations that a file calls: what is begun on a client. Its tests do not count.
fn sdk_calls(file: &str) -> BTreeSet<String> {
    let code = file.split("#[cfg(test)]").next().unwrap_or_default();
    let code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code
        .flat_map(str::chars)
        .filter(|char| !char.is_whitespace())
        .collect::<String>();
    let receivers = ["client", "dynamodb", "sns", "sqs"];
    let begun = receivers.iter().flat_map(|receiver| {
        let rest = code.split(receiver).skip(1);
        rest.filter_map(|rest| rest.strip_prefix('.')?.split_once("()"))
    });
    // Of ours: `endpoints::Sns::health`, whose own call is found where it stands.
    let names = begun.map(|(name, _)| name).filter(|name| !["clone", "health"].contains(name));
    names
        .filter(|name| name.chars().all(|char| char.is_ascii_lowercase() || char == '_'))
        .map(str::to_owned)
        .collect()
}

/// The pairs of action and resource that a statement allows. A table of which only some rows are meant is followed by their keys.
fn grants(statement: &Value) -> Vec<(String, String)> {
    if let Some(Value::Array(choice)) = statement.get("Fn::If") {
        assert_eq!(choice[2], json!({"Ref": "AWS::NoValue"}), "the condition only takes away");
        return grants(&choice[1]);
    }
    assert_eq!(statement["Effect"], "Allow");
    let resource = match &statement["Resource"] {
        Value::String(text) => text.clone(),
        // What it comes to is looked at elsewhere.
        Value::Object(function) if function.contains_key("Fn::Split") => "the endpoints of PlatformApplications".to_owned(),
        Value::Object(function) => {
            let name = function
                .values()
                .next()
                .and_then(Value::as_str)
                .expect("a Ref, a GetAtt or a Sub");
            name.replace("${", "")
                .replace(".Arn}", "")
                .trim_end_matches(".Arn")
                .to_owned()
        }
        other => unreachable!("{other} is not one resource"),
    };
    let keys = &statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
    let resource = texts(keys)
        .into_iter()
        .fold(resource, |resource, key| format!("{resource} {key}"));
    let actions = texts(&statement["Action"]);
    assert!(!actions.is_empty(), "{statement}");
    actions
        .into_iter()
        .map(|action| (action.to_owned(), resource.clone()))
        .collect()
}

#[test]
fn calls_are_found_however_they_are_laid_out() {
    let file = "
        // client.scan() in a comment
        self.client.put_item().send();
        self\n.sns\n.confirm_subscription()\n.send();
        self.sqs.change_message_visibility().send();
        let copy = client.clone();
        let health = sns.health().await;
        #[cfg(test)]
        mod tests { client.delete_item(); }
    ";

    assert_eq!(
        sdk_calls(file).into_iter().collect::<Vec<_>>(),
        ["change_message_visibility", "confirm_subscription", "put_item"]
    );
}
