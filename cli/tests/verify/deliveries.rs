//! The delivery itself: what must pass, and each way in which it must not.

use sandbox::{Notification, Pki, SignatureVersion, SubscriptionConfirmation, UnsubscribeConfirmation};

use crate::desk::{Desk, TOPIC, good, notification, renewal, sent, summary};

#[test]
fn all_types_in_both_versions_and_both_spellings_are_authentic() {
    let desk = Desk::new("types");
    let signer = Pki::fixed().signer();
    let token = sandbox::ids::token("seed");
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        for envelope in [
            notification(&signer, version),
            signer.sign(
                Notification {
                    subject: Some("Renewal".to_owned()),
                    ..renewal()
                },
                version,
            ),
            signer.sign(SubscriptionConfirmation::new(TOPIC, &token, sent()), version),
            signer.sign(UnsubscribeConfirmation::new(TOPIC, &token, sent()), version),
        ] {
            assert_eq!(desk.judge_with_cert(envelope.text(), &[]), "0 authentic");
            assert_eq!(desk.judge_with_cert(envelope.lambda_text(), &[]), "0 authentic");
        }
    }
}

#[test]
fn what_was_tampered_with_is_refused_at_the_signature() {
    let desk = Desk::new("tampered");
    let forger = Pki::fixed().forger();
    for forged in [
        good().with("Message", "{}"),
        good().with("Subject", "new"),
        good().with("Timestamp", "2026-03-06T19:55:39.000Z"),
        good().with("SignatureVersion", "2"),
        notification(&forger, SignatureVersion::V2),
    ] {
        assert_eq!(
            desk.judge_with_cert(forged.text(), &[]),
            "1 refused signature_mismatch at signature"
        );
    }
}

#[test]
fn a_certificate_url_elsewhere_is_refused_before_anybody_asks_for_the_certificate() {
    let desk = Desk::new("url");
    let path = Pki::fixed().signer().certificate_path();
    for host in [
        "sns---us-east-1.amazonaws.com.rproxy.goskope.com",
        "sns.us-east-1.amazonaws.com.evil.example",
        "sns.s3-us-west-2.amazonaws.com",
        "sns.us-west-2.amazonaws.com",
    ] {
        desk.put(
            "message.json",
            good().with("SigningCertURL", format!("https://{host}{path}")).text(),
        );
        assert_eq!(
            desk.judge(&["--cert", "cert.pem"]),
            "1 refused cert_host at certificate_url",
            "{host}"
        );
        assert_eq!(desk.judge(&[]), "1 refused cert_host at certificate_url", "{host}");
        assert_eq!(desk.judge(&["--fetch"]), "1 refused cert_host at certificate_url", "{host}");
    }
    let other = good().with("SigningCertURL", "https://sns.us-east-1.amazonaws.com/cert.pem");
    assert_eq!(
        desk.judge_with_cert(other.text(), &[]),
        "1 refused cert_url at certificate_url"
    );
}

#[test]
fn a_body_that_sns_would_not_send_is_refused_by_its_form() {
    let desk = Desk::new("form");
    let mut not_utf8 = good().text().into_bytes();
    not_utf8[40] = 0xff;
    for (body, expected) in [
        (Vec::new(), "1 refused not_an_envelope at envelope"),
        (b"hello".to_vec(), "1 refused not_an_envelope at envelope"),
        (b"{}".to_vec(), "1 refused missing_field at envelope"),
        (not_utf8, "1 refused not_utf8 at envelope"),
        (
            good().and_also("Message", "{}").text().into(),
            "1 refused duplicate_key at envelope",
        ),
        (
            good().and_also("SigningCertUrl", "https://x").text().into(),
            "1 refused both_spellings at envelope",
        ),
        (
            good().with("Signature", "EXAMPLEab123...").text().into(),
            "1 refused signature_encoding at envelope",
        ),
        (
            good().with("MessageId", "id\nSubject\nx").text().into(),
            "1 refused control_character at envelope",
        ),
        (vec![b' '; 3 * 1024 * 1024], "1 refused body_too_large at delivery"),
    ] {
        assert_eq!(desk.judge_with_cert(&body, &[]), expected);
    }
}

#[test]
fn headers_must_agree_with_the_body() {
    let desk = Desk::new("headers");
    let judge = |arguments: &[&str]| desk.judge_with_cert(good().text(), arguments);
    let topic = format!("X-Amz-Sns-Topic-Arn={TOPIC}");
    let agreeing = ["--header", "x-amz-sns-message-type=Notification", "--header", &topic];
    assert_eq!(judge(&agreeing), "0 authentic");
    assert_eq!(judge(&["--header", "user-agent=curl"]), "0 authentic");
    for header in [
        "x-amz-sns-message-type=SubscriptionConfirmation",
        "x-amz-sns-message-id=",
        "x-amz-sns-topic-arn=arn:aws:sns:x",
    ] {
        assert_eq!(judge(&["--header", header]), "1 refused header_mismatch at headers");
    }
}

#[test]
fn a_raw_delivery_is_refused_whatever_its_body() {
    let desk = Desk::new("raw");
    let refused = desk.judge_with_cert("{\"receiptId\":\"1\"}", &["--header", "x-amz-sns-rawdelivery=true"]);
    assert_eq!(refused, "1 refused raw_delivery at delivery");
}

#[test]
fn the_topic_is_asked_about_only_where_topics_are_trusted() {
    let desk = Desk::new("topic");
    let judge = |arguments: &[&str]| desk.judge_with_cert(good().text(), arguments);
    assert_eq!(judge(&["--trust-topic", TOPIC]), "0 authentic");
    let account = [
        "--trust-topic",
        "arn:aws:sns:eu-west-1:123456789012:mine",
        "--trust-topic",
        "arn:aws:sns:us-east-1:033616359524:*",
    ];
    assert_eq!(judge(&account), "0 authentic");
    let refused = "1 refused topic_not_admitted at topic";
    assert_eq!(judge(&["--trust-topic", "arn:aws:sns:us-east-1:123456789012:*"]), refused);
    // A cheap refusal, so it comes before the question for the certificate.
    desk.put("message.json", good().text());
    assert_eq!(
        desk.judge(&["--trust-topic", "arn:aws:sns:us-east-1:123456789012:*"]),
        refused
    );
}

#[test]
fn the_age_counts_to_the_time_that_is_given() {
    let desk = Desk::new("age");
    desk.put("message.json", good().text());
    let judge = |arguments: &[&str]| {
        let answer = desk.verify(&[&["message.json", "--json", "--cert", "cert.pem"], arguments].concat());
        summary(&answer)
    };
    let stale = "1 refused stale at freshness";
    assert_eq!(judge(&["--at", "2026-03-06T21:00:53.903Z"]), "0 authentic");
    assert_eq!(judge(&["--at", "2026-03-06T22:00:53.903+01:00"]), "0 authentic");
    assert_eq!(judge(&["--at", "2026-03-06T21:00:53.904Z"]), stale);
    assert_eq!(judge(&["--at", "2026-03-06T19:50:38Z"]), "1 refused from_future at freshness");
    assert_eq!(judge(&["--at", "2026-03-06T19:55:49Z", "--max-age", "10"]), stale);
    assert_eq!(
        judge(&["--at", "2036-03-06T00:00:00Z", "--max-age", "400000000"]),
        "0 authentic"
    );
}

#[test]
fn an_old_message_without_a_time_is_stale_and_the_answer_says_which_time_to_give() {
    let desk = Desk::new("old");
    let message = Notification::new(TOPIC, "seed", "{}", "2020-09-21T15:19:35.686Z".parse().unwrap());
    desk.put(
        "message.json",
        Pki::fixed().signer().sign(message, SignatureVersion::V1).text(),
    );
    let answer = desk.verify(&["message.json", "--cert", "cert.pem"]);
    assert_eq!(answer.code, Some(1));
    assert!(
        answer
            .out
            .contains("at which it was received: --at 2020-09-21T15:19:35.686Z\n"),
        "{}",
        answer.out
    );
    assert!(answer.out.ends_with("  => refused: stale\n"), "{}", answer.out);
    let advised = desk.verify(&["message.json", "--cert", "cert.pem", "--at", "2020-09-21T15:19:35.686Z"]);
    assert_eq!(advised.code, Some(0));
}
