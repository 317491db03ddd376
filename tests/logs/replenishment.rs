//! Every kind of Dash Replenishment notification, and every way in which handing on can end, with secrets wherever a message can
//! have one.

use jiff::SignedDuration;
use sandbox::drs::Quirk;
use sandbox::dynamo::Fault;
use sandbox::lambda::DeadLetter;
use sandbox::sns_api::EntryRefusal;
use sandbox::{Envelope, ids, sns_api};
use serde_json::{Value, json};

use crate::world::replenishment::{Way, message, order, same_key_other_body, sent_to};
use crate::world::{STRANGER, World, clock, mail};

/// What was brought, by which way, and what it was answered.
pub(crate) struct Brought {
    pub(crate) way: Way,
    pub(crate) envelope: Envelope,
    pub(crate) answer: String,
}

/// All that these notifications hold and that is nobody's business: devices, customers, orders, applications, texts.
pub(crate) fn secrets() -> Vec<String> {
    let mut secrets = Vec::new();
    for seed in ["a", "b", "c"] {
        let payload: Value = serde_json::from_str(order(seed).field("Message").unwrap()).unwrap();
        let fields = [
            "/deviceInfo/deviceIdentifier/serialNumber",
            "/customerInfo/directedCustomerId",
            "/orderInfo/instanceId",
            "/orderInfo/productInfo/0/asin",
            "/notificationInfo/lwaClientId",
            "/notificationInfo/notificationId",
        ];
        secrets.extend(fields.map(|field| payload.pointer(field).unwrap().as_str().unwrap().to_owned()));
    }
    secrets.extend(["directedCustomerId", "serialNumber", "requestPayload", "s3cr3t"].map(str::to_owned));
    secrets
}

/// Brings them all, by every way.
pub(crate) async fn bring_all(world: &World) -> Vec<Brought> {
    let mut brought = Vec::new();
    for way in Way::ALL {
        let order = order("a");
        for envelope in [
            order.clone(),
            order.clone(),
            same_key_other_body(&order),
            message("comma", &Quirk::TrailingComma.text("b", clock::NOON)),
            message("cut", &Quirk::Unreadable.text("b", clock::NOON)),
            message("other", &Quirk::UnknownType.text("c", clock::NOON)),
            message("text", "s3cr3t"),
            sent_to(STRANGER, "c"),
            mail::farewell(firepost::DRS_TOPIC),
        ] {
            brought.push(one(world, way, envelope).await);
        }
        for fault in [Fault::Deny, Fault::InternalError, Fault::LoseResponse, Fault::Throttle] {
            world.faults().inject("PutItem", fault, usize::MAX);
            brought.push(one(world, way, order.clone()).await);
            world.faults().clear();
        }
    }
    brought.push(one(world, Way::Https, mail::forged(order("a"))).await);
    brought.push(one(world, Way::Https, mail::confirmation(firepost::DRS_TOPIC, &ids::token("a"))).await);
    brought
}

async fn one(world: &World, way: Way, envelope: Envelope) -> Brought {
    let answer = world.bring(way, &envelope).await;
    Brought { way, envelope, answer }
}

/// Events that function `drs` fails with as a whole, and batches of which a part is strange.
pub(crate) async fn strange_invocations(world: &World) {
    let queued = Way::Queue(DeadLetter::Failure).invocation(&[order("a")]).unwrap();
    for event in [
        json!({"s3cr3t": "s3cr3t"}).to_string(),
        json!({"Records": [{"eventSource": "aws:sqs", "messageId": "1", "body": "s3cr3t"}]}).to_string(),
        json!({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "s3cr3t"}}]}).to_string(),
        queued.replace("MessageId", "s3cr3t"),
    ] {
        world.invoke("drs", event).await;
    }
    for event in [
        json!({"Records": [{"s3cr3t": "s3cr3t"}]}),
        json!({"Records": [{"eventSource": "aws:dynamodb", "dynamodb": {"SequenceNumber": "1", "Keys": {"subject": {"S": "s3cr3t"}}}}]}),
    ] {
        world.invoke("dispatch", event.to_string()).await;
    }
}

/// Everything is handed on, once everything that can go wrong has gone wrong.
pub(crate) async fn hand_on(world: &World) {
    let api = &world.stack.api;
    for fault in [
        sns_api::Fault::Unauthorized,
        sns_api::Fault::Throttled,
        sns_api::Fault::Internal,
        sns_api::Fault::HangUp,
    ] {
        api.script([fault; 12]);
        world.stack.hand_on_now().await.unwrap();
        api.script([]);
    }
    for operation in ["Query", "UpdateItem"] {
        for fault in [Fault::Deny, Fault::InternalError, Fault::Throttle] {
            world.faults().inject(operation, fault, 12);
            clock::advance(SignedDuration::from_mins(2));
            // Whatever comes of it: it has to say so.
            let _ = world.stack.sweep_now().await;
            world.faults().clear();
        }
    }
    let refusal = |sender_fault, times| EntryRefusal {
        containing: "OrderPlacedNotification".to_owned(),
        code: "InvalidParameter".to_owned(),
        sender_fault,
        times,
    };
    // The second until whatever it meets is dead.
    for refusal in [refusal(false, 10), refusal(true, usize::MAX)] {
        api.refuse_entries(refusal);
    }
    for _ in 0..12 {
        clock::advance(SignedDuration::from_mins(2));
        world.stack.sweep_now().await.unwrap();
    }
}
