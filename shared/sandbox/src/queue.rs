//! A standard queue of SQS with a dead-letter queue, and the side of Lambda that reads it: its event source mapping.
//!
//! Promises, by the clock that it is given:
//! - a message that is received is hidden for the queue's visibility timeout, or for as long as ChangeMessageVisibility says; the
//!   next receipt begins with the queue's timeout again (Amazon SQS Developer Guide, "Amazon SQS visibility timeout");
//! - "when the ReceiveCount for a message exceeds the maxReceiveCount for a queue, Amazon SQS moves the message to the
//!   dead-letter-queue" (Amazon SQS API Reference, "SetQueueAttributes"), which it does when somebody would receive it once more;
//! - a batch reaches the function as the event of "Using Lambda with Amazon SQS" (AWS Lambda Developer Guide), and what becomes
//!   of its messages is what "Implementing partial batch responses" says of the function's answer.
//!
//! A standard queue keeps messages in no order and may deliver one twice. Here they come in the order in which they were sent,
//! each once a receipt; to have one twice is the caller's to do. What is sent is taken whatever it is, and kept for ever.

mod answer;
mod call;
mod endpoint;
mod received;
mod refusal;
mod state;

use std::{
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use jiff::Timestamp;

pub use self::{
    call::Call,
    endpoint::{QueueEndpoint, client_at},
    received::Received,
    state::Queued,
};
use self::{refusal::Refusal, state::State};
use crate::{
    ids, lambda,
    listener::{Handler, HangUp, Listener},
};

/// A queue and its dead-letter queue. Clones share everything.
#[derive(Clone)]
pub struct Queue {
    arn: String,
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    state: Arc<Mutex<State>>,
}

/// What a call of the API meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// AccessDeniedException, 400: the caller's role does not have the action ("Common Errors").
    Denied,
    /// The request is read, and no answer ever comes.
    Hang,
    /// The request is read and not performed, and the connection ends.
    HangUp,
    /// InternalFailure, 500 ("Common Errors").
    Internal,
    /// The request is performed, and the connection ends before the answer.
    LoseResponse,
    /// None: the request is performed. For scripts such as "the first one passes, the second is lost".
    Pass,
    /// RequestThrottled, 400 ("ChangeMessageVisibility", section Errors).
    Throttled,
}

impl Queue {
    /// An empty queue `adm` that tells the time by `now`, hides what is received for 180 seconds, and lets a message be received 10
    /// times.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self {
            arn: "arn:aws:sqs:us-east-1:123456789012:adm".to_owned(),
            now: Arc::new(now),
            state: Arc::new(Mutex::new(State::new(Duration::from_secs(180), 10))),
        }
    }

    /// The same queue under another ARN, whose last part is its name.
    pub fn with_arn(self, arn: &str) -> Self {
        Self {
            arn: arn.to_owned(),
            ..self
        }
    }

    /// Hides what is received from now on for this long, in place of 180 seconds.
    pub fn with_visibility_timeout(self, timeout: Duration) -> Self {
        self.lock().visibility_timeout = timeout;
        self
    }

    /// Lets a message be received this often, in place of 10 times.
    pub fn with_max_receive_count(self, count: u32) -> Self {
        self.lock().max_receive_count = count;
        self
    }

    /// What the event calls the queue.
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// The QueueUrl of calls ("Amazon SQS queue and message identifiers"). It says which queue is meant, not where calls go: that
    /// is [`QueueEndpoint::url`].
    pub fn queue_url(&self) -> String {
        let [region, account, name] = [3, 4, 5].map(|number| lambda::part(&self.arn, number));
        format!("https://sqs.{region}.amazonaws.com/{account}/{name}")
    }

    /// Sends a message with attributes of the type String. Gives its MessageId, which is made from the ARN, the time and a number: a
    /// queue that is made anew does not give the ids of an earlier one again.
    pub fn send(&self, body: &str, attributes: &[(&str, &str)]) -> String {
        let now = (self.now)();
        self.lock().send(&self.arn, body, attributes, now)
    }

    /// What Lambda's event source mapping would get now: up to `most` messages that are visible, which are hidden from here on. One
    /// that was received as often as it may goes to the dead-letter queue in its place.
    pub fn receive(&self, most: usize) -> Vec<Received> {
        let now = (self.now)();
        self.lock().receive(most, now)
    }

    /// The event with which Lambda invokes the function for a batch.
    pub fn event(&self, batch: &[Received]) -> String {
        lambda::records(batch, |message| message.tree(&self.arn)).page()
    }

    /// Does with a batch what the mapping does when the function has answered: what did not fail is deleted, and the rest stays hidden
    /// until its time. A function that ends with an error gives no answer: the whole batch stays, and there is nothing to do.
    ///
    /// As at SQS, a message that has been received again since is not deleted ("DeleteMessage": "you must provide the most recently
    /// received ReceiptHandle").
    pub fn settle(&self, batch: &[Received], answer: &str) {
        let failed = answer::failed(batch, answer);
        let mut state = self.lock();
        for message in batch {
            if !failed.contains(message.message_id.as_str()) {
                state.delete(&message.receipt_handle);
            }
        }
    }

    /// What is in the dead-letter queue, in the order in which it came there.
    pub fn dead_letters(&self) -> Vec<Queued> {
        self.lock().dead.clone()
    }

    /// What is in the queue, visible or hidden, in the order in which it was sent.
    pub fn waiting(&self) -> Vec<Queued> {
        self.lock().messages.clone()
    }

    /// When the first of the messages becomes visible, or became so; nothing when the queue is empty.
    pub fn next_visible_at(&self) -> Option<Timestamp> {
        self.lock().messages.iter().map(|message| message.visible_at).min()
    }

    /// What the next calls of the API meet, one fault each; after the last one all is well again.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.lock().faults = faults.into_iter().collect();
    }

    /// Every call of the API that arrived, in order, whatever became of it.
    pub fn calls(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    /// Serves the API over plain HTTP on a port of 127.0.0.1; port 0 takes a free one.
    pub async fn serve(&self, port: u16) -> io::Result<QueueEndpoint> {
        let queue = self.clone();
        let handler: Handler = Arc::new(move |request, _sni| {
            let queue = queue.clone();
            Box::pin(async move { queue.answer(request).await })
        });
        Ok(QueueEndpoint::new(Listener::start(port, None, handler).await?))
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, HangUp> {
        let call = Call::read(request, (self.now)()).await?;
        let (fault, number) = {
            let mut state = self.lock();
            state.calls.push(call.clone());
            (state.faults.pop_front().unwrap_or(Fault::Pass), state.calls.len())
        };
        let outcome = match fault {
            Fault::Denied => Err(Refusal::denied()),
            Fault::Hang => std::future::pending().await,
            Fault::HangUp => return Err(HangUp),
            Fault::Internal => Err(Refusal::internal()),
            Fault::LoseResponse => {
                let _lost = self.perform(&call);
                return Err(HangUp);
            }
            Fault::Pass => self.perform(&call),
            Fault::Throttled => Err(Refusal::throttled()),
        };
        Ok(endpoint::response_of(outcome, &ids::request_id(&format!("queue {number}"))))
    }

    /// ChangeMessageVisibility.
    fn perform(&self, call: &Call) -> Result<(), Refusal> {
        let change = call.change()?;
        if change.queue_url != self.queue_url() {
            return Err(Refusal::no_such_queue());
        }
        let now = (self.now)();
        self.lock()
            .change_visibility(change.receipt_handle, change.timeout_seconds, now)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
