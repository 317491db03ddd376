//! The `dispatch` Lambda function: configuration, clients, one clock.

use dispatch::{Dispatch, Invocation, Settings, Topic};
use inbox::{Inbox, Invoked};
use jiff::{SignedDuration, Timestamp};
use lambda_runtime::{Error, LambdaEvent, service_fn};

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock and the environment"
)]
async fn main() -> Result<(), Error> {
    cloud::log_as_json();
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let sdk = cloud::function_config(variable, settings.ca_bundle.as_ref())?;
    let sdk = cloud::within(&sdk, inbox::timeouts(), inbox::retries());
    let store = aws_sdk_dynamodb::Client::new(&sdk);
    let topic = Topic::connect(&sdk, &settings.events_topic_arn);
    // Nothing is recorded here, so how long a record is kept does not matter.
    let inbox = Inbox::new(store, settings.notifications_table, SignedDuration::ZERO);
    // For as long as the process: the loop is a task.
    let dispatch: &Dispatch = Box::leak(Box::new(Dispatch::new(inbox, topic, Timestamp::now)));
    cloud::as_task(lambda_runtime::run(service_fn(
        move |event: LambdaEvent<Invocation>| async move {
            let LambdaEvent { payload, context } = event;
            let invoked = Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref());
            let dispatch = dispatch.in_trace(invoked.trace_id);
            dispatch.run(payload, cloud::ends_at(context.deadline)).await
        },
    )))
    .await
}
