//! Lambda's Runtime API, for one process at a time, over HTTP on loopback.
//!
//! Promises what AWS's page "Using the Lambda runtime API for custom runtimes" says (AWS Lambda Developer Guide), and the OpenAPI
//! document that it links to: `GET …/invocation/next` waits for an event and gives it with its headers, `POST …/response` and
//! `…/error` end it, `POST …/init/error` tells of a start that failed. An id that is not under way is 400, a call out of turn 403,
//! an answer that is too large 413. What the page leaves open is as AWS's Runtime Interface Emulator has it; `tests/runtime_api` asks
//! both the same. The moments of a call are taken where it is taken, so that they can be measured by.
//!
//! Refuses to be Lambda: no limit of time, no second environment, no streaming, no snapshots, no extensions.

mod answer;
mod call;
mod moment;
mod state;

use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::listener::{Handler, Listener};

pub use self::answer::{Answer, Answered, FunctionError};
pub(crate) use self::moment::moment;
use self::state::{Queue, State};

/// The API, on a free port of 127.0.0.1. Dropping it closes every connection.
pub struct RuntimeApi {
    listener: Listener,
    state: State,
    turn: Mutex<()>,
}

/// An event, and what Lambda tells with it.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// `Lambda-Runtime-Aws-Request-Id`.
    pub request_id: String,
    /// `Lambda-Runtime-Deadline-Ms`: when Lambda would end it.
    pub deadline: Timestamp,
    /// `Lambda-Runtime-Invoked-Function-Arn`.
    pub function_arn: String,
    /// `Lambda-Runtime-Trace-Id`, if it is traced.
    pub trace_id: Option<String>,
    /// The event.
    pub event: Bytes,
}

/// An event that Lambda does not even hand over: RequestEntityTooLargeException.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} byte payload is too large for the RequestResponse invocation type (limit {MOST_EVENT_BYTES} bytes)")]
pub struct EventTooLarge(pub usize);

impl RuntimeApi {
    /// An API that nobody has asked for an event yet.
    pub async fn start() -> io::Result<Self> {
        let state = State::default();
        let served = state.clone();
        let handler: Handler = Arc::new(move |request, _sni| {
            let state = served.clone();
            Box::pin(async move { call::answer(&state, request).await })
        });
        Ok(Self {
            listener: Listener::start(0, None, handler).await?,
            state,
            turn: Mutex::new(()),
        })
    }

    /// Where it listens, as `AWS_LAMBDA_RUNTIME_API` says: host and port.
    pub fn address(&self) -> String {
        self.listener.addr().to_string()
    }

    /// Waits until the process asks for its first event, and says when that was.
    ///
    /// # Errors
    /// What it told of its start instead.
    pub async fn ready(&self) -> Result<Instant, FunctionError> {
        self.state
            .when(|queue| match (&queue.init_error, queue.first_asked_at) {
                (Some(error), _) => Some(Err(error.clone())),
                (None, first) => first.map(Ok),
            })
            .await
    }

    /// Hands an event over as soon as the process asks for one, and waits for the answer to it. One after the other.
    ///
    /// # Errors
    /// [`EventTooLarge`], and nothing is handed over.
    pub async fn invoke(&self, invocation: Invocation) -> Result<Answered, EventTooLarge> {
        if invocation.event.len() > MOST_EVENT_BYTES {
            return Err(EventTooLarge(invocation.event.len()));
        }
        let _turn = self.turn.lock().await;
        self.state.change(|queue: &mut Queue| queue.offer(invocation));
        Ok(self.state.when(|queue| queue.answered.take()).await)
    }
}

/// "Lambda quotas", invocation payload: 6 MB each for the request and the response. The first is the number in the error text,
/// the second the one in that of a response.
const MOST_EVENT_BYTES: usize = 6_291_456;
const MOST_ANSWER_BYTES: usize = 6_291_556;
