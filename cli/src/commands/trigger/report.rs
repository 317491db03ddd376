//! What is told of a triggered message: what was sent, and how each attempt was answered.

use std::fmt;
use std::io::{self, Write as _, stdout};

use http::Uri;
use sandbox::publisher::Attempt;
use serde::{Deserialize, Serialize};

use super::destination::Outgoing;
use crate::cli::{Answer, Verdict};
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
    pub(super) fn of_subscription(stack: &str, json: bool) -> Self {
        let url = format!("{}/rtn", stack.trim_end_matches('/'));
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

    /// How one attempt was answered; yes means 200.
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
        Ok(if told.came.status == Some(200) {
            Verdict::Yes
        } else {
            Verdict::No
        })
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

/// What came back.
#[derive(Serialize)]
struct Came {
    status: Option<u16>,
    #[serde(flatten)]
    said: Said,
    /// Why nothing came back.
    error: Option<String>,
}

/// The body of an answer of ours; anything else says nothing.
#[derive(Default, Serialize, Deserialize)]
struct Said {
    outcome: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
}

impl Came {
    fn of(attempt: &Attempt) -> Self {
        match attempt {
            Attempt::Answered { status, body } => Self {
                status: Some(*status),
                said: serde_json::from_str(body).unwrap_or_default(),
                error: None,
            },
            Attempt::TimedOut => Self::nothing("no answer in time".to_owned()),
            Attempt::Unreachable(reason) => Self::nothing(format!("no connection: {reason}")),
        }
    }

    fn nothing(error: String) -> Self {
        Self {
            status: None,
            said: Said::default(),
            error: Some(error),
        }
    }
}

/// `1. 403 refused: signature_mismatch (the signature does not match the message)`
impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Came { status, said, error } = &self.came;
        write!(f, "{}. ", self.attempt)?;
        if let Some(error) = error {
            return f.write_str(error);
        }
        write!(
            f,
            "{} {}",
            status.unwrap_or_default(),
            said.outcome.as_deref().unwrap_or("(not an answer of Firepost)")
        )?;
        if let Some(reason) = &said.reason {
            write!(f, ": {reason}")?;
        }
        if let Some(detail) = &said.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}
