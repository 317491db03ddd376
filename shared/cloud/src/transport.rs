//! The way to AWS: HTTP/1.1 over rustls, in one pool of connections for all clients of a configuration.
//!
//! AWS's JSON and query APIs speak HTTP/1.1. The SDK's ready-made client brings HTTP/2 as well, which would be a tenth of a function and never
//! used. What a client has to tell the SDK besides the answer is the same: which faults may pass, and how to give up a connection.

use std::error::Error;
use std::io;
use std::time::Duration;

use aws_smithy_runtime_api::client::connection::{CaptureSmithyConnection, ConnectionMetadata};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_types::body::SdkBody;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::{CaptureConnection, HttpConnector as Tcp, capture_connection};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use sns_webhook::Roots;

/// A client that believes `roots`. Plain HTTP is for endpoints that were configured so, such as a sandbox's.
pub(crate) fn http_client(roots: &Roots) -> SharedHttpClient {
    let mut tcp = Tcp::new();
    tcp.enforce_http(false);
    // A request is more than one write, and the second would wait for the first to be acknowledged.
    tcp.set_nodelay(true);
    // Of all addresses of a name together: one that does not answer leaves time for the next.
    tcp.set_connect_timeout(Some(CONNECT));
    let connector = HttpsConnectorBuilder::new()
        .with_tls_config(roots.client_tls())
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let client = legacy::Client::builder(TokioExecutor::new())
        .pool_idle_timeout(IDLE)
        .pool_timer(TokioTimer::new())
        .build(connector);
    http_client_fn(move |limits, _| {
        SharedHttpConnector::new(Pool {
            client: client.clone(),
            patience: limits.read_timeout(),
        })
    })
}

/// As the SDK's own: <https://docs.aws.amazon.com/sdk-for-rust/latest/dg/timeouts.html>.
const CONNECT: Duration = Duration::from_millis(3100);

/// Longer than the store and SNS keep one would only leave dead connections about.
const IDLE: Duration = Duration::from_secs(90);

#[derive(Debug, Clone)]
struct Pool {
    client: legacy::Client<HttpsConnector<Tcp>, SdkBody>,
    /// How long an answer may take to begin, where there is no limit above: the look for credentials has none but this.
    patience: Option<Duration>,
}

impl HttpConnector for Pool {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || known(&connection));
        }
        let (answer, patience) = (self.client.request(request), self.patience);
        HttpConnectorFuture::new(async move {
            let answer = match patience {
                Some(patience) => tokio::time::timeout(patience, answer)
                    .await
                    .map_err(|late| ConnectorError::timeout(late.into()))?,
                None => answer.await,
            };
            let answer = answer.map_err(sorted)?;
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x)).map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The connection of a request, for the SDK to give up where it has failed: the repetition gets another.
fn known(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    let proxied = connection.connection_metadata().as_ref()?.is_proxied();
    let connection = connection.clone();
    let give_up = move || {
        if let Some(connection) = connection.connection_metadata().as_ref() {
            connection.poison();
        }
    };
    Some(ConnectionMetadata::builder().proxied(proxied).poison_fn(give_up).build())
}

/// What the SDK may repeat: faults of the connection, and answers that broke off. An answer that is not HTTP it may not.
fn sorted(error: legacy::Error) -> ConnectorError {
    match hyper(&error) {
        Some(fault) if fault.is_user() => ConnectorError::user(error.into()),
        Some(fault) if fault.is_timeout() => ConnectorError::timeout(error.into()),
        Some(fault) if fault.is_parse() => ConnectorError::other(error.into(), None),
        Some(_) | None if error.is_connect() || has_io(&error) => ConnectorError::io(error.into()),
        Some(fault) if fault.is_closed() || fault.is_canceled() || fault.is_incomplete_message() => {
            ConnectorError::io(error.into())
        }
        Some(_) | None => ConnectorError::other(error.into(), None),
    }
}

fn hyper(error: &legacy::Error) -> Option<&hyper::Error> {
    causes(error).find_map(|cause| cause.downcast_ref())
}

fn has_io(error: &legacy::Error) -> bool {
    causes(error).any(|cause| cause.is::<io::Error>())
}

fn causes(error: &legacy::Error) -> impl Iterator<Item = &(dyn Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}
