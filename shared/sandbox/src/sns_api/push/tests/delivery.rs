//! Messages to devices, and what the push service says to them.

use super::*;

#[tokio::test]
async fn a_message_reaches_the_device() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    let message_id = devices.publish(&arn).await.unwrap();
    let parts = r#"{"default": "plain", "GCM": "{\"data\":{}}", "APNS": "{}"}"#;
    let call = devices.world.client.publish().target_arn(&arn).message_structure("json");
    let second_id = call.message(parts).send().await.unwrap().message_id.unwrap();
    let at = *devices.world.now.lock().unwrap();
    let delivered = |message_id, message: &str| Delivered {
        endpoint_arn: arn.clone(),
        token: "token-1".into(),
        message_id,
        message: message.into(),
        at,
    };
    assert_eq!(
        devices.push.delivered(),
        [delivered(message_id, "hello"), delivered(second_id, "{\"data\":{}}")]
    );
    let nothing_for_it = devices.world.client.publish().target_arn(&arn).message_structure("json");
    let refused = nothing_for_it.message("{\"APNS\": \"{}\"}").send().await.unwrap_err();
    assert_eq!(
        told(&refused),
        "InvalidParameter: Invalid parameter: Message Structure - No default entry in JSON message body"
    );
}

#[tokio::test]
async fn a_bad_token_disables_its_endpoint_and_tells() {
    let devices = Devices::start().await;
    devices.push.tell_events_to(APP, EVENTS);
    let arn = devices.push.put(APP, "token-1", true, "").unwrap();
    devices.push.uninstall(APP, "token-1");
    assert_eq!(devices.get(&arn).await, Ok("Enabled=true Token=token-1".into()));
    let message_id = devices.publish(&arn).await.unwrap();
    assert_eq!(devices.get(&arn).await, Ok("Enabled=false Token=token-1".into()));
    let error = devices.world.client.publish().target_arn(&arn).message("again").send().await;
    let error = error.unwrap_err().into_service_error();
    assert!(error.is_endpoint_disabled_exception(), "{error:?}");
    assert_eq!(told(&error), "EndpointDisabled: Endpoint is disabled");
    assert_eq!(devices.push.delivered(), []);
    let events = devices.events();
    let failure = |kind: &str, message: &str, message_id: &str| {
        format!(
            "{{\"DeliveryAttempts\":1,\"EndpointArn\":\"{arn}\",\"EventType\":\"DeliveryFailure\",\"FailureMessage\":\"{message}\",\
             \"FailureType\":\"{kind}\",\"MessageId\":\"{message_id}\",\"Resource\":\"{APP}\",\"Service\":\"SNS\",\
             \"Time\":\"2026-03-06T00:00:00.000Z\"}}"
        )
    };
    let invalid = "Platform token associated with the endpoint is not valid";
    assert_eq!(events[0], failure("InvalidPlatformToken", invalid, &message_id));
    assert_eq!(events[1], devices.event("EndpointUpdated", &arn));
    let refused_id = crate::ids::message_id("pushed 2");
    assert_eq!(events[2], failure("EndpointDisabled", "Endpoint is disabled", &refused_id));
    assert_eq!(events.len(), 3);
}

#[tokio::test]
async fn a_device_with_a_new_token_needs_it_in_the_endpoint() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    devices.push.new_token(APP, "token-1", "token-2");
    devices.publish(&arn).await.unwrap();
    devices.set(&arn, &[("Enabled", "true")]).await.unwrap();
    devices.publish(&arn).await.unwrap();
    let blindly_enabled = devices.push.endpoint(&arn).unwrap();
    assert!(!blindly_enabled.is_enabled, "SNS disables it again");
    devices.set(&arn, &[("Enabled", "true"), ("Token", "token-2")]).await.unwrap();
    devices.publish(&arn).await.unwrap();
    let delivered = devices.push.delivered();
    let tokens: Vec<&str> = delivered.iter().map(|delivered| delivered.token.as_str()).collect();
    assert_eq!(tokens, ["token-2"]);
    devices.push.reinstall(APP, "token-1");
    devices.set(&arn, &[("Token", "token-1")]).await.unwrap();
    devices.publish(&arn).await.unwrap();
    assert_eq!(devices.push.delivered().len(), 2);
}

#[tokio::test]
async fn an_expired_certificate_disables_the_application_and_a_wrong_one_each_endpoint() {
    let devices = Devices::start().await;
    devices.push.tell_events_to(IOS, EVENTS);
    let arn = devices.push.put(IOS, "aa", true, "").unwrap();
    devices.push.mismatch_certificate(IOS, true);
    devices.publish(&arn).await.unwrap();
    assert!(!devices.push.endpoint(&arn).unwrap().is_enabled);
    devices.push.mismatch_certificate(IOS, false);
    devices.push.enable(&arn, true);

    let now = *devices.world.now.lock().unwrap();
    devices.push.set_certificate(IOS, now + Duration::from_secs(60));
    devices.publish(&arn).await.unwrap();
    devices.wait(60);
    devices.publish(&arn).await.unwrap();
    assert_eq!(
        devices.publish(&arn).await,
        Err("PlatformApplicationDisabled: Platform application is disabled".into())
    );
    assert!(devices.push.endpoint(&arn).unwrap().is_enabled);
    assert_eq!(devices.push.delivered().len(), 1);
    let last = devices.events().pop().unwrap();
    assert!(last.contains("\"FailureType\":\"InvalidCredentials\""), "{last}");

    devices.push.set_certificate(IOS, now + Duration::from_secs(3600));
    let call = devices.world.client.set_platform_application_attributes();
    let call = call.platform_application_arn(IOS).attributes("Enabled", "true");
    call.send().await.unwrap();
    devices.publish(&arn).await.unwrap();
    assert_eq!(devices.push.delivered().len(), 2);
}

#[tokio::test]
async fn there_is_no_message_to_an_endpoint_that_is_gone() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    devices.delete(&arn).await.unwrap();
    assert_eq!(
        devices.publish(&arn).await,
        Err("InvalidParameter: Invalid parameter: TargetArn Reason: No endpoint found for the target arn specified".into())
    );
    let another = devices
        .world
        .client
        .publish()
        .target_arn(EVENTS)
        .message("hello")
        .send()
        .await;
    assert_eq!(
        told(&another.unwrap_err()),
        "InvalidParameter: Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter"
    );
}

impl Devices {
    /// What the topic was told.
    pub(super) fn events(&self) -> Vec<String> {
        let published = self.world.api.published();
        let events = published.into_iter().filter(|published| published.topic_arn == EVENTS);
        events.map(|published| published.message).collect()
    }

    pub(super) fn event(&self, kind: &str, arn: &str) -> String {
        format!(
            "{{\"EndpointArn\":\"{arn}\",\"EventType\":\"{kind}\",\"Resource\":\"{APP}\",\"Service\":\"SNS\",\
             \"Time\":\"2026-03-06T00:00:00.000Z\",\"Type\":\"{kind}\"}}"
        )
    }
}
