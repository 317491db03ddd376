//! Many rows at once, past the API: a million of them take a minute and not an hour.
//!
//! Refuses to be a way of writing: no condition is looked at, and no stream tells of it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use dynoxide::ImportOptions;
use dynoxide::types::{AttributeValue as Kept, Item};

use super::{Dynamo, DynamoError};

impl Dynamo {
    /// Puts rows into a table; one that has the key of another replaces it.
    pub fn fill(&self, table: &str, rows: impl IntoIterator<Item = HashMap<String, AttributeValue>>) -> Result<(), DynamoError> {
        let mut rows = rows.into_iter().map(kept).peekable();
        while rows.peek().is_some() {
            let some = rows.by_ref().take(AT_ONCE).collect::<Result<Vec<_>, _>>()?;
            let options = ImportOptions::default();
            self.database.import_items(table, some, options).map_err(DynamoError::Fill)?;
        }
        Ok(())
    }
}

fn kept(row: HashMap<String, AttributeValue>) -> Result<Item, DynamoError> {
    row.into_iter().map(|(name, value)| Ok((name, value_of(value)?))).collect()
}

fn value_of(value: AttributeValue) -> Result<Kept, DynamoError> {
    Ok(match value {
        AttributeValue::B(bytes) => Kept::B(bytes.into_inner()),
        AttributeValue::Bool(flag) => Kept::BOOL(flag),
        AttributeValue::Bs(set) => Kept::BS(set.into_iter().map(|bytes| bytes.into_inner()).collect()),
        AttributeValue::L(list) => Kept::L(list.into_iter().map(value_of).collect::<Result<_, _>>()?),
        AttributeValue::M(map) => Kept::M(kept(map)?),
        AttributeValue::N(number) => Kept::N(number),
        AttributeValue::Ns(set) => Kept::NS(set),
        AttributeValue::Null(flag) => Kept::NULL(flag),
        AttributeValue::S(text) => Kept::S(text),
        AttributeValue::Ss(set) => Kept::SS(set),
        _ => return Err(DynamoError::UnknownType),
    })
}

/// Little for a machine, and much for a transaction.
const AT_ONCE: usize = 10_000;

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;

    use super::*;
    use crate::dynamo::{Tables, create_tables};

    #[tokio::test]
    async fn what_was_filled_in_is_read_as_if_it_had_been_put() {
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let row = |number: usize| {
            let values = [
                ("key", AttributeValue::S(format!("key-{number}"))),
                ("number", AttributeValue::N(number.to_string())),
                ("bytes", AttributeValue::B(Blob::new([1, 2]))),
                (
                    "flags",
                    AttributeValue::L(vec![AttributeValue::Bool(true), AttributeValue::Null(true)]),
                ),
                ("names", AttributeValue::Ss(vec!["a".into(), "b".into()])),
                (
                    "counts",
                    AttributeValue::M([("n".to_owned(), AttributeValue::N("1".into()))].into()),
                ),
            ];
            HashMap::from(values.map(|(name, value)| (name.to_owned(), value)))
        };

        dynamo.fill("devices", (0..AT_ONCE + 1).map(row)).unwrap();

        for number in [0, AT_ONCE] {
            let read = dynamo.client().get_item().table_name("devices");
            let read = read
                .key("key", AttributeValue::S(format!("key-{number}")))
                .send()
                .await
                .unwrap();
            assert_eq!(read.item, Some(row(number)));
        }
        let counted = dynamo.client().scan().table_name("devices");
        let pages = counted.into_paginator().send().try_collect().await.unwrap();
        assert_eq!(pages.iter().map(|page| page.count).sum::<i32>(), 10_001);
        let refused = dynamo.fill("nonsense", [row(0)]);
        assert!(matches!(refused, Err(DynamoError::Fill(_))), "{refused:?}");
    }
}
