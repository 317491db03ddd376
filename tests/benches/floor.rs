//! The floor of `benches/bootstraps`: a function that does nothing, on the same runtime as the others.
//!
//! It answers an event with the event, unread. So what it takes is what Lambda's Rust runtime takes, with our Runtime API and this
//! machine: no function can take less, and what one takes more is its own. It is measured and never deployed.

use lambda_runtime::{Error, LambdaEvent, service_fn};
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(|event: LambdaEvent<Box<RawValue>>| async move {
        Ok::<_, Error>(event.payload)
    }))
    .await
}
