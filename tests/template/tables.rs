//! The tables that are deployed are the tables that the tests and the local stack use.

use sandbox::dynamo::{DEVICES, Definition, KeyType, NOTIFICATIONS, SENDS, TRUST};
use serde_json::{Value, json};

use super::parts::Template;

#[test]
fn the_tables_are_those_of_the_sandbox_kept_encrypted_and_backed_up() {
    let template = Template::read();
    let tables = template.resources("AWS::DynamoDB::Table");
    assert_eq!(
        tables,
        [
            ("DevicesTable", &table(&DEVICES)),
            ("Notifications", &table(&NOTIFICATIONS)),
            ("Sends", &table(&SENDS)),
            ("Trust", &table(&TRUST))
        ]
    );
    for (name, _) in tables {
        let condition = template.at(&format!("Resources/{name}/Condition"));
        assert_eq!(condition, &Value::Null, "{name} comes and goes with a parameter");
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
fn the_index_is_the_one_that_the_inbox_names() {
    let index = NOTIFICATIONS.index.expect("the table has an index");
    assert_eq!((index.name, index.hash.0), (inbox::table::DUE_INDEX, inbox::table::DUE));
}

/// All properties of a table, so that one more than these is a difference too.
fn table(definition: &Definition) -> Value {
    let index_keys = definition.index.into_iter().flat_map(|index| [index.hash, index.range]);
    let attributes = [definition.hash].into_iter().chain(definition.range).chain(index_keys);
    let mut table = json!({
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": attributes.map(attribute).collect::<Value>(),
        "KeySchema": keys(definition.hash, definition.range),
        "TimeToLiveSpecification": {"AttributeName": definition.expires_by, "Enabled": true},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true},
        "SSESpecification": {"SSEEnabled": true},
    });
    if let Some(index) = definition.index {
        table["GlobalSecondaryIndexes"] = json!([{
            "IndexName": index.name,
            "KeySchema": keys(index.hash, Some(index.range)),
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }]);
    }
    if let Some(view) = definition.stream {
        table["StreamSpecification"] = json!({"StreamViewType": view.name()});
    }
    table
}

fn attribute((name, key_type): (&str, KeyType)) -> Value {
    let key_type = match key_type {
        KeyType::Number => "N",
        KeyType::Text => "S",
    };
    json!({"AttributeName": name, "AttributeType": key_type})
}

fn keys(hash: (&str, KeyType), range: Option<(&str, KeyType)>) -> Value {
    let hash = json!({"AttributeName": hash.0, "KeyType": "HASH"});
    let range = range.map(|(name, _)| json!({"AttributeName": name, "KeyType": "RANGE"}));
    [hash].into_iter().chain(range).collect()
}
