use std::time::Duration;

use insta::assert_snapshot;
use sends::Standing;

use super::*;
use crate::{Doubt, Obstacle, Outcome, Reason};

fn sent() -> Reply {
    of(Outcome::Sent {
        message_id: "m".to_owned(),
        request_id: None,
    })
}

fn of(outcome: Outcome) -> Reply {
    Reply::of_outcome(outcome, &topic("weather.0"), &[])
}

fn later(seconds: u64) -> Reply {
    of(Outcome::RetryLater {
        status: Some(503),
        retry_after: Some(Duration::from_secs(seconds)),
        request_id: None,
    })
}

fn unknown() -> Reply {
    of(Outcome::Unknown {
        doubt: Doubt::Unanswered(Obstacle::Deadline),
        request_id: None,
    })
}

fn refused(code: Code) -> Reply {
    of(Outcome::Refused {
        status: 400,
        code: Some(code),
        reason: Reason::new("Words of ADM.", &[]),
        request_id: None,
    })
}

fn topic(name: &str) -> Topic {
    Topic::new(name).unwrap()
}

fn combine(replies: Vec<Reply>) -> Reply {
    let shards = replies.into_iter().enumerate().map(|(index, reply)| Shard {
        topic: topic(&format!("weather.{index}")),
        reply,
    });
    combined(&topic("weather"), &shards.collect::<Vec<_>>(), &[])
}

#[test]
fn all_shards_sent_is_sent_and_lists_them() {
    let reply = combine(vec![sent(), sent()]);
    assert_eq!((reply.status, reply.outcome), (200, "sent"));
    assert_snapshot!(
        reply.body.json,
        @r#"{"topic":"weather","shards":[{"topic":"weather.0","status":200,"answer":{"topic":"weather.0","messageId":"m"}},{"topic":"weather.1","status":200,"answer":{"topic":"weather.0","messageId":"m"}}]}"#
    );
}

#[test]
fn the_shard_that_needs_most_attention_decides_and_all_are_listed() {
    let reply = combine(vec![sent(), later(7), unknown(), later(30)]);
    assert_eq!((reply.status, reply.retry_after), (503, Some(Duration::from_secs(30))));
    assert_snapshot!(
        reply.body.json,
        @r#"{"type":"/problems/adm/unavailable","title":"Amazon Device Messaging cannot take the message now","status":503,"detail":"1 of 4 shards have the message; the same request goes on with the others","shards":[{"topic":"weather.0","status":200,"answer":{"topic":"weather.0","messageId":"m"}},{"topic":"weather.1","status":503,"answer":{"type":"/problems/adm/unavailable","title":"Amazon Device Messaging cannot take the message now","status":503,"detail":"ADM answered 503; it does not have the message"}},{"topic":"weather.2","status":504,"answer":{"type":"/problems/adm/outcome-unknown","title":"It is not known whether Amazon Device Messaging has the message","status":504,"detail":"no answer within the time limit; sending it again may deliver it twice"}},{"topic":"weather.3","status":503,"answer":{"type":"/problems/adm/unavailable","title":"Amazon Device Messaging cannot take the message now","status":503,"detail":"ADM answered 503; it does not have the message"}}]}"#
    );
}

#[test]
fn what_outweighs_what() {
    let in_flight = || {
        Reply::of_standing(Standing::InFlight {
            retry_after: Duration::from_secs(9),
        })
    };
    let mismatch = || Reply::of_standing(Standing::Mismatch);
    let operator = || of(Outcome::Unauthorised { request_id: None });
    let not_registered = || {
        of(Outcome::NotRegistered {
            code: None,
            reason: None,
            request_id: None,
        })
    };
    let empty = || refused(Code::NoActiveSubscriptions);
    for (replies, status, outcome) in [
        (vec![sent(), mismatch(), later(1)], 422, "mismatch"),
        (vec![in_flight(), later(1)], 503, "unavailable"),
        (vec![operator(), in_flight()], 409, "in_flight"),
        (vec![unknown(), operator()], 502, "credentials_refused"),
        (vec![unknown(), not_registered()], 502, "not_registered"),
        (vec![refused(Code::InvalidData), unknown()], 504, "unknown"),
        (vec![sent(), refused(Code::InvalidData)], 400, "refused"),
        (vec![sent(), of(Outcome::TooLarge { request_id: None })], 413, "refused"),
        (vec![empty(), sent(), empty()], 200, "sent"),
        (vec![empty(), empty()], 400, "refused"),
    ] {
        let reply = combine(replies);
        assert_eq!((reply.status, reply.outcome), (status, outcome));
    }
}

#[test]
fn an_answer_is_a_replay_if_all_are_and_on_record_if_all_are() {
    let replayed = || Reply {
        is_replayed: true,
        ..sent()
    };
    assert!(combine(vec![replayed(), replayed()]).is_replayed);
    assert!(!combine(vec![replayed(), sent()]).is_replayed);
    let unrecorded = Reply {
        is_recorded: false,
        ..sent()
    };
    assert!(!combine(vec![sent(), unrecorded]).is_recorded);
    assert!(combine(vec![sent(), sent()]).is_recorded);
}
