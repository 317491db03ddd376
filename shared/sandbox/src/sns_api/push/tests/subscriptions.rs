//! Subscriptions of endpoints to topics.

use super::*;

#[tokio::test]
async fn a_subscription_outlives_its_endpoint_until_it_is_ended() {
    let devices = Devices::start().await;
    devices.world.api.create_topic(EVENTS);
    let arn = devices.create("token-1", None, None).await.unwrap();
    let subscription = devices.subscribe(&arn).await.unwrap();
    assert_eq!(devices.subscribe(&arn).await, Ok(subscription.clone()));
    devices.delete(&arn).await.unwrap();
    let kept = Subscription {
        arn: subscription.clone(),
        topic_arn: EVENTS.into(),
        endpoint_arn: arn.clone(),
    };
    assert_eq!(devices.push.subscriptions(), [kept]);
    let (all, of_topic) = devices.subscriptions().await;
    assert_eq!((all, of_topic), (vec![subscription.clone()], vec![subscription.clone()]));
    assert_eq!(
        devices.subscribe(&arn).await,
        Err(format!(
            "InvalidParameter: Invalid parameter: Endpoint Reason: Endpoint does not exist for endpoint arn{arn}"
        ))
    );
    assert_eq!(devices.unsubscribe(&subscription).await, Ok(()));
    assert_eq!(devices.unsubscribe(&subscription).await, Ok(()));
    assert_eq!(devices.subscriptions().await, (vec![], vec![]));
    let restored = devices.create("token-1", None, None).await.unwrap();
    assert_eq!(devices.subscribe(&restored).await, Ok(subscription));
}

#[tokio::test]
async fn what_is_no_subscription_is_invalid() {
    let devices = Devices::start().await;
    let arn = devices.create("token-1", None, None).await.unwrap();
    assert_eq!(devices.subscribe(&arn).await, Err("NotFound: Topic does not exist".into()));
    assert_eq!(
        devices.unsubscribe(EVENTS).await,
        Err("InvalidParameter: Invalid parameter: SubscriptionId".into())
    );
    assert_eq!(
        devices.unsubscribe("arn:aws:sns").await,
        Err("InvalidParameter: Invalid parameter: SubscriptionArn Reason: An ARN must have at least 6 elements, not 3".into())
    );
}

impl Devices {
    async fn subscribe(&self, endpoint_arn: &str) -> Result<String, String> {
        let call = self.world.client.subscribe().topic_arn(EVENTS).protocol("application");
        let answer = call.endpoint(endpoint_arn).send().await.map_err(|error| told(&error))?;
        Ok(answer.subscription_arn.unwrap_or_default())
    }

    async fn unsubscribe(&self, arn: &str) -> Result<(), String> {
        done(self.world.client.unsubscribe().subscription_arn(arn).send().await)
    }

    /// The ARNs of all, and of those to the one topic.
    async fn subscriptions(&self) -> (Vec<String>, Vec<String>) {
        let client = &self.world.client;
        let all = client.list_subscriptions().send().await.unwrap().subscriptions;
        let of_topic = client.list_subscriptions_by_topic().topic_arn(EVENTS).send().await;
        let arns = |listed: Option<Vec<aws_sdk_sns::types::Subscription>>| {
            let listed = listed.unwrap_or_default().into_iter();
            listed.filter_map(|subscription| subscription.subscription_arn).collect()
        };
        (arns(all), arns(of_topic.unwrap().subscriptions))
    }
}
