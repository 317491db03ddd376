//! A function's process, and what it takes.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use jiff::SignedDuration;
use sandbox::bootstrap::Environment;
use sandbox::runtime_api::{Answer, Invocation};
use sandbox::{Bootstrap, ids};

use crate::amazon::Amazon;
use crate::proc;

/// It runs until it is dropped.
pub(crate) struct Process {
    bootstrap: Bootstrap,
    pid: u32,
}

/// From the moment before it was started.
pub(crate) struct Start {
    pub(crate) until_ready: Duration,
    pub(crate) until_answered: Duration,
    /// Until it waits for the next event.
    pub(crate) cpu: Option<Duration>,
}

/// An answer, and how long it took.
pub(crate) struct Answered {
    pub(crate) body: Bytes,
    pub(crate) took: Duration,
}

impl Process {
    pub(crate) async fn start(executable: &Path, environment: &Environment) -> Self {
        let bootstrap = Bootstrap::start(executable, environment).await.unwrap();
        let pid = bootstrap.pid().unwrap();
        Self { bootstrap, pid }
    }

    /// One that is started for an event, as Lambda does it: the event waits.
    pub(crate) async fn cold(executable: &Path, environment: &Environment, amazon: &Amazon, event: Bytes) -> (Bytes, Start) {
        let mut process = Self::start(executable, environment).await;
        let answered = process.bootstrap.invoke(invocation(amazon, event)).await.unwrap();
        let began = process.bootstrap.started_at();
        let start = Start {
            until_ready: process.bootstrap.ready().await.unwrap() - began,
            until_answered: answered.answered_at - began,
            cpu: process.cpu().await,
        };
        (body(answered.answer), start)
    }

    pub(crate) async fn answer(&mut self, amazon: &Amazon, event: Bytes) -> Answered {
        let answered = self.bootstrap.invoke(invocation(amazon, event)).await.unwrap();
        Answered {
            took: answered.answered_at - answered.handed_over_at,
            body: body(answered.answer),
        }
    }

    pub(crate) async fn cpu(&self) -> Option<Duration> {
        proc::cpu_when_at_rest(self.pid).await
    }

    pub(crate) fn peak_rss(&self) -> Option<usize> {
        proc::peak_rss(self.pid)
    }
}

fn invocation(amazon: &Amazon, event: Bytes) -> Invocation {
    let now = amazon.now();
    let request_id = ids::message_id(&format!("invocation at {now}"));
    Invocation {
        deadline: now + PATIENCE,
        function_arn: "arn:aws:lambda:us-east-1:123456789012:function:firepost".to_owned(),
        trace_id: Some(ids::tracing_header(&request_id, now)),
        request_id,
        event,
    }
}

fn body(answer: Answer) -> Bytes {
    match answer {
        Answer::Response(body) => body,
        Answer::Error(error) => panic!("it fails: {error}"),
    }
}

/// The longest of the template's timeouts: a sweep begins nothing that it has no time for.
const PATIENCE: SignedDuration = SignedDuration::from_mins(15);
