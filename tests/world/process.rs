//! A process of a function without its HTTP server, which can be killed at any moment.

use aws_sdk_dynamodb::Client;
use bytes::Bytes;
use dispatch::{Dispatch, Topic};
use firepost::{EVENTS_TOPIC, StackOptions};
use http::{Method, Request};
use inbox::{Inbox, Invoked};
use intake::{Intake, Parts, Source, Trust};
use sandbox::Envelope;
use sandbox::publisher::Post;
use sns_webhook::{SigningCerts, TrustedTopics};

use super::{World, clock, roots};

impl World {
    /// A new process of the function `rtn`, its memory empty, on the same tables.
    pub(crate) fn process(&self) -> Intake {
        self.process_with(|_| {})
    }

    /// The same with other options.
    pub(crate) fn process_with(&self, set: impl FnOnce(&mut StackOptions)) -> Intake {
        let mut options = self.options.clone();
        set(&mut options);
        let topics = options.trusted_topics.clone();
        self.intake(rtn::SOURCE, topics, options)
    }

    /// A new process of the function `drs`.
    pub(crate) fn drs_process(&self) -> Intake {
        let topics = self.options.drs_trusted_topics.clone();
        self.intake(drs::SOURCE, topics, self.options.clone())
    }

    /// A new process of the function `dispatch`.
    pub(crate) fn dispatch(&self) -> Dispatch {
        let inbox = Inbox::new(self.client(&self.options), "notifications", clock::RETENTION);
        Dispatch::new(inbox, Topic::new(self.sns.client(), EVENTS_TOPIC), self.options.clock)
    }

    fn client(&self, options: &StackOptions) -> Client {
        let timeouts = options.store_timeouts.clone();
        match &self.stack.faults {
            Some(faults) => faults.client_with(timeouts),
            None => self.stack.dynamo.client_with(timeouts),
        }
    }

    fn intake(&self, source: Source, trusted_topics: TrustedTopics, options: StackOptions) -> Intake {
        let client = self.client(&options);
        Intake::new(Parts {
            source,
            trusted_topics,
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
    let answer = process.receive(&request, Invoked::untraced(attempt)).await;
    format!("{} {}", answer.status().as_u16(), answer.body())
}

/// A request as the function gets it.
pub(crate) fn request(method: Method, post: Post) -> Request<Bytes> {
    let mut request = Request::new(post.body);
    *request.method_mut() = method;
    *request.headers_mut() = post.headers;
    request
}
