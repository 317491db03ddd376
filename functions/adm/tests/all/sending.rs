//! What is sent, and what an answer makes of it.

use adm::{Code, Outcome, Problem, ProblemType, Registration};
use insta::assert_snapshot;
use sandbox::adm::{Call, Fault, Target};

use crate::world::{CLIENT_ID, World, message, read};

#[tokio::test]
async fn a_send_is_amazons_sample_byte_for_byte() {
    let world = World::start().await;
    let sample = read(
        r#"{
    "data":{"key1":"value1","key2":"value2"},
    "notification":{"title":"ADM Message Notification","body":"We have a new offer for you!"},
    "consolidationKey":"Some Key",
    "expiresAfter":86400,
    "priority": "high",
    "topic":"SomeTopic"
}"#,
    );
    let Outcome::Sent { message_id, request_id } = world.send(&sample).await else {
        panic!("not sent");
    };
    assert_eq!(message_id, world.service.delivered()[0].message_id);
    assert!(request_id.is_some());
    assert_snapshot!(shown(&world.service.calls(Target::Send)[0]), @r#"
    authorization: Bearer …
    content-type: application/json
    accept: application/json
    x-amzn-type-version: com.amazon.device.messaging.ADMMessage@1.0
    x-amzn-accept-type: com.amazon.device.messaging.ADMSendResult@1.0

    {"data":{"key1":"value1","key2":"value2"},"notification":{"title":"ADM Message Notification","body":"We have a new offer for you!"},"consolidationKey":"Some Key","expiresAfter":86400,"priority":"high","topic":"SomeTopic"}
    "#);
}

#[tokio::test]
async fn a_registration_is_amazons_sample_byte_for_byte() {
    let world = World::start().await;
    let registration = world.adm.register(&world.budget(10)).await;
    let Registration::Registered { security_profile, .. } = registration else {
        panic!("{registration:?}");
    };
    assert_eq!(
        security_profile.map(|profile| profile.len()),
        Some("amzn1.application.".len() + 32)
    );
    assert_snapshot!(shown(&world.service.calls(Target::Register)[0]), @r#"
    authorization: Bearer …
    content-type: application/json
    accept: application/json

    {"clientSecret":"s&cr=t+ %/?#é"}
    "#);
}

#[tokio::test]
async fn a_profile_that_is_not_registered_is_registered_once_and_the_message_sent_once_more() {
    let world = World::start().await;
    let not_registered = "Security profile amzn1.application.0 is not registered for TopicBasedMessaging.";
    world.service.script(Target::Send, [Fault::Reason(400, not_registered)]);
    assert!(matches!(world.send(&message()).await, Outcome::Sent { .. }));
    assert_eq!((world.count(Target::Register), world.count(Target::Send)), (1, 2));

    let again = Fault::Reason(400, not_registered);
    world.service.script(Target::Send, [again.clone(), again]);
    let outcome = world.send(&message()).await;
    assert!(
        matches!(
            &outcome,
            Outcome::NotRegistered {
                code: Some(Code::NotRegistered),
                ..
            }
        ),
        "{outcome:?}"
    );
    assert_eq!((world.count(Target::Register), world.count(Target::Send)), (2, 4));
    let problem = outcome.into_answer().unwrap_err();
    assert_eq!((problem.status, problem.kind), (502, ProblemType::NotRegistered));
}

#[tokio::test]
async fn a_registration_that_is_refused_is_the_reason_why_a_message_is_not_sent() {
    let world = World::start().await;
    let not_registered = Fault::Reason(400, "Security profile a is not registered for TopicBasedMessaging.");
    let foreign = "The given clientSecret is not associated with the security profile a";
    world.service.script(Target::Send, [not_registered]);
    world.service.script(Target::Register, [Fault::Reason(400, foreign)]);
    let outcome = world.send(&message()).await;
    let Outcome::NotRegistered { code, reason, .. } = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(*code, Some(Code::ForeignClientSecret));
    assert_eq!(reason.as_ref().map(|reason| reason.as_str()), Some(foreign));
    assert_eq!(world.service.delivered(), []);
}

#[tokio::test]
async fn a_registration_without_an_answer_is_told_as_that_and_not_as_a_status() {
    let world = World::start().await;
    let not_registered = Fault::Reason(400, "Security profile a is not registered for TopicBasedMessaging.");
    world.service.script(Target::Send, [not_registered]);
    world.service.script(Target::Register, [Fault::HangUp]);
    let outcome = world.adm.send_once(&message(), &world.budget(10)).await;
    assert_eq!(
        outcome,
        Outcome::RetryLater {
            status: None,
            retry_after: None,
            request_id: None,
        }
    );
    assert_eq!(world.service.delivered(), []);
    assert_snapshot!(
        outcome.into_answer().unwrap_err().to_json(),
        @r#"{"type":"/problems/adm/unavailable","title":"Amazon Device Messaging cannot take the message now","status":503,"detail":"the registration that the message needs had no answer; ADM does not have the message"}"#
    );
}

#[tokio::test]
async fn a_refusal_is_told_in_adms_words_with_amazons_request_id() {
    let world = World::start().await;
    world.service.unsubscribe(CLIENT_ID, "instance-1", "SomeTopic").unwrap();
    let outcome = world.send(&message()).await;
    let Outcome::Refused { status, code, .. } = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!((*status, *code), (400, Some(Code::NoActiveSubscriptions)));
    assert_eq!(world.count(Target::Send), 1);
    let mut problem: Problem = outcome.into_answer().unwrap_err();
    assert!(problem.request_id.take().is_some());
    assert_snapshot!(
        problem.to_json(),
        @r#"{"type":"/problems/adm/refused-by-adm","title":"Amazon Device Messaging refused the message","status":400,"detail":"Topic SomeTopic has no active subscriptions.","code":"NoActiveSubscriptions"}"#
    );
}

#[tokio::test]
async fn what_adm_takes_for_too_large_is_final() {
    let world = World::start().await;
    world.service.script(Target::Send, [Fault::Reason(413, "MessageTooLarge")]);
    let outcome = world.send(&message()).await;
    assert!(matches!(outcome, Outcome::TooLarge { .. }), "{outcome:?}");
    assert_eq!(outcome.into_answer().unwrap_err().status, 413);
    assert_eq!(world.count(Target::Send), 1);
}

#[tokio::test]
async fn a_redirection_is_not_followed() {
    let world = World::start().await;
    world.service.script(Target::Send, [Fault::Answer(307, "")]);
    let outcome = world.send(&message()).await;
    assert!(matches!(outcome, Outcome::Refused { status: 307, .. }), "{outcome:?}");
    assert_eq!((world.count(Target::Send), world.count(Target::Other)), (1, 0));
}

/// The headers that Amazon's page lists, in its order, and the body.
fn shown(call: &Call) -> String {
    let names = [
        "authorization",
        "content-type",
        "accept",
        "x-amzn-type-version",
        "x-amzn-accept-type",
    ];
    let headers: String = names
        .iter()
        .filter_map(|name| Some((name, call.header(name)?)))
        .map(|(name, value)| match value.strip_prefix("Bearer ") {
            Some(_) => format!("{name}: Bearer …\n"),
            None => format!("{name}: {value}\n"),
        })
        .collect();
    format!("{headers}\n{}", String::from_utf8_lossy(&call.body))
}
