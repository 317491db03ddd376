//! A process of the function without its HTTP server, which can be killed at any moment.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use bytes::Bytes;
use firepost::StackOptions;
use http::{Method, Request};
use inbox::Inbox;
use intake::{Intake, Parts, Trust};
use sandbox::Envelope;
use sandbox::publisher::Post;
use sns_webhook::SigningCerts;

use super::{World, clock, roots};

impl World {
    /// A new process of the function, its memory empty, on the same tables.
    pub(crate) fn process(&self) -> Intake {
        self.process_with(|_| {})
    }

    /// The same with other options.
    pub(crate) fn process_with(&self, set: impl FnOnce(&mut StackOptions)) -> Intake {
        let mut options = self.options.clone();
        set(&mut options);
        let client = match &self.stack.faults {
            Some(faults) => faults.client_with(options.store_timeouts),
            None => self.stack.dynamo.client_with(options.store_timeouts),
        };
        Intake::new(Parts {
            source: rtn::SOURCE,
            trusted_topics: options.trusted_topics,
            freshness: options.freshness,
            certs: SigningCerts::new(options.pinned_certs, roots(), options.chain_policy, self.https()),
            trust: Trust::new(client.clone(), "trust"),
            confirmer: self.confirmer(),
            inbox: Inbox::new(client, "notifications", clock::RETENTION),
            clock: options.clock,
        })
    }
}

/// One delivery to a process, as one attempt; the answer is status and body.
pub(crate) async fn receive(process: &Intake, envelope: &Envelope, attempt: &str) -> String {
    let request = request(Method::POST, Post::of(envelope));
    let answer = process.receive(&request, attempt).await;
    format!("{} {}", answer.status().as_u16(), answer.body())
}

/// A request as the function gets it.
pub(crate) fn request(method: Method, post: Post) -> Request<Bytes> {
    let mut request = Request::new(post.body);
    *request.method_mut() = method;
    *request.headers_mut() = post.headers;
    request
}

/// Lets a future wait so many times and then drops it, as a killed environment does; `None` if that happened.
pub(crate) async fn killed_after<F: Future>(waits: usize, future: F) -> Option<F::Output> {
    first_waits(waits, pin!(future)).await
}

/// Lets a future wait so many times, does something else, and lets it go on; whether it had ended before.
pub(crate) async fn interrupted_after<F: Future>(waits: usize, future: F, meanwhile: impl Future) -> (F::Output, bool) {
    let mut future = pin!(future);
    let ended = first_waits(waits, future.as_mut()).await;
    meanwhile.await;
    match ended {
        Some(output) => (output, true),
        None => (future.await, false),
    }
}

async fn first_waits<F: Future>(waits: usize, mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut left = waits;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}
