//! `firepost adm`, and the function `adm` in the local stack, with a simulated ADM that can misbehave.

mod check;
mod deployed;
mod doubt;
mod routes;
mod send;
mod subscriptions;

use std::fs;

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use sandbox::adm::Target;

use crate::world::{Said, World, folder};

/// The message of "Topic Based Messaging", section "Request format", as it stands there.
const SAMPLE: &str = include_str!("adm/sample.json");
/// A message that cannot be sent twice with a good conscience.
const MESSAGE: &str = r#"{"data":{"article":"4711"},"topic":"news"}"#;
/// A message of which ADM drops the earlier one.
const CONSOLIDATED: &str = r#"{"data":{"article":"4711"},"topic":"news","consolidationKey":"Sync"}"#;

/// Writes a message into a file, and gives the name that the command reads it by.
fn file(name: &str, message: &str) -> String {
    fs::write(folder("adm").join(name), message).unwrap();
    format!("adm/{name}")
}

impl World {
    /// Sends what is in a file.
    async fn adm_send(&self, file: &str, arguments: &str) -> Said {
        self.firepost(&format!("adm send {file} {arguments}")).await
    }

    /// How many posts have reached ADM, and how many of them it has taken.
    fn posts(&self) -> (usize, usize) {
        (self.stack.adm.calls(Target::Send).len(), self.stack.adm.delivered().len())
    }

    /// Asks a route, and gives status, headers that say something, and body.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> String {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.stack.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::copy_from_slice(body.as_bytes()))).unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        let (head, body) = client.request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut answer = head.status.as_u16().to_string();
        for name in ["allow", "retry-after", "idempotent-replayed"] {
            if let Some(value) = head.headers.get(name) {
                answer += &format!(" {name}: {}", value.to_str().unwrap());
            }
        }
        format!("{answer} {}", str::from_utf8(&body).unwrap())
    }
}

/// What a command said and how it ended, on a few lines.
pub(crate) fn told(said: &Said) -> String {
    let code = said.code.unwrap();
    format!("{}{}exit {code}", said.out, said.err)
}
