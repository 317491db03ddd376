//! The `drs` Lambda function: configuration, clients, one clock.

use drs::Invocation;
use intake::{Intake, Settings};
use jiff::Timestamp;
use lambda_http::{Error, LambdaEvent, lambda_runtime, service_fn};

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
    let intake = Intake::connect(drs::SOURCE, settings, &sdk, Timestamp::now);
    intake.prepare().await;
    // For as long as the process: the loop is a task.
    let intake: &Intake = Box::leak(Box::new(intake));
    let run = lambda_runtime::run(service_fn(move |event: LambdaEvent<Invocation>| drs::answer(intake, event)));
    cloud::as_task(run).await
}
