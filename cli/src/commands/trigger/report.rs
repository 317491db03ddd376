//! What is told of a triggered message: what was sent, and how each attempt was answered.

use std::fmt;
use std::io::{self, Write as _, stdout};

use http::Uri;
use sandbox::publisher::Attempt;
use serde::Serialize;

use super::outgoing::Outgoing;
use crate::came::Came;
use crate::cli::{Answer, Verdict};
use crate::stack::Function;
use crate::terminal::harmless;

/// Tells of the attempts to deliver one message, in order.
pub(super) struct Report<'a> {
    json: bool,
    what: &'a str,
    url: String,
    message_id: Option<&'a str>,
    filed: Option<&'a (String, String)>,
    attempts: u32,
}

impl<'a> Report<'a> {
    pub(super) fn of(outgoing: &'a Outgoing<'_>, url: &Uri, json: bool) -> Self {
        let message_id = Some(outgoing.message_id.as_str());
        Self {
            json,
            what: outgoing.what,
            url: url.to_string(),
            message_id,
            filed: outgoing.filed.as_ref(),
            attempts: 0,
        }
    }

    /// Of a confirmation that the sandbox of a local stack has made and sent itself.
    pub(super) fn of_subscription(stack: &str, function: Function, json: bool) -> Self {
        let url = format!("{}/{}", stack.trim_end_matches('/'), function.name());
        Self {
            json,
            what: "SubscriptionConfirmation",
            url,
            message_id: None,
            filed: None,
            attempts: 0,
        }
    }

    /// What is sent and where, for people.
    pub(super) fn head(&self) -> io::Result<()> {
        if self.json {
            return Ok(());
        }
        let mut out = stdout();
        writeln!(out, "{}", self.what)?;
        writeln!(out, "  to       {}", self.url)?;
        if let Some(message_id) = self.message_id {
            writeln!(out, "  message  {message_id}")?;
        }
        if let Some((subject, event)) = self.filed {
            writeln!(out, "  subject  {subject}")?;
            writeln!(out, "  event    {event}")?;
        }
        Ok(())
    }

    /// How one attempt was answered; yes means that it was taken.
    pub(super) fn attempt(&mut self, attempt: &Attempt) -> Answer {
        self.attempts += 1;
        let told = Told {
            attempt: self.attempts,
            url: &self.url,
            message_id: self.message_id,
            subject: self.filed.map(|(subject, _)| subject.as_str()),
            event: self.filed.map(|(_, event)| event.as_str()),
            came: Came::of(attempt),
        };
        let line = if self.json {
            serde_json::to_string(&told)?
        } else {
            harmless(&format!("  {told}"))
        };
        writeln!(stdout(), "{line}")?;
        Ok(if told.came.is_taken() { Verdict::Yes } else { Verdict::No })
    }
}

#[derive(Serialize)]
struct Told<'a> {
    attempt: u32,
    url: &'a str,
    message_id: Option<&'a str>,
    subject: Option<&'a str>,
    event: Option<&'a str>,
    #[serde(flatten)]
    came: Came,
}

/// `1. 403 refused: signature_mismatch (the signature does not match the message)`
impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}. {}", self.attempt, self.came)
    }
}
