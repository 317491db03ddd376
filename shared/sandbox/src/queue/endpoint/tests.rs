use std::collections::BTreeMap;

use aws_sdk_sqs::{error::ProvideErrorMetadata, operation::RequestId};
use http_body_util::BodyExt;
use serde_json::Value;

use super::*;
use crate::queue::{
    Call, Fault,
    tests::{World, at},
};

#[tokio::test]
async fn the_sdk_changes_when_a_message_becomes_visible() {
    let api = Api::start().await;
    let (queue, world) = (&api.world.queue, &api.world);
    let message_id = queue.send("{}", &[]);
    let batch = queue.receive(10);
    let handle = batch[0].receipt_handle.as_str();
    world.pass(20);
    assert_eq!(api.change(handle, 900).await, Ok(()));
    assert_eq!(queue.next_visible_at(), Some(at(920)));
    assert_eq!(api.change(handle, 0).await, Ok(()));
    assert_eq!(queue.next_visible_at(), Some(at(20)));

    // The next receipt begins with the timeout of the queue, and the earlier handle still leads to the message.
    assert_eq!(world.receive(10), [(message_id, 2)]);
    assert_eq!(queue.next_visible_at(), Some(at(200)));
    assert_eq!(api.change(handle, 30).await, Ok(()));
    assert_eq!(queue.next_visible_at(), Some(at(50)));

    let told: Vec<_> = queue
        .calls()
        .iter()
        .map(|call| (call.at, call.visibility_timeout(), call.signed))
        .collect();
    assert_eq!(
        told,
        [(at(20), Some(900), true), (at(20), Some(0), true), (at(20), Some(30), true)]
    );
    assert_eq!(
        queue.calls()[0],
        Call {
            at: at(20),
            target: "AmazonSQS.ChangeMessageVisibility".into(),
            signed: true,
            body: json!({ "QueueUrl": queue.queue_url(), "ReceiptHandle": handle, "VisibilityTimeout": 900 }),
        }
    );
}

#[tokio::test]
async fn the_sdk_meets_the_refusals_of_the_api_reference() {
    let api = Api::start().await;
    let (queue, world) = (&api.world.queue, &api.world);
    queue.send("{}", &[]);
    let batch = queue.receive(10);
    let handle = batch[0].receipt_handle.as_str();
    let code = async |handle: &str, seconds: i32| api.change(handle, seconds).await.map_err(|told| told.0);
    let refused = |code: &str| Err(code.to_owned());

    for seconds in [-1, 43_201] {
        assert_eq!(code(handle, seconds).await, refused("InvalidParameterValue"), "{seconds}");
    }
    assert_eq!(code("garbage", 0).await, refused("ReceiptHandleIsInvalid"));
    assert_eq!(code(handle, 43_200).await, Ok(()));
    world.pass(1);
    // Twelve hours from the receipt, not from the call.
    assert_eq!(code(handle, 43_200).await, refused("InvalidParameterValue"));
    assert_eq!(code(handle, 43_199).await, Ok(()));

    let url = queue.queue_url().replace("/adm", "/ADM");
    let call = api.client.change_message_visibility().queue_url(url);
    let error = call.receipt_handle(handle).visibility_timeout(0).send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_queue_does_not_exist());
    assert_eq!(error.code(), Some("AWS.SimpleQueueService.NonExistentQueue"));
    assert!(error.request_id().is_some());

    assert_eq!(code(handle, 0).await, Ok(()));
    assert_eq!(code(handle, 0).await, refused("AWS.SimpleQueueService.MessageNotInflight"));
    queue.settle(&batch, "{}");
    assert_eq!(queue.waiting(), []);
    let (code, message) = api.change(handle, 0).await.unwrap_err();
    assert_eq!(
        (code.as_str(), message),
        (
            "InvalidParameterValue",
            format!(
                "Value {handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for \
                 visibility timeout change."
            )
        )
    );
}

#[tokio::test]
async fn what_is_not_imitated_is_refused() {
    let api = Api::start().await;
    let sent = api
        .client
        .send_message()
        .queue_url(api.world.queue.queue_url())
        .message_body("{}");
    let error = sent.send().await.unwrap_err();
    assert!(error.as_service_error().unwrap().is_unsupported_operation());
    assert_eq!(error.message(), Some("The sandbox does not imitate AmazonSQS.SendMessage"));
    assert_eq!(
        api.world.queue.calls()[0].queue_url(),
        Some(api.world.queue.queue_url().as_str())
    );
}

#[test]
fn a_call_has_every_parameter_and_a_signature() {
    let world = World::new();
    let code = |signed: bool, body: Value| {
        let call = Call {
            at: at(0),
            target: "AmazonSQS.ChangeMessageVisibility".to_owned(),
            signed,
            body,
        };
        world.queue.perform(&call).map_err(|refusal| (refusal.status, refusal.code))
    };
    let whole = json!({ "QueueUrl": world.queue.queue_url(), "ReceiptHandle": "garbage", "VisibilityTimeout": 0 });
    assert_eq!(code(true, whole.clone()), Err((400, "ReceiptHandleIsInvalid")));
    assert_eq!(code(false, whole.clone()), Err((403, "MissingAuthenticationToken")));
    assert_eq!(code(true, Value::Null), Err((400, "SerializationException")));
    for name in ["QueueUrl", "ReceiptHandle", "VisibilityTimeout"] {
        let with = |value: Value| {
            let members = whole.as_object().unwrap().clone().into_iter();
            let mut members: BTreeMap<_, _> = members.collect();
            members.insert(name.to_owned(), value);
            json!(members)
        };
        assert_eq!(code(true, with(Value::Null)), Err((400, "MissingParameter")), "{name}");
        assert_eq!(code(true, with(json!([]))), Err((400, "SerializationException")), "{name}");
    }
}

#[tokio::test]
async fn faults_come_one_by_one_in_the_scripted_order() {
    let mut api = Api::start().await;
    api.world.queue.send("{}", &[]);
    let batch = api.world.queue.receive(10);
    let handle = batch[0].receipt_handle.as_str();
    let queue = &api.world.queue;
    let visible_at = || queue.next_visible_at();
    queue.script([
        Fault::Throttled,
        Fault::Internal,
        Fault::Denied,
        Fault::HangUp,
        Fault::Pass,
        Fault::LoseResponse,
        Fault::Hang,
    ]);
    let code = async |seconds: i32| api.change(handle, seconds).await.map_err(|told| told.0);
    for expect in ["RequestThrottled", "InternalFailure", "AccessDeniedException", "no answer"] {
        assert_eq!((code(1).await, visible_at()), (Err(expect.to_owned()), Some(at(180))));
    }
    assert_eq!((code(2).await, visible_at()), (Ok(()), Some(at(2))));
    assert_eq!((code(3).await, visible_at()), (Err("no answer".to_owned()), Some(at(3))));
    let arrived = async {
        while queue.calls().len() < 7 {
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        answer = code(4) => panic!("{answer:?}"),
        () = arrived => {}
    }
    assert_eq!((code(5).await, visible_at()), (Ok(()), Some(at(5))));
    assert_eq!(queue.calls().len(), 8);

    api.endpoint.down().await;
    assert_eq!(api.change(handle, 6).await.unwrap_err().0, "no answer");
    api.endpoint.up().await.unwrap();
    assert_eq!(api.change(handle, 7).await, Ok(()));
    assert_eq!(api.world.queue.calls().len(), 9);
}

#[tokio::test]
async fn a_refusal_looks_as_in_the_developer_guide() {
    let (parts, body) = response_of(Err(Refusal::no_such_queue()), "66916324").into_parts();
    let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    assert_eq!(
        (parts.status.as_u16(), header("x-amzn-query-error"), header("content-type")),
        (
            400,
            Some("AWS.SimpleQueueService.NonExistentQueue;Sender"),
            Some("application/x-amz-json-1.0")
        )
    );
    let body: Value = serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap();
    assert_eq!(
        body,
        json!({ "__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "The specified queue does not exist." })
    );
    let internal = response_of(Err(Refusal::internal()), "66916324");
    assert_eq!(internal.headers()["x-amzn-query-error"], "InternalFailure;Receiver");
}

struct Api {
    world: World,
    endpoint: QueueEndpoint,
    client: Client,
}

impl Api {
    async fn start() -> Self {
        let world = World::new();
        let endpoint = world.queue.serve(0).await.unwrap();
        let client = endpoint.client();
        Self { world, endpoint, client }
    }

    /// What the SDK makes of a refusal: its code and its text.
    async fn change(&self, handle: &str, seconds: i32) -> Result<(), (String, String)> {
        let call = self
            .client
            .change_message_visibility()
            .queue_url(self.world.queue.queue_url());
        match call.receipt_handle(handle).visibility_timeout(seconds).send().await {
            Ok(_) => Ok(()),
            Err(error) => Err((
                error.code().unwrap_or("no answer").to_owned(),
                error.message().unwrap_or_default().to_owned(),
            )),
        }
    }
}
