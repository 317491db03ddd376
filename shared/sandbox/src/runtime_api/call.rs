//! The four calls of the API.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, HeaderValue, Method, Request, Response};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::json;

use super::answer::{Answer, FunctionError};
use super::state::{Refusal, State};
use super::{Invocation, MOST_ANSWER_BYTES};
use crate::listener::{HangUp, response};

pub(super) async fn answer(state: &State, request: Request<Incoming>) -> Result<Response<Body>, HangUp> {
    let (parts, body) = request.into_parts();
    let Some(path) = parts.uri.path().strip_prefix("/2018-06-01/runtime/") else {
        return Ok(no_such_call());
    };
    match (&parts.method, path.split('/').collect::<Vec<_>>().as_slice()) {
        (&Method::GET, ["invocation", "next"]) => Ok(next(state).await),
        (&Method::POST, ["invocation", id, "response"]) => ended(state, id, body, Answer::Response).await,
        (&Method::POST, ["invocation", id, "error"]) => {
            let header = error_type(&parts.headers);
            ended(state, id, body, |body| Answer::Error(FunctionError::read(header, &body))).await
        }
        (&Method::POST, ["init", "error"]) => {
            let body = limited(body).await?.unwrap_or_default();
            let error = FunctionError::read(error_type(&parts.headers), &body);
            Ok(accepted(state.change(|queue| queue.fail_to_start(error))))
        }
        (_, ["invocation", "next"] | ["invocation", _, "response" | "error"] | ["init", "error"]) => {
            Ok(response(405, "text/plain", ""))
        }
        _ => Ok(no_such_call()),
    }
}

async fn next(state: &State) -> Response<Body> {
    if let Err(refusal) = state.change(|queue| queue.ask()) {
        return refused(refusal);
    }
    let invocation = state.when(|queue| queue.hand_over()).await;
    event(invocation)
}

/// The id is looked at before the body is.
async fn ended(
    state: &State,
    request_id: &str,
    body: Incoming,
    answer: impl FnOnce(Bytes) -> Answer,
) -> Result<Response<Body>, HangUp> {
    let known = state.lock().is_under_way(request_id);
    if let Err(refusal) = known {
        return Ok(refused(refusal));
    }
    let Some(body) = limited(body).await? else {
        let too_large = Answer::Error(FunctionError::too_large(MOST_ANSWER_BYTES));
        let message = format!("Exceeded maximum allowed payload size ({MOST_ANSWER_BYTES} bytes).");
        return Ok(match state.change(|queue| queue.end(request_id, too_large)) {
            Ok(()) => response(413, JSON, error("RequestEntityTooLarge", &message)),
            Err(refusal) => refused(refusal),
        });
    };
    Ok(accepted(state.change(|queue| queue.end(request_id, answer(body)))))
}

/// The body, unless it is too large: then it is read to its end all the same, so that the sender hears of it.
async fn limited(mut body: Incoming) -> Result<Option<Bytes>, HangUp> {
    let mut kept = Some(BytesMut::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| HangUp)?.into_data() else {
            continue;
        };
        kept = kept.filter(|kept| kept.len() + data.len() <= MOST_ANSWER_BYTES);
        if let Some(kept) = &mut kept {
            kept.extend_from_slice(&data);
        }
    }
    Ok(kept.map(BytesMut::freeze))
}

fn event(invocation: Invocation) -> Response<Body> {
    let mut answer = response(200, "application/json", invocation.event);
    let headers = [
        ("lambda-runtime-aws-request-id", Some(invocation.request_id)),
        (
            "lambda-runtime-deadline-ms",
            Some(invocation.deadline.as_millisecond().to_string()),
        ),
        ("lambda-runtime-invoked-function-arn", Some(invocation.function_arn)),
        ("lambda-runtime-trace-id", invocation.trace_id),
    ];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}

fn error_type(headers: &HeaderMap) -> Option<String> {
    let header = headers.get("lambda-runtime-function-error-type")?;
    header.to_str().ok().map(str::to_owned)
}

fn accepted(taken: Result<(), Refusal>) -> Response<Body> {
    match taken {
        Ok(()) => response(202, JSON, json!({"status": "OK"}).to_string()),
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: Refusal) -> Response<Body> {
    match refusal {
        Refusal::OutOfTurn => response(403, JSON, error("InvalidStateTransition", "State transition is not allowed")),
        Refusal::UnknownId => response(400, JSON, error("InvalidRequestID", "Invalid request ID")),
    }
}

fn no_such_call() -> Response<Body> {
    response(404, "text/plain", "404 page not found\n")
}

fn error(kind: &str, message: &str) -> String {
    json!({"errorMessage": message, "errorType": kind}).to_string()
}

const JSON: &str = "application/json";
