//! `firepost adm check`: whether a message keeps ADM's rules, without asking anybody.

use std::io::{Write as _, stdout};
use std::path::PathBuf;

use adm::{Accepted, Fault, Pairs, Payload, Problem, Topic, Warning};
use clap::Args;
use serde::Serialize;

use crate::cli::{Answer, Verdict};
use crate::messaging::{Draft, remark, topic};
use crate::terminal::harmless;

/// Checks messages against every rule of Topic Based Messaging, without a network: all that is wrong is told at once.
///
/// FILE holds the body of the request, in Amazon's own form: {"topic", "data", "notification", "consolidationKey", "expiresAfter",
/// "priority"}. The body of a message in the queue has the same form.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The messages; - reads standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The topic, where the message does not name it.
    #[arg(long, value_parser = topic)]
    topic: Option<Topic>,
    /// Prints one line of JSON per file: {"file", "accepted", "topic", "size_bytes", "limit_bytes", "data_bytes",
    /// "notification_bytes", "faults", "warnings"}.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: Arguments) -> Answer {
    let drafts = arguments.files.iter().map(|path| Draft::read(path, arguments.topic.as_ref()));
    let drafts = drafts.collect::<Result<Vec<_>, _>>()?;
    let mut out = stdout();
    let mut verdict = Verdict::Yes;
    for draft in drafts {
        let checked = draft.check();
        if checked.is_err() {
            verdict = Verdict::No;
        }
        if arguments.json {
            writeln!(out, "{}", serde_json::to_string(&Line::of(&draft.file, &checked))?)?;
        } else {
            writeln!(out, "{}\n{}", draft.file, for_people(&checked))?;
        }
    }
    Ok(verdict)
}

/// The rows below the name of the file.
fn for_people(checked: &Result<Accepted, Problem>) -> String {
    let rows = match checked {
        Ok(Accepted { message, warnings }) => {
            let topic = message.topic();
            let warnings = warnings.iter().map(|warning| row("warning", &told_warning(warning)));
            [
                row("accepted", &format!("for the topic {topic}")),
                row("size", &size(message.payload())),
            ]
            .into_iter()
            .chain(warnings)
            .collect::<Vec<_>>()
        }
        Err(problem) => {
            let faults = problem.faults.iter().map(|fault| row("fault", &told_fault(fault)));
            let refused = row("refused", &harmless(&problem.detail));
            faults.chain([refused]).collect()
        }
    };
    rows.join("\n")
}

fn row(name: &str, told: &str) -> String {
    format!("  {name:<12} {told}")
}

/// `107 bytes of 6144 (data 33, notification 74)`
fn size(payload: &Payload) -> String {
    let parts = [("data", payload.data()), ("notification", payload.notification())];
    let parts = parts
        .into_iter()
        .filter_map(|(name, pairs)| Some(format!("{name} {}", pairs?.size_bytes())));
    let parts = parts.collect::<Vec<_>>().join(", ");
    format!("{} bytes of {} ({parts})", payload.size_bytes(), Payload::MAX_BYTES)
}

fn told_fault(Fault { name, field, detail }: &Fault) -> String {
    remark(name.as_str(), field, detail)
}

fn told_warning(Warning { name, field, detail }: &Warning) -> String {
    remark(name, field, detail)
}

/// The same as JSON; what is not known of a message that is refused is null.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    accepted: bool,
    topic: Option<&'a str>,
    size_bytes: Option<usize>,
    limit_bytes: usize,
    data_bytes: Option<usize>,
    notification_bytes: Option<usize>,
    faults: &'a [Fault],
    warnings: &'a [Warning],
}

impl<'a> Line<'a> {
    fn of(file: &'a str, checked: &'a Result<Accepted, Problem>) -> Self {
        let accepted = checked.as_ref().ok();
        let payload = accepted.map(|accepted| accepted.message.payload());
        Self {
            file,
            accepted: accepted.is_some(),
            topic: accepted.map(|accepted| accepted.message.topic().as_str()),
            size_bytes: payload.map(Payload::size_bytes),
            limit_bytes: Payload::MAX_BYTES,
            data_bytes: payload.and_then(Payload::data).map(Pairs::size_bytes),
            notification_bytes: payload.and_then(Payload::notification).map(Pairs::size_bytes),
            faults: checked.as_ref().err().map_or(&[], |problem| problem.faults.as_slice()),
            warnings: accepted.map_or(&[], |accepted| accepted.warnings.as_slice()),
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost adm check message.json
  firepost adm check campaign/*.json --json
  echo '{\"data\":{}}' | firepost adm check - --topic news

Exit codes: 0 all are accepted, 1 some are not, 2 a file could not be read.";
