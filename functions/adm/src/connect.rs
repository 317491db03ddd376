//! The parts of a deployed function, connected as its settings say.

use std::time::Duration;

use cloud::SdkConfig;
use sends::Sends;

use crate::service::bulk::BulkQueue;
use crate::{Adm, CredentialSource, Https, Ledger, Pace, Parts, Service, Settings, authorities};

impl Service {
    /// The deployed function: the parts that its settings name, reached as `sdk` says.
    pub fn connect(settings: Settings, sdk: &SdkConfig, pace: Pace) -> Self {
        let sdk = cloud::within(sdk, inbox::timeouts(), inbox::retries());
        let roots = match &settings.ca_bundle {
            Some(bundle) => authorities().and(bundle.roots.clone()),
            None => authorities(),
        };
        let secrets = aws_sdk_secretsmanager::Client::new(&sdk);
        let store = aws_sdk_dynamodb::Client::new(&sdk);
        let queue = settings.queue_url;
        Self::new(Parts {
            adm: Adm::new(
                Https::new(&roots, CALL_DEADLINE),
                settings.adm_endpoint,
                settings.lwa_endpoint,
                CredentialSource::secret(secrets, settings.credentials_secret),
            ),
            sends: Sends::new(store.clone(), settings.sends_table.as_str(), settings.idempotency),
            ledger: Ledger::new(store, settings.sends_table),
            shards: settings.shards,
            queue: queue.map(|url| BulkQueue::new(aws_sdk_sqs::Client::new(&sdk), url)),
            pace,
        })
    }
}

/// Time for one call to ADM, or to Login with Amazon.
const CALL_DEADLINE: Duration = Duration::from_secs(8);
