//! Every kind of request there is, one after the other, with secrets wherever one can have them.

use sandbox::adm::{Fault, Target};
use sandbox::{dynamo, secrets as vault};

use crate::world::{Answer, CLIENT_ID, CLIENT_SECRET, Terms, World};

/// Stands in every text, name and key that a caller chooses.
pub(crate) const SECRET: &str = "s3cr3t";

/// All that is nobody's business: what callers write, what Amazon gives, what the queue hands out.
pub(crate) fn secrets(world: &World) -> Vec<String> {
    let mut secrets = vec![
        SECRET.to_owned(),
        CLIENT_SECRET.to_owned(),
        "Atc|".to_owned(),
        "Bearer".to_owned(),
    ];
    let derived = world.amazon.delivered().into_iter();
    secrets.extend(derived.filter_map(|one| one.body["consolidationKey"].as_str().map(str::to_owned)));
    let receipts = world.queue.calls().into_iter();
    secrets.extend(receipts.filter_map(|call| call.receipt_handle().map(str::to_owned)));
    secrets
}

fn message() -> String {
    format!(r#"{{"data":{{"{SECRET}":"{SECRET}"}},"notification":{{"{SECRET}":"{SECRET}"}}}}"#)
}

fn consolidated() -> String {
    message().replace("{\"data\"", &format!("{{\"consolidationKey\":\"{SECRET}-key\",\"data\""))
}

fn key(n: &str) -> String {
    format!("\"{SECRET} {n}\"")
}

async fn send(world: &World, n: &str) -> Answer {
    world.send(&key(n), &message()).await
}

/// Sends of every outcome, over HTTP.
pub(crate) async fn requests(world: &World) -> Vec<Answer> {
    let mut answers = vec![send(world, "sent").await, send(world, "sent").await];
    answers.push(world.send(&key("sent"), &consolidated()).await);
    answers.extend(invalid(world).await);
    for (n, fault) in [
        ("refused", Fault::Reason(400, "InvalidData")),
        // The reason of a careless service repeats all that it was sent.
        ("echo", Fault::Echo),
        ("too large", Fault::Reason(413, "MessageTooLarge")),
        ("limited", Fault::TooMany(Some("3600"))),
        ("odd", Fault::Answer(302, "")),
        ("proxy", Fault::Answer(502, "")),
        ("malformed", Fault::Malformed),
        ("lost", Fault::LoseResponse),
    ] {
        world.amazon.script(Target::Send, [fault]);
        answers.extend([send(world, n).await, send(world, n).await]);
    }
    let resend = [("idempotency-key", &*key("lost")), ("on-unknown", "resend")];
    answers.push(world.send_with(&resend, &message()).await);
    world.amazon.script(Target::Send, vec![Fault::HangUp; 5]);
    answers.push(world.send(&key("consolidated"), &consolidated()).await);
    answers.push(world.send(&key("consolidated"), &consolidated()).await);
    answers.extend(without_amazon(world).await);
    answers.extend(without_store(world).await);
    answers
}

async fn invalid(world: &World) -> Vec<Answer> {
    let long = "k".repeat(256);
    let odd = format!(r#"{{"{SECRET}":1,"data":{{"{SECRET}":1}},"consolidationKey":""}}"#);
    let large = message().replace(SECRET, &SECRET.repeat(400));
    vec![
        world.send_with(&[], &message()).await,
        world.send(&long, &odd).await,
        world.send(&key("odd"), &format!("{{{SECRET}")).await,
        world.send(&key("large"), &large).await,
        world
            .send_with(&[("idempotency-key", &key("policy")), ("on-unknown", SECRET)], &message())
            .await,
    ]
}

async fn without_amazon(world: &World) -> Vec<Answer> {
    let mut answers = Vec::new();
    for fault in [
        Fault::Unavailable(None),
        Fault::Answer(400, r#"{"error":"invalid_scope"}"#),
        Fault::Malformed,
    ] {
        let cold = world.instance(&Terms::default());
        world.amazon.script(Target::Token, [fault]);
        answers.push(world.send_by(&cold, &[("idempotency-key", &key("token"))], &message()).await);
    }
    for fault in [vault::Fault::Denied, vault::Fault::Internal] {
        let cold = world.instance(&Terms::default());
        world.secrets.script([fault]);
        answers.push(world.send_by(&cold, &[("idempotency-key", &key("secret"))], &message()).await);
    }
    world.amazon.rotate_secret(CLIENT_ID, "another");
    let cold = world.instance(&Terms::default());
    answers.push(
        world
            .send_by(&cold, &[("idempotency-key", &key("rotated"))], &message())
            .await,
    );
    world.amazon.rotate_secret(CLIENT_ID, CLIENT_SECRET);
    let unregistered = "Security profile x is not registered for TopicBasedMessaging.";
    world.amazon.script(Target::Send, [Fault::Reason(400, unregistered)]);
    let foreign = "The given clientSecret is not associated with the security profile x";
    world.amazon.script(Target::Register, [Fault::Reason(400, foreign)]);
    answers.push(send(world, "unregistered").await);
    answers
}

async fn without_store(world: &World) -> Vec<Answer> {
    let mut answers = Vec::new();
    for (n, faults) in [
        ("denied", &[dynamo::Fault::Deny][..]),
        ("away", &[dynamo::Fault::Throttle; 3]),
        ("unrecorded", &[dynamo::Fault::Pass, dynamo::Fault::Deny]),
    ] {
        for fault in faults {
            world.faults.inject("PutItem", *fault, 1);
        }
        answers.push(send(world, n).await);
    }
    answers.push(send(world, "unrecorded").await);
    let (patient, key) = (("prefer", "wait=1"), key("unrecorded"));
    answers.push(world.send_with(&[("idempotency-key", &key), patient], &message()).await);
    answers
}

/// Messages of a queue, some of them delivered twice. The id of each, as often as it was taken.
pub(crate) async fn take_batches(world: &World) -> Vec<String> {
    let topic = format!("{{\"topic\":\"{}\",", crate::world::TOPIC);
    let addressed = |body: String| body.replacen('{', &topic, 1);
    let secretive = key("queue");
    for (body, attributes) in [
        (addressed(message()), &[][..]),
        (addressed(message()), &[("idempotency_key", secretive.as_str())]),
        (addressed(consolidated()), &[("idempotency_key", secretive.as_str())]),
        (addressed(message()), &[("on_unknown", "resend")]),
        (addressed(message()), &[("on_unknown", SECRET)]),
        (format!("{{{SECRET}"), &[]),
        (message(), &[]),
    ] {
        world.queue.send(&body, attributes);
    }
    let mut taken = Vec::new();
    world
        .amazon
        .script(Target::Send, [Fault::LoseResponse, Fault::HangUp, Fault::Internal(None)]);
    world.queue.script([sandbox::queue::Fault::Denied]);
    for _ in 0..3 {
        let batch = world.queue.receive(10);
        let answer = world.invoke(&world.service, &world.queue.event(&batch)).await.unwrap();
        world.queue.settle(&batch, &answer);
        taken.extend(batch.into_iter().map(|message| message.message_id));
        world.clock.pass(60);
    }
    taken
}

/// What else can be asked for.
pub(crate) async fn other_requests(world: &World) {
    let report = format!(r#"{{"instance":"amzn1.adm-registration.v3.{SECRET}","topic":"news","event":"onSubscribe"}}"#);
    let question = format!(r#"{{"instance":"amzn1.adm-registration.v3.{SECRET}"}}"#);
    let odd = report.replace("\"event\"", &format!("\"{SECRET}\""));
    for (method, path, body) in [
        ("POST", "/adm/registration", String::new()),
        ("GET", "/adm/topics", String::new()),
        ("POST", "/adm/subscriptions", report),
        ("POST", "/adm/subscriptions", format!("{{{SECRET}")),
        ("POST", "/adm/subscriptions", odd.clone()),
        ("POST", "/adm/topics/news/assignment", question),
        ("POST", "/adm/topics/news/assignment", odd),
        ("POST", &format!("/adm/{SECRET}"), String::new()),
        ("PUT", "/adm/topics", SECRET.to_owned()),
    ] {
        world
            .request(method, path, &[("authorization", SECRET), ("cookie", SECRET)], &body)
            .await;
    }
    let events = ["{}".to_owned(), format!(r#"{{"{SECRET}":"{SECRET}"}}"#)];
    for event in events {
        let refused = world.invoke(&world.service, &event).await.unwrap_err();
        assert_eq!(refused, adm::UnknownEvent);
    }
}
