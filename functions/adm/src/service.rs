//! The function `adm`: what a request is answered, and what becomes of a queue's messages.

pub(crate) mod bulk;
mod caller;
mod path_topic;
mod route;
mod split;
mod subscriptions;
pub(crate) mod terms;

use futures_util::stream::{self, StreamExt as _};
use http::{Request, Response};
use inbox::Invoked;
use jiff::{SignedDuration, Timestamp};
use sends::Sends;

use self::bulk::BulkQueue;
use self::path_topic::PathTopic;
use self::route::Route;
use self::split::Shard;
use self::terms::Terms;
use crate::log::{Door, Line};
use crate::once::{Once, Order};
use crate::reply::Reply;
use crate::{Accepted, Adm, Fault, Faults, Ledger, Pace, Shards, TopicMessage};

/// Everything that the function needs.
#[derive(Debug)]
pub struct Service {
    once: Once,
    ledger: Ledger,
    shards: Shards,
    queue: Option<BulkQueue>,
}

/// What a [`Service`] is put together from.
#[derive(Debug)]
pub struct Parts {
    /// ADM, for one security profile.
    pub adm: Adm,
    /// What was sent, and under which key.
    pub sends: Sends,
    /// Who is subscribed to what.
    pub ledger: Ledger,
    /// Topics that are split.
    pub shards: Shards,
    /// The queue of messages that are sent in bulk, if its visibility is to be changed.
    pub queue: Option<BulkQueue>,
    /// The time, chance and waiting.
    pub pace: Pace,
}

impl Service {
    /// Opens the connection to the store, so that the first request does not wait for it.
    pub async fn prepare(&self) {
        self.once.prepare().await;
    }

    /// The function, from its parts.
    pub fn new(parts: Parts) -> Self {
        Self {
            once: Once {
                adm: parts.adm,
                sends: parts.sends,
                pace: parts.pace,
            },
            ledger: parts.ledger,
            shards: parts.shards,
            queue: parts.queue,
        }
    }

    /// Answers a request, whatever happens, before `ends_at`, when Lambda ends the invocation.
    pub async fn respond<B: AsRef<[u8]>>(
        &self,
        request: &Request<B>,
        invoked: Invoked<'_>,
        ends_at: Timestamp,
    ) -> Response<String> {
        let since = self.once.pace.now();
        let line = |request, topic| Line {
            route: Door::Http,
            request,
            topic,
            message_id: None,
            trace_id: invoked.trace_id,
            since,
        };
        let (line, reply) = match Route::of(request.method(), request.uri().path()) {
            Ok(Route::Send(topic)) => {
                let reply = self.send(&topic, request, invoked, self.until(ends_at)).await;
                return reply.into_response();
            }
            Ok(Route::Register) => (line("register", ""), self.register(self.until(ends_at)).await),
            Ok(Route::Topics) => (line("topics", ""), self.topics(self.until(ends_at)).await),
            Ok(Route::Report) => {
                let reply = self.report(request.body().as_ref(), self.until(ends_at)).await;
                (line("report", ""), reply)
            }
            Ok(Route::Assign(topic)) => {
                let reply = self.assign(&topic, request.body().as_ref(), self.until(ends_at)).await;
                (line("assign", ""), reply)
            }
            Err(not_served) => (line("other", ""), Reply::from(not_served)),
        };
        line.write(&reply, self.once.pace.now());
        reply.into_response()
    }

    async fn send<B: AsRef<[u8]>>(
        &self,
        topic: &PathTopic,
        request: &Request<B>,
        invoked: Invoked<'_>,
        until: Timestamp,
    ) -> Reply {
        let body = request.body().as_ref();
        let (name, fault) = topic.named(body);
        let read = match (TopicMessage::read(&name, body), fault) {
            (Ok(accepted), None) => Ok(accepted),
            (read, fault) => Err(Faults::after(fault.into_iter().collect(), read.err()).expect("one of them is a fault")),
        };
        let line = Line {
            route: Door::Http,
            request: "send",
            topic: "",
            message_id: None,
            trace_id: invoked.trace_id,
            since: self.once.pace.now(),
        };
        let principal = match caller::principal(request.extensions()) {
            Ok(principal) => principal,
            Err(problem) => {
                let reply = Reply::from(problem);
                line.write(&reply, self.once.pace.now());
                return reply;
            }
        };
        let terms = Terms::of_headers(request.headers());
        self.send_read(read, terms, &principal, invoked.id, until, line).await
    }

    /// Sends what was read, or tells all that is wrong with it.
    async fn send_read(
        &self,
        read: Result<Accepted, Faults>,
        terms: Result<Terms, Vec<Fault>>,
        principal: &str,
        id: &str,
        until: Timestamp,
        line: Line<'_>,
    ) -> Reply {
        let (accepted, terms) = match (read, terms) {
            (Ok(accepted), Ok(terms)) => (accepted, terms),
            (read, terms) => {
                let faults = Faults::after(terms.err().unwrap_or_default(), read.err());
                let reply = Reply::invalid(faults.expect("one of them is a fault"));
                line.write(&reply, self.once.pace.now());
                return reply;
            }
        };
        let topic = accepted.message.topic();
        let shards = self.shards.of(topic);
        if let [only] = &shards[..]
            && only == topic
        {
            return self.send_to(&accepted, &terms, principal, id, until, line).await;
        }
        let sends = shards.into_iter().enumerate().map(|(index, shard)| {
            let accepted = Accepted {
                message: accepted.message.clone().to(shard.clone()),
                warnings: Vec::new(),
            };
            let (terms, id) = (&terms, format!("{id}-{index}"));
            async move {
                let reply = self.send_to(&accepted, terms, principal, &id, until, line).await;
                Shard { topic: shard, reply }
            }
        });
        let shards = stream::iter(sends).buffered(SHARDS_AT_ONCE).collect::<Vec<_>>().await;
        split::combined(topic, &shards, &accepted.warnings)
    }

    async fn send_to(
        &self,
        accepted: &Accepted,
        terms: &Terms,
        principal: &str,
        id: &str,
        until: Timestamp,
        line: Line<'_>,
    ) -> Reply {
        let order = Order {
            principal,
            terms,
            accepted,
            attempt_id: id,
            until,
        };
        // On the heap: it holds the calls to three services.
        let reply = Box::pin(self.once.send(order)).await;
        let topic = accepted.message.topic().as_str();
        Line { topic, ..line }.write(&reply, self.once.pace.now());
        reply
    }

    async fn register(&self, until: Timestamp) -> Reply {
        let left = until.duration_since(self.once.pace.now()).try_into().unwrap_or_default();
        let budget = self.once.pace.budget(left);
        match self.once.adm.register(&budget).await.into_answer() {
            Ok(registered) => Reply::ok("registered", &registered),
            Err(problem) => Reply::from(problem),
        }
    }

    /// The time that a request has. API Gateway waits for 29 s (Amazon API Gateway quotas, "Integration timeout").
    fn until(&self, ends_at: Timestamp) -> Timestamp {
        let by_gateway = self.once.pace.now().saturating_add(LONGEST).unwrap_or(Timestamp::MAX);
        by_gateway.min(ends_at.saturating_sub(TO_ANSWER).unwrap_or(ends_at))
    }
}

/// Shards that are sent to at the same time.
const SHARDS_AT_ONCE: usize = 8;
const LONGEST: SignedDuration = SignedDuration::from_secs(27);
const TO_ANSWER: SignedDuration = SignedDuration::from_secs(1);
