//! What the function can be invoked with, and its answer to each.
//!
//! The shape of an event decides, and nothing else: requests come through API Gateway or a function URL, records from a queue. An
//! event that is neither fails with an error that says so and repeats nothing of it.

use std::convert::Infallible;
use std::fmt;

use inbox::Invoked;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent, Request, RequestExt as _, Service as _, lambda_runtime, service_fn};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::Service;
use crate::service::bulk::{Batch, BatchAnswer};

/// An event, by its shape.
pub enum Invocation {
    /// Messages of a queue.
    Batch(Batch),
    /// A request, in payload format 1.0 or 2.0.
    Http(Box<LambdaRequest>),
    /// Neither.
    Other,
}

/// What an invocation is answered with: a response as the request's format wants it, or a list of failures.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer<Response> {
    /// To a batch.
    Batch(BatchAnswer),
    /// To a request.
    Http(Response),
}

/// The event has another shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the event is neither a request by API Gateway or a function URL nor messages of SQS")]
pub struct UnknownEvent;

/// Takes what an invocation brought, and answers it.
///
/// # Errors
/// [`UnknownEvent`]; a request and a batch are always answered.
pub async fn answer(service: &Service, event: LambdaEvent<Invocation>) -> Result<Answer<impl Serialize>, UnknownEvent> {
    let LambdaEvent { payload, context } = event;
    let ends_at = cloud::ends_at(context.deadline);
    match payload {
        Invocation::Http(request) => {
            let mut adapter = Adapter::from(service_fn(|request: Request| async move {
                let context = request.lambda_context();
                Ok::<_, Infallible>(service.respond(&request, invoked(&context), ends_at).await)
            }));
            let Ok(response) = adapter.call(LambdaEvent::new(*request, context)).await;
            Ok(Answer::Http(response))
        }
        Invocation::Batch(batch) => Ok(Answer::Batch(service.take(&batch, invoked(&context), ends_at).await)),
        Invocation::Other => Err(UnknownEvent),
    }
}

fn invoked(context: &Context) -> Invoked<'_> {
    Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref())
}

impl<'de> Deserialize<'de> for Invocation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Box::<RawValue>::deserialize(deserializer)?;
        if let Some(batch) = Batch::read(event.get()) {
            return Ok(Self::Batch(batch));
        }
        Ok(serde_json::from_str(event.get()).map_or(Self::Other, |request| Self::Http(Box::new(request))))
    }
}

/// Bodies and headers hold what is nobody's business.
impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Batch(batch) => f.debug_tuple("Batch").field(batch).finish(),
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
