//! The `reconcile` Lambda function: configuration, clients, one clock.

use endpoints::{Clock, Wait};
use inbox::Invoked;
use jiff::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use reconcile::{Invocation, Settings, Sweep};

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
    let wait = Wait::new(|time| Box::pin(tokio::time::sleep(time)));
    let sweep = Sweep::connect(settings, &sdk, Clock::new(Timestamp::now), wait);
    // For as long as the process: the loop is a task.
    let sweep: &Sweep = Box::leak(Box::new(sweep));
    cloud::as_task(lambda_runtime::run(service_fn(
        move |event: LambdaEvent<Invocation>| async move {
            let LambdaEvent { payload, context } = event;
            let invoked = Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref());
            sweep.invoke(&payload, cloud::ends_at(context.deadline), invoked).await
        },
    )))
    .await
}
