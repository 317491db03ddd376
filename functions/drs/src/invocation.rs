//! What the function can be invoked with, and its answer to each.
//!
//! The shape of an event decides, and nothing else: requests come through API Gateway or a function URL, records from SNS or a queue.
//! An event that is neither fails with an error that says so and repeats nothing of it.

use std::convert::Infallible;
use std::fmt;

use intake::{Intake, Invoked, NotRecorded, Records};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Context, LambdaEvent, Request, RequestExt as _, Service as _, lambda_runtime, service_fn};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

/// An event, by its shape.
pub enum Invocation {
    /// A request, in payload format 1.0 or 2.0.
    Http(Box<LambdaRequest>),
    /// Records of SNS, or messages of a queue.
    Records(Records),
    /// Neither.
    Other,
}

/// Bodies and headers hold what is nobody's business.
impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http(_) => f.write_str("Http([redacted])"),
            Self::Records(records) => f.debug_tuple("Records").field(records).finish(),
            Self::Other => f.write_str("Other"),
        }
    }
}

/// What an invocation is answered with: a response as the request's format wants it, or a list of failures.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer<Response> {
    /// To a request.
    Http(Response),
    /// To records.
    Records(intake::Answer),
}

/// Why an invocation fails. Lambda repeats it if SNS or a queue was its cause.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// SNS's records are not all recorded.
    #[error(transparent)]
    NotRecorded(#[from] NotRecorded),
    /// The event has another shape.
    #[error("the event is neither a request by API Gateway or a function URL nor records of SNS or SQS")]
    UnknownEvent,
}

/// Takes what an invocation brought, and answers it.
///
/// # Errors
/// [`Failure`], to records and to unknown events; a request is always answered.
pub async fn answer(intake: &Intake, event: LambdaEvent<Invocation>) -> Result<Answer<impl Serialize>, Failure> {
    let LambdaEvent { payload, context } = event;
    match payload {
        Invocation::Http(request) => {
            let mut service = Adapter::from(service_fn(|request: Request| async move {
                let context = request.lambda_context();
                Ok::<_, Infallible>(intake.receive(&request, invoked(&context)).await)
            }));
            let Ok(response) = service.call(LambdaEvent::new(*request, context)).await;
            Ok(Answer::Http(response))
        }
        Invocation::Records(records) => {
            let answer = intake.receive_records(&records, invoked(&context)).await?;
            Ok(Answer::Records(answer))
        }
        Invocation::Other => Err(Failure::UnknownEvent),
    }
}

fn invoked(context: &Context) -> Invoked<'_> {
    Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref())
}

impl<'de> Deserialize<'de> for Invocation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let event = Box::<RawValue>::deserialize(deserializer)?;
        if let Ok(records) = Records::read(event.get()) {
            return Ok(Self::Records(records));
        }
        Ok(serde_json::from_str(event.get()).map_or(Self::Other, |request| Self::Http(Box::new(request))))
    }
}

/// What Lambda logs, and puts into the record of a failure: the name of the failure, and its sentence.
impl From<Failure> for lambda_runtime::Diagnostic {
    fn from(failure: Failure) -> Self {
        let error_type = match &failure {
            Failure::NotRecorded(_) => "NotRecorded",
            Failure::UnknownEvent => "UnknownEvent",
        };
        Self {
            error_type: error_type.to_owned(),
            error_message: failure.to_string(),
        }
    }
}
