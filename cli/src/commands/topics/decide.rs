//! `firepost topics approve` and `firepost topics reject`.

use std::io::{Write as _, stdout};

use clap::Args;
use inbox::{Attempt, Released};
use intake::Approval;
use serde::Serialize;
use sns_webhook::TopicArn;

use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::failure::Failure;
use crate::place::Place;

/// Trusts a topic from now on, confirms its subscription, and records the notifications that were held for it.
///
/// Interrupted, it can be run again.
#[derive(Debug, Args)]
pub(super) struct Approve {
    #[command(flatten)]
    topic: Topic,
}

/// Does not listen to a topic from now on, and deletes the notifications that were held for it.
///
/// A function that has trusted the topic until now may do so for another minute. Interrupted, it can be run again.
#[derive(Debug, Args)]
pub(super) struct Reject {
    #[command(flatten)]
    topic: Topic,
}

#[derive(Debug, Args)]
struct Topic {
    /// The topic, as `firepost topics list` shows it.
    #[arg(value_name = "ARN")]
    arn: String,
    #[command(flatten)]
    place: Place,
    /// Prints what was done as a line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn approve(Approve { topic }: Approve, context: &Context) -> Answer {
    let arn = topic.arn()?;
    let now = (context.clock)();
    let record = topic.place.open(context).await?;
    let id = format!("approve {}", now.as_nanosecond());
    let attempt = Attempt { id: &id, now };
    let approval = intake::approve(&arn, &record.trust, &record.confirmer, &record.inbox, &attempt).await?;
    topic.tell(
        &Done::Confirmed {
            subscription_confirmed: approval.subscription_confirmed,
            released: approval.released.into(),
        },
        || format!("{arn} is approved. {}", approved(&approval)),
    )
}

pub(super) async fn reject(Reject { topic }: Reject, context: &Context) -> Answer {
    let arn = topic.arn()?;
    let now = (context.clock)();
    let record = topic.place.open(context).await?;
    if record.trust.topic(&arn, now).await?.is_none() {
        return unknown(&arn);
    }
    let id = format!("reject {}", now.as_nanosecond());
    let purged = intake::reject(&arn, &record.trust, &record.inbox, &Attempt { id: &id, now }).await?;
    topic.tell(&Done::Rejected { purged }, || {
        format!(
            "{arn} is rejected. Held notifications: {purged} deleted. A topic that TRUSTED_TOPICS names is listened to all the same: \
             if this one is named there, take it out."
        )
    })
}

fn unknown(arn: &TopicArn) -> Answer {
    deny(format!(
        "no topic {arn} is on record here; `firepost topics list` shows those that are"
    ))
}

fn approved(approval: &Approval) -> String {
    let confirmed = match approval.subscription_confirmed {
        Some(true) => "SNS has confirmed its subscription.",
        Some(false) => {
            "SNS did not confirm its subscription with the token on record: right if you have pasted the token into the Developer \
             Console; otherwise have the endpoint added there again."
        }
        None => "No confirmation was open.",
    };
    let Released {
        recorded,
        duplicates,
        expired,
    } = approval.released;
    format!("{confirmed} Held notifications: {recorded} recorded, {duplicates} on record already, {expired} expired.")
}

impl Topic {
    fn arn(&self) -> Result<TopicArn, Failure> {
        TopicArn::parse(&self.arn).map_err(|error| Failure::new(format!("{:?} is not the ARN of a topic: {error}", self.arn)))
    }

    fn tell(&self, done: &Done, sentence: impl FnOnce() -> String) -> Answer {
        let told = Told {
            topic_arn: &self.arn,
            done,
        };
        let line = if self.json {
            serde_json::to_string(&told)?
        } else {
            sentence()
        };
        writeln!(stdout(), "{line}")?;
        Ok(Verdict::Yes)
    }
}

#[derive(Serialize)]
struct Told<'a> {
    topic_arn: &'a str,
    #[serde(flatten)]
    done: &'a Done,
}

#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Done {
    Confirmed {
        /// Null if no confirmation was open.
        subscription_confirmed: Option<bool>,
        released: Counts,
    },
    Rejected {
        purged: u64,
    },
}

#[derive(Serialize)]
struct Counts {
    recorded: u64,
    duplicates: u64,
    expired: u64,
}

impl From<Released> for Counts {
    fn from(released: Released) -> Self {
        Self {
            recorded: released.recorded,
            duplicates: released.duplicates,
            expired: released.expired,
        }
    }
}
