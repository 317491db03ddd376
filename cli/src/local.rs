//! A running local stack, asked over HTTP from another process.

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::failure::Failure;
use crate::stack::{Function, Page, Subscribe, Subscribed};

/// The stack behind a URL.
#[derive(Debug)]
pub(crate) struct LocalStack {
    url: String,
    client: Client<HttpConnector, Full<Bytes>>,
}

/// Where its parts are, as far as another process asks them itself.
#[derive(Debug, Deserialize)]
pub(crate) struct Parts {
    /// The embedded DynamoDB.
    pub(crate) dynamodb: String,
    /// The simulated SNS API.
    pub(crate) sns: String,
}

impl LocalStack {
    /// The stack at `url`, such as `http://127.0.0.1:7070`.
    pub(crate) fn at(url: &str) -> Self {
        Self {
            url: url.trim_end_matches('/').to_owned(),
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Where its parts are.
    pub(crate) async fn describe(&self) -> Result<Parts, Failure> {
        self.call(Method::GET, "/sandbox", Bytes::new()).await
    }

    /// Subscribes it to a topic of the sandbox, which sends it the confirmation message.
    pub(crate) async fn subscribe(&self, function: Function, topic_arn: &str) -> Result<Subscribed, Failure> {
        let asked = Subscribe {
            topic_arn: topic_arn.to_owned(),
            function,
        };
        self.call(Method::POST, "/sandbox/subscriptions", json(&asked)?).await
    }

    /// Where one of its functions listens.
    pub(crate) fn function(&self, function: Function) -> Result<Uri, Failure> {
        self.address(&format!("/{}", function.name()))
    }

    /// Where one of its functions is invoked with an event.
    pub(crate) fn invocations(&self, function: Function) -> Result<Uri, Failure> {
        self.address(&format!("/2015-03-31/functions/{}/invocations", function.name()))
    }

    /// Where the end of what was handed on is.
    pub(crate) async fn end_of_events(&self) -> Result<usize, Failure> {
        let page = self.call::<Page>(Method::GET, "/sandbox/events", Bytes::new()).await?;
        Ok(page.next)
    }

    /// What was handed on after a number; waits for it, and after a while comes back with nothing.
    pub(crate) async fn events_after(&self, number: usize) -> Result<Page, Failure> {
        self.call(Method::GET, &format!("/sandbox/events?after={number}"), Bytes::new())
            .await
    }

    /// Asks a function by its route. Whatever is answered is an answer.
    pub(crate) async fn ask(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Failure> {
        let (mut head, body) = request.into_parts();
        head.uri = self.address(head.uri.path())?;
        let request = Request::from_parts(head, Full::new(body));
        self.exchange(request, FUNCTION_DEADLINE).await
    }

    fn address(&self, path: &str) -> Result<Uri, Failure> {
        let url = &self.url;
        format!("{url}{path}")
            .parse()
            .map_err(|_| Failure::new(format!("{url} is not a URL")))
    }

    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Bytes) -> Result<T, Failure> {
        let request = Request::builder()
            .method(method)
            .uri(self.address(path)?)
            .header("content-type", "application/json")
            .body(Full::new(body))?;
        let answer = self.exchange(request, DEADLINE).await?.into_body();
        serde_json::from_slice(&answer).map_err(|_| self.nobody())
    }

    async fn exchange(&self, request: Request<Full<Bytes>>, deadline: Duration) -> Result<Response<Bytes>, Failure> {
        let whole = async {
            let (head, body) = self.client.request(request).await.map_err(|_| self.nobody())?.into_parts();
            Ok::<_, Failure>(Response::from_parts(head, body.collect().await?.to_bytes()))
        };
        tokio::time::timeout(deadline, whole).await.map_err(|_| self.nobody())?
    }

    fn nobody(&self) -> Failure {
        let url = &self.url;
        Failure::new(format!(
            "no local stack answers at {url}; start one with `firepost`, or say where with --stack"
        ))
    }
}

fn json(value: &impl Serialize) -> Result<Bytes, Failure> {
    Ok(Bytes::from(serde_json::to_vec(value)?))
}

const DEADLINE: Duration = Duration::from_secs(20);

/// More than a function may take.
const FUNCTION_DEADLINE: Duration = Duration::from_secs(35);
