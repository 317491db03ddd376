//! The parts of a deployed function, connected as its settings say.

use aws_sdk_sns::config::Builder;
use registry::Registry;

use crate::{Applications, Clock, Parts, Service, Settings};

impl Service {
    /// The deployed function: the parts that its settings name, reached through the SDK's usual configuration, and SNS in the region of each
    /// application.
    pub async fn connect(settings: Settings, clock: Clock) -> Self {
        let sdk = cloud::sdk_config(settings.ca_bundle.as_ref(), inbox::timeouts(), inbox::retries()).await;
        let store = aws_sdk_dynamodb::Client::new(&sdk);
        Self::new(Parts {
            applications: Applications::connect(settings.applications, &Builder::from(&sdk)),
            registry: Registry::new(store, settings.devices_table, settings.retention),
            quarantine_after: settings.quarantine_after,
            clock,
        })
    }
}
