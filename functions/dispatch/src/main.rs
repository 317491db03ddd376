//! The `dispatch` Lambda function: configuration, clients, one clock.

use dispatch::{Dispatch, Invocation, Settings, Topic};
use inbox::Inbox;
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock and the environment"
)]
async fn main() -> Result<(), Error> {
    cloud::log_as_json();
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let sdk = cloud::sdk_config(settings.ca_bundle.as_ref(), inbox::timeouts(), inbox::retries()).await;
    let store = aws_sdk_dynamodb::Client::new(&sdk);
    let topic = Topic::connect(&sdk, &settings.events_topic_arn);
    // Nothing is recorded here, so how long a record is kept does not matter.
    let inbox = Inbox::new(store, settings.notifications_table, SignedDuration::ZERO);
    let dispatch = &Dispatch::new(inbox, topic, Timestamp::now);
    lambda_runtime::run(service_fn(|event: LambdaEvent<Invocation>| async move {
        let ends_at = cloud::ends_at(event.context.deadline);
        dispatch.run(event.payload, ends_at).await
    }))
    .await
}
