//! The `adm` Lambda function: configuration, clients, one clock, one pair of dice.

use adm::{Invocation, Pace, Service, Settings};
use jiff::Timestamp;
use lambda_http::{Error, LambdaEvent, lambda_runtime, service_fn};

#[tokio::main(flavor = "current_thread")]
#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the clock, the environment and chance, and waits"
)]
async fn main() -> Result<(), Error> {
    cloud::log_as_json();
    let variable = |name: &str| std::env::var(name).ok();
    let settings = Settings::read(variable)?;
    let sdk = cloud::function_config(variable, settings.ca_bundle.as_ref())?;
    let pace = Pace::new(Timestamp::now, fastrand::f64, |time| Box::pin(tokio::time::sleep(time)));
    let service = Service::connect(settings, &sdk, pace);
    cloud::briefly(service.prepare()).await;
    // For as long as the process: the loop is a task.
    let service: &Service = Box::leak(Box::new(service));
    let run = lambda_runtime::run(service_fn(move |event: LambdaEvent<Invocation>| adm::answer(service, event)));
    cloud::as_task(run).await
}
