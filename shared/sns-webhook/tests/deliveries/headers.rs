//! The headers, which nobody signs: they can only make a delivery fail.

use http::{HeaderMap, HeaderName, HeaderValue};
use sns_webhook::{Header, PolicyRefusal, Refusal, Rejection, Unverified};

use crate::world::{TOPIC, notification};

fn parse(headers: &[(&'static str, &str)]) -> Result<(), Refusal> {
    let map = headers
        .iter()
        .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap()))
        .collect::<Vec<_>>();
    let mut headers = HeaderMap::new();
    for (name, value) in map {
        headers.append(name, value);
    }
    Unverified::parse(&headers, notification().text().as_bytes()).map(|_| ())
}

#[test]
fn headers_that_agree_with_the_body_are_accepted_and_so_are_absent_ones() {
    let envelope = notification();
    let id = envelope.field("MessageId").unwrap();
    assert_eq!(parse(&[]), Ok(()));
    let sent = [
        ("content-type", "text/plain; charset=UTF-8"),
        ("user-agent", "Amazon Simple Notification Service Agent"),
        ("x-amz-sns-message-id", id),
        ("x-amz-sns-message-type", "Notification"),
        (
            "x-amz-sns-subscription-arn",
            "arn:aws:sns:us-east-1:033616359524:LT0XA:c9135db0-26c4-47ec-8998-413945fb5a96",
        ),
        ("x-amz-sns-topic-arn", TOPIC),
        ("x-amz-sns-rawdelivery", "false"),
    ];
    assert_eq!(parse(&sent), Ok(()));
    assert_eq!(parse(&[("content-type", "text/html"), ("user-agent", "curl/8")]), Ok(()));
}

#[test]
fn a_header_that_says_something_else_than_the_body_is_refused() {
    for (header, value) in [
        (Header::MessageId, "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324"),
        (Header::MessageId, ""),
        (Header::MessageType, "SubscriptionConfirmation"),
        (Header::MessageType, "notification"),
        (Header::TopicArn, "arn:aws:sns:us-east-1:033616359524:LT0XB"),
    ] {
        let refused = Err(Rejection::HeaderMismatch(header).into());
        assert_eq!(parse(&[(header.name(), value)]), refused, "{header}: {value}");
    }
    let twice = [
        ("x-amz-sns-topic-arn", TOPIC),
        ("x-amz-sns-topic-arn", "arn:aws:sns:us-east-1:033616359524:LT0XB"),
    ];
    assert_eq!(parse(&twice), Err(Rejection::HeaderMismatch(Header::TopicArn).into()));
}

#[test]
fn a_raw_delivery_is_refused_with_the_way_to_turn_it_off() {
    for value in ["true", "True", "TRUE"] {
        assert_eq!(
            parse(&[("x-amz-sns-rawdelivery", value)]),
            Err(PolicyRefusal::RawDelivery.into())
        );
    }
    let twice = [("x-amz-sns-rawdelivery", "false"), ("x-amz-sns-rawdelivery", "true")];
    assert_eq!(parse(&twice), Err(PolicyRefusal::RawDelivery.into()));
    assert!(PolicyRefusal::RawDelivery.to_string().contains("turn RawMessageDelivery off"));
    let mut headers = HeaderMap::new();
    headers.insert("x-amz-sns-rawdelivery", HeaderValue::from_static("true"));
    let refused = Unverified::parse(&headers, b"any text").map(|_| ());
    assert_eq!(refused, Err(PolicyRefusal::RawDelivery.into()));
}
