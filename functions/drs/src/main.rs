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
    lambda_runtime::run(service_fn(|event: LambdaEvent<Invocation>| drs::answer(&intake, event))).await
}
