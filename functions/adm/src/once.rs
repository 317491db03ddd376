//! One message to one topic, sent once.
//!
//! The order is the promise: token, lease, POST, record, answer. Before the lease nothing has happened; after it nothing can fail but
//! ADM, so that a lease always ends with what ADM did. Of many with the same key one sends, and all are told the same.

use std::time::Duration;

use cloud::Causes;
use jiff::{SignedDuration, Timestamp};
use sends::{
    Acquired, Attempt, Claim, ConsolidationKey, Fingerprint, OnUnknown, Permit, SendKey, Sends, Settled, Standing, StoreError,
};

use crate::reply::Reply;
use crate::service::terms::{IfUnknown, Terms};
use crate::{Accepted, Adm, Outcome, Pace, Problem, ProblemType, TokenError, TopicMessage, Warning};

/// Sends messages, each once.
#[derive(Debug)]
pub(crate) struct Once {
    pub(crate) adm: Adm,
    pub(crate) sends: Sends,
    pub(crate) pace: Pace,
}

/// A message that somebody wants to have sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'a> {
    /// Whose key it is.
    pub(crate) principal: &'a str,
    pub(crate) terms: &'a Terms,
    pub(crate) accepted: &'a Accepted,
    /// Names this try of it.
    pub(crate) attempt_id: &'a str,
    /// When the answer has to be there.
    pub(crate) until: Timestamp,
}

impl Once {
    /// Opens the connection to the store.
    pub(crate) async fn prepare(&self) {
        self.sends.prepare().await;
    }

    /// Sends the message unless that has been done, and says what became of it.
    pub(crate) async fn send(&self, order: Order<'_>) -> Reply {
        let claim = order.claim();
        let stop_sending_at = order.until.saturating_sub(TO_RECORD).unwrap_or(order.until);
        if self.left_until(stop_sending_at) < LEAST_TO_SEND {
            return out_of_time();
        }
        let budget = self.pace.budget(self.left_until(stop_sending_at).min(LONGEST_TO_PREPARE));
        if let Err(error) = self.adm.prepare(&budget).await {
            return self.without_token(&claim, error).await;
        }
        if self.left_until(stop_sending_at) < LEAST_TO_SEND {
            return out_of_time();
        }
        let attempt = Attempt {
            id: order.attempt_id,
            now: self.pace.now(),
            lease: self.left_until(stop_sending_at),
        };
        let (clock, sleep) = (|| self.pace.now(), |time| self.pace.wait(time));
        let acquired = self
            .sends
            .acquire_within(&claim, &attempt, order.terms.wait.at_most(attempt.lease), clock, sleep)
            .await;
        match acquired {
            Ok(Acquired::Go(permit)) => self.post(permit, order, stop_sending_at).await,
            Ok(Acquired::Held(standing)) => Reply::of_standing(standing),
            Err(error) => store_fault(&error, "the record of what was sent cannot be reached; nothing was sent now"),
        }
    }

    async fn post(&self, permit: Permit, order: Order<'_>, stop_sending_at: Timestamp) -> Reply {
        let left = permit.time_left(self.pace.now()).unwrap_or_default();
        let left = left.min(self.left_until(stop_sending_at));
        // A message that is cut a moment after it was begun is a message of which nobody knows.
        if left < LEAST_TO_SEND {
            return self.give_up(permit, order.until).await;
        }
        let budget = self.pace.budget(left);
        let Accepted { message, warnings } = order.accepted;
        let outcome = match permit.consolidation_key() {
            Some(key) => {
                let key = crate::ConsolidationKey::new(key.as_str());
                let key = key.expect("it is the message's own, or 32 digits that were made of the key");
                let message = message.clone().with_consolidation_key(key);
                self.adm.send(&message, &budget).await
            }
            None => self.adm.send_until_in_doubt(message, &budget).await,
        };
        self.settle(permit, outcome, message, warnings, order.until).await
    }

    /// Ends a lease that was over before anything was sent. Whoever comes next may send, unless an earlier attempt has left a doubt.
    async fn give_up(&self, permit: Permit, until: Timestamp) -> Reply {
        let reply = match permit.is_in_doubt() {
            true => still_in_doubt(out_of_time()),
            false => out_of_time(),
        };
        let settled = self.release(permit, Duration::ZERO, "out_of_time", until).await;
        settled_as(reply, settled)
    }

    /// Puts on record what became of it, and answers that, or what somebody else has put there instead.
    async fn settle(
        &self,
        permit: Permit,
        outcome: Outcome,
        message: &TopicMessage,
        warnings: &[Warning],
        until: Timestamp,
    ) -> Reply {
        let reason = outcome.reason();
        let reply = Reply::of_outcome(outcome, message.topic(), warnings);
        let clock = || self.pace.now();
        let (reply, settled) = match reply.kind {
            // The last attempt was refused, which says nothing of the one before.
            Some(kind) if permit.is_in_doubt() && kind != ProblemType::OutcomeUnknown => {
                let settled = self.sends.mark_unknown(permit, clock, until).await;
                (still_in_doubt(reply), settled)
            }
            None | Some(ProblemType::InvalidMessage | ProblemType::MessageTooLarge | ProblemType::RefusedByAdm) => {
                let settled = self.sends.complete(permit, &reply.to_stored(), clock, until).await;
                (reply, settled)
            }
            Some(ProblemType::OutcomeUnknown) => {
                // Who wants it sent again is told when: the same request does so.
                let retry_after = permit.consolidation_key().map(|_| SOON);
                let settled = self.sends.mark_unknown(permit, clock, until).await;
                (Reply { retry_after, ..reply }, settled)
            }
            Some(
                ProblemType::CredentialsRefused
                | ProblemType::IdempotencyKeyReused
                | ProblemType::InFlight
                | ProblemType::InvalidRequest
                | ProblemType::MethodNotAllowed
                | ProblemType::NotFound
                | ProblemType::NotRegistered
                | ProblemType::TopicFull
                | ProblemType::Unavailable
                | ProblemType::UnknownCaller,
            ) => {
                let after = reply.retry_after.unwrap_or_default();
                let settled = self.release(permit, after, reason, until).await;
                (reply, settled)
            }
        };
        settled_as(reply, settled)
    }

    async fn release(&self, permit: Permit, after: Duration, reason: &'static str, until: Timestamp) -> Settled {
        self.sends.release(permit, after, reason, || self.pace.now(), until).await
    }

    /// Nothing can be sent; an answer that is on record is one all the same.
    async fn without_token(&self, claim: &Claim, error: TokenError) -> Reply {
        let outcome = Outcome::NoToken(error);
        let reason = outcome.reason();
        let problem = outcome.into_answer().expect_err("a message without a token is not sent");
        let reply = Reply::from(problem).because(reason);
        match self.sends.standing(claim, self.pace.now()).await {
            Ok(Some(Standing::Unknown)) if claim.on_unknown != OnUnknown::Fail => still_in_doubt(reply),
            Ok(Some(standing @ (Standing::InFlight { .. } | Standing::Mismatch | Standing::Replay(_) | Standing::Unknown))) => {
                Reply::of_standing(standing)
            }
            Ok(Some(Standing::TooEarly { .. }) | None) => reply,
            Err(error) => {
                log_store_fault(&error);
                reply
            }
        }
    }

    fn left_until(&self, end: Timestamp) -> Duration {
        Duration::try_from(end.duration_since(self.pace.now())).unwrap_or_default()
    }
}

impl Order<'_> {
    fn claim(&self) -> Claim {
        let message = &self.accepted.message;
        let route = format!("POST /adm/topics/{}/messages", message.topic());
        let key = SendKey::of(self.principal, &route, &self.terms.key);
        let own = message.consolidation_key().map(|key| ConsolidationKey::given(key.as_str()));
        let on_unknown = match (self.terms.if_unknown, own) {
            (Some(IfUnknown::Fail), _) | (None, None) => OnUnknown::Fail,
            (Some(IfUnknown::Resend), None) => OnUnknown::Resend(ConsolidationKey::derived_from(&key)),
            (Some(IfUnknown::Resend) | None, Some(own)) => OnUnknown::Resend(own),
        };
        let fingerprint = crate::Fingerprint::of(message);
        Claim {
            key,
            fingerprint: Fingerprint::given(fingerprint.as_str()).expect("both crates write fingerprints alike, as a test holds"),
            on_unknown,
        }
    }
}

/// What is answered when the end of a send has been put on record, or could not be.
fn settled_as(reply: Reply, settled: Settled) -> Reply {
    match settled {
        Settled::Recorded => reply,
        Settled::Superseded(standing) => Reply::of_standing(standing),
        Settled::Unrecorded(error) => {
            log_store_fault(&error);
            Reply {
                is_recorded: false,
                ..reply
            }
        }
    }
}

/// What became of the last attempt does not end the doubt about an earlier one. Only a request that is to be sent again gets here, so
/// it is told when to come back, if that may help. An operator's fault stays one in the log.
fn still_in_doubt(last: Reply) -> Reply {
    let detail = format!(
        "an earlier attempt may have been delivered; this one was not (status {}), which does not end the doubt",
        last.status
    );
    let outcome = match last.kind {
        Some(ProblemType::CredentialsRefused | ProblemType::NotRegistered) => Some(last.outcome),
        _ => None,
    };
    let reply = Reply::from(Problem {
        request_id: last.request_id,
        retry_after: last.retry_after,
        ..Problem::new(ProblemType::OutcomeUnknown, detail)
    });
    Reply {
        outcome: outcome.unwrap_or(reply.outcome),
        reason: last.reason,
        ..reply
    }
}

/// Nothing was sent, and the key is as it was.
fn out_of_time() -> Reply {
    let problem = Problem {
        retry_after: Some(SOON),
        ..Problem::new(
            ProblemType::Unavailable,
            "there was not enough time left to send it; nothing was sent now",
        )
    };
    Reply::from(problem).because("out_of_time")
}

/// What the store says may name tables and roles: that is for the log.
pub(crate) fn store_fault(error: &StoreError, detail: &str) -> Reply {
    log_store_fault(error);
    let problem = Problem {
        retry_after: Some(SOON),
        ..Problem::new(ProblemType::Unavailable, detail)
    };
    Reply::from(problem).because("store")
}

fn log_store_fault(error: &StoreError) {
    let text = Causes(error).to_string();
    tracing::error!(
        function = crate::log::FUNCTION,
        outcome = "fault",
        reason = "store",
        error = text,
        "the table of sends could not be worked on"
    );
}

/// Before the end, for putting the outcome on record: one call to the store, repetitions included, takes 4 s at most.
const TO_RECORD: SignedDuration = SignedDuration::from_secs(5);
/// With less, it is not begun.
const LEAST_TO_SEND: Duration = Duration::from_secs(2);
/// For the secret and the token; after it there is time for the lease, two calls to the store at most, and for the message.
const LONGEST_TO_PREPARE: Duration = Duration::from_secs(12);
const SOON: Duration = Duration::from_secs(5);
