//! The `rtn` Lambda function: configuration, clients, one clock.

use intake::{Intake, Invoked, Settings};
use jiff::Timestamp;
use lambda_http::{Error, Request, RequestExt as _, service_fn};

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
    let intake = &intake;
    lambda_http::run(service_fn(|request: Request| async move {
        let context = request.lambda_context();
        let invoked = Invoked::by_lambda(&context.request_id, context.xray_trace_id.as_deref());
        Ok::<_, std::convert::Infallible>(intake.receive(&request, invoked).await)
    }))
    .await
}
