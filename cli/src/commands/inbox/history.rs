//! `firepost inbox history`: one purchase or device from its beginning, in the order in which things happened.

use std::io::{Write as _, stdout};

use clap::Args;
use inbox::Record;
use rtn::purchase::{Purchase, fold};
use serde::Serialize;

use super::read::Read;
use super::row::{Row, marks, occurred};
use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::moment::{moment, optional_moment};
use crate::place::Place;
use crate::table::{lines, table};

/// Shows every event of one subject in the order in which they occurred, and for a purchase the state that they add up to.
///
/// A late event arrived after a newer one; a conflict is another message under the key of the event before it. A change of plan that
/// ended this receipt is an event of the new receipt: it is searched for, which reads the whole table, as `inbox list` does. The
/// state is what the notifications say; the Receipt Verification Service knows best.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// What it is about, such as rtn#com.example.app#receipt or drs#serial: see `inbox list`.
    subject: String,
    #[command(flatten)]
    place: Place,
    /// Prints it as one line of JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let Arguments { subject, place, json } = arguments;
    let (inbox, now) = (place.open(context).await?.inbox, (context.clock)());
    let records = inbox.history(&subject, now).await?;
    if records.is_empty() {
        return deny(format!(
            "nothing of {subject} is on record; it was never recorded, or its time is over"
        ));
    }
    let elsewhere = match purchase_of(&subject) {
        Some((package, receipt_id)) => inbox.mentioning(&format!("rtn#{package}#"), receipt_id, now).await?,
        None => Vec::new(),
    };
    let history = History::of(&subject, &records, &elsewhere);
    let mut out = stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&history)?)?;
    } else {
        out.write_all(history.for_people(&records).as_bytes())?;
    }
    Ok(Verdict::Yes)
}

#[derive(Serialize)]
struct History<'a> {
    subject: &'a str,
    /// Null for what is not a purchase, and for a purchase whose events tell no state.
    purchase: Option<Purchase>,
    events: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    #[serde(flatten)]
    row: Row<'a>,
    late: bool,
    read: Read,
}

impl<'a> History<'a> {
    /// `elsewhere` are records of other subjects that may concern this one.
    fn of(subject: &'a str, records: &'a [Record], elsewhere: &[Record]) -> Self {
        let late = inbox::late(records);
        let is_late = |record: &Record| late.iter().any(|late| late.event == record.event);
        let entry = |record: &'a Record| Entry {
            row: Row::of(record),
            late: is_late(record),
            read: Read::of(record),
        };
        let events = records.iter().map(entry).collect::<Vec<_>>();
        let elsewhere = elsewhere.iter().map(Read::of).collect::<Vec<_>>();
        let facts = events.iter().map(|entry| &entry.read).chain(&elsewhere).filter_map(Read::rtn);
        Self {
            subject,
            purchase: purchase_of(subject).and_then(|(_, receipt_id)| fold(receipt_id, facts)),
            events,
        }
    }

    fn for_people(&self, records: &[Record]) -> String {
        let mut rows = table(&["Occurred", "Received", "Type", "Marks", "Event (times in UTC)"]);
        for (record, entry) in records.iter().zip(&self.events) {
            let (occurred_at, kind) = occurred(record);
            rows.add_row([
                optional_moment(occurred_at),
                moment(record.received_at),
                kind.to_owned(),
                marks(record, entry.late),
                record.event.clone(),
            ]);
        }
        let state = self.purchase.as_ref().map(|purchase| {
            let replaced = purchase
                .replaced_by
                .as_ref()
                .map(|receipt| format!(", by {}", receipt.as_str()));
            let (state, since) = (purchase.state.as_str(), moment(purchase.since));
            format!("\nState: {state} since {since}{}\n", replaced.unwrap_or_default())
        });
        lines(&rows) + &state.unwrap_or_default()
    }
}

/// Package and receipt id of a subject `rtn#<package>#<receipt id>`.
fn purchase_of(subject: &str) -> Option<(&str, &str)> {
    subject.strip_prefix("rtn#")?.split_once('#')
}
