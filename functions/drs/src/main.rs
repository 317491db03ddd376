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
    let settings = Settings::read(|name| std::env::var(name).ok())?;
    let intake = Intake::connect(drs::SOURCE, settings, Timestamp::now).await;
    lambda_runtime::run(service_fn(|event: LambdaEvent<Invocation>| drs::answer(&intake, event))).await
}
