//! `firepost read`: what a message says, in our words.
//!
//! The reader is the deployed functions' own. Nothing is verified here, and the output says so.

use std::error::Error as _;
use std::fmt;
use std::io::{self, Write as _};
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use rtn::{Reading, RtnEvent, Unreadable, Warning};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::cli::{Answer, Verdict};
use crate::commands::verify::capture::{Capture, Form};
use crate::terminal::harmless;

/// Reads the message inside a notification into an event, with what had to be repaired and what was odd.
///
/// FILE holds the inner Message, or a whole SNS body, or an API Gateway event (payload 1.0 or 2.0) with such a body: the Message is
/// then taken out. No signature is checked; that is what `firepost verify` is for.
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Source {
    /// Appstore Real-Time Notifications
    Rtn,
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

/// Where in the file the message was.
#[derive(Clone, Copy)]
enum Origin {
    Bare,
    Inside(Form),
}

enum Fault {
    NotUtf8 { offset: usize },
    Unreadable(Unreadable),
}

impl Report {
    fn on(capture: Capture, source: Source) -> Self {
        let Capture { file, form, body, .. } = capture;
        let (origin, message) = match serde_json::from_slice::<Envelope>(&body) {
            Ok(envelope) => (Origin::Inside(form), envelope.message.into_bytes()),
            Err(_) => (Origin::Bare, body),
        };
        let read = match source {
            Source::Rtn => rtn::read,
        };
        let text = str::from_utf8(&message).map_err(|error| Fault::NotUtf8 {
            offset: error.valid_up_to(),
        });
        let outcome = text.and_then(|text| read(text).map_err(Fault::Unreadable));
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
    event: Option<&'a RtnEvent>,
    repaired: bool,
    warnings: &'a [Warning],
    reason: Option<&'static str>,
    field: Option<&'static str>,
}

/// As much of an SNS body as it takes to know one. No source's own message has a `TopicArn`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Envelope {
    #[expect(dead_code, reason = "its being there is what tells a body")]
    topic_arn: IgnoredAny,
    message: String,
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
            Origin::Inside(Form::Body) => writeln!(f, "  taken from   the Message of an SNS body")?,
            Origin::Inside(Form::Event) => writeln!(f, "  taken from   the Message of an SNS body in an API Gateway event")?,
        }
        let Reading {
            event,
            repaired,
            warnings,
        } = match &self.outcome {
            Ok(reading) => reading,
            Err(fault) => return write!(f, "  unreadable   {}: {fault}", fault.reason()),
        };
        if *repaired {
            writeln!(f, "  repaired     it was not JSON as it stood: commas or brackets too many")?;
        }
        for warning in warnings {
            writeln!(f, "  warning      {}: {warning}", warning.as_str())?;
        }
        writeln!(f, "  subject      {}", event.subject())?;
        writeln!(f, "  event key    {}", event.event_key())?;
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

Amazon's own samples have faults that are mended (\"repaired\": a comma or bracket too many) and oddities that are told as warnings.

Exit codes: 0 all could be read, 1 some could not, 2 the question could not be asked.";
