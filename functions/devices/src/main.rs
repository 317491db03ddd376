//! The `devices` Lambda function: configuration, clients, one clock.

use devices::{Clock, Invocation, Service, Settings};
use jiff::Timestamp;
use lambda_http::lambda_runtime::{self, Error, LambdaEvent, service_fn};

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
    let service = Service::connect(settings, &sdk, Clock::new(Timestamp::now));
    cloud::briefly(service.prepare()).await;
    // For as long as the process: the loop is a task.
    let service: &Service = Box::leak(Box::new(service));
    let run = lambda_runtime::run(service_fn(move |event: LambdaEvent<Invocation>| {
        devices::answer(service, event)
    }));
    cloud::as_task(run).await
}
