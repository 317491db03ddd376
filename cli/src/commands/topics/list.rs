//! `firepost topics list`: every topic on record, the tokens of those that wait, and when each was last heard of.

use std::collections::HashMap;
use std::io::{Write as _, stdout};

use clap::Args;
use intake::{TopicRecord, TopicState};
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::{Answer, Context, Verdict};
use crate::moment::{moment, optional_moment, optional_rfc3339, rfc3339};
use crate::place::Place;
use crate::table::{lines, table};

/// Lists the topics on record: state, held notifications, when last heard of, and the token of each that waits.
///
/// Reads both tables in full (half a read unit per 4 KB of notifications, whatever their number of topics): a command for a person,
/// not for a schedule.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Prints one line of JSON for each topic.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let now = (context.clock)();
    let record = arguments.place.open(context).await?;
    let topics = record.trust.topics(now).await?;
    let last_received = record.inbox.last_received(now).await?;
    let listed = topics
        .iter()
        .map(|topic| Listed::of(topic, &last_received))
        .collect::<Vec<_>>();

    let mut out = stdout();
    if arguments.json {
        for topic in &listed {
            writeln!(out, "{}", serde_json::to_string(topic)?)?;
        }
    } else if listed.is_empty() {
        writeln!(out, "No topic has asked for confirmation here.")?;
    } else {
        out.write_all(for_people(&listed, &arguments.place.options()).as_bytes())?;
    }
    Ok(Verdict::Yes)
}

#[derive(Serialize)]
struct Listed<'a> {
    topic_arn: &'a str,
    state: TopicState,
    token: Option<&'a str>,
    held: i64,
    #[serde(serialize_with = "rfc3339")]
    updated_at: Timestamp,
    #[serde(serialize_with = "optional_rfc3339")]
    unsubscribed_at: Option<Timestamp>,
    #[serde(serialize_with = "optional_rfc3339")]
    last_received_at: Option<Timestamp>,
}

impl<'a> Listed<'a> {
    fn of(topic: &'a TopicRecord, last_received: &HashMap<String, Timestamp>) -> Self {
        Self {
            topic_arn: topic.topic_arn.as_str(),
            state: topic.state,
            token: topic.token.as_deref(),
            held: topic.held,
            updated_at: topic.updated_at,
            unsubscribed_at: topic.unsubscribed_at,
            last_received_at: last_received.get(topic.topic_arn.as_str()).copied(),
        }
    }
}

/// A table, and below it the tokens, each whole and on a line of its own, as the Developer Console wants it pasted.
fn for_people(topics: &[Listed<'_>], place: &str) -> String {
    let mut rows = table(&[
        "State",
        "Held",
        "Last received",
        "Updated",
        "Unsubscribed",
        "Topic (times in UTC)",
    ]);
    for topic in topics {
        rows.add_row([
            topic.state.as_str().to_owned(),
            topic.held.to_string(),
            optional_moment(topic.last_received_at),
            moment(topic.updated_at),
            optional_moment(topic.unsubscribed_at),
            topic.topic_arn.to_owned(),
        ]);
    }
    let mut text = lines(&rows);
    for topic in topics {
        if let (TopicState::Pending, Some(token)) = (topic.state, topic.token) {
            let Listed { topic_arn, .. } = topic;
            text += &format!(
                "\n{topic_arn} waits for you.\n  Approve it here:  firepost topics approve {topic_arn}{place}\n  \
                 Or paste this into the Developer Console's field \"Confirmation token\", and approve it then:\n{token}\n"
            );
        }
    }
    text
}
