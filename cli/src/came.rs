//! What came back of an attempt to deliver something, as it is told to people and to programs.

use std::fmt;

use sandbox::publisher::Attempt;
use serde::de::IgnoredAny;
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
                said: Said::of(body),
                error: None,
            },
            Attempt::TimedOut => Self::nothing("no answer in time".to_owned()),
            Attempt::Unreachable(reason) => Self::nothing(format!("no connection: {reason}")),
        }
    }

    /// Whether the message was taken: a status that SNS counts as delivered, and no error of the function behind it.
    pub(crate) fn is_taken(&self) -> bool {
        self.status == Some(200) && self.said.outcome.as_deref() != Some(FUNCTION_ERROR)
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

/// How Lambda's API tells that a function failed, under the status 200.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FunctionError {
    error_type: String,
    error_message: String,
}

/// What `drs` answers to records. Those of SNS are all recorded, or the invocation fails.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Taken {
    #[serde(rename = "batchItemFailures")]
    _failures: [IgnoredAny; 0],
}

impl Said {
    /// By the body of an answer: an HTTP response of ours, or what an invocation came to.
    fn of(body: &str) -> Self {
        if let Ok(error) = serde_json::from_str::<FunctionError>(body) {
            return Self::function_error(error);
        }
        match serde_json::from_str::<Taken>(body) {
            Ok(Taken { .. }) => Self {
                outcome: Some("taken".to_owned()),
                ..Self::default()
            },
            Err(_) => serde_json::from_str(body).unwrap_or_default(),
        }
    }

    /// `1 of 1 records were not recorded: topic_not_admitted` ends with the reason.
    fn function_error(error: FunctionError) -> Self {
        let reason = match error.error_message.rsplit_once(": ") {
            Some((_, reason)) if error.error_type == "NotRecorded" => reason.to_owned(),
            Some(_) | None => error.error_type,
        };
        Self {
            outcome: Some(FUNCTION_ERROR.to_owned()),
            reason: Some(reason),
            detail: Some(error.error_message),
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

const FUNCTION_ERROR: &str = "function_error";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invocation_is_told_by_its_answer() {
        let came = |body: &str| {
            let came = Came::of(&Attempt::Answered {
                status: 200,
                body: body.to_owned(),
            });
            (came.is_taken(), came.to_string())
        };
        assert_eq!(came(r#"{"batchItemFailures":[]}"#), (true, "200 taken".to_owned()));
        let failed = r#"{"errorType":"NotRecorded","errorMessage":"1 of 1 records were not recorded: topic_not_admitted"}"#;
        let told = "200 function_error: topic_not_admitted (1 of 1 records were not recorded: topic_not_admitted)";
        assert_eq!(came(failed), (false, told.to_owned()));
        let failed = r#"{"errorType":"UnknownEvent","errorMessage":"neither: nor"}"#;
        assert_eq!(
            came(failed),
            (false, "200 function_error: UnknownEvent (neither: nor)".to_owned())
        );
        assert_eq!(came(r#"{"outcome":"recorded"}"#), (true, "200 recorded".to_owned()));
    }
}
