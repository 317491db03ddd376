//! What holds for any input.

use http::HeaderMap;
use proptest::prelude::*;
use sandbox::Envelope;
use sns_webhook::{Region, SigningCertUrl, TopicArn, Unverified};

use crate::world::{TOPIC, notification};

proptest! {
    #[test]
    fn parsing_never_panics_on_any_bytes(body in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _verdict = Unverified::parse(&HeaderMap::new(), &body);
    }

    #[test]
    fn parsing_never_panics_on_what_looks_like_an_envelope(
        pieces in proptest::collection::vec(piece(), 0..40),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = pieces.concat();
        let _verdict = Unverified::parse(&HeaderMap::new(), text.as_bytes());
        let genuine = notification().text();
        let mut damaged = genuine.clone().into_bytes();
        let at = cut.index(damaged.len());
        damaged.splice(at..at, text.bytes());
        let _verdict = Unverified::parse(&HeaderMap::new(), &damaged);
        let _verdict = Unverified::parse(&HeaderMap::new(), &genuine.as_bytes()[..at]);
    }

    #[test]
    fn an_envelope_that_was_rendered_is_read_back_as_it_was(envelope in envelope()) {
        for text in [envelope.text(), envelope.lambda_text()] {
            let parsed = Unverified::parse(&HeaderMap::new(), text.as_bytes()).unwrap();
            prop_assert_eq!(Some(parsed.message_type().as_str()), envelope.field("Type"));
            prop_assert_eq!(Some(parsed.message_id()), envelope.field("MessageId"));
            prop_assert_eq!(Some(parsed.topic_arn().as_str()), envelope.field("TopicArn"));
            prop_assert_eq!(parsed.timestamp(), envelope.field("Timestamp").unwrap().parse::<jiff::Timestamp>().unwrap());
            prop_assert_eq!(String::from_utf8(parsed.string_to_sign()).unwrap(), envelope.string_to_sign());
        }
    }

    #[test]
    fn a_signed_text_has_one_reading(envelope in envelope(), choices in proptest::collection::vec(any::<bool>(), 64)) {
        let text = envelope.string_to_sign();
        let other = another_reading(&text, &choices);
        let other_text = other.text();
        let parsed = Unverified::parse(&HeaderMap::new(), other_text.as_bytes());
        if parsed.is_ok_and(|parsed| parsed.string_to_sign() == text.as_bytes()) {
            for field in SIGNED {
                prop_assert_eq!(other.field(field), envelope.field(field));
            }
        }
    }

    #[test]
    fn a_topic_arn_is_taken_as_it_is_or_not_at_all(arn in "(arn:|:)?(aws|aws-cn|aws-us-gov)?:sns:[a-z0-9.-]{0,16}:[0-9]{11,13}:\\PC{0,6}") {
        if let Ok(topic) = TopicArn::parse(&arn) {
            let parts = arn.split(':').collect::<Vec<_>>();
            prop_assert_eq!(topic.as_str(), &arn);
            prop_assert_eq!(parts.len(), 6);
            prop_assert_eq!(topic.region().as_str(), parts[3]);
            prop_assert_eq!(topic.region().partition(), parts[1]);
        }
    }

    #[test]
    fn a_certificate_url_is_on_the_regions_host_or_not_accepted(
        region in "(us|eu|ap|cn|us-gov|eusc-de)-(east|west|southeast)-[1-9]",
        mut url in "https://sns\\.(us|eu|ap|cn|us-gov|eusc-de)-(east|west|southeast)-[1-9]\\.amazonaws\\.(com|com\\.cn|eu)(:443)?\
                    /SimpleNotificationService-[0-9a-f]{32}\\.pem",
        edits in proptest::collection::vec((any::<prop::sample::Index>(), "[a-zA-Z0-9:/.@?#%\\\\ -]{0,2}"), 0..3),
    ) {
        let region = Region::parse(&region).unwrap();
        let own_url = url.replace(url.split('/').nth(2).unwrap(), &region.sns_host());
        let own = SigningCertUrl::parse(&own_url, &region).unwrap();
        prop_assert_eq!(own.host(), region.sns_host());
        for (at, text) in edits {
            let at = at.index(url.len());
            url.replace_range(at..at + usize::from(text.is_empty()), &text);
        }
        if let Ok(accepted) = SigningCertUrl::parse(&url, &region) {
            prop_assert_eq!(accepted.host(), region.sns_host());
            prop_assert_eq!(accepted.to_string(), url.replacen(":443/", "/", 1));
        }
    }

    #[test]
    fn a_region_is_one_label_of_a_host_name(name in "[a-z]{1,5}(-[a-z0-9.]{1,10}){1,3}") {
        if let Some(region) = Region::parse(&name) {
            prop_assert_eq!(region.as_str(), &name);
            prop_assert!(!name.contains('.'));
            let (start, host) = (format!("sns.{name}.amazonaws."), region.sns_host());
            prop_assert!(host.starts_with(&start), "{}", host);
        }
    }
}

/// Bits of JSON and of envelopes, right and wrong.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\[\\]{}:,\"\\\\\n ]",
        "\"(Message|MessageId|Type|SigningCertURL|SigningCertUrl|Subject|Token|x)\":?",
        "\\\\u[0-9a-fd]{4}",
        "(null|true|-?[0-9]{1,3}(\\.[0-9]+)?(e[0-9]{1,3})?)",
        "\\PC{0,4}",
    ]
}

/// A well-formed envelope whose free texts are full of field names on lines of their own.
fn envelope() -> impl Strategy<Value = Envelope> {
    let line = prop_oneof![
        "[A-Za-z ]{0,6}",
        proptest::sample::select(&SIGNED[..]).prop_map(str::to_owned),
        "\\PC{0,6}"
    ];
    let message = proptest::collection::vec(line.clone(), 0..12).prop_map(|lines| lines.join("\n"));
    let id = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    let time = "20[0-9]{2}-0[1-9]-[01][1-9]T[01][0-9]:[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z";
    (0..3_usize, message, id, time, proptest::option::of(line), "[0-9a-f]{1,64}").prop_map(
        |(kind, message, id, time, subject, token)| {
            let common = Envelope::of([
                ("Message", message.as_str()),
                ("MessageId", &id),
                ("Timestamp", &time),
                ("TopicArn", TOPIC),
                ("SignatureVersion", "1"),
                ("Signature", ""),
                ("SigningCertURL", "u"),
            ]);
            let confirmation = |name| {
                common
                    .clone()
                    .with("Type", name)
                    .with("SubscribeURL", "https://s")
                    .with("Token", token)
            };
            match (kind, subject) {
                (0, None) => common.with("Type", "Notification"),
                (0, Some(subject)) => common.with("Type", "Notification").with("Subject", subject),
                (1, _) => confirmation("SubscriptionConfirmation"),
                _ => confirmation("UnsubscribeConfirmation"),
            }
        },
    )
}

/// Reads a signed text as another envelope: every line that is the name of a field may or may not begin that field.
fn another_reading(text: &str, choices: &[bool]) -> Envelope {
    let mut fields = Vec::<(&'static str, Vec<&str>)>::new();
    let mut choices = choices.iter().cycle();
    for line in text.trim_end_matches('\n').split('\n') {
        let named = SIGNED.iter().find(|&&name| name == line);
        match (named, fields.last_mut()) {
            (Some(name), last) if last.is_none() || choices.next() == Some(&true) => fields.push((name, Vec::new())),
            (_, Some((_, lines))) => lines.push(line),
            (_, None) => {}
        }
    }
    let mut envelope = Envelope::of([("SignatureVersion", "1"), ("Signature", ""), ("SigningCertURL", "u")]);
    for (name, lines) in fields {
        if envelope.field(name).is_none() {
            envelope = envelope.with(name, lines.join("\n"));
        }
    }
    envelope
}

const SIGNED: [&str; 8] = [
    "Message",
    "MessageId",
    "Subject",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
];
