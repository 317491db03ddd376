//! Invoking a function with an event, by the path of Lambda's API, which `cargo lambda watch` has as well.
//!
//! Source: AWS Lambda API Reference, "Invoke". Every invocation is awaited, whatever type it asks for. An error of the function is
//! answered 200 with the header `X-Amz-Function-Error`; only what is no invocation has another status.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode, header};
use jiff::SignedDuration;
use lambda_runtime::{Diagnostic, Error, LambdaEvent};
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::server::{Rooms, invoked};
use super::{ADM_TIMEOUT, DEVICES_TIMEOUT, INTAKE_TIMEOUT, RECONCILE_TIMEOUT};

/// `POST /2015-03-31/functions/{function}/invocations`.
pub(super) async fn invoke(State(rooms): State<Arc<Rooms>>, Path(function): Path<String>, event: Bytes) -> Response<Body> {
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(&event) {
        let sentence = format!("could not parse request body into json: {error}");
        return refused(StatusCode::BAD_REQUEST, "InvalidRequestContentException", &sentence);
    }
    let ended = match function.as_str() {
        "adm" => adm(&rooms, &event).await,
        "devices" => devices(&rooms, &event).await,
        "dispatch" => dispatch(&rooms, &event).await,
        "drs" => drs(&rooms, &event).await,
        "reconcile" => reconcile(&rooms, &event).await,
        _ => {
            let sentence = "the functions that can be invoked here are adm, devices, dispatch, drs and reconcile; rtn has the route POST /rtn";
            return refused(StatusCode::NOT_FOUND, "ResourceNotFoundException", sentence);
        }
    };
    match ended {
        Ok(answer) => respond(StatusCode::OK, answer),
        Err(diagnostic) => {
            let mut response = respond(StatusCode::OK, json(&diagnostic));
            response
                .headers_mut()
                .insert(FUNCTION_ERROR, HeaderValue::from_static("Unhandled"));
            response
        }
    }
}

async fn adm(rooms: &Rooms, event: &[u8]) -> Result<String, Diagnostic> {
    let invocation = read::<adm::Invocation>(event)?;
    let context = rooms.context(ADM_TIMEOUT);
    let answer = adm::answer(&rooms.functions.adm, LambdaEvent::new(invocation, context)).await?;
    Ok(json(&answer))
}

async fn devices(rooms: &Rooms, event: &[u8]) -> Result<String, Diagnostic> {
    let invocation = read::<devices::Invocation>(event)?;
    let context = rooms.context(DEVICES_TIMEOUT);
    let answer = devices::answer(&rooms.functions.devices, LambdaEvent::new(invocation, context)).await?;
    Ok(json(&answer))
}

async fn reconcile(rooms: &Rooms, event: &[u8]) -> Result<String, Diagnostic> {
    let invocation = read::<reconcile::Invocation>(event)?;
    let context = rooms.context(RECONCILE_TIMEOUT);
    let ends_at = cloud::ends_at(context.deadline);
    let answer = rooms
        .functions
        .reconcile
        .invoke(&invocation, ends_at, invoked(&context))
        .await?;
    Ok(json(&answer))
}

async fn dispatch(rooms: &Rooms, event: &[u8]) -> Result<String, Diagnostic> {
    let invocation = read::<dispatch::Invocation>(event)?;
    let context = rooms.context(DISPATCH_TIMEOUT);
    let dispatch = rooms.functions.dispatch.in_trace(invoked(&context).trace_id);
    match dispatch.run(invocation, cloud::ends_at(context.deadline)).await {
        Ok(answer) => Ok(json(&answer)),
        Err(stopped) => Err(Error::from(stopped).into()),
    }
}

async fn drs(rooms: &Rooms, event: &[u8]) -> Result<String, Diagnostic> {
    let invocation = read::<drs::Invocation>(event)?;
    let context = rooms.context(INTAKE_TIMEOUT);
    let answer = drs::answer(&rooms.functions.drs, LambdaEvent::new(invocation, context)).await?;
    Ok(json(&answer))
}

/// An event that the function cannot be invoked with is its error, as in Lambda.
fn read<T: DeserializeOwned>(event: &[u8]) -> Result<T, Diagnostic> {
    serde_json::from_slice(event).map_err(|error| Error::from(error).into())
}

fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).expect("an answer is text, numbers and lists")
}

fn refused(status: StatusCode, code: &'static str, sentence: &str) -> Response<Body> {
    let body = serde_json::json!({"Type": "User", "Message": sentence});
    let mut response = respond(status, body.to_string());
    response.headers_mut().insert(ERROR_TYPE, HeaderValue::from_static(code));
    response
}

fn respond(status: StatusCode, body: String) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// An event of 6 MB at most (AWS Lambda Developer Guide, "Lambda quotas").
pub(super) const EVENT_LIMIT_BYTES: usize = 6 * 1024 * 1024;

/// As in `template.yaml`.
const DISPATCH_TIMEOUT: SignedDuration = SignedDuration::from_secs(50);

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");
