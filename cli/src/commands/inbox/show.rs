//! `firepost inbox show`: everything that is known about one event.

use std::io::{Write as _, stdout};

use clap::Args;
use inbox::Record;
use serde::Serialize;

use super::read::Read;
use super::row::{Row, marks};
use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::moment::moment;
use crate::place::Place;
use crate::terminal::harmless;

/// Shows one record in full: its row, its message as Amazon sent it, and the canonical event read from that.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What it is about, such as rtn#com.example.app#receipt: see `inbox list`.
    subject: String,
    /// Which event of it, such as 0000001772826938903#SUBSCRIPTION_RENEWED: see `inbox history`.
    event: String,
    #[command(flatten)]
    place: Place,
    /// Prints it as one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let Arguments {
        subject,
        event,
        place,
        json,
    } = arguments;
    let found = place
        .open(context)
        .await?
        .inbox
        .show(&subject, &event, (context.clock)())
        .await?;
    let Some(record) = found else {
        return deny(format!(
            "no event {event} of {subject} is on record; it was never recorded, or its time is over"
        ));
    };
    let shown = Shown {
        row: Row::of(&record),
        nonce: &record.nonce,
        raw: &record.raw,
        read: Read::of(&record),
    };
    let mut out = stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&shown)?)?;
    } else {
        out.write_all(harmless(&for_people(&record, &shown.read)?).as_bytes())?;
    }
    Ok(Verdict::Yes)
}

#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    nonce: &'a str,
    raw: &'a str,
    read: Read,
}

/// What is known of it, a line each, and below that what was signed and what it is read as.
fn for_people(record: &Record, read: &Read) -> serde_json::Result<String> {
    let (held, failure) = (record.held.as_ref(), record.failure.as_ref());
    let lines = [
        ("Subject", Some(record.subject.clone())),
        ("Event", Some(record.event.clone())),
        ("Held subject", held.map(|held| held.subject.clone())),
        ("Held event", held.map(|held| held.event.clone())),
        ("MessageId", Some(record.message_id.clone())),
        ("Topic", Some(record.topic_arn.clone())),
        ("Sent", Some(moment(record.sns_timestamp))),
        ("Received", Some(moment(record.received_at))),
        ("Expires", Some(moment(record.expires_at))),
        ("Signature", Some(signature(record.signature_version))),
        ("Digest", Some(record.digest.to_string())),
        ("Marks", Some(marks(record, false))),
        ("Due in shard", record.due.clone().filter(|_| !record.is_dead())),
        ("Handed on", record.handed_on.map(moment)),
        ("Attempts", Some(record.attempts.to_string()).filter(|_| record.attempts > 0)),
        ("Failure", failure.map(|failure| failure.reason.clone())),
        ("Failed at", failure.map(|failure| moment(failure.at))),
        ("Replay", record.replay.clone()),
        ("Recorded by", Some(record.nonce.clone())),
        ("Trace", record.trace_id.map(|id| id.to_string())),
    ];
    let lines = lines
        .into_iter()
        .filter_map(|(name, value)| Some(format!("{name:<12}  {}\n", value?)));
    let mut text = lines.collect::<String>();
    text += &format!("\nThe message, as it was signed:\n{}\n\n", record.raw);
    match read {
        Read::Event { event, .. } => text += &format!("What it is read as:\n{}\n", serde_json::to_string_pretty(event)?),
        Read::Unreadable { unreadable } => text += &format!("It cannot be read: {unreadable}.\n"),
    }
    Ok(text)
}

fn signature(version: u8) -> String {
    match version {
        0 => "none: AWS relayed the message".to_owned(),
        version => format!("version {version}"),
    }
}
