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
        let text = |name: &str| self.body[name].as_str().map(str::to_owned);
        let enabled = self.body["enabled"]
            .as_bool()
            .map(|enabled| if enabled { "enabled" } else { "disabled" }.to_owned());
        let kind = text("type").map(|kind| kind.trim_start_matches("/problems/devices/").to_owned());
        let headers = self.headers.iter().filter(|header| !header.starts_with("content-type"));
        let state = text("state").map(|state| format!("({state})"));
        [
            Some(self.status.to_string()),
            kind,
            text("registration"),
            state,
            enabled,
            text("leftDisabled"),
        ]
        .into_iter()
        .flatten()
        .chain(headers.cloned())
        .collect::<Vec<_>>()
        .join(" ")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}\n{}", self.status, self.headers.join("\n"), self.body)
    }
}
