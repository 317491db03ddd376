//! `firepost inbox dead retry`: dead events due again, as if they had never been refused.

use std::fmt;
use std::io::{Write as _, stdout};

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use inbox::{Dead, Inbox, RowKey, StoreError};
use jiff::Timestamp;
use serde::Serialize;

use super::reason;
use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::failure::Failure;
use crate::place::Place;
use crate::progress::Progress;

/// Has dead events tried again: one, those with a reason, or all.
///
/// What is refused again is dead again. Interrupted, it can be run again.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    #[command(flatten)]
    place: Place,
    /// Prints the counters as a line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct Choice {
    /// What it is about: see `inbox dead list`.
    #[arg(requires = "event", required_unless_present_any = ["all", "reason"], value_parser = NonEmptyStringValueParser::new())]
    subject: Option<String>,
    /// Which event of it: see `inbox dead list --json`.
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    event: Option<String>,
    /// Everything that is dead.
    #[arg(long, conflicts_with_all = ["subject", "reason"])]
    all: bool,
    /// Everything that is dead for this reason: a whole code such as sns:InvalidParameter, or its part before the colon.
    #[arg(long, value_name = "CODE", conflicts_with = "subject", value_parser = NonEmptyStringValueParser::new())]
    reason: Option<String>,
}

pub(super) async fn run(Arguments { choice, place, json }: Arguments, context: &Context) -> Answer {
    let now = (context.clock)();
    let inbox = place.open(context).await?.inbox;
    let counters = match choice {
        Choice {
            subject: Some(subject),
            event: Some(event),
            ..
        } => one(&inbox, RowKey { subject, event }, now).await?,
        Choice { reason, .. } => many(&inbox, reason.as_deref(), now).await?,
    };
    let mut out = stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&counters)?)?;
    } else if counters.dead > 0 {
        write!(out, "{counters}")?;
    }
    match counters.dead {
        0 => deny("nothing like that is dead"),
        _ => Ok(Verdict::Yes),
    }
}

async fn one(inbox: &Inbox, key: RowKey, now: Timestamp) -> Result<Counters, Failure> {
    let retried = inbox.revive(&key, now).await?.into();
    Ok(Counters {
        dead: retried,
        retried,
        ..Counters::default()
    })
}

async fn many(inbox: &Inbox, code: Option<&str>, now: Timestamp) -> Result<Counters, Failure> {
    let progress = Progress::before_a_result();
    let mut counters = Counters::default();
    let mut cursor = None;
    loop {
        let stopped = |counters: Counters| move |source| Stopped { counters, source };
        let page = inbox.dead_page(cursor, now).await.map_err(stopped(counters))?;
        for dead in page.rows.iter().filter(|dead| is_meant(dead, code)) {
            counters.revive(inbox, dead, now).await.map_err(stopped(counters))?;
            progress.tell(format!("{} of {} retried", counters.retried, counters.dead));
        }
        cursor = page.next;
        if cursor.is_none() {
            return Ok(counters);
        }
    }
}

/// A code means itself, and everything that has it before its colon.
fn is_meant(dead: &Dead, code: Option<&str>) -> bool {
    let Some(code) = code else { return true };
    let reason = reason(dead).unwrap_or_default();
    reason == code || reason.split_once(':').is_some_and(|(first, _)| first == code)
}

/// What came of the dead. All but the first add up to the first.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Counters {
    dead: u64,
    retried: u64,
    /// Replayed, retried or deleted by somebody else a moment ago.
    dead_no_more: u64,
    /// Of a newer version of this program, which knows what it means.
    newer: u64,
}

impl Counters {
    async fn revive(&mut self, inbox: &Inbox, dead: &Dead, now: Timestamp) -> Result<(), StoreError> {
        let counter = match &dead.row {
            Err(StoreError::Newer { .. }) => &mut self.newer,
            Ok(_) | Err(_) => match inbox.revive(&dead.key, now).await? {
                true => &mut self.retried,
                false => &mut self.dead_no_more,
            },
        };
        *counter += 1;
        self.dead += 1;
        Ok(())
    }
}

impl fmt::Display for Counters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            dead,
            retried,
            dead_no_more,
            newer,
        } = self;
        writeln!(
            f,
            "{dead} dead: {retried} due again, {dead_no_more} dead no more, {newer} of a newer version"
        )?;
        match retried {
            0 => Ok(()),
            _ => writeln!(
                f,
                "What is due again goes out within a second through the table's stream, or with the next sweep."
            ),
        }
    }
}

/// The store failed half-way.
#[derive(Debug, thiserror::Error)]
#[error("it stopped after {} dead events, of which {} are due again; it can be run again", .counters.dead, .counters.retried)]
struct Stopped {
    counters: Counters,
    #[source]
    source: StoreError,
}
