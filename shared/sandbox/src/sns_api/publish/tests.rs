use aws_sdk_sns::{
    primitives::Blob,
    types::{MessageAttributeValue, PublishBatchRequestEntry},
};
use http_body_util::BodyExt;

use super::super::tests::{TOPIC, World, api, told};
use super::super::{Call, Fault};
use super::*;

#[tokio::test]
async fn what_the_sdk_publishes_is_on_record() {
    let world = World::start().await;
    world.api.create_topic(TOPIC);
    let publish = world.client.publish().topic_arn(TOPIC).message("<a> & é").subject("News");
    let publish = publish
        .message_attributes("source", text("String", "rtn"))
        .message_attributes("models", text("String.Array", "[\"a\"]"))
        .message_attributes("late", text("Number", "1.5e3"))
        .message_attributes("key", binary(b"\x00\xff"));
    let message_id = publish.send().await.unwrap().message_id.unwrap();
    let attributes = [("key", "AP8="), ("late", "1.5e3"), ("models", "[\"a\"]"), ("source", "rtn")];
    assert_eq!(
        world.api.published(),
        [Published {
            topic_arn: TOPIC.into(),
            message_id,
            message: "<a> & é".into(),
            subject: Some("News".into()),
            attributes: attributes.map(|(name, value)| (name.into(), value.into())).into(),
            at: *world.now.lock().unwrap(),
        }]
    );
}

#[tokio::test]
async fn a_batch_is_answered_entry_by_entry_and_a_refused_entry_can_be_sent_again() {
    let world = World::start().await;
    world.api.create_topic(TOPIC);
    world.api.refuse_entries(EntryRefusal {
        containing: "poison".into(),
        code: "InternalError".into(),
        sender_fault: false,
        times: 1,
    });
    let entries = [("a", "one"), ("b-_9", "a poison"), ("c", "three")];
    let (successful, failed) = world.batch(&entries).await.unwrap();
    assert_eq!(successful, ["a", "c"]);
    assert_eq!(failed, ["b-_9: InternalError, false"]);
    assert_eq!(world.messages(), ["one", "three"]);

    let (successful, failed) = world.batch(&entries[1..2]).await.unwrap();
    assert_eq!(
        (successful.as_slice(), failed.as_slice()),
        (["b-_9".to_owned()].as_slice(), [].as_slice())
    );
    assert_eq!(world.messages(), ["one", "three", "a poison"]);
}

#[tokio::test]
async fn a_batch_that_breaks_a_limit_is_refused_as_a_whole() {
    let world = World::start().await;
    world.api.create_topic(TOPIC);
    let ids: Vec<String> = (0..11).map(|id| id.to_string()).collect();
    let eleven: Vec<(&str, &str)> = ids.iter().map(|id| (id.as_str(), "m")).collect();
    let half = "é".repeat(SIZE_LIMIT_BYTES / 4);
    let (longest_id, long_id) = ("i".repeat(80), "i".repeat(81));
    let check = async |entries: &[(&str, &str)], refusal: &str| {
        assert_eq!(world.batch(entries).await, Err(refusal.to_owned()));
    };
    check(&[], "EmptyBatchRequest: The batch request doesn't contain any entries.").await;
    check(
        &eleven,
        "TooManyEntriesInBatchRequest: The batch request contains more entries than permissible.",
    )
    .await;
    check(
        &[("a", "m"), ("a", "n")],
        "BatchEntryIdsNotDistinct: Two or more batch entries in the request have the same Id.",
    )
    .await;
    check(
        &[("a", "m"), ("b.c", "n")],
        "InvalidBatchEntryId: The Id of a batch entry in the batch request contains an impermissible character: b.c",
    )
    .await;
    let too_long = format!("InvalidBatchEntryId: The Id of a batch entry in the batch request is too long: {long_id}");
    check(&[(&long_id, "m")], &too_long).await;
    check(&[("a", "m"), ("b", "")], "InvalidParameter: Invalid parameter: Empty message").await;
    check(
        &[("a", &half), ("b", &half), ("c", "1")],
        "BatchRequestTooLong: The length of all the messages put together is more than the limit.",
    )
    .await;
    assert_eq!(world.messages(), [""; 0]);

    assert_eq!(world.batch(&eleven[..10]).await.unwrap().0.len(), 10);
    assert_eq!(world.batch(&[("a", &half), ("b", &half)]).await.unwrap().0.len(), 2);
    assert_eq!(world.batch(&[(&longest_id, "m")]).await.unwrap().0, [longest_id.as_str()]);
}

#[tokio::test]
async fn a_topic_has_to_exist_in_the_region_of_the_call() {
    let world = World::start().await;
    let entries = [("a", "m")];
    let absent = Err("NotFound: Topic does not exist".to_owned());
    assert_eq!(world.batch(&entries).await, absent);
    assert_eq!(world.publish("m").await, absent.clone().map(|_: (Vec<String>, _)| ()));
    world.api.create_topic(TOPIC);
    assert_eq!(world.publish("m").await, Ok(()));
    world.api.delete_topic(TOPIC);
    assert_eq!(world.batch(&entries).await, absent);

    let elsewhere = TOPIC.replace("us-east-1", "eu-west-1");
    world.api.create_topic(&elsewhere);
    let refused = world.client.publish().topic_arn(&elsewhere).message("m").send().await;
    assert_eq!(told(&refused.unwrap_err()), "InvalidParameter: Invalid parameter: TopicArn");
    assert_eq!(world.messages(), ["m"]);
}

#[tokio::test]
async fn faults_meet_every_action_and_a_lost_answer_means_a_published_message() {
    let world = World::start().await;
    world.api.create_topic(TOPIC);
    world
        .api
        .script([Fault::Throttled, Fault::Unauthorized, Fault::LoseResponse, Fault::Internal]);
    assert_eq!(
        world.publish("throttled").await,
        Err("ThrottlingException: Rate exceeded".into())
    );
    assert_eq!(
        world.batch(&[("a", "refused")]).await,
        Err("AuthorizationError: User is not authorized to perform: SNS:PublishBatch".into())
    );
    assert_eq!(world.batch(&[("a", "lost")]).await, Err("no answer".into()));
    assert_eq!(
        world.publish("failed").await,
        Err("InternalError: Internal service error".into())
    );
    assert_eq!(world.publish("well again").await, Ok(()));
    assert_eq!(world.messages(), ["lost", "well again"]);
}

#[tokio::test]
async fn a_reader_waits_for_the_next_message_and_numbers_stay_when_old_ones_are_forgotten() {
    let world = World::start().await;
    world.api.create_topic(TOPIC);
    let api = world.api.clone().keeping(2);
    world.batch(&[("a", "0"), ("b", "1")]).await.unwrap();
    let texts = |published: Vec<Published>| published.into_iter().map(|published| published.message).collect::<Vec<_>>();
    assert_eq!(texts(api.wait_published(1).await), ["1"]);
    let (next, ()) = tokio::join!(api.wait_published(2), async {
        world.publish("2").await.unwrap();
    });
    assert_eq!(texts(next), ["2"]);
    assert_eq!(texts(api.published()), ["1", "2"]);
    assert_eq!(texts(api.published_since(2)), ["2"]);
    assert_eq!(texts(api.published_since(3)), [""; 0]);
}

#[tokio::test]
async fn a_message_that_breaks_a_rule_is_refused_in_the_words_of_sns() {
    let longest = "m".repeat(SIZE_LIMIT_BYTES - 7);
    let attribute = |name: &'static str, parts: &[(&str, &str)]| {
        let parts = parts
            .iter()
            .map(|(part, value)| (format!("MessageAttributes.entry.1.Value.{part}"), (*value).to_owned()));
        [("MessageAttributes.entry.1.Name".to_owned(), name.to_owned())]
            .into_iter()
            .chain(parts)
            .collect::<Vec<_>>()
    };
    let one = |name: &str, value: &str| vec![(name.to_owned(), value.to_owned())];
    let in_a_batch = |parameters: Vec<(String, String)>| {
        let entry = "PublishBatchRequestEntries.member.1.";
        let inside = parameters
            .into_iter()
            .chain([("Id".to_owned(), "i".to_owned()), ("Message".to_owned(), "m".to_owned())]);
        let inside = inside.map(|(name, value)| (format!("{entry}{name}"), value));
        inside
            .chain([("Action".to_owned(), "PublishBatch".to_owned())])
            .collect::<Vec<_>>()
    };
    let string = [("DataType", "String"), ("StringValue", "v")];
    let no_value = |kind: &str| {
        format!(
            "ParameterValueInvalid: The message attribute 'a' must contain non-empty message attribute value for message \
             attribute type '{kind}'."
        )
    };
    let no_type = "ParameterValueInvalid: The message attribute 'a' has an invalid message attribute type, the set of supported \
                   type prefixes is Binary, Number, and String.";
    for (parameters, refusal) in [
        (one("Message", ""), "InvalidParameter: Invalid parameter: Empty message"),
        (
            one("Message", &"m".repeat(SIZE_LIMIT_BYTES + 1)),
            "InvalidParameter: Invalid parameter: Message too long",
        ),
        (one("Message", &"m".repeat(SIZE_LIMIT_BYTES)), ""),
        (one("Subject", ""), "InvalidParameter: Invalid parameter: Subject"),
        (one("Subject", "two\nlines"), "InvalidParameter: Invalid parameter: Subject"),
        (
            one("Subject", &"é".repeat(100)),
            "InvalidParameter: Invalid parameter: Subject",
        ),
        (one("Subject", &"é".repeat(99)), ""),
        (
            one("MessageStructure", "json"),
            "InvalidParameter: Invalid parameter: MessageStructure Reason: the sandbox does not imitate it",
        ),
        (attribute("a.b-c_D9", &string), ""),
        (attribute("a", &[("DataType", "Number.int"), ("StringValue", "-1")]), ""),
        (
            [one("Message", &longest), attribute("", &string)].concat(),
            "ParameterValueInvalid: The message attribute name must not be empty.",
        ),
        // The last byte that fits: seven for a name, a type and a value.
        ([one("Message", &longest[1..]), attribute("a", &string)].concat(), ""),
        (
            [one("Message", &longest), attribute("a", &string)].concat(),
            "InvalidParameter: Invalid parameter: Message too long",
        ),
        (
            attribute(".a", &string),
            "ParameterValueInvalid: Invalid message attribute name starting with character '.' was found.",
        ),
        (
            attribute("a.", &string),
            "ParameterValueInvalid: Invalid message attribute name ending with character '.' was found.",
        ),
        (
            attribute("a..b", &string),
            "ParameterValueInvalid: Message attribute name can not have successive '.' character.",
        ),
        (
            attribute("a^b", &string),
            "ParameterValueInvalid: Invalid non-alphanumeric character '#x5E' was found in the message attribute name. \
             Can only include alphanumeric characters, hyphens, underscores, or dots.",
        ),
        (
            attribute("a", &[("StringValue", "v")]),
            "ValidationError: 1 validation error detected: Value null at 'messageAttributes.a.member.dataType' failed to satisfy \
             constraint: Member must not be null",
        ),
        (
            in_a_batch(attribute("a", &[("StringValue", "v")])),
            "ValidationError: 1 validation error detected: Value null at \
             'publishBatchRequestEntries.1.member.messageAttributes.a.member.dataType' failed to satisfy constraint: Member must \
             not be null",
        ),
        (attribute("a", &[("DataType", "Text"), ("StringValue", "v")]), no_type),
        (attribute("a", &[("DataType", "String."), ("StringValue", "v")]), no_type),
        (attribute("a", &[("DataType", "String")]), &no_value("String")),
        (
            attribute("a", &[("DataType", "String"), ("StringValue", "")]),
            &no_value("String"),
        ),
        (
            attribute("a", &[("DataType", "Binary"), ("BinaryValue", "no base64")]),
            &no_value("Binary"),
        ),
        (
            attribute("a", &[("DataType", "String"), ("BinaryValue", "AA==")]),
            "ParameterValueInvalid: The message attribute 'a' with type 'String' must use field 'String'.",
        ),
        (
            attribute("a", &[("DataType", "Number"), ("StringValue", "NaN")]),
            "ParameterValueInvalid: Could not cast message attribute 'a' value to number.",
        ),
    ] {
        let told: Vec<_> = parameters
            .iter()
            .map(|(name, value)| (name, &value[..value.len().min(20)]))
            .collect();
        assert_eq!(answered(&parameters).await, refusal, "{told:?}");
    }
}

/// What the API says to a Publish with these parameters; nothing if it takes the message.
async fn answered(parameters: &[(String, String)]) -> String {
    let (api, _now) = api();
    api.create_topic(TOPIC);
    let usual = [("Action", "Publish"), ("TopicArn", TOPIC), ("Message", "m")];
    let usual = usual.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let call = Call {
        method: http::Method::POST,
        parameters: usual.into_iter().chain(parameters.iter().cloned()).collect(),
        signed: true,
        region: None,
    };
    let body = api.perform(&call, "0").into_body().collect().await.unwrap().to_bytes();
    let document = String::from_utf8(body.to_vec()).unwrap();
    let part = |name: &str| {
        let rest = document.split(&format!("<{name}>")).nth(1)?;
        Some(rest.split('<').next()?.to_owned())
    };
    match part("Code") {
        Some(code) => format!("{code}: {}", part("Message").unwrap()),
        None => String::new(),
    }
}

impl World {
    async fn publish(&self, message: &str) -> Result<(), String> {
        let sent = self.client.publish().topic_arn(TOPIC).message(message).send().await;
        sent.map(|_| ()).map_err(|error| told(&error))
    }

    /// The ids that were taken, and those that were not with the reason.
    async fn batch(&self, entries: &[(&str, &str)]) -> Result<(Vec<String>, Vec<String>), String> {
        let entries = entries.iter().map(|(id, message)| {
            let entry = PublishBatchRequestEntry::builder().id(*id).message(*message);
            entry.build().unwrap()
        });
        let batch = self.client.publish_batch().topic_arn(TOPIC);
        let sent = batch.set_publish_batch_request_entries(Some(entries.collect())).send().await;
        let answer = sent.map_err(|error| told(&error))?;
        let successful = answer.successful().iter().map(|entry| entry.id().unwrap().to_owned());
        let failed = answer
            .failed()
            .iter()
            .map(|entry| format!("{}: {}, {}", entry.id(), entry.code(), entry.sender_fault()));
        Ok((successful.collect(), failed.collect()))
    }

    fn messages(&self) -> Vec<String> {
        self.api.published().into_iter().map(|published| published.message).collect()
    }
}

fn text(kind: &str, value: &str) -> MessageAttributeValue {
    let attribute = MessageAttributeValue::builder().data_type(kind).string_value(value);
    attribute.build().unwrap()
}

fn binary(value: &[u8]) -> MessageAttributeValue {
    let attribute = MessageAttributeValue::builder()
        .data_type("Binary")
        .binary_value(Blob::new(value));
    attribute.build().unwrap()
}
