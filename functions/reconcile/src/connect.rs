//! The parts of a deployed function, connected as its settings say.

use std::time::Duration;

use aws_sdk_sns::config::Builder;
use aws_sdk_sns::config::retry::RetryConfig;
use aws_sdk_sns::config::timeout::TimeoutConfig;
use cloud::SdkConfig;
use endpoints::{Applications, Clock, Wait};
use registry::Registry;

use crate::settings::Settings;
use crate::sweep::{Parts, Sweep};

impl Sweep {
    /// The deployed function: the parts that its settings name, reached as `sdk` says, and SNS in the region of each application.
    ///
    /// The SDK makes each call to SNS once. What is repeated beneath the pace would be twice as fast as the budget, and a run that was told to
    /// be slower must hear it; the next page, or the next pass, is the repetition.
    pub fn connect(settings: Settings, sdk: &SdkConfig, clock: Clock, wait: Wait) -> Self {
        let sdk = cloud::within(sdk, timeouts(), inbox::retries());
        let store = aws_sdk_dynamodb::Client::new(&sdk);
        let sns = Builder::from(&sdk).retry_config(RetryConfig::disabled());
        Self::new(Parts {
            applications: Applications::connect(settings.applications, &sns),
            registry: Registry::new(store, settings.devices_table, settings.row_retention),
            rules: settings.rules,
            clock,
            wait,
        })
    }
}

/// Nobody waits for an answer, and a page of the table or a paper has up to a megabyte; a request of a device has a second.
fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder()
        .operation_attempt_timeout(Duration::from_secs(4))
        .operation_timeout(Duration::from_secs(12))
        .build()
}
