//! The two conditions under which a row is written. There is no unconditional write.
//!
//! Each stands here twice: as DynamoDB's expression, and as the function that the model uses in its place;
//! `tests::the_store_and_the_model_agree_on_every_case` holds them together.

use aws_sdk_dynamodb::operation::put_item::builders::PutItemFluentBuilder;
use jiff::Timestamp;

use crate::item::{number, text};
use crate::row::{Owner, StateName};
use crate::table;

/// When a row may be written.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Condition {
    /// Nobody holds the key: there is no row, or one that is past its time.
    Free { now: Timestamp },
    /// The row is the one that was seen: this owner's, in this state.
    Seen { owner: Owner, state: StateName },
}

impl Condition {
    /// Asks `put` to be refused unless the condition holds.
    pub(crate) fn guard(&self, put: PutItemFluentBuilder) -> PutItemFluentBuilder {
        match self {
            Self::Free { now } => put
                .condition_expression(FREE)
                .expression_attribute_names("#key", table::KEY)
                .expression_attribute_names("#expires_at", table::EXPIRES_AT)
                .expression_attribute_values(":now", number(now.as_second())),
            Self::Seen { owner, state } => put
                .condition_expression(SEEN)
                .expression_attribute_names("#owner", table::OWNER)
                .expression_attribute_names("#state", table::STATE)
                .expression_attribute_values(":owner", text(owner.as_str()))
                .expression_attribute_values(":state", text(state.as_str())),
        }
    }

    /// Whether the row that is replaced leaves open if its message was delivered: its owner crashed, or never heard.
    pub(crate) fn takes_over_a_doubt(&self) -> bool {
        match self {
            Self::Free { .. } => false,
            Self::Seen { state, .. } => match state {
                StateName::Sending | StateName::Unknown => true,
                StateName::Done | StateName::Retryable => false,
            },
        }
    }
}

const FREE: &str = "attribute_not_exists(#key) OR #expires_at <= :now";
const SEEN: &str = "#owner = :owner AND #state = :state";

#[cfg(test)]
impl Condition {
    /// What the store decides, for a store that is a variable.
    pub(crate) fn holds(&self, row: Option<&crate::row::Row>) -> bool {
        match (self, row) {
            (Self::Free { .. }, None) => true,
            (Self::Free { now }, Some(row)) => row.is_expired(*now),
            (Self::Seen { .. }, None) => false,
            (Self::Seen { owner, state }, Some(row)) => row.owner == *owner && row.state.name() == *state,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use sandbox::dynamo::{Dynamo, Tables, create_tables};

    use super::Condition;
    use crate::fingerprint::Fingerprint;
    use crate::key::SendKey;
    use crate::row::{Owner, Row, State, StateName};
    use crate::store::{Put, Write};
    use crate::stored::Stored;
    use crate::{Attempt, IdempotencyKey, Sends};

    #[tokio::test]
    async fn the_store_and_the_model_agree_on_every_case() {
        let dynamo = Dynamo::in_memory().await.unwrap();
        create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
        let sends = Sends::new(dynamo.client(), "sends", Duration::from_secs(60));

        let mut answers = [0, 0];
        for (n, before) in rows().into_iter().enumerate() {
            for (m, condition) in conditions().into_iter().enumerate() {
                let key = IdempotencyKey::parse(&format!("{n}-{m}")).unwrap();
                let key = SendKey::of("role", "route", &key);
                let keyed = |row: Row| Row { key: key.clone(), ..row };
                let before = before.clone().map(keyed);
                if let Some(row) = before.clone() {
                    let condition = Condition::Free { now: at(0) };
                    assert_eq!(sends.put(&Write { row, condition }, None).await.unwrap(), Put::Done);
                }

                let written = keyed(row("new", State::Unknown));
                let write = Write {
                    row: written.clone(),
                    condition: condition.clone(),
                };
                let put = sends.put(&write, None).await.unwrap();

                let holds = condition.holds(before.as_ref());
                let expected = if holds { Put::Done } else { Put::Refused(before.clone()) };
                assert_eq!(put, expected, "{condition:?} on {before:?}");
                let after = sends.read(&key).await.unwrap();
                assert_eq!(after, if holds { Some(written) } else { before });
                answers[usize::from(holds)] += 1;
            }
        }
        assert_eq!(answers, [50, 22]);
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn row(owner: &str, state: State) -> Row {
        Row {
            key: SendKey::from_stored(String::new()),
            owner: owner_at(owner, 7),
            attempt: 3,
            fingerprint: Fingerprint::of(&owner).unwrap(),
            state,
            expires_at: 100,
        }
    }

    fn owner_at(id: &str, second: i64) -> Owner {
        Owner::of(&Attempt {
            id,
            now: at(second),
            lease: Duration::ZERO,
        })
    }

    /// No row, and one in every state.
    fn rows() -> Vec<Option<Row>> {
        let headers = [("x-amzn-requestid".to_owned(), "1".to_owned())];
        vec![
            None,
            Some(row("me", State::Sending { lease_until_ms: 9_000 })),
            Some(row("other", State::Sending { lease_until_ms: 9_000 })),
            Some(row("me", State::Done(Stored::new(200, headers.into(), *b"\xff\0").unwrap()))),
            Some(row("me", State::Done(Stored::new(413, [].into(), "").unwrap()))),
            Some(row(
                "me",
                State::Retryable {
                    not_before_ms: 9_000,
                    last_error: "busy".to_owned(),
                },
            )),
            Some(row("me", State::Unknown)),
            Some(row("other", State::Unknown)),
        ]
    }

    /// Before, at and after the second at which those rows expire; every state of their owner, and the same of its other try.
    fn conditions() -> Vec<Condition> {
        let seen = |second, state| Condition::Seen {
            owner: owner_at("me", second),
            state,
        };
        vec![
            Condition::Free { now: at(99) },
            Condition::Free { now: at(100) },
            Condition::Free { now: at(101) },
            seen(7, StateName::Sending),
            seen(7, StateName::Done),
            seen(7, StateName::Retryable),
            seen(7, StateName::Unknown),
            seen(8, StateName::Sending),
            seen(8, StateName::Unknown),
        ]
    }
}
