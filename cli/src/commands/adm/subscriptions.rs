//! `firepost adm subscriptions`: the ledger, by what the apps have reported.

use std::collections::BTreeMap;
use std::io::{Write as _, stdout};

use bytes::Bytes;
use clap::Args;
use http::Request;
use serde::Deserialize;

use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::messaging::Function;
use crate::table::{lines, table};
use crate::terminal::harmless;

/// Shows how many app instances are on each topic, and how near that is to Amazon's limits.
///
/// Amazon tells nobody who is subscribed: these are the subscriptions that the apps have reported.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    function: Function,
    /// Prints the answer of GET /adm/topics, one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(Arguments { function, json }: Arguments, context: &Context) -> Answer {
    let request = Request::get("/adm/topics").body(Bytes::new())?;
    let reply = function.ask(request, context).await?;
    if json {
        writeln!(stdout(), "{}", reply.body)?;
    }
    if reply.verdict() == Verdict::No {
        return deny(reply.denial());
    }
    if !json {
        let overview = serde_json::from_str::<Overview>(reply.body.get())?;
        stdout().write_all(overview.for_people().as_bytes())?;
    }
    Ok(Verdict::Yes)
}

/// The answer of `GET /adm/topics`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Overview {
    topics: Vec<Topic>,
    total_topics: u64,
    remaining_topics: u64,
    limits: Limits,
    errors: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Topic {
    topic: String,
    instances: u64,
    remaining: u64,
    near_limit: bool,
}

#[derive(Deserialize)]
struct Limits {
    instances_per_topic: u64,
}

impl Overview {
    fn for_people(&self) -> String {
        let mut text = match self.topics.is_empty() {
            true => "No app has reported a subscription.\n".to_owned(),
            false => self.table(),
        };
        if !self.errors.is_empty() {
            let errors = self.errors.iter().map(|(id, count)| format!("{id} {count}"));
            text += &format!(
                "\nErrors that apps have reported: {}\n",
                errors.collect::<Vec<_>>().join(", ")
            );
        }
        harmless(&text)
    }

    fn table(&self) -> String {
        let most = self.limits.instances_per_topic;
        let mut rows = table(&["Instances", &format!("Of {most}"), "Room", "Topic"]);
        for topic in &self.topics {
            let near = if topic.near_limit { "   <- near the limit" } else { "" };
            rows.add_row([
                topic.instances.to_string(),
                share(topic.instances, most),
                topic.remaining.to_string(),
                format!("{}{near}", topic.topic),
            ]);
        }
        let subscriptions: u64 = self.topics.iter().map(|topic| topic.instances).sum();
        let (used, all) = (self.total_topics, self.total_topics + self.remaining_topics);
        format!(
            "{}\n{subscriptions} subscriptions to {used} topics; Amazon allows {all} topics.\n",
            lines(&rows)
        )
    }
}

/// `0.03 %`
fn share(part: u64, whole: u64) -> String {
    let hundredths = part.saturating_mul(10_000) / whole.max(1);
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

const EXAMPLES: &str = "\
Examples:
  firepost adm subscriptions
  SENDS_TABLE=sends ADM_CREDENTIALS_SECRET=firepost/adm firepost adm subscriptions --deployed --json

Exit codes: 0 shown, 1 not now, 2 it could not be asked.";

#[cfg(test)]
mod tests {
    use super::*;

    fn for_people(topics: &str) -> String {
        let overview = format!(
            r#"{{"topics":[{topics}],"totalTopics":99,"remainingTopics":1,"limits":{{"instances_per_topic":10000}},"errors":{{}}}}"#
        );
        serde_json::from_str::<Overview>(&overview).unwrap().for_people()
    }

    #[test]
    fn a_topic_that_is_nearly_full_is_marked() {
        insta::assert_snapshot!(
            for_people(
                r#"{"topic":"news","instances":9000,"remaining":1000,"nearLimit":true},
                {"topic":"weather","instances":8999,"remaining":1001,"nearLimit":false}"#
            ),
            @"
        Instances  Of 10000  Room  Topic
        9000       90.00 %   1000  news   <- near the limit
        8999       89.99 %   1001  weather

        17999 subscriptions to 99 topics; Amazon allows 100 topics.
        "
        );
    }

    #[test]
    fn an_empty_ledger_is_a_sentence() {
        assert_eq!(for_people(""), "No app has reported a subscription.\n");
    }
}
