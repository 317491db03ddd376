use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::*;

#[test]
fn a_token_is_given_for_the_right_credentials_and_scope_only() {
    let service = service();
    let form = |secret: &str, scope: &str, grant: &str| {
        let pairs = [
            ("grant_type", grant),
            ("scope", scope),
            ("client_id", "id"),
            ("client_secret", secret),
        ];
        form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
    };
    for (secret, scope, grant, status, error) in [
        ("s&cret", "messaging:push", "client_credentials", 200, None),
        ("s", "messaging:push", "client_credentials", 401, Some("invalid_client")),
        ("s&cret", "profile", "client_credentials", 400, Some("invalid_scope")),
        ("s&cret", "messaging:push", "password", 400, Some("unsupported_grant_type")),
    ] {
        let call = call(Target::Token, &form(secret, scope, grant), None);
        let (answered, body) = answer(&service, &call);
        assert_eq!(
            (answered, body["error"].as_str()),
            (status, error),
            "{secret} {scope} {grant}"
        );
    }
    service.disable_messaging("id");
    let call = call(Target::Token, &form("s&cret", "messaging:push", "client_credentials"), None);
    assert_eq!(answer(&service, &call).1["error"], "invalid_scope");
}

#[test]
fn a_token_is_good_for_an_hour() {
    let (service, now) = service_with_clock();
    service.register("id");
    service.subscribe("id", "instance", "topic").unwrap();
    let token = token(&service);
    let call = call(Target::Send, r#"{"data":{},"topic":"topic"}"#, Some(&token));
    *now.lock().unwrap() += Duration::from_secs(3599);
    assert_eq!(answer(&service, &call).0, 200);
    *now.lock().unwrap() += Duration::from_secs(1);
    assert_eq!(answer(&service, &call), (401, json!({ "reason": "AccessTokenExpired" })));
}

#[test]
fn a_message_needs_a_registered_profile_and_a_subscriber() {
    let service = service();
    let name = service.lock().profiles["id"].name.clone();
    let token = token(&service);
    let send = call(Target::Send, r#"{"data":{},"topic":"topic"}"#, Some(&token));
    let not_registered = format!("Security profile {name} is not registered for TopicBasedMessaging.");
    assert_eq!(answer(&service, &send), (400, json!({ "reason": not_registered })));

    let register = |secret: &str| {
        let body = json!({ "clientSecret": secret }).to_string();
        answer(&service, &call(Target::Register, &body, Some(&token)))
    };
    let foreign = format!("The given clientSecret is not associated with the security profile {name}");
    assert_eq!(register("s"), (400, json!({ "reason": foreign })));
    let registered = format!("The security profile {name} is registered with TopicBasedMessaging.");
    assert_eq!(register("s&cret"), (200, json!({ "message": registered })));

    let no_reader = json!({ "reason": "Topic topic has no active subscriptions." });
    assert_eq!(answer(&service, &send), (400, no_reader));
    assert_eq!(service.delivered(), []);
    service.subscribe("id", "instance", "topic").unwrap();
    let (status, body) = answer(&service, &send);
    let delivered = service.delivered();
    assert_eq!(
        (status, body["messageId"].as_str()),
        (200, Some(delivered[0].message_id.as_str()))
    );
    assert_eq!((delivered[0].topic.as_str(), delivered[0].instances), ("topic", 1));
}

#[test]
fn a_message_that_breaks_a_rule_is_refused_by_amazons_name() {
    let service = service();
    service.register("id");
    service.subscribe("id", "instance", "topic").unwrap();
    let token = token(&service);
    let large = |bytes: usize| json!({ "data": { "a": "x".repeat(bytes - 8) }, "topic": "topic" });
    for (body, status, reason) in [
        (json!({ "topic": "topic" }), 400, Some("InvalidData")),
        (json!({ "data": { "a": 1 }, "topic": "topic" }), 400, Some("InvalidData")),
        (
            json!({ "data": {}, "consolidationKey": "x".repeat(65), "topic": "topic" }),
            400,
            Some("InvalidConsolidationKey"),
        ),
        (
            json!({ "data": {}, "expiresAfter": 0, "topic": "topic" }),
            400,
            Some("InvalidExpiration"),
        ),
        (
            json!({ "data": {}, "expiresAfter": 2_678_401, "topic": "topic" }),
            400,
            Some("InvalidExpiration"),
        ),
        (json!({ "data": {}, "expiresAfter": 2_678_400, "topic": "topic" }), 200, None),
        (large(6145), 413, Some("MessageTooLarge")),
        (large(6144), 200, None),
    ] {
        let (answered, answer) = answer(&service, &call(Target::Send, &body.to_string(), Some(&token)));
        assert_eq!((answered, answer["reason"].as_str()), (status, reason));
    }
    let bare = Call {
        headers: HeaderMap::from_iter([(http::header::AUTHORIZATION, bearer(&token))]),
        ..call(Target::Send, r#"{"data":{},"topic":"topic"}"#, None)
    };
    assert_eq!(answer(&service, &bare), (400, json!({ "reason": "InvalidType" })));
}

#[test]
fn the_three_limits_of_topics_hold() {
    let service = service();
    assert_eq!(
        service.subscribe("id", "instance", "topic"),
        Err(SubscribeError::NotRegisteredWithTbm)
    );
    service.register("id");
    assert_eq!(
        service.subscribe("id", "instance", "no topic"),
        Err(SubscribeError::InvalidTopic)
    );
    assert_eq!(
        service.unsubscribe("id", "instance", "topic"),
        Err(SubscribeError::NotSubscribed)
    );
    for topic in 0..100 {
        assert_eq!(service.subscribe("id", "instance", &format!("topic-{topic}")), Ok(()));
    }
    let full = Err(SubscribeError::MaximumSubscriptionExceeded);
    assert_eq!(
        full.map_err(SubscribeError::id),
        Err::<(), _>("MAXIMUM_SUBSCRIPTION_EXCEEDED")
    );
    assert_eq!(service.subscribe("id", "another", "topic-100"), full);
    assert_eq!(
        service.subscribe("id", "instance", "topic-0"),
        Err(SubscribeError::AlreadySubscribed)
    );
    for instance in 1..10_000 {
        assert_eq!(service.subscribe("id", &format!("instance-{instance}"), "topic-0"), Ok(()));
    }
    assert_eq!(service.subscribe("id", "one-too-many", "topic-0"), full);
    assert_eq!(service.unsubscribe("id", "instance", "topic-0"), Ok(()));
    assert_eq!(service.subscribe("id", "one-too-many", "topic-0"), Ok(()));
}

#[test]
fn an_instance_is_on_a_hundred_topics_at_most() {
    let mut profile = Profile::new("id", "s&cret");
    profile.is_registered = true;
    for topic in 0..100 {
        assert_eq!(profile.subscribe("instance", &format!("topic-{topic}")), Ok(()));
    }
    assert_eq!(profile.unsubscribe("instance", "topic-7"), Ok(()));
    assert_eq!(profile.subscribe("instance", "topic-7"), Ok(()));
    assert_eq!(
        profile.subscribe("instance", "topic-100"),
        Err(SubscribeError::MaximumSubscriptionExceeded)
    );
}

fn service() -> AdmService {
    service_with_clock().0
}

fn service_with_clock() -> (AdmService, Arc<Mutex<Timestamp>>) {
    let now: Arc<Mutex<Timestamp>> = Arc::new(Mutex::new("2026-03-06T00:00:00Z".parse().unwrap()));
    let clock = Arc::clone(&now);
    let service = AdmService::new(move || *clock.lock().unwrap());
    service.add_profile("id", "s&cret");
    (service, now)
}

fn token(service: &AdmService) -> String {
    let form = "grant_type=client_credentials&scope=messaging%3Apush&client_id=id&client_secret=s%26cret";
    let (status, body) = answer(service, &call(Target::Token, form, None));
    assert_eq!((status, &body["expires_in"]), (200, &json!(3600)));
    body["access_token"].as_str().unwrap().to_owned()
}

fn answer(service: &AdmService, call: &Call) -> (u16, Value) {
    service.perform(call).into_parts()
}

/// A call with the headers of its page.
fn call(target: Target, body: &str, token: Option<&str>) -> Call {
    let json = HeaderValue::from_static("application/json");
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    let content_type = if target == Target::Token { form } else { json.clone() };
    let mut headers = HeaderMap::from_iter([(http::header::CONTENT_TYPE, content_type), (http::header::ACCEPT, json)]);
    if target == Target::Send {
        let version = HeaderValue::from_static("com.amazon.device.messaging.ADMMessage@1.0");
        headers.insert("x-amzn-type-version", version);
        let result = HeaderValue::from_static("com.amazon.device.messaging.ADMSendResult@1.0");
        headers.insert("x-amzn-accept-type", result);
    }
    if let Some(token) = token {
        headers.insert(http::header::AUTHORIZATION, bearer(token));
    }
    Call {
        target,
        headers,
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

fn bearer(token: &str) -> HeaderValue {
    format!("Bearer {token}").parse().unwrap()
}
