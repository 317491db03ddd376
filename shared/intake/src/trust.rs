//! The `trust` table: which topics have been approved, which are waiting to be, and the certificates fetched so far.
//!
//! | key | item |
//! | --- | --- |
//! | `topic#<arn>` | state, token of the pending confirmation, number of held notifications |
//! | `pending` | the topics that are waiting, with the time at which each stops waiting: what bounds their number |
//! | `cert#<url>` | a signing certificate and its issuers, so that a new process need not fetch them |
//! | `last_cert#<function>` | the same of the certificate that was fetched last for it, which a new process reads before its first message |
//!
//! Anybody can make a topic wait here, so what waits is bounded and expires; nothing that is listened to ever does.

mod certificates;
mod pending;
mod topics;

use std::collections::HashMap;
use std::error::Error;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::AttributeValue;
use inbox::StoreError;
use jiff::{SignedDuration, Timestamp};

pub(crate) use pending::{Held, Pending};
pub use topics::{TopicRecord, TopicState};

/// The `trust` table.
#[derive(Debug, Clone)]
pub struct Trust {
    client: Client,
    table: String,
}

impl Trust {
    /// The table of that name.
    pub fn new(client: Client, table: impl Into<String>) -> Self {
        Self {
            client,
            table: table.into(),
        }
    }
}

/// For `map_err`: what an error of `operation` means.
fn failed<E>(operation: &'static str) -> impl FnOnce(SdkError<E, HttpResponse>) -> StoreError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    move |error| StoreError::from_sdk(operation, error)
}

/// What an update came to that has nothing to do where its condition does not hold.
fn unless_its_condition_fails(update: Result<UpdateItemOutput, SdkError<UpdateItemError>>) -> Result<(), StoreError> {
    match update {
        Ok(_) => Ok(()),
        Err(SdkError::ServiceError(error)) if error.err().is_conditional_check_failed_exception() => Ok(()),
        Err(error) => Err(StoreError::from_sdk("UpdateItem", error)),
    }
}

type Item = HashMap<String, AttributeValue>;

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

fn read_text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name)?.as_s().ok().map(String::as_str)
}

fn read_number(item: &Item, name: &str) -> Option<i64> {
    item.get(name)?.as_n().ok()?.parse().ok()
}

/// Time to live is swept within days, so an item past it may still be there; it counts as absent.
fn is_expired(item: &Item, now: Timestamp) -> bool {
    read_number(item, EXPIRES_AT).is_some_and(|at| at <= now.as_second())
}

const KEY: &str = "key";
const EXPIRES_AT: &str = "expires_at";

/// How long a topic waits for the operator, and a notification for its topic.
pub(crate) const WAITING_TIME: SignedDuration = SignedDuration::from_hours(7 * 24);
