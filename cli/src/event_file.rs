//! A delivery as the event that a Lambda function is invoked with: what API Gateway or a function URL makes of the request.
//!
//! For `cargo lambda invoke --data-file`, `sam local invoke --event`, the console's test events, and the samples in `events/`. The
//! same delivery gives the same bytes in every run: ids come from the message, times from the caller.

mod http_api;
mod rest_api;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::ValueEnum;
use http::HeaderMap;
use jiff::Timestamp;
use sandbox::ids;
use sandbox::publisher::Post;
use serde::Serialize;

use crate::stack::Function;

/// Who invokes the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A REST API, with payload format 1.0.
    #[value(name = "1.0")]
    RestApi,
    /// An HTTP API, with payload format 2.0.
    #[value(name = "2.0")]
    HttpApi,
    /// A function URL, with what it has of payload format 2.0.
    FunctionUrl,
}

/// How the body stands in the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// As it is.
    Text,
    /// In base64.
    Base64,
}

/// The event of a POST to the route of a function that arrived at the time `at`, as JSON with a line feed at its end.
pub(crate) fn render(post: &Post, at: Timestamp, function: Function, format: Format, encoding: Encoding) -> String {
    let arrived = Arrived::of(post, at, function, encoding);
    match format {
        Format::RestApi => pretty(&rest_api::event(&arrived)),
        Format::HttpApi => pretty(&http_api::event(&arrived)),
        Format::FunctionUrl => pretty(&http_api::function_url_event(&arrived)),
    }
}

/// What all formats tell, each in its own words.
struct Arrived<'a> {
    /// The route, such as `/rtn`.
    path: String,
    headers: &'a HeaderMap,
    body: String,
    is_base64_encoded: bool,
    content_length: usize,
    at: Timestamp,
    request_id: String,
    trace_id: String,
    user_agent: &'a str,
}

impl<'a> Arrived<'a> {
    fn of(post: &'a Post, at: Timestamp, function: Function, encoding: Encoding) -> Self {
        let text = |name| {
            post.headers
                .get(name)
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        let request_id = ids::message_id(&format!("request {} {}", text("x-amz-sns-message-id"), at.as_millisecond()));
        let digits = request_id.replace('-', "");
        Self {
            path: format!("/{}", function.name()),
            headers: &post.headers,
            body: match encoding {
                Encoding::Text => String::from_utf8_lossy(&post.body).into_owned(),
                Encoding::Base64 => STANDARD.encode(&post.body),
            },
            is_base64_encoded: encoding == Encoding::Base64,
            content_length: post.body.len(),
            at,
            trace_id: format!("Root=1-{:08x}-{}", at.as_second(), &digits[..24]),
            user_agent: text("user-agent"),
            request_id,
        }
    }

    /// The headers that reach the function, by their names in lower case, with those that the gateway adds. `Connection` is for
    /// the gateway alone.
    fn headers(&self, host: &str) -> Vec<(String, String)> {
        let sent = self.headers.iter().filter(|(name, _)| *name != "connection");
        let sent = sent.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        let added = [
            ("host", host),
            ("x-amzn-trace-id", &self.trace_id),
            ("x-forwarded-for", SOURCE_IP),
            ("x-forwarded-port", "443"),
            ("x-forwarded-proto", "https"),
        ];
        sent.chain(added.map(|(name, value)| (name.to_owned(), value.to_owned())))
            .collect()
    }

    /// As web servers write it in their logs: `06/Mar/2026:19:55:38 +0000`.
    fn log_time(&self) -> String {
        self.at.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string()
    }
}

fn pretty(event: &impl Serialize) -> String {
    let mut json = serde_json::to_string_pretty(event).expect("an event is text, numbers and maps with text for keys");
    json.push('\n');
    json
}

/// An example account, as AWS's own pages have it.
const ACCOUNT_ID: &str = "123456789012";
/// An address of the range for documentation (RFC 5737).
const SOURCE_IP: &str = "192.0.2.44";
