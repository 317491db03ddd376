//! `firepost adm send`: one message to the subscribers of a topic, once.

use std::io::{Write as _, stderr, stdout};
use std::path::PathBuf;

use adm::{Accepted, Topic};
use clap::Args;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::cli::{Answer, Context, Verdict};
use crate::denial::deny;
use crate::failure::Failure;
use crate::messaging::{Draft, Function, OnUnknown, Order, Reply, topic};
use crate::terminal::harmless;

/// Sends a message to the subscribers of a topic, once.
///
/// The key makes it once: the same message under the same key gets the same answer and is not sent again. A key that is used on the
/// command line is another one than the same key in a request to the API, because the API's callers have keys of their own each, and
/// the command line is none of them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The message, in Amazon's own form, as for `firepost adm check`; - reads standard input.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The topic, where the message does not name it.
    #[arg(long, value_parser = topic)]
    topic: Option<Topic>,
    /// The idempotency key, such as a UUID. Without it one is made, and printed on standard error before anything is sent: repeat it
    /// when you repeat the message.
    #[arg(long)]
    key: Option<String>,
    /// If somebody else is sending the same message now, waits so many seconds for what becomes of it.
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=10))]
    wait: Option<u64>,
    /// What to do if an earlier attempt may have been delivered. By default: resend if the message has a consolidationKey, with which
    /// ADM drops the earlier one, else fail.
    #[arg(long, value_enum)]
    on_unknown: Option<OnUnknown>,
    #[command(flatten)]
    function: Function,
    /// Prints one line of JSON: {"file", "topic", "key", "status", "replayed", "recorded", "retry_after", "answer"}.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments, context: &Context) -> Answer {
    let draft = Draft::read(&arguments.file, arguments.topic.as_ref())?;
    let file = draft.file.clone();
    let sending = match draft.check() {
        Ok(Accepted { message, .. }) => arguments.send(draft, message.topic(), context).await?,
        Err(problem) => Sending {
            topic: None,
            key: None,
            reply: Reply::of_problem(&problem)?,
        },
    };
    if arguments.json {
        writeln!(stdout(), "{}", serde_json::to_string(&sending.line(&file))?)?;
    } else {
        writeln!(stdout(), "{}", sending.for_people(&file))?;
    }
    match sending.reply.verdict() {
        Verdict::Yes => Ok(Verdict::Yes),
        Verdict::No => deny(sending.reply.denial() + &sending.advice(&arguments)),
    }
}

impl Arguments {
    async fn send(&self, draft: Draft, topic: &Topic, context: &Context) -> Result<Sending, Failure> {
        let key = match &self.key {
            Some(key) => key.clone(),
            None => {
                let key = uuid((context.random)());
                // Before anything is sent: whatever happens then, the same message can be sent under the same key.
                writeln!(stderr(), "firepost: the key of this message is {key}")?;
                key
            }
        };
        let order = Order {
            topic,
            body: draft.into_body().into(),
            key: &key,
            wait: self.wait,
            on_unknown: self.on_unknown,
        };
        let reply = self.function.ask(order.request()?, context).await?;
        Ok(Sending {
            topic: Some(topic.clone()),
            key: Some(key),
            reply,
        })
    }
}

/// What came of it. Topic and key are those that it was sent under.
struct Sending {
    topic: Option<Topic>,
    key: Option<String>,
    reply: Reply,
}

impl Sending {
    fn for_people(&self, file: &str) -> String {
        let Self { topic, key, reply } = self;
        let said = &reply.said;
        let one = |name: &str, value: Option<&str>| value.map(|value| row(name, &harmless(value)));
        let mut rows = vec![file.to_owned()];
        rows.extend(one("topic", topic.as_ref().map(Topic::as_str)));
        rows.extend(one("key", key.as_deref()));
        rows.push(row("answer", &reply.in_brief()));
        rows.extend(one("message", said.message_id.as_deref()));
        rows.extend(one("request", said.request_id.as_deref()));
        rows.extend(said.shards.iter().map(|shard| row("shard", &shard.to_string())));
        rows.extend(said.faults.iter().map(|fault| row("fault", &fault.to_string())));
        rows.extend(said.warnings.iter().map(|warning| row("warning", &warning.to_string())));
        if !reply.is_recorded {
            rows.push(row(
                "record",
                "the answer could not be put on record: do not repeat the request",
            ));
        }
        rows.join("\n")
    }

    fn line<'a>(&'a self, file: &'a str) -> Line<'a> {
        let Self { topic, key, reply } = self;
        Line {
            file,
            topic: topic.as_ref().map(Topic::as_str),
            key: key.as_deref(),
            status: reply.status,
            replayed: reply.is_replayed,
            recorded: reply.is_recorded,
            retry_after: reply.retry_after,
            answer: &reply.body,
        }
    }

    /// How to go on, where the answer depends on the command.
    fn advice(&self, arguments: &Arguments) -> String {
        let Some(key) = &self.key else {
            return String::new();
        };
        let (wait, on_unknown) = match self.reply.status {
            409 => (Some(10), arguments.on_unknown),
            502 | 503 => (None, arguments.on_unknown),
            504 => (None, Some(OnUnknown::Resend)),
            _ => return String::new(),
        };
        let mut command = format!("firepost adm send {}", quoted(&arguments.file.to_string_lossy()));
        if let Some(topic) = &arguments.topic {
            command += &format!(" --topic {topic}");
        }
        command += &format!(" --key {}", quoted(key));
        if let Some(seconds) = wait {
            command += &format!(" --wait {seconds}");
        }
        if let Some(on_unknown) = on_unknown {
            command += &format!(" --on-unknown {}", on_unknown.as_str());
        }
        format!("\n  {command}{}", arguments.function.options())
    }
}

/// The same as JSON.
#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    topic: Option<&'a str>,
    key: Option<&'a str>,
    status: u16,
    replayed: bool,
    recorded: bool,
    retry_after: Option<u64>,
    /// The function's answer, as it came.
    answer: &'a RawValue,
}

fn row(name: &str, told: &str) -> String {
    format!("  {name:<8} {told}")
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.~%:/@+=,".contains(letter);
    match text.chars().all(is_plain) && !text.is_empty() {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "'\\''")),
    }
}

/// A random number as a UUID, version 4 (RFC 9562, section 5.4).
fn uuid(random: u128) -> String {
    const VERSION: u128 = 0xf << 76;
    const VARIANT: u128 = 0x3 << 62;
    let number = random & !VERSION & !VARIANT | 0x4 << 76 | 0x2 << 62;
    let digits = format!("{number:032x}");
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-")
}

const EXAMPLES: &str = "\
Examples:
  firepost adm send message.json
  firepost adm send message.json --key 8e03978e-40d5-43dd-bc93-6894a57f9324 --deployed
  echo '{\"data\":{}}' | firepost adm send - --topic news --json

Exit codes: 0 sent, now or before, 1 refused, not now, or unknown, 2 it could not be asked.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_is_made_is_a_uuid_of_version_4() {
        assert_eq!(uuid(0), "00000000-0000-4000-8000-000000000000");
        assert_eq!(uuid(u128::MAX), "ffffffff-ffff-4fff-bfff-ffffffffffff");
        assert_eq!(
            uuid(0x0123_4567_89ab_cdef_0123_4567_89ab_cdef),
            "01234567-89ab-4def-8123-456789abcdef"
        );
    }

    #[test]
    fn a_key_is_one_word_of_the_command_that_is_suggested() {
        for (key, word) in [("8e03978e", "8e03978e"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("", "''")] {
            assert_eq!(quoted(key), word);
        }
    }
}
