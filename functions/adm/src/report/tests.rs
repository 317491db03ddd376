use insta::assert_snapshot;

use super::*;

fn read(body: &str) -> Report {
    Report::read(body.as_bytes()).unwrap()
}

/// The faults, one in a line.
fn faults(body: &str) -> String {
    let faults = Report::read(body.as_bytes()).unwrap_err();
    let lines = faults
        .listed()
        .iter()
        .map(|fault| format!("{} {}: {}", fault.name, fault.field, fault.detail));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn every_callback_is_read() {
    let (news, none) = (Topic::new("news").unwrap(), "");
    let refused = ErrorId::TooManyRequests;
    for (callback, more, event) in [
        ("onSubscribe", r#","topic":"news""#, Event::Subscribed(news.clone())),
        (
            "onUnsubscribe",
            r#","topic":"news","errorId":null"#,
            Event::Unsubscribed(news.clone()),
        ),
        (
            "onSubscribeError",
            r#","topic":"news","errorId":"TOO_MANY_REQUESTS""#,
            Event::SubscribeFailed(news.clone(), refused.clone()),
        ),
        (
            "onUnsubscribeError",
            r#","topic":"news","errorId":"TOO_MANY_REQUESTS""#,
            Event::UnsubscribeFailed(news, refused),
        ),
        ("onUnregistered", none, Event::Unregistered),
    ] {
        let report = read(&format!(
            r#"{{"instance":"amzn1.adm-registration.v3.Y29","event":"{callback}"{more}}}"#
        ));
        assert_eq!(report.event, event);
        assert_eq!(Some(report.instance), Instance::new("amzn1.adm-registration.v3.Y29"));
        assert_eq!(report.warnings(), []);
    }
}

#[test]
fn an_error_id_that_no_page_lists_is_kept_with_a_warning() {
    let report = read(r#"{"instance":"i","event":"onSubscribeError","topic":"news","errorId":"NEW"}"#);
    assert_eq!(report.event.error(), Some(&ErrorId::Undocumented("NEW".to_owned())));
    let [warning] = &report.warnings()[..] else {
        panic!("one warning")
    };
    assert_eq!((warning.name, warning.field.as_str()), ("UnknownErrorId", "errorId"));
}

#[test]
fn all_faults_are_told_at_once() {
    assert_snapshot!(
        faults(r#"{"instance":"a b","topic":"no topic","event":"onsubscribe","errorId":"no id","error":"X","topic":"news"}"#),
        @r"
    UnknownField error: there is no such field: there are instance, topic, event, errorId
    DuplicateField topic: stands twice in one object; say it once
    InvalidInstance instance: the registration id of the app instance: a text of 1 to 2048 visible ASCII characters
    InvalidEvent event: must be one of onSubscribe, onSubscribeError, onUnsubscribe, onUnsubscribeError, onUnregistered
    InvalidTopic topic: a topic is 1 to 100 of the characters a-z A-Z 0-9 - _ . ~ %, and nothing else
    InvalidErrorId errorId: the errorId that the callback was given: 1 to 64 of the characters A-Z and _
    "
    );
    assert_snapshot!(faults("{}"), @r"
    InvalidInstance instance: the registration id of the app instance: a text of 1 to 2048 visible ASCII characters
    InvalidEvent event: must be one of onSubscribe, onSubscribeError, onUnsubscribe, onUnsubscribeError, onUnregistered
    ");
}

#[test]
fn a_callback_has_the_parts_that_amazon_gives_it() {
    for (event, more, fault) in [
        ("onSubscribe", "", "InvalidTopic topic: a topic is 1 to 100"),
        ("onUnsubscribe", r#","topic":null"#, "InvalidTopic topic: a topic is 1 to 100"),
        (
            "onSubscribe",
            r#","topic":"a","errorId":"X""#,
            "InvalidErrorId errorId: only onSubscribeError and",
        ),
        (
            "onSubscribeError",
            r#","topic":"a""#,
            "InvalidErrorId errorId: the errorId that the callback",
        ),
        (
            "onUnsubscribeError",
            r#","errorId":"X""#,
            "InvalidTopic topic: a topic is 1 to 100",
        ),
        (
            "onUnregistered",
            r#","topic":"a""#,
            "InvalidTopic topic: onUnregistered is about all topics",
        ),
        (
            "onUnregistered",
            r#","errorId":"X""#,
            "InvalidErrorId errorId: only onSubscribeError and",
        ),
    ] {
        let told = faults(&format!(r#"{{"instance":"i","event":"{event}"{more}}}"#));
        assert!(told.starts_with(fault) && !told.contains('\n'), "{event}{more}: {told}");
    }
}

#[test]
fn what_is_no_object_is_one_fault() {
    for (body, fault) in [
        (
            "",
            "InvalidJson : the request must be JSON: it breaks off at line 1, column 0",
        ),
        ("[]", "InvalidJson : the request must be a JSON object"),
        (
            &" ".repeat(16 * 1024 + 1),
            "MessageTooLarge : the request has 16385 bytes; at most 16384 are read",
        ),
    ] {
        assert_eq!(faults(body), fault);
    }
}

#[test]
fn neither_a_report_nor_its_faults_show_the_instance() {
    let report = read(r#"{"instance":"Sam","event":"onSubscribe","topic":"news"}"#);
    assert_snapshot!(format!("{report:?}"), @r#"Report { instance: Instance([redacted]), event: Subscribed(Topic("news")) }"#);
    let faults = Report::read(br#"{"instance":"Sam S","event":"Sam","topic":"Sam S","Sam":1}"#).unwrap_err();
    assert!(!format!("{faults:?} {faults}").contains("Sam"));
}
