//! A proxy in front of the store that misbehaves on demand, one operation at a time.
//!
//! What it does is what AWS documents that DynamoDB and the network do: throttle, fail, stay silent, or perform a request
//! and lose the answer. It also counts, so that a test can say how many calls a path costs.

use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::future::pending;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio::task::{AbortHandle, JoinSet};

use super::{DynamoError, config, deployed_timeouts};

/// The proxy. It ends, and cuts its connections, when dropped; the store behind it lives on.
#[derive(Debug)]
pub struct Faults {
    endpoint: String,
    script: Arc<Mutex<Script>>,
    server: AbortHandle,
}

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `TransactionCanceledException`, HTTP 400, nothing performed, because another transaction touched the first of two items
    /// at the same moment: <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>.
    Collide,
    /// `AccessDeniedException`, HTTP 400: the role lacks the permission, and no repetition helps:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
    Deny,
    /// Nothing is performed and no answer ever comes. A client without timeouts waits for ever, which is how the Rust SDK
    /// behaves unless it is configured: <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/timeouts.html>.
    Hang,
    /// `InternalServerError`, HTTP 500, nothing performed:
    /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
    InternalError,
    /// Performed, but the connection ends before the answer. The SDK tries again, so that a conditional write meets its own
    /// first attempt: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithItems.html>.
    LoseResponse,
    /// None: the request passes. For scripts such as "the first write succeeds, the second is lost".
    Pass,
    /// `ProvisionedThroughputExceededException`, HTTP 400, nothing performed; on-demand tables answer it too, while they
    /// grow: <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html>.
    Throttle,
}

impl Faults {
    pub(super) async fn before(store: &str) -> Result<Self, DynamoError> {
        let listen = |source| DynamoError::Listen { port: 0, source };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(listen)?;
        let endpoint = format!("http://{}", listener.local_addr().map_err(listen)?);
        let script = Arc::default();
        let proxy = Proxy {
            store: store.parse().expect("the store's endpoint is a URI"),
            client: hyper_util::client::legacy::Client::builder(TokioExecutor::new()).build_http(),
            script: Arc::clone(&script),
        };
        let server = tokio::spawn(serve(listener, proxy)).abort_handle();
        Ok(Self {
            endpoint,
            script,
            server,
        })
    }

    /// The next `times` requests of `operation` (`PutItem`, `Query`, …) meet this fault; later ones pass.
    ///
    /// Faults of one operation happen in the order in which they were asked for. `usize::MAX` is for ever.
    pub fn inject(&self, operation: &str, fault: Fault, times: usize) {
        lock(&self.script)
            .faults
            .entry(operation.to_owned())
            .or_default()
            .push_back((fault, times));
    }

    /// Forgets every fault that has not happened yet.
    pub fn clear(&self) {
        lock(&self.script).faults.clear();
    }

    /// How many requests of `operation` arrived, failed ones and the SDK's repetitions included.
    pub fn calls(&self, operation: &str) -> usize {
        lock(&self.script).calls.get(operation).copied().unwrap_or_default()
    }

    /// How many requests arrived in all.
    pub fn all_calls(&self) -> usize {
        lock(&self.script).calls.values().sum()
    }

    /// `http://127.0.0.1:<port>` of the proxy.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// An SDK client that goes through the proxy, with the timeouts of the deployed functions.
    pub fn client(&self) -> Client {
        self.client_with(deployed_timeouts())
    }

    /// An SDK client that goes through the proxy with timeouts of the caller's choice.
    pub fn client_with(&self, timeouts: TimeoutConfig) -> Client {
        Client::from_conf(config(&self.endpoint, timeouts))
    }
}

impl Drop for Faults {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[derive(Debug, Default)]
struct Script {
    faults: HashMap<String, VecDeque<(Fault, usize)>>,
    calls: HashMap<String, usize>,
}

impl Script {
    fn next(&mut self, operation: &str) -> Option<Fault> {
        *self.calls.entry(operation.to_owned()).or_default() += 1;
        let queue = self.faults.get_mut(operation)?;
        while let Some((fault, times)) = queue.front_mut() {
            if let Some(rest) = times.checked_sub(1) {
                *times = rest;
                return Some(*fault);
            }
            queue.pop_front();
        }
        None
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().expect("nothing panics while it holds the script")
}

#[derive(Clone)]
struct Proxy {
    store: Uri,
    client: hyper_util::client::legacy::Client<HttpConnector, Full<Bytes>>,
    script: Arc<Mutex<Script>>,
}

/// The connection is cut without an answer: hyper closes it when its service fails.
#[derive(Debug, thiserror::Error)]
#[error("the connection is cut")]
struct Cut;

async fn serve(listener: TcpListener, proxy: Proxy) -> Infallible {
    // Dropped with this task, and every connection with it.
    let mut connections = JoinSet::new();
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let proxy = proxy.clone();
        connections.spawn(async move {
            let service = service_fn(move |request| proxy.clone().answer(request));
            // A cut connection is the purpose, not an accident.
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

impl Proxy {
    async fn answer(self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        // A statement of its own: the lock must not live across an await.
        let fault = lock(&self.script).next(operation(&head.headers));
        match fault {
            None | Some(Fault::Pass) => self.forward(Request::from_parts(head, body)).await,
            Some(Fault::Collide) => Ok(error(
                StatusCode::BAD_REQUEST,
                serde_json::json!({
                    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
                    "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons",
                    "CancellationReasons": [
                        { "Code": "TransactionConflict", "Message": "Transaction is ongoing for the item" },
                        { "Code": "None" }
                    ]
                }),
            )),
            Some(Fault::Deny) => Ok(refusal(
                StatusCode::BAD_REQUEST,
                "AccessDeniedException",
                "User: arn:aws:sts::123456789012:assumed-role/sandbox/sandbox is not authorized to perform this action",
            )),
            Some(Fault::Hang) => pending().await,
            Some(Fault::InternalError) => Ok(refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalServerError",
                "Internal server error",
            )),
            Some(Fault::LoseResponse) => {
                self.forward(Request::from_parts(head, body)).await?;
                Err(Cut)
            }
            Some(Fault::Throttle) => Ok(refusal(
                StatusCode::BAD_REQUEST,
                "ProvisionedThroughputExceededException",
                "The level of configured provisioned throughput for the table was exceeded.",
            )),
        }
    }

    async fn forward(&self, request: Request<Bytes>) -> Result<Response<Full<Bytes>>, Cut> {
        let mut request = request.map(Full::new);
        *request.uri_mut() = self.store.clone();
        let (head, body) = self.client.request(request).await.map_err(|_| Cut)?.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        Ok(Response::from_parts(head, Full::new(body)))
    }
}

/// `PutItem` of `X-Amz-Target: DynamoDB_20120810.PutItem`.
fn operation(headers: &HeaderMap) -> &str {
    let target = headers
        .get("x-amz-target")
        .and_then(|target| target.to_str().ok())
        .unwrap_or_default();
    target.rsplit('.').next().unwrap_or_default()
}

/// An error with nothing but a code and a message.
fn refusal(status: StatusCode, code: &str, message: &str) -> Response<Full<Bytes>> {
    error(
        status,
        serde_json::json!({ "__type": format!("com.amazonaws.dynamodb.v20120810#{code}"), "message": message }),
    )
}

/// An error document as DynamoDB's JSON protocol writes it.
fn error(status: StatusCode, document: serde_json::Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(document.to_string())));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert("content-type", http::HeaderValue::from_static("application/x-amz-json-1.0"));
    response
        .headers_mut()
        .insert("x-amzn-requestid", http::HeaderValue::from_static("SANDBOXFAULT"));
    response
}

#[cfg(test)]
mod tests;
