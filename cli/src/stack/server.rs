//! The loopback server in the place of API Gateway: the deployed routes, and one of its own for the sandbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, Response, StatusCode, Uri};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use intake::{Clock, Intake};
use sandbox::publisher::{Attempt, Post};
use sandbox::{Pki, Publisher, SignatureVersion, SnsApi, SubscriptionConfirmation};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// The server; dropping it ends it.
#[derive(Debug)]
pub(crate) struct Server {
    _stop: oneshot::Sender<()>,
}

/// What a second terminal needs to know of a running stack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Description {
    /// The embedded DynamoDB, as `AWS_ENDPOINT_URL_DYNAMODB` would say.
    pub(crate) dynamodb: String,
    /// The simulated SNS API, as `AWS_ENDPOINT_URL_SNS` would say.
    pub(crate) sns: String,
}

/// What a subscription through the sandbox came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Subscribed {
    /// The status that the confirmation message was answered with; none if there was no answer.
    pub(crate) status: Option<u16>,
    /// What the function answered.
    pub(crate) answer: String,
}

/// A request to the sandbox for a subscription of this stack to a topic.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Subscribe {
    /// The topic.
    pub(crate) topic_arn: String,
}

struct Rooms {
    rtn: Arc<Intake>,
    description: Description,
    api: SnsApi,
    clock: Clock,
    endpoint: Uri,
    /// Counts requests, as Lambda gives each invocation an id of its own.
    requests: AtomicU64,
    started_ms: i64,
}

impl Server {
    pub(crate) fn start(
        listener: TcpListener,
        url: &str,
        rtn: Arc<Intake>,
        description: Description,
        api: SnsApi,
        clock: Clock,
    ) -> Self {
        let rooms = Rooms {
            rtn,
            description,
            api,
            clock,
            endpoint: format!("{url}/rtn").parse().expect("the URL of a bound listener"),
            requests: AtomicU64::new(0),
            started_ms: clock().as_millisecond(),
        };
        let routes = Router::new()
            .route("/rtn", any(rtn_route))
            .route("/sandbox", get(describe))
            .route("/sandbox/subscriptions", post(subscribe))
            .with_state(Arc::new(rooms));
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(async move {
            let ended = axum::serve(listener, routes)
                .with_graceful_shutdown(async { drop(stopped.await) })
                .await;
            if let Err(error) = ended {
                tracing::error!(error = &error as &dyn std::error::Error, "the local server ended");
            }
        });
        Self { _stop: stop }
    }
}

async fn rtn_route(State(rooms): State<Arc<Rooms>>, request: Request<Body>) -> Response<Body> {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, GATEWAY_LIMIT_BYTES).await else {
        return answer(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let count = rooms.requests.fetch_add(1, Ordering::Relaxed);
    let id = format!("local-{}-{count}", rooms.started_ms);
    rooms.rtn.receive(&Request::from_parts(head, body), &id).await.map(Body::from)
}

async fn describe(State(rooms): State<Arc<Rooms>>) -> Json<Description> {
    Json(rooms.description.clone())
}

/// Stands for "Add an Endpoint" in the Developer Console: subscribes this stack, and SNS sends the confirmation message.
async fn subscribe(State(rooms): State<Arc<Rooms>>, Json(asked): Json<Subscribe>) -> Json<Subscribed> {
    let pki = Pki::fixed();
    let token = rooms.api.issue_token(&asked.topic_arn);
    let message = SubscriptionConfirmation::new(&asked.topic_arn, &token, (rooms.clock)());
    let envelope = pki.signer().sign(message, SignatureVersion::V1);
    let delivery = Publisher::new(pki.client_tls())
        .deliver(&rooms.endpoint, &Post::of(&envelope))
        .await;
    let answer = match delivery.attempts.last() {
        Some(Attempt::Answered { body, .. }) => body.clone(),
        Some(Attempt::TimedOut | Attempt::Unreachable(_)) | None => String::new(),
    };
    Json(Subscribed {
        status: delivery.last_status(),
        answer,
    })
}

fn answer(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// API Gateway takes bodies of up to 10 MB (Amazon API Gateway quotas, "Payload size").
const GATEWAY_LIMIT_BYTES: usize = 10 * 1024 * 1024;
