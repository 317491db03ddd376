//! The parts of a deployed function, connected as its settings say.

use std::time::Duration;

use aws_config::SdkConfig;
use inbox::Inbox;
use sns_webhook::{Https, Roots, SigningCerts};

use crate::{Clock, Confirmer, Intake, Parts, Settings, Source, Trust};

/// The AWS clients of an intake function.
#[derive(Debug, Clone)]
pub struct Cloud {
    /// The store.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// SNS, for confirming subscriptions.
    pub sns: aws_sdk_sns::Client,
}

impl Cloud {
    /// Clients with the store's time limits on every call.
    pub fn new(sdk: &SdkConfig) -> Self {
        let sdk = &cloud::within(sdk, inbox::timeouts(), inbox::retries());
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            sns: aws_sdk_sns::Client::new(sdk),
        }
    }
}

impl Intake {
    /// The intake of a deployed function: the parts that its settings name, reached as `sdk` says.
    pub fn connect(source: Source, settings: Settings, sdk: &SdkConfig, clock: Clock) -> Self {
        let cloud = Cloud::new(sdk);
        let https = Https::new(&cloud::tls_roots(settings.ca_bundle.as_ref()), FETCH_DEADLINE);
        for url in settings.pinned_certs.urls() {
            tracing::warn!(
                function = source.name,
                url,
                "this signing certificate is pinned: messages that name it are believed on its word alone"
            );
        }
        Self::new(Parts {
            source,
            trusted_topics: settings.trusted_topics,
            freshness: settings.freshness,
            certs: SigningCerts::new(settings.pinned_certs, Roots::amazon(), settings.chain_policy, https.clone()),
            trust: Trust::new(cloud.dynamodb.clone(), settings.trust_table),
            confirmer: Confirmer::new(cloud.sns, https),
            inbox: Inbox::new(cloud.dynamodb, settings.notifications_table, settings.retention),
            clock,
        })
    }
}

/// Time for fetching a certificate, for each of its issuers, and for confirming a subscription.
const FETCH_DEADLINE: Duration = Duration::from_secs(3);
