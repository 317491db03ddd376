//! Every kind of delivery there is, one after the other, with secrets wherever a message can have one.

use jiff::SignedDuration;
use sandbox::cert_host::Mode;
use sandbox::dynamo::Fault;
use sandbox::publisher::Post;
use sandbox::rtn::Quirk;
use sandbox::{Envelope, Notification, ids, sns_api};
use serde_json::Value;

use crate::world::{STRANGER, TOPIC, World, clock, mail};

/// What was delivered, if it was well-formed, and what it was answered.
pub(crate) struct Told {
    pub(crate) envelope: Option<Envelope>,
    pub(crate) answer: String,
}

/// All that these messages hold and that is nobody's business: receipts, customers, tokens, addresses, texts.
pub(crate) fn secrets() -> Vec<String> {
    let mut secrets = Vec::new();
    for seed in ["a", "b", "c"] {
        let payload: Value = serde_json::from_str(mail::purchase(seed).field("Message").unwrap()).unwrap();
        let fields = ["receiptId", "appUserId", "appPackageName"].map(|field| payload[field].as_str().unwrap().to_owned());
        secrets.extend(fields);
        secrets.push(ids::token(seed));
    }
    let words = [
        "receiptId",
        "appUserId",
        "Action=",
        "Token=",
        "s3cr3t",
        "You have chosen",
        "A purchase",
    ];
    secrets.extend(words.map(str::to_owned));
    secrets
}

/// Plays them all.
pub(crate) async fn play(world: &World) -> Vec<Told> {
    let mut told = Vec::new();
    for envelope in taken(world).await {
        told.push(envelope);
    }
    told.extend(refused(world).await);
    told.extend(failed(world).await);
    told
}

async fn well_formed(world: &World, envelope: Envelope) -> Told {
    let answer = world.deliver(&envelope).await;
    let envelope = Some(envelope);
    Told { envelope, answer }
}

async fn malformed(world: &World, post: Post) -> Told {
    let (envelope, answer) = (None, world.post(&post).await);
    Told { envelope, answer }
}

async fn taken(world: &World) -> Vec<Told> {
    let (api, purchase) = (&world.stack.api, mail::purchase("a"));
    api.accept_token(TOPIC, &ids::token("a"), clock::now());
    let with_subject = Notification {
        subject: Some("A purchase".to_owned()),
        ..Notification::new(TOPIC, "subject", purchase.field("Message").unwrap(), clock::now())
    };
    let quirk = |quirk: Quirk| mail::message(quirk.name(), &quirk.text("b", clock::NOON));
    let asked = mail::confirmation(TOPIC, &ids::token("a"));
    let mut told = Vec::new();
    for envelope in [
        purchase.clone(),
        purchase.clone(),
        mail::same_key_other_body(&purchase),
        mail::signed(with_subject),
        quirk(Quirk::TrailingComma),
        quirk(Quirk::UnknownType),
        quirk(Quirk::Unreadable),
        asked.clone(),
        mail::farewell(TOPIC),
        mail::confirmation(STRANGER, &ids::token("c")),
        mail::sent_to(STRANGER, "c"),
    ] {
        told.push(well_formed(world, envelope).await);
    }
    api.script([sns_api::Fault::Unauthorized]);
    told.push(well_formed(world, asked).await);
    world.approve(STRANGER).await;
    told.push(well_formed(world, mail::sent_to(STRANGER, "c")).await);
    told
}

async fn refused(world: &World) -> Vec<Told> {
    let purchase = mail::purchase("a");
    let cert_url = purchase.field("SigningCertURL").unwrap();
    let naming = |url: String| purchase.clone().with("SigningCertURL", url);
    let mut told = Vec::new();
    for envelope in [
        mail::forged(purchase.clone()),
        mail::sent_to(&format!("{STRANGER}2"), "c"),
        mail::confirmation(TOPIC, &ids::token("b")),
        naming(format!("{cert_url}?s3cr3t")),
        naming(cert_url.replace("sns.", "s3cr3t.sns.")),
    ] {
        told.push(well_formed(world, envelope).await);
    }
    for post in [
        Post::of(&purchase).with_header("x-amz-sns-message-id", "s3cr3t"),
        Post::of(&purchase).with_header("x-amz-sns-rawdelivery", "true"),
        Post::of(&purchase.clone().with("MessageId", "s3cr3t")),
        Post::of(&purchase.clone().with("Type", "s3cr3t")),
        Post::of(&purchase.clone().and_also("s3cr3t", 1).and_also("s3cr3t", 1)),
        Post::of(&purchase).with_body("{\"s3cr3t\":"),
        Post::of(&purchase).with_body("s3cr3t\u{0}".repeat(512 * 1024)),
    ] {
        told.push(malformed(world, post).await);
    }
    clock::advance(SignedDuration::from_hours(2));
    told.push(well_formed(world, purchase).await);
    told
}

async fn failed(world: &World) -> Vec<Told> {
    let mut told = Vec::new();
    for fault in [Fault::Deny, Fault::InternalError, Fault::LoseResponse, Fault::Throttle] {
        for operation in ["GetItem", "PutItem", "TransactWriteItems", "UpdateItem"] {
            world.faults().inject(operation, fault, usize::MAX);
        }
        let asked = mail::confirmation(&format!("{STRANGER}3"), &ids::token("c"));
        for envelope in [mail::purchase("b"), mail::farewell(TOPIC), asked] {
            told.push(well_formed(world, envelope).await);
        }
        world.faults().clear();
    }
    world.stack.api.script([sns_api::Fault::Unauthorized, sns_api::Fault::HangUp]);
    told.push(well_formed(world, mail::confirmation(TOPIC, &ids::token("a"))).await);
    let unknown = mail::certificate_path().replace(|c: char| c.is_ascii_digit(), "0");
    world.stack.hosts.script(&unknown, Mode::Status(500));
    let url = format!("https://{}{unknown}", crate::world::SNS_HOST);
    told.push(well_formed(world, mail::purchase("b").with("SigningCertURL", url)).await);
    told
}
