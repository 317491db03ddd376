//! What came back of an attempt to deliver something, as it is told to people and to programs.

use std::fmt;

use sandbox::publisher::Attempt;
use serde::{Deserialize, Serialize};

/// What came back: an answer, or the reason why there is none.
#[derive(Debug, Serialize)]
pub(crate) struct Came {
    /// The status of the answer.
    pub(crate) status: Option<u16>,
    #[serde(flatten)]
    said: Said,
    /// Why nothing came back.
    error: Option<String>,
}

/// The body of an answer of ours; anything else says nothing.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Said {
    outcome: Option<String>,
    reason: Option<String>,
    detail: Option<String>,
}

impl Came {
    /// Of one attempt.
    pub(crate) fn of(attempt: &Attempt) -> Self {
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

    /// `403 refused: signature_mismatch`, without the sentence for people.
    pub(crate) fn in_brief(mut self) -> String {
        self.said.detail = None;
        self.to_string()
    }

    fn nothing(error: String) -> Self {
        Self {
            status: None,
            said: Said::default(),
            error: Some(error),
        }
    }
}

/// `403 refused: signature_mismatch (the signature does not match the message)`
impl fmt::Display for Came {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, said, error } = self;
        if let Some(error) = error {
            return f.write_str(error);
        }
        let outcome = said.outcome.as_deref().unwrap_or("(not an answer of Firepost)");
        write!(f, "{} {outcome}", status.unwrap_or_default())?;
        if let Some(reason) = &said.reason {
            write!(f, ": {reason}")?;
        }
        if let Some(detail) = &said.detail {
            write!(f, " ({detail})")?;
        }
        Ok(())
    }
}
