//! A topic that is split into shards: one message to each, one answer about all.
//!
//! Each shard has a lease and a record of its own, so the same request goes on where an earlier one stopped: a shard that has the
//! message is not sent it again. The answer is the one that a single topic would have, by the shard that needs most attention, and
//! lists all of them.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::reply::{Body, MOST_WARNINGS, Reply};
use crate::{Code, Problem, ProblemType, Topic, Warning};

/// What became of a message to one shard.
pub(crate) struct Shard {
    pub(crate) topic: Topic,
    pub(crate) reply: Reply,
}

#[derive(Serialize)]
struct Sent<'a> {
    topic: &'a str,
    shards: Vec<Listed<'a>>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    warnings: &'a [Warning],
}

#[derive(Serialize)]
struct NotSent<'a> {
    #[serde(flatten)]
    problem: Problem,
    shards: Vec<Listed<'a>>,
}

/// A shard with the answer that it has for itself.
#[derive(Serialize)]
struct Listed<'a> {
    topic: &'a str,
    status: u16,
    answer: Box<RawValue>,
}

/// What the shards come to, from what outweighs all others to what nothing outweighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// The key stands for another message.
    Mismatch,
    /// The same request, later, may do what is missing.
    Later,
    /// Somebody else is at it.
    InFlight,
    /// An operator has to act.
    Operator,
    /// Nobody knows.
    Unknown,
    /// ADM does not want it.
    Refused,
    /// ADM has it.
    Sent,
    /// Nobody is subscribed to the shard: the other shards decide.
    Empty,
}

/// One answer for all shards of `topic`.
pub(crate) fn combined(topic: &Topic, shards: &[Shard], warnings: &[Warning]) -> Reply {
    let weighed = shards.iter().map(|shard| (Weight::of(&shard.reply), shard));
    let Some((weight, heaviest)) = weighed.min_by_key(|(weight, _)| *weight) else {
        // A topic is at least itself.
        return Reply::from(Problem::new(ProblemType::NotFound, "the topic has no shards"));
    };
    let listed = shards.iter().map(Listed::of).collect();
    let has = shards.iter().filter(|shard| shard.reply.status == 200).count();
    let reply = match weight {
        Weight::Sent => Reply::ok(
            "sent",
            &Sent {
                topic: topic.as_str(),
                shards: listed,
                warnings: &warnings[..warnings.len().min(MOST_WARNINGS)],
            },
        ),
        Weight::Mismatch
        | Weight::Later
        | Weight::InFlight
        | Weight::Operator
        | Weight::Unknown
        | Weight::Refused
        | Weight::Empty => {
            let detail = format!("{has} of {} shards have the message; {}", shards.len(), weight.what_to_do());
            let problem = Problem::new(weight.problem(&heaviest.reply), detail);
            let reply = Reply::from(problem.clone());
            let body = NotSent { problem, shards: listed };
            Reply {
                body: Body {
                    json: serde_json::to_string(&body).expect("texts and numbers are always JSON"),
                    ..reply.body.clone()
                },
                reason: heaviest.reply.reason.clone(),
                ..reply
            }
        }
    };
    Reply {
        retry_after: shards
            .iter()
            .filter(|shard| Weight::of(&shard.reply) == weight)
            .filter_map(|shard| shard.reply.retry_after)
            .max(),
        is_replayed: shards.iter().all(|shard| shard.reply.is_replayed),
        is_recorded: shards.iter().all(|shard| shard.reply.is_recorded),
        ..reply
    }
}

impl Weight {
    fn of(reply: &Reply) -> Self {
        match StatusCode::from_u16(reply.status) {
            Ok(StatusCode::OK) => Self::Sent,
            Ok(StatusCode::CONFLICT) => Self::InFlight,
            Ok(StatusCode::UNPROCESSABLE_ENTITY) => Self::Mismatch,
            Ok(StatusCode::BAD_GATEWAY) => Self::Operator,
            Ok(StatusCode::GATEWAY_TIMEOUT) => Self::Unknown,
            Ok(status) if status.is_server_error() => Self::Later,
            Ok(_) | Err(_) if is_empty(reply) => Self::Empty,
            Ok(_) | Err(_) => Self::Refused,
        }
    }

    fn problem(self, heaviest: &Reply) -> ProblemType {
        match self {
            Self::Mismatch => ProblemType::IdempotencyKeyReused,
            Self::Later => ProblemType::Unavailable,
            Self::InFlight => ProblemType::InFlight,
            Self::Operator => heaviest.kind.unwrap_or(ProblemType::CredentialsRefused),
            Self::Unknown => ProblemType::OutcomeUnknown,
            Self::Refused if heaviest.status == 413 => ProblemType::MessageTooLarge,
            Self::Refused | Self::Sent | Self::Empty => ProblemType::RefusedByAdm,
        }
    }

    fn what_to_do(self) -> &'static str {
        match self {
            Self::Mismatch => "under this key another message was sent; give each message a key of its own",
            Self::Later | Self::InFlight => "the same request goes on with the others",
            Self::Operator => "the same request goes on with the others when an operator has acted",
            Self::Unknown => "of others it is not known; On-Unknown: resend sends to those again",
            Self::Refused => "ADM refused it for the others",
            Self::Empty => "nobody is subscribed to any of them",
            Self::Sent => "nothing is to be done",
        }
    }
}

impl<'a> Listed<'a> {
    fn of(shard: &'a Shard) -> Self {
        let answer = RawValue::from_string(shard.reply.body.json.clone());
        Self {
            topic: shard.topic.as_str(),
            status: shard.reply.status,
            answer: answer.unwrap_or_default(),
        }
    }
}

/// ADM refuses a message to a topic that nobody is subscribed to. The answer on record says so, too.
fn is_empty(reply: &Reply) -> bool {
    #[derive(Deserialize)]
    struct Coded {
        code: String,
    }
    let coded = serde_json::from_str::<Coded>(&reply.body.json);
    reply.status == 400 && coded.is_ok_and(|coded| coded.code == Code::NoActiveSubscriptions.as_str())
}

#[cfg(test)]
mod tests;
