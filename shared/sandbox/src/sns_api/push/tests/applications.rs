//! Platform applications, and what they are told of their endpoints.

use super::*;

#[tokio::test]
async fn applications_are_listed_in_their_region_and_hide_their_credentials() {
    let devices = Devices::start().await;
    devices.push.add_application(&APP.replace("us-east-1", "eu-west-1"));
    let until = "2027-01-01T00:00:00Z".parse().unwrap();
    devices.push.set_certificate(IOS, until);
    devices.push.disable_application(APP);
    let call = devices.world.client.set_platform_application_attributes();
    let call = call.platform_application_arn(IOS).attributes("PlatformCredential", "secret");
    call.attributes("EventDeliveryFailure", EVENTS).send().await.unwrap();
    let ios = format!("AppleCertificateExpiryDate=2027-01-01T00:00:00.000Z Enabled=true EventDeliveryFailure={EVENTS}");
    assert_eq!(
        devices.applications().await,
        [(IOS.to_owned(), ios.clone()), (APP.to_owned(), "Enabled=false".to_owned())]
    );
    assert_eq!(devices.application(IOS).await, Ok(ios));
    assert_eq!(
        devices.application(&APP.replace("shop", "other")).await,
        Err("NotFound: PlatformApplication does not exist".into())
    );
}

#[tokio::test]
async fn an_application_takes_the_attributes_of_its_page_only() {
    let devices = Devices::start().await;
    let set = async |name: &str, value: &str| {
        let call = devices.world.client.set_platform_application_attributes();
        done(call.platform_application_arn(APP).attributes(name, value).send().await)
    };
    assert_eq!(set("Enabled", "FALSE").await, Ok(()));
    assert_eq!(devices.application(APP).await, Ok("Enabled=false".into()));
    assert_eq!(
        set("Colour", "red").await,
        Err("InvalidParameter: Invalid parameter: Attributes Reason: Invalid attribute name: Colour".into())
    );
    let call = devices.world.client.set_platform_application_attributes();
    let nothing = call
        .platform_application_arn(APP)
        .set_attributes(Some([].into()))
        .send()
        .await;
    assert_eq!(
        told(&nothing.unwrap_err()),
        "ValidationError: 1 validation error detected: Value null at 'attributes' failed to satisfy constraint: Member must not be \
         null"
    );
}

#[tokio::test]
async fn what_really_changes_is_told_to_the_topics_of_the_application() {
    let devices = Devices::start().await;
    devices.push.tell_events_to(APP, EVENTS);
    let arn = devices.create("token-1", None, None).await.unwrap();
    devices.create("token-1", None, None).await.unwrap();
    devices.set(&arn, &[("Enabled", "true"), ("Token", "token-1")]).await.unwrap();
    devices
        .set(&arn, &[("Enabled", "false"), ("Token", "token-2")])
        .await
        .unwrap();
    devices.push.enable(&arn, true);
    devices.delete(&arn).await.unwrap();
    devices.delete(&arn).await.unwrap();
    devices.create_in(IOS, "aa", None, None).await.unwrap();
    let kinds = ["EndpointCreated", "EndpointUpdated", "EndpointUpdated", "EndpointDeleted"];
    assert_eq!(devices.events(), kinds.map(|kind| devices.event(kind, &arn)));
    devices.world.api.delete_topic(EVENTS);
    devices.create("token-1", None, None).await.unwrap();
    assert_eq!(devices.events().len(), 4);
}

impl Devices {
    async fn application(&self, arn: &str) -> Result<String, String> {
        let call = self.world.client.get_platform_application_attributes();
        let answer = call.platform_application_arn(arn).send().await;
        Ok(line(answer.map_err(|error| told(&error))?.attributes.unwrap_or_default()))
    }

    async fn applications(&self) -> Vec<(String, String)> {
        let answer = self.world.client.list_platform_applications().send().await.unwrap();
        let listed = answer.platform_applications.unwrap_or_default().into_iter();
        let shown = listed.map(|application| (application.platform_application_arn, application.attributes));
        shown
            .map(|(arn, attributes)| (arn.unwrap(), line(attributes.unwrap())))
            .collect()
    }
}
