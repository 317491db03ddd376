//! What the function answered, for people and for programs.

use std::fmt;

use adm::Problem;
use bytes::Bytes;
use http::{HeaderMap, Response, header};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::cli::Verdict;
use crate::failure::Failure;
use crate::terminal::harmless;

/// An answer of the function.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Its status.
    pub(crate) status: u16,
    /// It is the answer to an earlier request under the same key.
    pub(crate) is_replayed: bool,
    /// What became of the message is on record.
    pub(crate) is_recorded: bool,
    /// The seconds after which the request may be repeated.
    pub(crate) retry_after: Option<u64>,
    /// Its body, as it came.
    pub(crate) body: Box<RawValue>,
    /// The members that are told to people.
    pub(crate) said: Said,
}

/// The members of an answer: those of a message sent, of a profile registered, and of a problem.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Said {
    pub(crate) message_id: Option<String>,
    pub(crate) security_profile: Option<String>,
    pub(crate) request_id: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    detail: Option<String>,
    #[serde(default)]
    pub(crate) faults: Vec<Remark>,
    #[serde(default)]
    pub(crate) warnings: Vec<Remark>,
    #[serde(default)]
    pub(crate) shards: Vec<Shard>,
}

/// A fault or a warning.
#[derive(Debug, Deserialize)]
pub(crate) struct Remark {
    name: String,
    field: String,
    detail: String,
}

/// What became of a message on one shard of its topic.
#[derive(Debug, Deserialize)]
pub(crate) struct Shard {
    topic: String,
    status: u16,
    answer: Box<Said>,
}

impl Reply {
    /// # Errors
    /// [`Failure`] if the function has not answered so.
    pub(crate) fn of(response: &Response<Bytes>) -> Result<Self, Failure> {
        let status = response.status().as_u16();
        let foreign = || Failure::new(format!("the answer is not one of the function adm: its status is {status}"));
        let said = serde_json::from_slice::<Said>(response.body()).map_err(|_| foreign())?;
        if (status == 200) != said.kind.is_none() || said.kind.as_deref().is_some_and(|kind| !kind.starts_with(PROBLEMS)) {
            return Err(foreign());
        }
        let headers = response.headers();
        Ok(Self {
            status,
            is_replayed: text(headers, "idempotent-replayed") == Some("true"),
            is_recorded: text(headers, "idempotency-recorded") != Some("false"),
            retry_after: text(headers, header::RETRY_AFTER.as_str()).and_then(|seconds| seconds.parse().ok()),
            body: serde_json::from_slice(response.body())?,
            said,
        })
    }

    /// The answer that a message gets which breaks rules.
    pub(crate) fn of_problem(problem: &Problem) -> Result<Self, Failure> {
        let mut response = Response::new(Bytes::from(problem.to_json()));
        *response.status_mut() = problem.status.try_into()?;
        Self::of(&response)
    }

    /// Whether what was asked for is done.
    pub(crate) fn verdict(&self) -> Verdict {
        match self.status {
            200 => Verdict::Yes,
            _ => Verdict::No,
        }
    }

    /// `200 sent`, `200 replayed`, `422 idempotency-key-reused`.
    pub(crate) fn in_brief(&self) -> String {
        let Self { status, said, .. } = self;
        match (said.problem(), self.is_replayed) {
            (None, false) => format!("{status} sent"),
            (None, true) => format!("{status} replayed"),
            (Some(problem), false) => format!("{status} {problem}"),
            (Some(problem), true) => format!("{status} {problem}, replayed"),
        }
    }

    /// What an answer of no means, in one sentence or two.
    pub(crate) fn denial(&self) -> String {
        let means = match self.status {
            409 | 503 => "not now",
            502 => "an operator must act",
            504 => "the outcome is unknown",
            _ => "refused",
        };
        let brief = self.in_brief();
        let detail = self.said.detail.as_deref().unwrap_or_default();
        let later = match self.retry_after {
            Some(seconds) => format!(". Repeat it after {seconds} s"),
            None => String::new(),
        };
        harmless(&format!("{means} ({brief}): {detail}{later}"))
    }
}

impl Said {
    /// The kind of problem, such as `outcome-unknown`.
    fn problem(&self) -> Option<&str> {
        self.kind.as_deref()?.strip_prefix(PROBLEMS)
    }
}

/// `InvalidData data.unread: must be a text`
impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&remark(&self.name, &self.field, &self.detail))
    }
}

/// `weather.0: 200 amzn1.adm-message.…`
impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, status, answer } = self;
        let told = match (answer.problem(), &answer.message_id, &answer.detail) {
            (Some(problem), _, Some(detail)) => format!("{problem}: {detail}"),
            (Some(problem), _, None) => problem.to_owned(),
            (None, Some(message_id), _) => message_id.clone(),
            (None, None, _) => String::new(),
        };
        f.write_str(&harmless(&format!("{topic}: {status} {told}")))
    }
}

/// A fault or a warning on one line; the name of the field is whatever somebody has written.
pub(crate) fn remark(name: &str, field: &str, detail: &str) -> String {
    let field = if field.is_empty() {
        String::new()
    } else {
        format!(" {field}")
    };
    harmless(&format!("{name}{field}: {detail}")).replace('\n', "\\n")
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

const PROBLEMS: &str = "/problems/adm/";

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Result<Reply, String> {
        let mut response = Response::new(Bytes::from_static(body.as_bytes()));
        *response.status_mut() = status.try_into().unwrap();
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        Reply::of(&response).map_err(|failure| failure.to_string())
    }

    #[test]
    fn an_answer_is_told_by_its_status_its_problem_and_its_headers() {
        let sent = reply(
            200,
            &[("idempotency-recorded", "false")],
            r#"{"topic":"news","messageId":"m"}"#,
        )
        .unwrap();
        assert_eq!(
            (&*sent.in_brief(), sent.is_recorded, sent.verdict()),
            ("200 sent", false, Verdict::Yes)
        );
        let replayed = reply(200, &[("idempotent-replayed", "true")], r#"{"messageId":"m"}"#).unwrap();
        assert_eq!((&*replayed.in_brief(), replayed.is_recorded), ("200 replayed", true));
        let refused = r#"{"type":"/problems/adm/refused-by-adm","detail":"D"}"#;
        let refused = reply(400, &[("idempotent-replayed", "true")], refused).unwrap();
        assert_eq!(
            (&*refused.in_brief(), refused.verdict()),
            ("400 refused-by-adm, replayed", Verdict::No)
        );
        assert_eq!(refused.denial(), "refused (400 refused-by-adm, replayed): D");
    }

    #[test]
    fn who_is_to_act_is_told_first() {
        for (status, denial) in [
            (409, "not now (409 a): D. Repeat it after 7 s"),
            (422, "refused (422 a): D. Repeat it after 7 s"),
            (502, "an operator must act (502 a): D. Repeat it after 7 s"),
            (503, "not now (503 a): D. Repeat it after 7 s"),
            (504, "the outcome is unknown (504 a): D. Repeat it after 7 s"),
        ] {
            let body = r#"{"type":"/problems/adm/a","detail":"D"}"#;
            assert_eq!(reply(status, &[("retry-after", "7")], body).unwrap().denial(), denial);
        }
    }

    #[test]
    fn what_the_function_would_not_say_is_not_taken_for_its_answer() {
        for (status, body) in [
            (200, "<html>"),
            (200, "[]"),
            (200, r#"{"type":"/problems/adm/unavailable"}"#),
            (404, r#"{"message":"Not Found"}"#),
            (504, r#"{"type":"about:blank"}"#),
        ] {
            let sentence = format!("the answer is not one of the function adm: its status is {status}");
            assert_eq!(
                reply(status, &[], body).map(|reply| reply.in_brief()),
                Err(sentence),
                "{body}"
            );
        }
    }

    #[test]
    fn a_field_of_somebody_elses_is_told_on_one_line_and_moves_no_cursor() {
        assert_eq!(
            remark("InvalidData", "data.a\u{1b}[2J\nb", "D"),
            "InvalidData data.a\\u{1b}[2J\\nb: D"
        );
        assert_eq!(remark("InvalidJson", "", "D"), "InvalidJson: D");
    }
}
