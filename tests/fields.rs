//! Each field has the form that SNS gives it. Everything here is signed after it was spoiled, so that a signature over it does not
//! help: SNS itself could not send this.

use insta::assert_snapshot;
use sandbox::{Envelope, Notification, ids};
use serde_json::{Value, json};

use crate::world::{RECORDED, TOPIC, World, clock, in_short, mail};

/// What becomes of a genuine value; none if the field is left out.
type Spoil = fn(&str) -> Option<Value>;

/// Ways to spoil a field, by name.
fn spoils() -> [(&'static str, Spoil); 6] {
    [
        ("absent", |_| None),
        ("null", |_| Some(Value::Null)),
        ("number", |_| Some(json!(1))),
        ("empty", |_| Some(json!(""))),
        ("newline", |text| Some(json!(format!("{text}\nSubject\nA purchase")))),
        ("NUL", |text| Some(json!(format!("{text}\0")))),
    ]
}

/// A line for each field, a column for each way to spoil it.
async fn grid(world: &World, envelope: &Envelope, fields: &[&str]) -> String {
    let line = |field: &str, answers: Vec<String>| {
        let answers: String = answers.iter().map(|answer| format!("{answer:<27}")).collect();
        format!("{field:<17}{answers}").trim_end().to_owned()
    };
    let mut lines = vec![line("", spoils().map(|(what, _)| what.to_owned()).into())];
    for field in fields {
        let mut answers = Vec::new();
        for (_, spoil) in spoils() {
            let genuine = envelope.field(field).unwrap_or_default();
            let spoiled = match spoil(genuine) {
                Some(value) => envelope.clone().with(field, value),
                None => envelope.clone().without(field),
            };
            // What is signed is signed again: not even SNS could send this.
            let is_signed = !["Signature", "SignatureVersion", "SigningCertURL"].contains(field);
            let spoiled = if is_signed { mail::signed_again(spoiled) } else { spoiled };
            let answer = world.deliver(&spoiled).await;
            answers.push(in_short(&answer).trim_start_matches("400 ").to_owned());
        }
        lines.push(line(field, answers));
    }
    lines.join("\n")
}

#[tokio::test]
async fn every_field_of_a_notification_has_the_form_that_sns_gives_it() {
    let world = World::start().await;
    let notification = Notification {
        subject: Some("A purchase".to_owned()),
        ..Notification::new(TOPIC, "a", "{}", clock::now())
    };
    let fields = [
        "Type",
        "MessageId",
        "TopicArn",
        "Subject",
        "Message",
        "Timestamp",
        "SignatureVersion",
        "Signature",
        "SigningCertURL",
    ];
    assert_snapshot!(grid(&world, &mail::signed(notification), &fields).await, @"
                     absent                     null                       number                     empty                      newline                    NUL
    Type             missing_field              missing_field              field_type                 unknown_type               unknown_type               unknown_type
    MessageId        missing_field              missing_field              field_type                 grammar                    control_character          control_character
    TopicArn         missing_field              missing_field              field_type                 grammar                    control_character          control_character
    Subject          200 quarantined            200 duplicate              field_type                 200 duplicate              control_character          control_character
    Message          missing_field              missing_field              field_type                 200 quarantined            200 quarantined            200 quarantined
    Timestamp        missing_field              missing_field              field_type                 grammar                    control_character          control_character
    SignatureVersion missing_field              missing_field              field_type                 signature_version          signature_version          signature_version
    Signature        missing_field              missing_field              field_type                 403 signature_mismatch     signature_encoding         signature_encoding
    SigningCertURL   missing_field              missing_field              field_type                 403 cert_url               403 cert_url               403 cert_url
    ");
}

#[tokio::test]
async fn every_field_of_a_confirmation_has_the_form_that_sns_gives_it() {
    let world = World::start().await;
    let asked = mail::confirmation(TOPIC, &world.stack.api.issue_token(TOPIC));
    assert_snapshot!(grid(&world, &asked, &["Token", "SubscribeURL"]).await, @"
                     absent                     null                       number                     empty                      newline                    NUL
    Token            missing_field              missing_field              field_type                 grammar                    control_character          control_character
    SubscribeURL     missing_field              missing_field              field_type                 200 subscription_confirmed control_character          control_character
    ");
    assert_eq!(world.rows().await, []);
}

#[tokio::test]
async fn a_value_that_only_looks_right_is_refused() {
    let world = World::start().await;
    let asked = mail::confirmation(TOPIC, &ids::token("a"));
    let purchase = mail::purchase("a");
    let id = purchase.field("MessageId").unwrap();
    let signature = purchase.field("Signature").unwrap();
    let mut told = Vec::new();
    for (envelope, field, value) in [
        (&purchase, "Type", "notification".to_owned()),
        (&purchase, "MessageId", id.to_uppercase()),
        (&purchase, "MessageId", id.replace('-', "")),
        (&purchase, "MessageId", format!("{{{id}}}")),
        (&purchase, "MessageId", format!("{id}\u{85}")),
        (&purchase, "TopicArn", format!("{TOPIC}.fifo")),
        (&purchase, "TopicArn", TOPIC.replace("us-east-1", "s3-us-west-2")),
        (&purchase, "TopicArn", TOPIC.replace("us-east-1", "evil.example/")),
        (&purchase, "TopicArn", TOPIC.replace("arn:aws:", "arn:aws-cn:")),
        (&purchase, "TopicArn", format!("{TOPIC}:c7bf59bb-1000-4a5c-b2ee-2a5b5b5b5b5b")),
        (&purchase, "Timestamp", "2026-03-06T12:00:00Z".to_owned()),
        (&purchase, "Timestamp", "2026-03-06T12:00:00.000+00:00".to_owned()),
        (&purchase, "Timestamp", "2026-02-30T12:00:00.000Z".to_owned()),
        (&purchase, "Timestamp", "9999-12-31T23:59:59.999Z".to_owned()),
        (&purchase, "Timestamp", "0000-00-00T00:00:00.000Z".to_owned()),
        (&purchase, "SignatureVersion", "3".to_owned()),
        (&purchase, "SignatureVersion", "1 ".to_owned()),
        (&purchase, "Signature", signature.replace('=', "")),
        (&purchase, "Signature", signature.replace('/', "_").replace('+', "-")),
        (&purchase, "Signature", format!("{}\n{}", &signature[..76], &signature[76..])),
        (&asked, "Token", "not hexadecimal".to_owned()),
        (&asked, "Token", "00&TopicArn=arn".to_owned()),
    ] {
        let is_signed = !field.starts_with("Sign");
        let spoiled = envelope.clone().with(field, value.as_str());
        let spoiled = if is_signed { mail::signed_again(spoiled) } else { spoiled };
        let beginning: String = value.chars().take(80).collect();
        told.push(format!("{field} {beginning:?}: {}", in_short(&world.deliver(&spoiled).await)));
    }
    world.assert_untouched().await;
    assert_snapshot!(told.join("\n"), @r#"
    Type "notification": 400 unknown_type
    MessageId "9B39D326-4889-5116-A121-6BE1B0EF64EF": 400 grammar
    MessageId "9b39d32648895116a1216be1b0ef64ef": 400 grammar
    MessageId "{9b39d326-4889-5116-a121-6be1b0ef64ef}": 400 grammar
    MessageId "9b39d326-4889-5116-a121-6be1b0ef64ef\u{85}": 400 control_character
    TopicArn "arn:aws:sns:us-east-1:033616359524:LT0XA.fifo": 400 fifo_topic
    TopicArn "arn:aws:sns:s3-us-west-2:033616359524:LT0XA": 400 grammar
    TopicArn "arn:aws:sns:evil.example/:033616359524:LT0XA": 400 grammar
    TopicArn "arn:aws-cn:sns:us-east-1:033616359524:LT0XA": 400 grammar
    TopicArn "arn:aws:sns:us-east-1:033616359524:LT0XA:c7bf59bb-1000-4a5c-b2ee-2a5b5b5b5b5b": 400 grammar
    Timestamp "2026-03-06T12:00:00Z": 400 grammar
    Timestamp "2026-03-06T12:00:00.000+00:00": 400 grammar
    Timestamp "2026-02-30T12:00:00.000Z": 400 grammar
    Timestamp "9999-12-31T23:59:59.999Z": 400 grammar
    Timestamp "0000-00-00T00:00:00.000Z": 400 grammar
    SignatureVersion "3": 400 signature_version
    SignatureVersion "1 ": 400 signature_version
    Signature "TNXfew9RH1tpLAf9iwmpX6Ig8Dg04iQMSJjKGt9rGoAomlb8W5b1eHBgo/0SgOHf8QE8OvwK7evRgbsw": 400 signature_encoding
    Signature "TNXfew9RH1tpLAf9iwmpX6Ig8Dg04iQMSJjKGt9rGoAomlb8W5b1eHBgo_0SgOHf8QE8OvwK7evRgbsw": 400 signature_encoding
    Signature "TNXfew9RH1tpLAf9iwmpX6Ig8Dg04iQMSJjKGt9rGoAomlb8W5b1eHBgo/0SgOHf8QE8OvwK7evR\ngbs": 400 signature_encoding
    Token "not hexadecimal": 400 grammar
    Token "00&TopicArn=arn": 400 grammar
    "#);
}

#[tokio::test]
async fn a_url_in_both_spellings_is_refused_and_in_the_other_spelling_read() {
    let world = World::start().await;
    let asked = mail::confirmation(TOPIC, &ids::token("a"));
    for (envelope, field) in [
        (mail::purchase("a"), "SigningCertURL"),
        (mail::purchase("a"), "UnsubscribeURL"),
        (asked, "SubscribeURL"),
    ] {
        let other = field.replace("URL", "Url");
        let value = envelope.field(field).unwrap().to_owned();
        let both = envelope.clone().and_also(&other, value);
        let answer = world.deliver(&both).await;
        assert_eq!(
            answer,
            format!(
                "400 {{\"outcome\":\"refused\",\"reason\":\"both_spellings\",\"detail\":\"the envelope spells the key {field} in \
                 both ways; only one can be meant\"}}"
            )
        );
    }
    world.assert_untouched().await;

    let lambda_spelling = mail::purchase("a").renamed("SigningCertURL", "SigningCertUrl");
    assert_eq!(world.deliver(&lambda_spelling).await, RECORDED);
}
