//! One HTTPS client for everything, and the certainty on which side of "may have been sent" a fault lies.
//!
//! ADM has no idempotency token, so sending twice may deliver twice: whoever is not answered has to know whether a byte of the message
//! can have left. The body stands behind a gate that two can close: the connection takes it once, and from then on it may have been
//! sent; or the fault closes it first, and then no connection gets it any more, not even one that is still being made. Kinds of errors
//! and their texts decide nothing.
//!
//! Every request has a connection of its own. A kept one may be dead after Lambda has frozen the process, and a message written into a
//! dead connection is a message of which nobody knows. TLS sessions are resumed, so that costs one round trip.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::ClientConfig;
use sns_webhook::Roots;
use tokio::time::timeout;

use self::gate::{Gate, Guarded};
use crate::pace::Budget;
use crate::wire::Post;
use crate::{Endpoint, Obstacle};

mod gate;

/// A client for tokens and messages. Clones share it.
#[derive(Clone, Debug)]
pub struct Https {
    client: Client<HttpsConnector<HttpConnector>, Guarded>,
    deadline: Duration,
}

/// What came back: at least a status.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The whole body; nothing when it broke off or is larger than any honest answer.
    pub(crate) body: Option<Bytes>,
}

/// Nothing came back.
pub(crate) enum NoReply {
    /// No byte of the body has left, and none will.
    NotSent(Obstacle),
    /// The body may have been sent.
    Unanswered(Obstacle),
}

impl Https {
    /// A client that trusts `roots` for TLS and gives each request `deadline` in all.
    pub fn new(roots: &Roots, deadline: Duration) -> Self {
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring's provider has cipher suites for TLS 1.2 and 1.3")
            .with_root_certificates(roots.tls_store())
            .with_no_client_auth();
        let mut tcp = HttpConnector::new();
        // Plain HTTP is for a sandbox on loopback only, which `Endpoint` has checked.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new())
            .pool_max_idle_per_host(0)
            .retry_canceled_requests(false)
            .build(connector);
        Self { client, deadline }
    }

    /// Sends one request, once, within the deadline and what is left of the budget.
    pub(crate) async fn post(&self, endpoint: &Endpoint, post: Post, budget: &Budget) -> Result<Reply, NoReply> {
        let time = self.deadline.min(budget.left());
        // A timer of no time still fires a moment later, in which a near host can be sent a message.
        if time.is_zero() {
            return Err(NoReply::NotSent(Obstacle::Deadline));
        }
        let gate = Gate::default();
        let mut request = Request::post(endpoint.at(post.path))
            .body(Guarded::new(post.body, gate.clone()))
            .expect("an endpoint and a path of ours make a request");
        *request.headers_mut() = post.headers;

        let (mut head, mut body) = (None, None);
        let exchange = async {
            let answer = self.client.request(request).await.map_err(|error| match error.is_connect() {
                true => Obstacle::Connect,
                false => Obstacle::Interrupted,
            })?;
            let (parts, incoming) = answer.into_parts();
            head = Some((parts.status, parts.headers));
            body = whole(incoming).await;
            Ok::<_, Obstacle>(())
        };
        let ended = timeout(time, exchange).await;

        match (head, ended) {
            (Some((status, headers)), _) => Ok(Reply { status, headers, body }),
            (None, ended) => {
                let obstacle = ended
                    .unwrap_or(Err(Obstacle::Deadline))
                    .err()
                    .unwrap_or(Obstacle::Interrupted);
                Err(match gate.shut() {
                    true => NoReply::NotSent(obstacle),
                    false => NoReply::Unanswered(obstacle),
                })
            }
        }
    }
}

async fn whole(mut body: Incoming) -> Option<Bytes> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.ok()?;
        let Some(data) = frame.data_ref() else { continue };
        if whole.len() + data.len() > LARGEST_ANSWER_BYTES {
            return None;
        }
        whole.extend_from_slice(data);
    }
    Some(whole.freeze())
}

const LARGEST_ANSWER_BYTES: usize = 64 * 1024;
