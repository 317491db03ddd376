use serde_json::{Value, json};

use super::*;

#[test]
fn a_message_that_is_received_is_hidden_until_its_timeout_ends() {
    let world = World::new();
    let [first, second] = ["one", "two"].map(|body| world.queue.send(body, &[]));
    assert_ne!(first, second);
    let later = World::new();
    later.pass(1);
    assert_ne!(later.queue.send("one", &[]), first);
    assert_eq!(world.receive(1), [(first.clone(), 1)]);
    assert_eq!(world.receive(10), [(second.clone(), 1)]);
    assert_eq!(world.receive(10), []);

    world.pass(179);
    assert_eq!(world.receive(10), []);
    assert_eq!(world.queue.next_visible_at(), Some(at(180)));
    world.pass(1);
    assert_eq!(world.receive(10), [(first, 2), (second, 2)]);
    assert_eq!(world.queue.next_visible_at(), Some(at(360)));
}

#[test]
fn the_event_is_that_of_lambda_with_every_receipt_counted() {
    let world = World::new();
    let message_id = world.queue.send("Test message.", &[("Title", "The Whistler")]);
    world.pass(5);
    let first = world.queue.receive(10);
    world.pass(180);
    let second = world.queue.receive(10);
    assert_ne!(first[0].receipt_handle, second[0].receipt_handle);

    let event: Value = serde_json::from_str(&world.queue.event(&second)).unwrap();
    let record = json!({
        "messageId": message_id,
        "receiptHandle": second[0].receipt_handle,
        "body": "Test message.",
        "attributes": {
            "ApproximateReceiveCount": "2",
            "SentTimestamp": "1772755200000",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "ApproximateFirstReceiveTimestamp": "1772755205000",
        },
        "messageAttributes": {
            "Title": {
                "stringValue": "The Whistler", "stringListValues": [], "binaryListValues": [], "dataType": "String",
            },
        },
        "md5OfMessageAttributes": "f4ba90390ad3f80d43ce8a9e4a4abfd6",
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:adm",
        "awsRegion": "us-east-1",
    });
    assert_eq!(event, json!({ "Records": [record] }));
}

#[test]
fn a_message_that_was_received_as_often_as_it_may_becomes_a_dead_letter() {
    let world = World::new();
    let message_id = world.queue.send("poison", &[("on_unknown", "fail")]);
    for count in 1..=10 {
        assert_eq!(world.receive(10), [(message_id.clone(), count)]);
        world.pass(180);
    }
    assert_eq!((world.queue.waiting().len(), world.queue.dead_letters()), (1, vec![]));

    let later = world.queue.send("later", &[]);
    assert_eq!(world.receive(10), [(later, 1)]);
    let dead: Vec<_> = world.queue.dead_letters();
    let told = dead
        .iter()
        .map(|dead| (&dead.message_id, dead.body.as_str(), dead.receive_count));
    assert_eq!(told.collect::<Vec<_>>(), [(&message_id, "poison", 10)]);
    assert_eq!(dead[0].attributes, [("on_unknown".to_owned(), "fail".to_owned())]);
    assert_eq!(world.queue.waiting().len(), 1);
}

#[test]
fn a_queue_goes_by_the_terms_and_the_name_it_was_given() {
    let (now, clock) = clock();
    let queue = Queue::new(now)
        .with_arn("arn:aws:sqs:eu-west-1:210987654321:bulk")
        .with_visibility_timeout(Duration::from_secs(1))
        .with_max_receive_count(1);
    queue.send("{}", &[]);
    let batch = queue.receive(10);
    let event: Value = serde_json::from_str(&queue.event(&batch)).unwrap();
    let [source, region] = ["eventSourceARN", "awsRegion"].map(|name| &event["Records"][0][name]);
    assert_eq!((source.as_str(), region.as_str()), (Some(queue.arn()), Some("eu-west-1")));
    assert_eq!(queue.queue_url(), "https://sqs.eu-west-1.amazonaws.com/210987654321/bulk");
    *clock.lock().unwrap() += Duration::from_secs(1);
    assert_eq!((queue.receive(10), queue.dead_letters().len()), (vec![], 1));
    assert_eq!((queue.waiting(), queue.next_visible_at()), (vec![], None));
}

#[test]
fn what_did_not_fail_is_deleted_and_the_rest_comes_back() {
    let world = World::new();
    let [_, failed, _] = ["one", "two", "three"].map(|body| world.queue.send(body, &[]));
    let batch = world.queue.receive(10);
    let answer = json!({ "batchItemFailures": [{ "itemIdentifier": failed }] });
    world.queue.settle(&batch, &answer.to_string());
    let waiting: Vec<_> = world.queue.waiting().into_iter().map(|left| left.message_id).collect();
    assert_eq!(waiting, [failed.as_str()]);
    assert_eq!(world.receive(10), []);

    world.pass(180);
    let again = world.queue.receive(10);
    assert_eq!((again[0].message_id.as_str(), again[0].receive_count), (failed.as_str(), 2));
    world.queue.settle(&again, "not an answer");
    assert_eq!(world.queue.waiting().len(), 1);
    // An answer to a batch that came too late: the message is somebody else's since.
    world.queue.settle(&batch, "{}");
    assert_eq!(world.queue.waiting().len(), 1);
    world.queue.settle(&again, "{}");
    assert_eq!(world.queue.waiting(), []);
}

pub(super) struct World {
    pub(super) queue: Queue,
    clock: Arc<Mutex<Timestamp>>,
}

impl World {
    pub(super) fn new() -> Self {
        let (now, clock) = clock();
        Self {
            queue: Queue::new(now),
            clock,
        }
    }

    pub(super) fn pass(&self, seconds: u64) {
        *self.clock.lock().unwrap() += Duration::from_secs(seconds);
    }

    /// Ids and receive counts.
    pub(super) fn receive(&self, most: usize) -> Vec<(String, u32)> {
        let received = self.queue.receive(most).into_iter();
        received.map(|message| (message.message_id, message.receive_count)).collect()
    }
}

fn clock() -> (impl Fn() -> Timestamp + Send + Sync + 'static, Arc<Mutex<Timestamp>>) {
    let clock = Arc::new(Mutex::new(at(0)));
    let read = clock.clone();
    (move || *read.lock().unwrap(), clock)
}

/// Seconds after the start.
pub(super) fn at(seconds: u64) -> Timestamp {
    let start: Timestamp = "2026-03-06T00:00:00Z".parse().unwrap();
    start + Duration::from_secs(seconds)
}
