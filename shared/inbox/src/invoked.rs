//! The invocation that something is done in, as a function is told of it.

use crate::TraceId;

/// An invocation of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Invoked<'a> {
    /// Lambda's request id. Lambda repeats an asynchronous invocation under the same one.
    pub id: &'a str,
    /// The trace that it is a part of.
    pub trace_id: Option<TraceId>,
}

impl<'a> Invoked<'a> {
    /// By Lambda, which gives it an id and a tracing header (AWS Lambda Developer Guide, "Using the Lambda runtime API for custom
    /// runtimes").
    pub fn by_lambda(id: &'a str, tracing_header: Option<&str>) -> Self {
        Self {
            id,
            trace_id: tracing_header.and_then(TraceId::of_header),
        }
    }

    /// By somebody else, such as an operator at a terminal: a part of no trace.
    pub fn untraced(id: &'a str) -> Self {
        Self { id, trace_id: None }
    }
}
