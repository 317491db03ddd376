//! `firepost inbox list`: the newest records, a line each.

use std::io::{Write as _, stdout};

use clap::{Args, ValueEnum, value_parser};
use inbox::{Filter, Record, Waiting};

use super::row::{Row, marks, occurred};
use crate::ago::Since;
use crate::cli::{Answer, Context, Verdict};
use crate::moment::{moment, optional_moment};
use crate::place::Place;
use crate::table::{lines, table};

/// Lists the newest records, newest first.
///
/// Reads the whole table, half a read unit per 4 KB, whatever is asked for; only what waits, due or dead, is found by an index.
/// `inbox history` costs only what it shows, and marks what arrived late.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = value_parser!(u32).range(1..))]
    limit: u32,
    /// Only one kind.
    #[arg(long)]
    source: Option<Source>,
    /// Only what arrived since a time such as 2026-03-06T19:55:38Z, or so long ago, such as 2h or 7d.
    #[arg(long, value_name = "TIME|AGO")]
    since: Option<Since>,
    #[command(flatten)]
    place: Place,
    /// Prints one line of JSON for each record, without its message.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Source {
    /// Real-Time Notifications of the Appstore.
    Rtn,
    /// Dash Replenishment notifications.
    Drs,
    /// What waits to be handed on.
    Due,
    /// What could not be handed on, and waits for a person.
    Dead,
    /// What could not be read, and is kept for a person to look at.
    Unread,
    /// What waits, with its topic, for approval.
    Held,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let now = (context.clock)();
    let since = arguments.since.map(|since| since.moment(now)).transpose()?;
    let limit = usize::try_from(arguments.limit)?;
    let inbox = arguments.place.open(context).await?.inbox;
    let filter = |source| Filter { source, since, limit };
    let records = match arguments.source.map(Source::place) {
        None => inbox.list(&filter(None), now).await?,
        Some(Kept::Under(source)) => inbox.list(&filter(Some(source)), now).await?,
        Some(Kept::Index(waiting)) => inbox.waiting(waiting, since, limit, now).await?,
    };

    let mut out = stdout();
    if arguments.json {
        for record in &records {
            writeln!(out, "{}", serde_json::to_string(&Row::of(record))?)?;
        }
    } else if records.is_empty() {
        writeln!(out, "Nothing of that kind is on record.")?;
    } else {
        out.write_all(for_people(&records).as_bytes())?;
    }
    Ok(Verdict::Yes)
}

/// Where records of a kind are found.
enum Kept {
    /// Under subjects that begin like this.
    Under(&'static str),
    /// In the index of what waits.
    Index(Waiting),
}

impl Source {
    fn place(self) -> Kept {
        match self {
            Self::Rtn => Kept::Under("rtn#"),
            Self::Drs => Kept::Under("drs#"),
            Self::Due => Kept::Index(Waiting::Due),
            Self::Dead => Kept::Index(Waiting::Dead),
            Self::Unread => Kept::Under("unread#"),
            Self::Held => Kept::Under("held#"),
        }
    }
}

fn for_people(records: &[Record]) -> String {
    let mut rows = table(&["Received", "Occurred", "Type", "Marks", "Subject (times in UTC)"]);
    for record in records {
        let (occurred_at, kind) = occurred(record);
        rows.add_row([
            moment(record.received_at),
            optional_moment(occurred_at),
            kind.to_owned(),
            marks(record, false),
            record.subject.clone(),
        ]);
    }
    lines(&rows)
}
