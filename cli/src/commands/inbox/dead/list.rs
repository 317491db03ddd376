//! `firepost inbox dead list`: a line for each event that waits for a person.

use std::io::{Write as _, stdout};

use clap::Args;
use comfy_table::Table;
use inbox::Dead;
use jiff::Timestamp;
use serde::Serialize;

use super::{reason, record};
use crate::cli::{Answer, Context, Verdict};
use crate::commands::inbox::row::occurred;
use crate::moment::{moment, optional_moment, optional_rfc3339, rfc3339};
use crate::place::Place;
use crate::table::{lines, table};
use crate::terminal::harmless;

/// Lists what could not be handed on, in the order of arrival, with the reason.
///
/// Reads the index of what waits, and each record that it shows.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Prints a line of JSON for each event.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(Arguments { place, json }: Arguments, context: &Context) -> Answer {
    let now = (context.clock)();
    let inbox = place.open(context).await?.inbox;
    let mut out = stdout();
    let mut rows = table(&[
        "Received",
        "Type",
        "Reason",
        "Attempts",
        "Failed at",
        "Subject (times in UTC)",
    ]);
    let mut cursor = None;
    loop {
        let page = inbox.dead_page(cursor, now).await?;
        for dead in &page.rows {
            let listed = Listed::of(dead);
            if json {
                writeln!(out, "{}", serde_json::to_string(&listed)?)?;
            } else {
                rows.add_row(listed.cells());
            }
        }
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    if !json {
        out.write_all(for_people(&rows, &place.options()).as_bytes())?;
    }
    Ok(Verdict::Yes)
}

fn for_people(rows: &Table, place: &str) -> String {
    match rows.is_empty() {
        true => "Nothing is dead.\n".to_owned(),
        false => format!(
            "{}\nOnce the cause is mended:  firepost inbox dead retry --all{place}\n",
            harmless(&lines(rows))
        ),
    }
}

/// A dead event. What only the row tells is null if the row cannot be typed.
#[derive(Serialize)]
struct Listed<'a> {
    subject: &'a str,
    event: &'a str,
    message_id: Option<&'a str>,
    topic_arn: Option<&'a str>,
    #[serde(serialize_with = "rfc3339")]
    received_at: Timestamp,
    r#type: Option<&'a str>,
    reason: Option<String>,
    attempts: Option<u32>,
    #[serde(serialize_with = "optional_rfc3339")]
    failed_at: Option<Timestamp>,
}

impl<'a> Listed<'a> {
    fn of(dead: &'a Dead) -> Self {
        let record = record(dead);
        let kind = record.map(occurred).filter(|(at, _)| at.is_some());
        Self {
            subject: &dead.key.subject,
            event: &dead.key.event,
            message_id: record.map(|record| record.message_id.as_str()),
            topic_arn: record.map(|record| record.topic_arn.as_str()),
            received_at: dead.received_at,
            r#type: kind.map(|(_, kind)| kind),
            reason: reason(dead),
            attempts: record.map(|record| record.attempts),
            failed_at: record.and_then(|record| Some(record.failure.as_ref()?.at)),
        }
    }

    fn cells(&self) -> [String; 6] {
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        [
            moment(self.received_at),
            or_dash(self.r#type.map(str::to_owned)),
            or_dash(self.reason.clone()),
            or_dash(self.attempts.map(|attempts| attempts.to_string())),
            optional_moment(self.failed_at),
            self.subject.to_owned(),
        ]
    }
}
