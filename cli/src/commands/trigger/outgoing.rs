//! A message on its way to a function: over HTTPS as a request, or in records as Lambda relays it.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use sandbox::lambda::{self, DeadLetter};
use sandbox::publisher::Post;
use sandbox::{Envelope, ids};

use crate::event_file::{self, Encoding, Format};
use crate::stack::Function;

/// A message on its way.
pub(super) struct Outgoing<'a> {
    /// The function that it is for.
    pub(super) function: Function,
    /// What it is: the type of notification or of message.
    pub(super) what: &'a str,
    pub(super) message_id: String,
    /// The subject and the event that it will be on record as, if it can be read.
    pub(super) filed: Option<(String, String)>,
    pub(super) road: Road,
    pub(super) at: Timestamp,
}

/// How it gets there.
pub(super) enum Road {
    /// SNS posts it to the function's route; in a file, as the event that this form of API makes of the request.
    Https {
        /// The request.
        post: Post,
        /// Who invokes the function with it.
        format: Format,
    },
    /// Lambda relays it in records.
    Records {
        /// The message.
        envelope: Envelope,
        /// What the records are of.
        carrier: Carrier,
    },
}

/// Who puts messages into records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// SNS, which invokes a function that is subscribed.
    Sns,
    /// A queue of dead letters, in which it has this form.
    Queue(DeadLetter),
}

impl Outgoing<'_> {
    /// The request that brings it: SNS's, or that of Lambda's API with the event.
    pub(super) fn post(&self) -> Post {
        match &self.road {
            Road::Https { post, .. } => post.clone(),
            Road::Records { envelope, carrier } => {
                let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
                Post {
                    headers: HeaderMap::from_iter([json]),
                    body: Bytes::from(records(envelope, *carrier)),
                }
            }
        }
    }

    /// The event that the function is invoked with, as JSON with a line feed at its end.
    pub(super) fn event(&self, encoding: Encoding) -> String {
        match &self.road {
            Road::Https { post, format } => event_file::render(post, self.at, self.function, *format, encoding),
            Road::Records { envelope, carrier } => records(envelope, *carrier),
        }
    }
}

fn records(envelope: &Envelope, carrier: Carrier) -> String {
    let envelopes = std::slice::from_ref(envelope);
    match carrier {
        Carrier::Sns => {
            let topic = envelope.field("TopicArn").unwrap_or_default();
            lambda::sns_event(&ids::subscription_arn(topic), envelopes)
        }
        Carrier::Queue(form) => lambda::dead_letters_event(QUEUE, form, envelopes),
    }
}

/// A queue of the local deployment, for what could not be delivered.
const QUEUE: &str = "arn:aws:sqs:us-east-1:123456789012:drs-dead-letters";
