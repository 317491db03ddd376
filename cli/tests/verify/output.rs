//! What is printed, to the letter.

use sandbox::pki::{Leaf, LeafKey};
use sandbox::{Pki, SignatureVersion, SubscriptionConfirmation};

use crate::desk::{AT, Answer, Desk, TOPIC, good, sent};

/// The line of JSON, broken before each step.
fn by_step(answer: &Answer) -> String {
    assert_eq!(answer.out.lines().count(), 1);
    answer.out.replace("{\"step\":", "\n{\"step\":")
}

#[test]
fn an_authentic_message_is_one_line_of_json() {
    let desk = Desk::new("json-authentic");
    desk.put("message.json", good().text());
    let answer = desk.verify(&["message.json", "--cert", "cert.pem", "--at", AT, "--json"]);
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(by_step(&answer), @r#"
    {"file":"message.json","verdict":"authentic","reason":null,"type":"Notification","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","message_id":"73f42b91-8bf6-598d-80bc-b7f3ba0d320b","steps":[
    {"step":"delivery","result":"ok","detail":"body of 1202 bytes"},
    {"step":"envelope","result":"ok","detail":"Notification 73f42b91-8bf6-598d-80bc-b7f3ba0d320b of arn:aws:sns:us-east-1:033616359524:LT0XA, signature version 1"},
    {"step":"headers","result":"not_asked","detail":"none was captured"},
    {"step":"certificate_url","result":"ok","detail":"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ad7382323a82cf500a28cceab2bcb461.pem"},
    {"step":"freshness","result":"ok","detail":"1.097 s old at 2026-03-06T19:55:40.000Z; at most 3915 s are accepted"},
    {"step":"topic","result":"not_asked","detail":"no --trust-topic is given: anybody's topic would do"},
    {"step":"certificate_document","result":"ok","detail":"one PEM certificate, given with --cert"},
    {"step":"chain","result":"not_decided","detail":"the issuer's certificate is not at hand, so no root vouches for this one: it is believed for being the document at the certificate URL"},
    {"step":"certificate","result":"ok","detail":"it is for sns.amazonaws.com, valid from 2012-01-01T00:00:00Z until 2112-01-01T00:00:00Z, with RSA of 2048 bits"},
    {"step":"signature","result":"ok","detail":"matches all signed fields (version 1)"}]}
    "#);
}

#[test]
fn a_refused_message_is_one_line_of_json() {
    let desk = Desk::new("json-refused");
    desk.put("message.json", good().with("Message", "{}").text());
    let trusted = "arn:aws:sns:us-east-1:033616359524:*";
    let answer = desk.verify(&[
        "message.json",
        "--cert",
        "cert.pem",
        "--at",
        AT,
        "--json",
        "--trust-topic",
        trusted,
    ]);
    assert_eq!((answer.code, answer.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(by_step(&answer), @r#"
    {"file":"message.json","verdict":"refused","reason":"signature_mismatch","type":"Notification","topic_arn":"arn:aws:sns:us-east-1:033616359524:LT0XA","message_id":"73f42b91-8bf6-598d-80bc-b7f3ba0d320b","steps":[
    {"step":"delivery","result":"ok","detail":"body of 897 bytes"},
    {"step":"envelope","result":"ok","detail":"Notification 73f42b91-8bf6-598d-80bc-b7f3ba0d320b of arn:aws:sns:us-east-1:033616359524:LT0XA, signature version 1"},
    {"step":"headers","result":"not_asked","detail":"none was captured"},
    {"step":"certificate_url","result":"ok","detail":"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ad7382323a82cf500a28cceab2bcb461.pem"},
    {"step":"freshness","result":"ok","detail":"1.097 s old at 2026-03-06T19:55:40.000Z; at most 3915 s are accepted"},
    {"step":"topic","result":"ok","detail":"arn:aws:sns:us-east-1:033616359524:LT0XA is trusted"},
    {"step":"certificate_document","result":"ok","detail":"one PEM certificate, given with --cert"},
    {"step":"chain","result":"not_decided","detail":"the issuer's certificate is not at hand, so no root vouches for this one: it is believed for being the document at the certificate URL"},
    {"step":"certificate","result":"ok","detail":"it is for sns.amazonaws.com, valid from 2012-01-01T00:00:00Z until 2112-01-01T00:00:00Z, with RSA of 2048 bits"},
    {"step":"signature","result":"refused","detail":"the signature does not match the message; a signed field is not as it was sent, or another key signed it"}]}
    "#);
}

#[test]
fn a_message_that_cannot_be_read_has_no_name_in_json() {
    let desk = Desk::new("json-nameless");
    let answer = desk.run("verify", &["-", "--json"], "hello");
    assert_eq!((answer.code, answer.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(by_step(&answer), @r#"
    {"file":"-","verdict":"refused","reason":"not_an_envelope","type":null,"topic_arn":null,"message_id":null,"steps":[
    {"step":"delivery","result":"ok","detail":"body of 5 bytes"},
    {"step":"envelope","result":"refused","detail":"the body is not a JSON object: syntax error at line 1 column 1"},
    {"step":"headers","result":"not_decided","detail":"not reached"},
    {"step":"certificate_url","result":"not_decided","detail":"not reached"},
    {"step":"freshness","result":"not_decided","detail":"not reached"},
    {"step":"topic","result":"not_decided","detail":"not reached"},
    {"step":"certificate_document","result":"not_decided","detail":"not reached"},
    {"step":"chain","result":"not_decided","detail":"not reached"},
    {"step":"certificate","result":"not_decided","detail":"not reached"},
    {"step":"signature","result":"not_decided","detail":"not reached"}]}
    "#);
}

#[test]
fn every_file_has_its_line_in_the_order_asked_for() {
    let desk = Desk::new("json-lines");
    desk.put("b.json", good().text());
    desk.put("a.json", "");
    let answer = desk.verify(&["b.json", "a.json", "b.json", "--cert", "cert.pem", "--at", AT, "--json"]);
    assert_eq!(answer.code, Some(1));
    let starts = answer
        .out
        .lines()
        .map(|line| line.split_inclusive("verdict\":").next().unwrap())
        .collect::<Vec<_>>();
    assert_eq!(
        starts,
        [
            "{\"file\":\"b.json\",\"verdict\":",
            "{\"file\":\"a.json\",\"verdict\":",
            "{\"file\":\"b.json\",\"verdict\":"
        ]
    );
}

#[test]
fn people_get_a_line_for_every_step() {
    let desk = Desk::new("text-authentic");
    desk.put("message.json", good().text());
    let header = "x-amz-sns-message-type=Notification";
    let answer = desk.verify(&[
        "message.json",
        "--cert",
        "cert.pem",
        "--root",
        "root.pem",
        "--intermediate",
        "intermediate.pem",
        "--chain",
        "require",
        "--at",
        AT,
        "--trust-topic",
        TOPIC,
        "--header",
        header,
    ]);
    assert_eq!((answer.code, answer.err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(answer.out, @r#"
    message.json
      delivery              ok           body of 1202 bytes
      envelope              ok           Notification 73f42b91-8bf6-598d-80bc-b7f3ba0d320b of arn:aws:sns:us-east-1:033616359524:LT0XA, signature version 1
      headers               ok           x-amz-sns-message-type: as in the body
      certificate URL       ok           https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ad7382323a82cf500a28cceab2bcb461.pem
      freshness             ok           1.097 s old at 2026-03-06T19:55:40.000Z; at most 3915 s are accepted
      topic                 ok           arn:aws:sns:us-east-1:033616359524:LT0XA is trusted
      certificate document  ok           one PEM certificate, given with --cert
      chain                 ok           a trusted root vouches for it
      certificate           ok           it is for sns.amazonaws.com, valid from 2012-01-01T00:00:00Z until 2112-01-01T00:00:00Z, with RSA of 2048 bits
      signature             ok           matches all signed fields (version 1)
      => authentic: SNS signed this message
    "#);
}

#[test]
fn people_are_told_what_to_do_without_a_certificate() {
    let desk = Desk::new("text-transient");
    desk.put("message.json", good().text());
    let answer = desk.verify(&["message.json", "--at", AT]);
    assert_eq!((answer.code, answer.err.as_str()), (Some(1), ""));
    insta::assert_snapshot!(answer.out, @r#"
    message.json
      delivery              ok           body of 1202 bytes
      envelope              ok           Notification 73f42b91-8bf6-598d-80bc-b7f3ba0d320b of arn:aws:sns:us-east-1:033616359524:LT0XA, signature version 1
      headers               not asked    none was captured
      certificate URL       ok           https://sns.us-east-1.amazonaws.com/SimpleNotificationService-ad7382323a82cf500a28cceab2bcb461.pem
      freshness             ok           1.097 s old at 2026-03-06T19:55:40.000Z; at most 3915 s are accepted
      topic                 not asked    no --trust-topic is given: anybody's topic would do
      certificate document  not decided  the certificate is not at hand: give the document found at the certificate URL with --cert, or let --fetch get it
      chain                 not decided  not reached
      certificate           not decided  not reached
      signature             not decided  not reached
      => transient: cert_not_given; nothing is decided
    "#);
}

#[test]
fn people_are_told_what_was_expected_where_something_was_refused() {
    let desk = Desk::new("text-refused");
    let mut told = String::new();
    let mut tell = |answer: Answer| {
        let refused = answer
            .out
            .lines()
            .filter(|line| line.contains("REFUSED") || line.contains("not decided  the "))
            .map(str::trim);
        told.extend(refused.map(|line| format!("{line}\n")));
    };
    let with_cert = ["message.json", "--at", AT, "--cert", "cert.pem"];
    desk.put(
        "message.json",
        good()
            .with("SigningCertURL", "https://sns.eu-west-1.amazonaws.com/x.pem")
            .text(),
    );
    tell(desk.verify(&with_cert));
    for leaf in [
        Leaf::named("evil\n.example"),
        Leaf::expired(sent()),
        Leaf::with_key(LeafKey::Elliptic),
    ] {
        desk.issue(&leaf);
        tell(desk.verify(&with_cert));
    }
    let token = sandbox::ids::token("seed");
    let confirmation = Pki::fixed()
        .signer()
        .sign(SubscriptionConfirmation::new(TOPIC, &token, sent()), SignatureVersion::V1);
    desk.put("message.json", confirmation.text());
    tell(desk.verify(&[&with_cert[..], &["--trust-topic", "arn:aws:sns:us-east-1:123456789012:*"]].concat()));
    tell(desk.verify(&[&with_cert[..], &["--header", "x-amz-sns-rawdelivery=true"]].concat()));
    tell(desk.verify(&[&with_cert[..], &["--chain", "require"]].concat()));
    insta::assert_snapshot!(told, @r#"
    certificate URL       REFUSED      SigningCertURL is not on the SNS host of the topic's region: another host; expected is https://sns.us-east-1.amazonaws.com/SimpleNotificationService-<32 hexadecimal digits>.pem
    chain                 not decided  the issuer's certificate is not at hand, so no root vouches for this one: it is believed for being the document at the certificate URL
    certificate           REFUSED      the signing certificate was not issued to SNS in the topic's region; it is for evil\n.example, valid from 2012-01-01T00:00:00Z until 2112-01-01T00:00:00Z, with RSA of 2048 bits; expected is sns.amazonaws.com
    chain                 not decided  the certificate itself does not hold
    certificate           REFUSED      the signing certificate has expired; it is for sns.amazonaws.com, valid from 2012-01-01T00:00:00Z until 2026-03-06T19:55:37Z, with RSA of 2048 bits
    chain                 not decided  the issuer's certificate is not at hand, so no root vouches for this one: it is believed for being the document at the certificate URL
    certificate           REFUSED      the signing certificate's key is not RSA of 2048 to 8192 bits; it is for sns.amazonaws.com, valid from 2012-01-01T00:00:00Z until 2112-01-01T00:00:00Z, with another key
    topic                 REFUSED      topic arn:aws:sns:us-east-1:033616359524:LT0XA is not one that this receiver listens to; a deployment would keep this confirmation for its operator to decide
    delivery              REFUSED      raw message delivery is on for this subscription: it carries no signature; turn RawMessageDelivery off
    chain                 not decided  the certificate of the signing certificate's issuer could not be had, and the chain policy requires it; give it with --intermediate
    "#);
}

#[test]
fn nothing_secret_is_printed() {
    let desk = Desk::new("secrets");
    let token = sandbox::ids::token("seed");
    let signer = Pki::fixed().signer();
    let confirmation = signer.sign(SubscriptionConfirmation::new(TOPIC, &token, sent()), SignatureVersion::V1);
    let broken = [
        confirmation.clone().with("Token", format!("{token}x")),
        confirmation.clone().with("Timestamp", "2026"),
        confirmation,
    ];
    for message in broken
        .into_iter()
        .chain([good(), good().with("Message", "{\"receiptId\":\"s3cr3t\"}")])
    {
        desk.put("message.json", message.text());
        for arguments in [
            &["message.json", "--at", AT, "--cert", "cert.pem"][..],
            &["message.json", "--at", AT, "--json"],
        ] {
            let answer = desk.verify(arguments);
            for secret in [
                &token[..40],
                "receiptId",
                "s3cr3t",
                "Action=",
                message.field("Signature").unwrap(),
            ] {
                assert!(
                    !answer.out.contains(secret) && !answer.err.contains(secret),
                    "{secret}: {answer:?}"
                );
            }
        }
    }
}
