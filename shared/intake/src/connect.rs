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
    /// Clients from the SDK's usual configuration, with the store's time limits on every call.
    pub async fn connect(settings: &Settings) -> Self {
        let sdk = cloud::sdk_config(settings.ca_bundle.as_ref(), inbox::timeouts(), inbox::retries()).await;
        Self::from_sdk(&sdk)
    }

    /// Clients from a configuration at hand.
    pub fn from_sdk(sdk: &SdkConfig) -> Self {
        Self {
            dynamodb: aws_sdk_dynamodb::Client::new(sdk),
            sns: aws_sdk_sns::Client::new(sdk),
        }
    }
}

impl Intake {
    /// The intake of a deployed function: the parts that its settings name, reached through the SDK's usual configuration.
    pub async fn connect(source: Source, settings: Settings, clock: Clock) -> Self {
        let cloud = Cloud::connect(&settings).await;
        let https = Https::new(&cloud::tls_roots(settings.ca_bundle.as_ref()), FETCH_DEADLINE);
        for url in settings.pinned_certs.urls() {
            tracing::warn!(
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
