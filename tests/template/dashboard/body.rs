//! The body of the dashboard as CloudFormation makes it, for each choice of what is deployed.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::parts::Template;

/// What is deployed: the conditions that hold.
#[derive(Clone, Debug)]
pub(super) struct Deployment(BTreeMap<&'static str, bool>);

const CONDITIONS: [&str; 5] = [
    "ExpectsDrs",
    "ExpectsRtn",
    "KeepsEndpoints",
    "SendsMessages",
    "SweepsByStateMachine",
];

impl Deployment {
    /// Whether a resource is deployed.
    pub(super) fn has(&self, template: &Template, resource: &str) -> bool {
        let found = template.at(&format!("Resources/{resource}"));
        assert_ne!(found, &Value::Null, "{resource} is no resource");
        found["Condition"].as_str().is_none_or(|condition| self.holds(condition))
    }

    fn holds(&self, condition: &str) -> bool {
        let holds = self.0.get(condition);
        *holds.unwrap_or_else(|| unreachable!("the page does not depend on {condition}"))
    }
}

/// Every choice that parameters can make: only who keeps endpoints sweeps.
pub(super) fn deployments(template: &Template) -> Vec<Deployment> {
    let both = &template.at("Conditions/SweepsByStateMachine")["Fn::And"];
    assert_eq!(both[0]["Condition"], "KeepsEndpoints");
    let choices = (0..1_u32 << CONDITIONS.len()).map(|choice| {
        let conditions = CONDITIONS.iter().enumerate();
        Deployment(conditions.map(|(bit, name)| (*name, choice >> bit & 1 == 1)).collect())
    });
    choices
        .filter(|deployment| deployment.holds("KeepsEndpoints") || !deployment.holds("SweepsByStateMachine"))
        .collect()
}

/// The page, with `<Name>` or `<Name.Attribute>` for what CloudFormation puts in.
pub(super) fn body(template: &Template, deployment: &Deployment) -> Value {
    let text = evaluated(
        template.at("Resources/Dashboard/Properties/DashboardBody"),
        template,
        deployment,
    );
    serde_json::from_str(&text).unwrap_or_else(|error| unreachable!("{deployment:?}: {error}: {text}"))
}

/// A text made of `Fn::Sub` and `Fn::If`. It refers only to what is deployed.
fn evaluated(value: &Value, template: &Template, deployment: &Deployment) -> String {
    if let Some(text) = value.as_str() {
        return text.to_owned();
    }
    let evaluated = |value| evaluated(value, template, deployment);
    if let Some(condition) = value["Fn::If"][0].as_str() {
        return evaluated(&value["Fn::If"][if deployment.holds(condition) { 1 } else { 2 }]);
    }
    let (text, variables) = match &value["Fn::Sub"] {
        Value::Array(parts) => (&parts[0], &parts[1]),
        text => (text, &Value::Null),
    };
    let mut pieces = text.as_str().expect("a text, an If or a Sub").split("${");
    let mut made = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once('}').expect("what is opened is closed");
        match (name.strip_prefix('!'), &variables[name]) {
            // Not for CloudFormation.
            (Some(literal), _) => made += &format!("${{{literal}}}"),
            (None, Value::Null) => {
                let resource = name.split('.').next().unwrap_or_default();
                let is_there = name.starts_with("AWS::") || deployment.has(template, resource);
                assert!(is_there, "{name} is not deployed: {deployment:?}");
                made += &format!("<{name}>");
            }
            (None, variable) => made += &evaluated(variable),
        }
        made += rest;
    }
    made
}
