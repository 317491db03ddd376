//! The connections to AWS: one trust store, one set of time limits, no surprises from the environment's certificate store.

use std::time::Duration;

use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
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
    /// Clients from the SDK's usual configuration (credentials, region, `AWS_ENDPOINT_URL_…`), which trust Amazon's roots and those of
    /// `AWS_CA_BUNDLE`, with time limits on every call: the SDK for Rust sets none of its own.
    pub async fn connect(settings: &Settings) -> Self {
        let tls = TlsContext::builder()
            .with_trust_store(trust_store(settings))
            .build()
            .expect("a trust store alone is a whole TLS context");
        let http = aws_smithy_http_client::Builder::new()
            .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
            .tls_context(tls)
            .build_https();
        let sdk = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .timeout_config(inbox::timeouts())
            .retry_config(inbox::retries())
            .load()
            .await;
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
        let https = Https::new(&tls_roots(&settings), FETCH_DEADLINE);
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

/// The authorities believed for TLS connections: Amazon's, and those of `AWS_CA_BUNDLE`.
pub fn tls_roots(settings: &Settings) -> Roots {
    match &settings.ca_bundle {
        Some(bundle) => Roots::amazon().and(bundle.roots.clone()),
        None => Roots::amazon(),
    }
}

/// The same for the SDK, which takes them as PEM. The system's store is left out: reading its 150 roots costs more than a message.
fn trust_store(settings: &Settings) -> TrustStore {
    let store = TrustStore::empty().with_pem_certificate(Roots::amazon_pem());
    match &settings.ca_bundle {
        Some(bundle) => store.with_pem_certificate(bundle.pem.as_str()),
        None => store,
    }
}

/// Time for fetching a certificate, for each of its issuers, and for confirming a subscription.
const FETCH_DEADLINE: Duration = Duration::from_secs(3);
