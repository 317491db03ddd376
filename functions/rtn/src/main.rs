//! The `rtn` Lambda function: configuration, clients, one clock.

use std::convert::Infallible;

use intake::{Intake, Invoked, Settings};
use jiff::Timestamp;
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Error, LambdaEvent, Request, RequestExt as _, Service as _, lambda_runtime, service_fn};
use serde::Serialize;

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
    let intake = Intake::connect(rtn::SOURCE, settings, &sdk, Timestamp::now);
    intake.prepare().await;
    // For as long as the process: the loop is a task.
    let intake: &Intake = Box::leak(Box::new(intake));
    let run = lambda_runtime::run(service_fn(move |event: LambdaEvent<LambdaRequest>| answer(intake, event)));
    cloud::as_task(run).await
}

async fn answer(intake: &Intake, event: LambdaEvent<LambdaRequest>) -> Result<impl Serialize, Infallible> {
    let mut service = Adapter::from(service_fn(|request: Request| async move {
        let context = request.lambda_context();
        let invoked = Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref());
        Ok::<_, Infallible>(intake.receive(&request, invoked).await)
    }));
    service.call(event).await
}
