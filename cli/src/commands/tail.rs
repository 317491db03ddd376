//! `firepost tail`: events, as they are handed on.
//!
//! It prints what consumers get, receipts and ids of devices included: mind where its output goes.

mod line;

use std::io::{self, ErrorKind, Write as _, stdout};

use clap::{Args, ValueEnum, value_parser};

use self::line::Line;
use crate::cli::{Answer, Verdict};
use crate::commands::serve::DEFAULT_URL;
use crate::failure::Failure;
use crate::local::LocalStack;
use crate::stack::{Event, Page};

/// Follows events of the local stack as they are handed on, a line each.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Only events of one source.
    #[arg(long)]
    source: Option<Source>,
    /// Only events of one type, such as SUBSCRIPTION_RENEWED.
    #[arg(long = "type", value_name = "TYPE")]
    kind: Option<String>,
    /// Ends after so many.
    #[arg(long, value_name = "N", value_parser = value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// Begins with what has been handed on since the stack was started, instead of with what comes next.
    #[arg(long)]
    all: bool,
    /// The local stack to follow.
    #[arg(long, value_name = "URL", default_value = DEFAULT_URL)]
    stack: String,
    /// Prints each event as it was published, one line of JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Source {
    /// Real-Time Notifications of the Appstore.
    Rtn,
    /// Dash Replenishment.
    Drs,
}

pub(crate) async fn run(arguments: Arguments) -> Answer {
    tokio::select! {
        ended = arguments.follow() => ended,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted?;
            Ok(Verdict::Yes)
        }
    }
}

impl Arguments {
    async fn follow(&self) -> Answer {
        let stack = LocalStack::at(&self.stack);
        let end = stack.end_of_events().await?;
        let mut next = if self.all { 0 } else { end };
        let mut left = self.limit;
        loop {
            let Page { events, next: after } = self.wait(&stack, next).await?;
            next = after;
            for event in events.iter().filter(|event| self.wants(event)) {
                match self.print(event) {
                    Ok(()) => {}
                    // Whoever reads has seen enough, as `head` does.
                    Err(error) if error.kind() == ErrorKind::BrokenPipe => return Ok(Verdict::Yes),
                    Err(error) => return Err(error.into()),
                }
                left = left.map(|left| left - 1);
                if left == Some(0) {
                    return Ok(Verdict::Yes);
                }
            }
        }
    }

    /// A stack that answered a moment ago and does not now has ended.
    async fn wait(&self, stack: &LocalStack, after: usize) -> Result<Page, Failure> {
        let gone = |_| Failure::new(format!("the local stack at {} has ended", self.stack));
        stack.events_after(after).await.map_err(gone)
    }

    fn wants(&self, event: &Event) -> bool {
        let has = |name: &str, wanted: &str| event.attributes.get(name).is_some_and(|value| value == wanted);
        let is_of_source = self.source.is_none_or(|source| has("source", source.name()));
        is_of_source && self.kind.as_ref().is_none_or(|kind| has("type", kind))
    }

    fn print(&self, event: &Event) -> io::Result<()> {
        let mut out = stdout();
        if self.json {
            writeln!(out, "{}", event.message)?;
        } else {
            writeln!(out, "{}", Line::of(event))?;
        }
        out.flush()
    }
}

impl Source {
    fn name(self) -> &'static str {
        match self {
            Self::Rtn => "rtn",
            Self::Drs => "drs",
        }
    }
}

const EXAMPLES: &str = "\
A line tells when the event was handed on (UTC), source, type, what is out of the ordinary (late,
conflict, repaired, replay), the subject on record, the event's id, which is the same in every
repetition, and the id of the delivery's trace.

Examples:
  firepost tail                              what is handed on from now on
  firepost tail --all --source drs           Dash Replenishment, from the start of the stack
  firepost tail --json --type SUBSCRIPTION_RENEWED --limit 1 | jq .data

Exit codes: 0 so many as asked for, or Ctrl-C; 2 there is no stack, or it has ended.";
