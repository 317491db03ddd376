//! What the function can be invoked with, and its answer.
//!
//! Requests come through API Gateway or a function URL. An event that is none fails with an error that says so and repeats nothing of it.

use std::convert::Infallible;
use std::fmt;

use inbox::Invoked;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent, Request, RequestExt as _, Service as _, lambda_runtime, service_fn};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::Service;

/// An event, by its shape. `Debug` shows nothing of it.
pub enum Invocation {
    /// A request, in payload format 1.0 or 2.0.
    Http(Box<LambdaRequest>),
    /// Another.
    Other,
}

/// The event has another shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is not a request by API Gateway or a function URL")]
pub struct UnknownEvent;

/// Takes what an invocation brought, and answers it.
///
/// # Errors
/// [`UnknownEvent`]; a request is always answered.
pub async fn answer(service: &Service, event: LambdaEvent<Invocation>) -> Result<impl Serialize, UnknownEvent> {
    let LambdaEvent { payload, context } = event;
    let ends_at = cloud::ends_at(context.deadline);
    match payload {
        Invocation::Http(request) => {
            let mut adapter = Adapter::from(service_fn(|request: Request| async move {
                let context = request.lambda_context();
                Ok::<_, Infallible>(service.respond(&request, invoked(&context), ends_at).await)
            }));
            let Ok(response) = adapter.call(LambdaEvent::new(*request, context)).await;
            Ok(response)
        }
        Invocation::Other => Err(UnknownEvent),
    }
}

fn invoked(context: &Context) -> Invoked<'_> {
    Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref())
}

impl<'de> Deserialize<'de> for Invocation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Box::<RawValue>::deserialize(deserializer)?;
        Ok(serde_json::from_str(event.get()).map_or(Self::Other, |request| Self::Http(Box::new(request))))
    }
}

impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(_) => f.write_str("Http([redacted])"),
            Self::Other => f.write_str("Other"),
        }
    }
}

/// What Lambda logs: the name of the failure, and its sentence.
impl From<UnknownEvent> for lambda_runtime::Diagnostic {
    fn from(failure: UnknownEvent) -> Self {
        Self {
            error_type: "UnknownEvent".to_owned(),
            error_message: failure.to_string(),
        }
    }
}
