//! An answer, in full and in brief.

use std::fmt;

use http::Response;
use serde_json::Value;

/// An answer, in full.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// The headers that say something: `name: value`, in order.
    pub(crate) headers: Vec<String>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn of(response: Response<String>) -> Self {
        let headers = response.headers().iter();
        let mut headers = headers
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect::<Vec<_>>();
        headers.sort();
        Self {
            status: response.status().as_u16(),
            headers,
            body: serde_json::from_str(response.body()).unwrap(),
        }
    }

    /// On one line, without what is about this one request.
    pub(crate) fn in_brief(&self) -> String {
        let kind = self.body["type"]
            .as_str()
            .map(|kind| kind.trim_start_matches("/problems/adm/"));
        let headers = self.headers.iter().filter(|header| !header.starts_with("content-type"));
        let headers = headers.cloned().collect::<Vec<_>>().join(", ");
        format!("{} {} {headers}", self.status, kind.unwrap_or("-"))
            .trim_end()
            .to_owned()
    }

    /// It is the answer that an earlier request was given.
    pub(crate) fn is_replayed(&self) -> bool {
        self.has("idempotent-replayed: true")
    }

    /// It is what every later request is answered.
    pub(crate) fn is_recorded(&self) -> bool {
        !self.has("idempotency-recorded: false")
    }

    /// The seconds of its Retry-After.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        let header = self.headers.iter().find_map(|header| header.strip_prefix("retry-after: "));
        header.map(|seconds| seconds.parse().unwrap())
    }

    fn has(&self, header: &str) -> bool {
        self.headers.iter().any(|one| one == header)
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}", self.status, self.headers.join("\n"), self.body)
    }
}
