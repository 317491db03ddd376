//! A delivery as it was captured in a file: the bare body, or an API Gateway event around it.
//!
//! What is an event is told by its shape and never doubtful: an event has an object `requestContext` and no `TopicArn`, which
//! every SNS body has.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::failure::Failure;
use crate::input::contents;

/// A captured delivery.
#[derive(Debug)]
pub(crate) struct Capture {
    /// The file, as it was named on the command line.
    pub(crate) file: String,
    /// What the file holds.
    pub(crate) form: Form,
    /// The HTTP headers, if they were captured too.
    pub(crate) headers: HeaderMap,
    /// The HTTP body.
    pub(crate) body: Vec<u8>,
}

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The body alone.
    Body,
    /// An event as API Gateway hands it to a function.
    Event,
}

impl Capture {
    /// Reads a file, or standard input for `-`.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        let bytes = contents(path)?;
        let Some(event) = Event::recognise(&bytes) else {
            let (form, headers) = (Form::Body, HeaderMap::new());
            return Ok(Self {
                file,
                form,
                headers,
                body: bytes,
            });
        };
        let broken = |fault| Failure::new(format!("{file} is an API Gateway event, but {fault}"));
        let headers = event
            .headers()
            .ok_or_else(|| broken("one of its headers cannot be an HTTP header"))?;
        let body = event
            .body()
            .ok_or_else(|| broken("isBase64Encoded is true and its body is not base64"))?;
        Ok(Self {
            file,
            form: Form::Event,
            headers,
            body,
        })
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Body => "body",
            Self::Event => "body of an API Gateway event",
        })
    }
}

/// As much of an event as matters here. Both payload formats have these names; 2.0 has no `multiValueHeaders`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[expect(dead_code, reason = "its being there is what tells an event")]
    request_context: BTreeMap<String, IgnoredAny>,
    headers: Option<BTreeMap<String, String>>,
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    body: Option<String>,
    is_base64_encoded: Option<bool>,
    #[serde(rename = "TopicArn")]
    topic_arn: Option<IgnoredAny>,
}

impl Event {
    fn recognise(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice::<Self>(bytes)
            .ok()
            .filter(|event| event.topic_arn.is_none())
    }

    /// Format 1.0 gives each header twice, as its last value and as all its values: both say something about the delivery.
    fn headers(&self) -> Option<HeaderMap> {
        let single = self.headers.iter().flatten();
        let multiple = self.multi_value_headers.iter().flatten();
        let multiple = multiple.flat_map(|(name, values)| values.iter().map(move |value| (name, value)));
        let pairs = single.chain(multiple);
        pairs
            .map(|(name, value)| {
                Some((
                    name.parse::<HeaderName>().ok()?,
                    HeaderValue::from_bytes(value.as_bytes()).ok()?,
                ))
            })
            .collect()
    }

    fn body(&self) -> Option<Vec<u8>> {
        let body = self.body.as_deref().unwrap_or_default();
        match self.is_base64_encoded {
            Some(true) => STANDARD.decode(body).ok(),
            Some(false) | None => Some(body.as_bytes().to_vec()),
        }
    }
}
