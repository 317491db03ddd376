//! `firepost read`: what a message says, in our words.
//!
//! The readers are the functions' own. Nothing is verified here, and the output says so.

mod message;
pub(crate) mod source;

use std::error::Error as _;
use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::Args;
use reading::Unreadable;
use serde::Serialize;

use self::message::{Message, Origin};
use self::source::{Event, Oddity, Reading, Source};
use crate::cli::{Answer, Verdict};
use crate::commands::verify::capture::Capture;
use crate::terminal::harmless;

/// Reads the message inside a notification into an event, with what had to be repaired and what was odd.
///
/// FILE holds the inner Message, or a whole SNS body, or an API Gateway event (payload 1.0 or 2.0) with such a body, or the record of
/// a Lambda function that SNS calls: the Message is then taken out. No signature is checked; that is what `firepost verify` is for.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Whose message it is.
    #[arg(value_enum)]
    source: Source,
    /// The messages; - reads standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Prints one line of JSON per file: {"file", "event", "repaired", "warnings", "reason", "field"}.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: Arguments) -> Answer {
    let captures = arguments
        .files
        .iter()
        .map(|path| Capture::read(path))
        .collect::<Result<Vec<_>, _>>()?;
    let mut out = io::stdout();
    let mut verdict = Verdict::Yes;
    for capture in captures {
        let report = Report::on(capture, arguments.source);
        if report.outcome.is_err() {
            verdict = Verdict::No;
        }
        if arguments.json {
            writeln!(out, "{}", serde_json::to_string(&report.line())?)?;
        } else {
            writeln!(out, "{report}")?;
        }
    }
    Ok(verdict)
}

/// What came of one file.
struct Report {
    file: String,
    origin: Origin,
    outcome: Result<Reading, Fault>,
}

enum Fault {
    NotUtf8 { offset: usize },
    Unreadable(Unreadable),
}

impl Report {
    fn on(capture: Capture, source: Source) -> Self {
        let Capture { file, form, body, .. } = capture;
        let Message {
            origin,
            bytes,
            attributes,
        } = Message::find(form, body);
        let text = str::from_utf8(&bytes).map_err(|error| Fault::NotUtf8 {
            offset: error.valid_up_to(),
        });
        let outcome = text.and_then(|text| source.read(text, attributes.as_ref()).map_err(Fault::Unreadable));
        Self { file, origin, outcome }
    }

    fn line(&self) -> Line<'_> {
        let reading = self.outcome.as_ref().ok();
        let fault = self.outcome.as_ref().err();
        Line {
            file: &self.file,
            event: reading.map(|reading| &reading.event),
            repaired: reading.is_some_and(|reading| reading.repaired),
            warnings: reading.map(|reading| reading.warnings.as_slice()).unwrap_or_default(),
            reason: fault.map(Fault::reason),
            field: fault.and_then(Fault::field),
        }
    }
}

/// The report as JSON.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    event: Option<&'a Event>,
    repaired: bool,
    warnings: &'a [Oddity],
    reason: Option<&'static str>,
    field: Option<&'static str>,
}

impl Fault {
    fn reason(&self) -> &'static str {
        match self {
            Self::NotUtf8 { .. } => "not_utf8",
            Self::Unreadable(unreadable) => unreadable.reason(),
        }
    }

    fn field(&self) -> Option<&'static str> {
        match self {
            Self::NotUtf8 { .. } => None,
            Self::Unreadable(unreadable) => unreadable.field(),
        }
    }
}

/// For people: what was found where, then the event.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (unverified: read does not check signatures)", self.file)?;
        match self.origin {
            Origin::Bare => {}
            Origin::Body => writeln!(f, "  taken from   the Message of an SNS body")?,
            Origin::Event => writeln!(f, "  taken from   the Message of an SNS body in an API Gateway event")?,
            Origin::Record => writeln!(f, "  taken from   the Message of an SNS record for a Lambda function")?,
        }
        let Reading {
            event,
            subject,
            event_key,
            repaired,
            warnings,
        } = match &self.outcome {
            Ok(reading) => reading,
            Err(fault) => return write!(f, "  unreadable   {}: {fault}", fault.reason()),
        };
        if *repaired {
            writeln!(f, "  repaired     it was not JSON as it stood: commas or brackets too many")?;
        }
        for Oddity { code, sentence } in warnings {
            writeln!(f, "  warning      {code}: {sentence}")?;
        }
        writeln!(f, "  subject      {subject}")?;
        writeln!(f, "  event key    {event_key}")?;
        let event = serde_json::to_string_pretty(event).map_err(|_| fmt::Error)?;
        write!(f, "  {}", harmless(&event).replace('\n', "\n  "))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotUtf8 { offset } => write!(f, "message is not UTF-8: first bad byte at offset {offset}"),
            Self::Unreadable(unreadable) => match unreadable.source() {
                Some(source) => write!(f, "{unreadable}: {source}"),
                None => unreadable.fmt(f),
            },
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost read rtn message.json              the Message of a notification, as text in a file
  firepost read rtn captured.json --json      a whole SNS body; one line of JSON
  firepost read rtn - <event.json             an API Gateway event, from standard input
  firepost read drs message.json              a Dash Replenishment notification, of either version

Amazon's own samples have faults that are mended (\"repaired\": a comma or bracket too many) and oddities that are told as warnings.

Exit codes: 0 all could be read, 1 some could not, 2 the question could not be asked.";
