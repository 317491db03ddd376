//! A function may do what its code does, and nothing else.
//!
//! [`CALLS`] is the bridge: on one side it must list every SDK call in the sources that `rtn` is made of, on the other side the
//! role must grant exactly what those calls of it need that a delivery can come by.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::parts::{Template, rust_files, source, texts};

/// An SDK call: the file it stands in, its name, and what it takes.
type Call = (&'static str, &'static str, Takes);

enum Takes {
    /// These actions on these resources, since a delivery can come by.
    Grants(&'static [(&'static str, &'static str)]),
    /// Nothing: it is made by the `firepost` command with the operator's own credentials.
    Operator,
}
use Takes::{Grants, Operator};

/// Every SDK call in the crates that `rtn` is made of.
///
/// A transaction is authorised by the single writes it is made of: Amazon DynamoDB Developer Guide, "DynamoDB transactions", section
/// on IAM.
const CALLS: [Call; 15] = [
    // Inbox::release and Inbox::purge, after the operator's decision.
    ("shared/inbox/src/held.rs", "delete_item", Operator),
    // Inbox::show, Inbox::list, and ::history with ::release and ::purge.
    ("shared/inbox/src/history.rs", "get_item", Operator),
    ("shared/inbox/src/history.rs", "query", Operator),
    ("shared/inbox/src/history.rs", "scan", Operator),
    (
        "shared/inbox/src/ingest.rs",
        "put_item",
        Grants(&[("dynamodb:PutItem", "Notifications")]),
    ),
    // Inbox::last_received, for the list of topics.
    ("shared/inbox/src/last_received.rs", "scan", Operator),
    (
        "shared/intake/src/confirm.rs",
        "confirm_subscription",
        Grants(&[("sns:ConfirmSubscription", "TrustedTopics")]),
    ),
    (
        "shared/intake/src/trust/certificates.rs",
        "get_item",
        Grants(&[("dynamodb:GetItem", "Trust")]),
    ),
    (
        "shared/intake/src/trust/certificates.rs",
        "put_item",
        Grants(&[("dynamodb:PutItem", "Trust")]),
    ),
    (
        "shared/intake/src/trust/pending.rs",
        "get_item",
        Grants(&[("dynamodb:GetItem", "Trust")]),
    ),
    (
        "shared/intake/src/trust/pending.rs",
        "transact_write_items",
        // The list of waiting topics, the topic or its count, and the held notification.
        Grants(&[
            ("dynamodb:PutItem", "Trust"),
            ("dynamodb:UpdateItem", "Trust"),
            ("dynamodb:PutItem", "Notifications"),
        ]),
    ),
    (
        "shared/intake/src/trust/pending.rs",
        "update_item",
        Grants(&[("dynamodb:UpdateItem", "Trust")]),
    ),
    (
        "shared/intake/src/trust/topics.rs",
        "get_item",
        Grants(&[("dynamodb:GetItem", "Trust")]),
    ),
    // Trust::topics, the list of topics.
    ("shared/intake/src/trust/topics.rs", "scan", Operator),
    (
        "shared/intake/src/trust/topics.rs",
        "update_item",
        Grants(&[("dynamodb:UpdateItem", "Trust")]),
    ),
];

/// What Lambda itself needs of a function's role, to write its log and its traces.
const LAMBDA: [(&str, &str); 4] = [
    ("logs:CreateLogStream", "RtnLog"),
    ("logs:PutLogEvents", "RtnLog"),
    ("xray:PutTelemetryRecords", "*"),
    ("xray:PutTraceSegments", "*"),
];

/// What `rtn` is made of.
const CRATES: [&str; 4] = ["functions/rtn", "shared/inbox", "shared/intake", "shared/sns-webhook"];

#[test]
fn every_sdk_call_is_accounted_for() {
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
    assert_eq!(
        template.at("Resources/Rtn/Properties/Role"),
        &json!({"Fn::GetAtt": "RtnRole.Arn"})
    );
    assert_eq!(template.at("Resources/Rtn/Properties/Policies"), &Value::Null);
    assert_eq!(template.at("Resources/RtnRole/Properties/ManagedPolicyArns"), &Value::Null);
    let roles = template.resources("AWS::IAM::Role");
    assert_eq!(roles.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["RtnRole"]);

    let policies = roles[0].1["Policies"].as_array().expect("the role has policies");
    let statements = policies.iter().flat_map(|policy| {
        policy["PolicyDocument"]["Statement"]
            .as_array()
            .expect("a policy has statements")
    });
    let granted = statements.flat_map(grants).collect::<Vec<_>>();

    let called = CALLS.iter().flat_map(|(_, _, takes)| match takes {
        Grants(grants) => *grants,
        Operator => &[],
    });
    let needed = called
        .chain(&LAMBDA)
        .map(|(action, resource)| ((*action).to_owned(), (*resource).to_owned()));
    let needed = needed.collect::<BTreeSet<_>>();
    assert_eq!(granted.iter().cloned().collect::<BTreeSet<_>>(), needed);
    assert_eq!(granted.len(), needed.len(), "something is granted twice");
}

#[test]
fn a_wildcard_has_a_comment_that_says_why() {
    let template = source("template.yaml");
    let lines = template.lines().map(str::trim).collect::<Vec<_>>();
    for (before, line) in lines.iter().zip(&lines[1..]) {
        let grants = ["Action:", "NotAction:", "NotResource:", "Principal:", "Resource:"];
        if line.contains('*') && grants.iter().any(|key| line.trim_start_matches("- ").starts_with(key)) {
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
    let receivers = ["client", "dynamodb", "sns"];
    let begun = receivers.iter().flat_map(|receiver| {
        let rest = code.split(receiver).skip(1);
        rest.filter_map(|rest| rest.strip_prefix('.')?.split_once("()"))
    });
    let names = begun.map(|(name, _)| name).filter(|name| *name != "clone");
    names
        .filter(|name| name.chars().all(|char| char.is_ascii_lowercase() || char == '_'))
        .map(str::to_owned)
        .collect()
}

/// The pairs of action and resource that a statement allows.
fn grants(statement: &Value) -> Vec<(String, String)> {
    if let Some(Value::Array(choice)) = statement.get("Fn::If") {
        assert_eq!(choice[2], json!({"Ref": "AWS::NoValue"}), "the condition only takes away");
        return grants(&choice[1]);
    }
    assert_eq!(statement["Effect"], "Allow");
    let resource = match &statement["Resource"] {
        Value::String(text) => text.clone(),
        Value::Object(function) => {
            let name = function.values().next().and_then(Value::as_str).expect("a Ref or GetAtt");
            name.trim_end_matches(".Arn").to_owned()
        }
        other => unreachable!("{other} is not one resource"),
    };
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
        let copy = client.clone();
        #[cfg(test)]
        mod tests { client.delete_item(); }
    ";

    assert_eq!(
        sdk_calls(file).into_iter().collect::<Vec<_>>(),
        ["confirm_subscription", "put_item"]
    );
}
