//! No secret and no token in any text that leaves, and nothing of a message in any but the problem for its caller.

use std::error::Error;

use adm::Outcome;
use sandbox::adm::{Fault, Target};

use crate::world::{CLIENT_ID, CLIENT_SECRET, World, consolidated, message};

#[tokio::test]
async fn no_text_of_an_outcome_holds_a_secret_a_token_or_a_message() {
    let faults = [
        Fault::Answer(200, "{\"messageId\":1}"),
        Fault::Answer(400, "{\"reason\":\"matter of SomeTopic\"}"),
        Fault::Answer(502, "matter"),
        Fault::Echo,
        Fault::HangUp,
        Fault::Internal(Some("60")),
        Fault::LoseResponse,
        Fault::Malformed,
        Fault::Reason(401, "AccessTokenExpired"),
        Fault::Reason(400, "Security profile a is not registered for TopicBasedMessaging."),
        Fault::Reason(413, "MessageTooLarge"),
        Fault::TooMany(Some("60")),
        Fault::Unavailable(None),
        Fault::Pass,
    ];
    for target in [Target::Send, Target::Token, Target::Register] {
        for fault in &faults {
            let world = World::start().await;
            if target == Target::Register {
                let not_registered = Fault::Reason(400, "Security profile a is not registered for TopicBasedMessaging.");
                world.service.script(Target::Send, [not_registered]);
            }
            world.service.script(target, [fault.clone(), fault.clone()]);
            let mut texts = vec![format!("{:?} {:?} {:?}", world.adm, message(), consolidated())];
            for message in [message(), consolidated()] {
                let outcome = world.send(&message).await;
                texts.push(format!("{outcome:?}"));
                texts.extend(told(&outcome));
                if let Err(problem) = outcome.into_answer() {
                    assert!(problem.status >= 400);
                    texts.push(format!("{problem:?}"));
                    // What ADM says about a message is for the caller who wrote it.
                    texts.push(problem.to_json().replace("matter of SomeTopic", ""));
                }
            }
            texts.push(format!("{:?}", world.adm.register(&world.budget(10)).await));
            let tokens: Vec<String> = [Target::Send, Target::Register]
                .into_iter()
                .flat_map(|target| world.service.calls(target))
                .filter_map(|call| call.header("authorization").map(str::to_owned))
                .collect();
            let tokens = tokens.iter().filter_map(|token| token.strip_prefix("Bearer "));
            let secrets: Vec<&str> = tokens.chain([CLIENT_ID, CLIENT_SECRET, "matter", "Sync"]).collect();
            for text in &texts {
                let told = secrets.iter().find(|secret| text.contains(**secret));
                assert_eq!(told, None, "{target:?} {fault:?}: {text}");
            }
        }
    }
}

/// The texts of the errors inside an outcome, with their causes.
fn told(outcome: &Outcome) -> Vec<String> {
    let mut error: Option<&dyn Error> = match outcome {
        Outcome::NoToken(error) => Some(error),
        Outcome::NotSent(obstacle) => Some(obstacle),
        Outcome::Unknown { doubt, .. } => Some(doubt),
        Outcome::NotRegistered { .. }
        | Outcome::Refused { .. }
        | Outcome::RetryLater { .. }
        | Outcome::Sent { .. }
        | Outcome::TooLarge { .. }
        | Outcome::Unauthorised { .. } => None,
    };
    let mut texts = Vec::new();
    while let Some(told) = error {
        texts.push(format!("{told} {told:?}"));
        error = told.source();
    }
    texts
}
