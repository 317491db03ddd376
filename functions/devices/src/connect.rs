//! The parts of a deployed function, connected as its settings say.

use aws_sdk_sns::config::Builder;
use cloud::SdkConfig;
use registry::Registry;

use crate::{Applications, Clock, Parts, Service, Settings};

impl Service {
    /// The deployed function: the parts that its settings name, reached as `sdk` says, and SNS in the region of each application.
    pub fn connect(settings: Settings, sdk: &SdkConfig, clock: Clock) -> Self {
        let sdk = cloud::within(sdk, inbox::timeouts(), inbox::retries());
        let store = aws_sdk_dynamodb::Client::new(&sdk);
        Self::new(Parts {
            applications: Applications::connect(settings.applications, &Builder::from(&sdk)),
            registry: Registry::new(store, settings.devices_table, settings.retention),
            quarantine_after: settings.quarantine_after,
            clock,
        })
    }
}
