//! The loopback server in the place of API Gateway and of Lambda's API: the deployed routes, the path of invocations, and routes of
//! its own for the sandbox.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{Request, Response, StatusCode};
use axum::routing::{any, get, post};
use axum::{Json, Router};
use inbox::Invoked;
use intake::{Clock, Intake};
use jiff::SignedDuration;
use lambda_runtime::Context;
use sandbox::{SnsApi, ids};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::functions::Functions;
use super::invocations::{EVENT_LIMIT_BYTES, invoke};
use super::published::events;
use super::subscriptions::{Function, subscribe};
use super::tokens::tokens;
use super::{ADM_TIMEOUT, DEVICES_TIMEOUT, DRS_TOPIC, EVENTS_TOPIC, INTAKE_TIMEOUT, PUSH_APPLICATION};

/// The server; dropping it ends it.
#[derive(Debug)]
pub(super) struct Server {
    _running: watch::Sender<()>,
}

/// What another process needs to know of a running stack.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Description {
    /// The embedded DynamoDB, as `AWS_ENDPOINT_URL_DYNAMODB` would say.
    pub(super) dynamodb: String,
    /// The simulated SNS API, as `AWS_ENDPOINT_URL_SNS` would say.
    pub(super) sns: String,
    /// The simulated ADM and Login with Amazon, as `ADM_ENDPOINT` and `LWA_ENDPOINT` would say.
    pub(super) amazon: String,
    /// Where SNS delivers to.
    pub(super) functions: FunctionUrls,
    /// Where a function is invoked with an event, `{function}` being `adm`, `devices`, `dispatch`, `drs` or `reconcile`.
    pub(super) invocations: String,
    /// The routes of `adm` begin with it.
    pub(super) adm: String,
    /// The routes of `devices` begin with it.
    pub(super) devices: String,
    /// The platform application, as `PLATFORM_APPLICATIONS` would say.
    pub(super) platform_application: String,
    /// What was handed on, to follow: `?after=N` waits for what comes after the number N.
    pub(super) events: String,
    /// The topic that events are handed on to, as `EVENTS_TOPIC_ARN` would say.
    pub(super) events_topic_arn: String,
    /// The topic that `drs` trusts, as its `TRUSTED_TOPICS` would say.
    pub(super) drs_topic_arn: String,
}

/// The routes of the functions that SNS posts to.
#[derive(Debug, Clone, Serialize)]
pub(super) struct FunctionUrls {
    /// `POST /rtn`.
    pub(super) rtn: String,
    /// `POST /drs`.
    pub(super) drs: String,
}

/// What every route may reach.
pub(super) struct Rooms {
    pub(super) functions: Functions,
    pub(super) description: Description,
    pub(super) api: SnsApi,
    pub(super) clock: Clock,
    pub(super) end: End,
    /// Counts requests, as Lambda gives each invocation an id of its own.
    requests: AtomicU64,
    started_ms: i64,
}

/// The end of the server, for requests that wait.
#[derive(Debug, Clone)]
pub(super) struct End(watch::Receiver<()>);

impl Description {
    pub(super) fn new(url: &str, dynamodb: &str, sns: String, amazon: String) -> Self {
        Self {
            dynamodb: dynamodb.to_owned(),
            sns,
            amazon,
            functions: FunctionUrls {
                rtn: format!("{url}/rtn"),
                drs: format!("{url}/drs"),
            },
            invocations: format!("{url}/2015-03-31/functions/{{function}}/invocations"),
            adm: format!("{url}/adm"),
            devices: format!("{url}/devices"),
            platform_application: PUSH_APPLICATION.to_owned(),
            events: format!("{url}/sandbox/events"),
            events_topic_arn: EVENTS_TOPIC.to_owned(),
            drs_topic_arn: DRS_TOPIC.to_owned(),
        }
    }
}

impl FunctionUrls {
    /// Where SNS posts to.
    pub(super) fn of(&self, function: Function) -> &str {
        match function {
            Function::Rtn => &self.rtn,
            Function::Drs => &self.drs,
        }
    }
}

impl Rooms {
    /// What Lambda tells a function of an invocation that begins now: an id and a trace that no other has, and when it ends.
    pub(super) fn context(&self, timeout: SignedDuration) -> Context {
        let (now, count) = ((self.clock)(), self.requests.fetch_add(1, Ordering::Relaxed));
        let ends_at = now.saturating_add(timeout).expect("seconds can be added to any time");
        let mut context = Context::default();
        context.request_id = format!("local-{}-{count}", self.started_ms);
        context.xray_trace_id = Some(ids::tracing_header(&context.request_id, now));
        // In epoch milliseconds.
        context.deadline = u64::try_from(ends_at.as_millisecond()).unwrap_or_default();
        context
    }
}

impl Server {
    pub(super) fn start(
        listener: TcpListener,
        functions: Functions,
        description: Description,
        api: SnsApi,
        clock: Clock,
    ) -> Self {
        let (running, end) = watch::channel(());
        let end = End(end);
        let rooms = Rooms {
            functions,
            description,
            api,
            clock,
            end: end.clone(),
            requests: AtomicU64::new(0),
            started_ms: clock().as_millisecond(),
        };
        let routes = Router::new()
            .route("/adm", any(adm_route))
            .route("/adm/", any(adm_route))
            .route("/adm/{*rest}", any(adm_route))
            .route("/devices", any(devices_route))
            .route("/devices/{*rest}", any(devices_route))
            .route("/rtn", any(rtn_route))
            .route("/drs", any(drs_route))
            .route(
                "/2015-03-31/functions/{function}/invocations",
                post(invoke).layer(DefaultBodyLimit::max(EVENT_LIMIT_BYTES)),
            )
            .route("/sandbox", get(describe))
            .route("/sandbox/events", get(events))
            .route("/sandbox/subscriptions", post(subscribe))
            .route("/sandbox/tokens", post(tokens))
            .with_state(Arc::new(rooms));
        tokio::spawn(async move {
            let ended = axum::serve(listener, routes)
                .with_graceful_shutdown(async move { end.reached().await })
                .await;
            if let Err(error) = ended {
                tracing::error!(error = &error as &dyn std::error::Error, "the local server ended");
            }
        });
        Self { _running: running }
    }
}

impl End {
    /// Waits for it.
    pub(super) async fn reached(&self) {
        // Nothing is ever sent: what changes is that the sender is gone.
        let mut running = self.0.clone();
        while running.changed().await.is_ok() {}
    }
}

async fn adm_route(State(rooms): State<Arc<Rooms>>, request: Request<Body>) -> Response<Body> {
    let request = match whole(request).await {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    let context = rooms.context(ADM_TIMEOUT);
    let ends_at = cloud::ends_at(context.deadline);
    let answer = rooms.functions.adm.respond(&request, invoked(&context), ends_at).await;
    answer.map(Body::from)
}

async fn devices_route(State(rooms): State<Arc<Rooms>>, request: Request<Body>) -> Response<Body> {
    let request = match whole(request).await {
        Ok(request) => request,
        Err(refusal) => return refusal,
    };
    let context = rooms.context(DEVICES_TIMEOUT);
    let ends_at = cloud::ends_at(context.deadline);
    let answer = rooms.functions.devices.respond(&request, invoked(&context), ends_at).await;
    answer.map(Body::from)
}

async fn rtn_route(State(rooms): State<Arc<Rooms>>, request: Request<Body>) -> Response<Body> {
    receive(&rooms.functions.rtn, &rooms, request).await
}

async fn drs_route(State(rooms): State<Arc<Rooms>>, request: Request<Body>) -> Response<Body> {
    receive(&rooms.functions.drs, &rooms, request).await
}

async fn receive(function: &Intake, rooms: &Rooms, request: Request<Body>) -> Response<Body> {
    match whole(request).await {
        Ok(request) => {
            let context = rooms.context(INTAKE_TIMEOUT);
            function.receive(&request, invoked(&context)).await.map(Body::from)
        }
        Err(refusal) => refusal,
    }
}

/// What a function is told of it.
pub(super) fn invoked(context: &Context) -> Invoked<'_> {
    Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref())
}

/// The request with its whole body, or API Gateway's refusal of one that is too large.
async fn whole(request: Request<Body>) -> Result<Request<Bytes>, Response<Body>> {
    let (head, body) = request.into_parts();
    match axum::body::to_bytes(body, GATEWAY_LIMIT_BYTES).await {
        Ok(body) => Ok(Request::from_parts(head, body)),
        Err(_) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            Err(response)
        }
    }
}

async fn describe(State(rooms): State<Arc<Rooms>>) -> Json<Description> {
    Json(rooms.description.clone())
}

/// API Gateway takes bodies of up to 10 MB (Amazon API Gateway quotas, "Payload size").
const GATEWAY_LIMIT_BYTES: usize = 10 * 1024 * 1024;
