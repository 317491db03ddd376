//! `firepost inbox replay`: handing on again what a consumer lost.
//!
//! Promises that the same replay run twice, or interrupted and run again, hands on nothing twice; that a dry run writes nothing;
//! and counters that add up to what was selected. It hands on nothing itself: it makes records due, and the function `dispatch`
//! does the rest.

mod choice;
mod counters;
mod run;
mod work;

use std::io::{Write as _, stdout};

use clap::Args;
use inbox::Repetition;
use serde::Serialize;

use self::choice::Choice;
use self::counters::Counters;
use self::run::{Run, Stopped};
use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::place::Place;
use crate::progress::Progress;

/// Hands on again what is on record, by subject, MessageId, time of arrival or type.
///
/// A replay has a name, and each record remembers the last one it was part of: the same replay run twice hands on nothing twice. What
/// waits to go out anyway goes out once. Consumers get the same event_id as the first time, with the name of the replay beside it.
///
/// A subject is looked up; anything else reads the whole table, half a read unit per 4 KB. Each record that goes out again costs a
/// write unit, and one of the index.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The name of the replay: letters, digits, dots, dashes and underscores, at most 64.
    #[arg(long, default_value = "replay", value_parser = name)]
    name: String,
    /// Hands on again even what this replay had before.
    #[arg(long)]
    force: bool,
    /// Writes nothing and says what would be done.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    place: Place,
    /// Prints a line of JSON for each event, and one with the counters at the end.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let Arguments {
        choice,
        name,
        force,
        dry_run,
        place,
        json,
    } = arguments;
    let now = (context.clock)();
    let choice = choice.seen_from(now)?;
    let inbox = place.open(context).await?.inbox;
    let attempt_id = format!("replay {}", now.as_nanosecond());
    let run = Run {
        inbox,
        name,
        repetition: if force { Repetition::Forced } else { Repetition::Never },
        dry_run,
        attempt_id,
        now,
        clock: context.clock,
    };
    let progress = match json {
        true => Progress::beside_lines(),
        false => Progress::before_a_result(),
    };
    let mut out = stdout();
    let told = run.carry_out(&choice, &progress, |event| match json {
        true => writeln!(out, "{}", serde_json::to_string(event)?),
        false => Ok(()),
    });
    let counters = told.await;
    drop(progress);
    let counters = match counters {
        Ok(counters) => counters,
        Err(Stopped::Store(stopped)) => return Err((*stopped).into()),
        Err(Stopped::Output(error)) => return Err(error.into()),
    };
    let total = Total {
        replay: &run.name,
        dry_run,
        forced: force,
        counters: &counters,
    };
    if json {
        writeln!(out, "{}", serde_json::to_string(&total)?)?;
    } else if counters.selected > 0 {
        out.write_all(total.for_people().as_bytes())?;
    }
    if counters.selected > 0 {
        return Ok(Verdict::Yes);
    }
    deny(match choice.takes_unread() {
        true => "nothing on record is like that",
        false => "nothing on record is like that; what could not be read is left out without --unread",
    })
}

/// All that a replay came to.
#[derive(Serialize)]
struct Total<'a> {
    replay: &'a str,
    dry_run: bool,
    forced: bool,
    #[serde(flatten)]
    counters: &'a Counters,
}

impl Total<'_> {
    fn for_people(&self) -> String {
        let Self {
            replay,
            dry_run,
            forced,
            counters,
        } = self;
        let selected = counters.selected;
        let mut text = match dry_run {
            true => format!("Dry run of the replay \"{replay}\", nothing was written: {selected} selected\n"),
            false => format!("Replay \"{replay}\": {selected} selected\n"),
        };
        text += &counters.to_string();
        let (subject, verb) = match dry_run {
            true => ("Without --dry-run, what counts as replayed or filed anew", "would go"),
            false => ("What counts as replayed or filed anew", "goes"),
        };
        if counters.go_out() > 0 {
            text += &format!("{subject} {verb} out within a second through the table's stream, or with the next sweep.\n");
        }
        if counters.had_before > 0 && !forced {
            text += "What the replay had before goes out again with --force, or under another --name.\n";
        }
        text
    }
}

fn name(text: &str) -> Result<String, &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if (1..=64).contains(&text.len()) && text.bytes().all(is_plain) {
        Ok(text.to_owned())
    } else {
        Err("a name has 1 to 64 letters, digits, dots, dashes or underscores")
    }
}

const EXAMPLES: &str = "\
Examples:
  firepost inbox replay --subject 'rtn#com.example.app#receipt'           all events of one purchase
  firepost inbox replay --since 2h --dry-run                              what a consumer that was down has missed
  firepost inbox replay --since 2026-03-06T18:00:00Z --until 2026-03-06T20:00:00Z --source rtn --name march-6
  firepost inbox replay --type SUBSCRIPTION_RENEWED --since 7d --json | jq -r .outcome | sort | uniq -c
  firepost inbox replay --message-id b1c4d9bb-0fd9-54b2-8f74-8e59c91e396a --force
  firepost inbox replay --source unread                                   once a newer version can read more

Exit codes: 0 done, 1 nothing on record is like that, 2 it could not be asked, or the store failed half-way.";

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn a_name_is_short_and_plain() {
        for plain in ["replay", "2026-03-06_a.b", &"x".repeat(64)] {
            assert_eq!(name(plain).as_deref(), Ok(plain));
        }
        for other in ["", "a b", "a/b", "ü", &"x".repeat(65)] {
            assert!(name(other).is_err_and(|error| error.starts_with("a name has")), "{other}");
        }
    }
}
