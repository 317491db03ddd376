//! The connections to AWS: one trust store, one set of time limits, no surprises from the environment's certificate store.

use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{self, TlsContext, TrustStore};
use sns_webhook::Roots;

use crate::CaBundle;

/// The SDK's usual configuration (credentials, region, `AWS_ENDPOINT_URL_…`), which trusts Amazon's roots and those of a bundle, with
/// time limits and retries on every call: the SDK for Rust sets no limit of its own.
pub async fn sdk_config(ca_bundle: Option<&CaBundle>, timeouts: TimeoutConfig, retries: RetryConfig) -> SdkConfig {
    let tls = TlsContext::builder()
        .with_trust_store(trust_store(ca_bundle))
        .build()
        .expect("a trust store alone is a whole TLS context");
    let http = aws_smithy_http_client::Builder::new()
        .tls_provider(tls::Provider::Rustls(CryptoMode::Ring))
        .tls_context(tls)
        .build_https();
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http)
        .timeout_config(timeouts)
        .retry_config(retries)
        .load()
        .await
}

/// The authorities believed for TLS connections: Amazon's, and those of a bundle.
pub fn tls_roots(ca_bundle: Option<&CaBundle>) -> Roots {
    match ca_bundle {
        Some(bundle) => Roots::amazon().and(bundle.roots.clone()),
        None => Roots::amazon(),
    }
}

/// The same for the SDK, which takes them as PEM. The system's store is left out: reading its 150 roots costs more than a message.
fn trust_store(ca_bundle: Option<&CaBundle>) -> TrustStore {
    let store = TrustStore::empty().with_pem_certificate(Roots::amazon_pem());
    match ca_bundle {
        Some(bundle) => store.with_pem_certificate(bundle.pem.as_str()),
        None => store,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use sandbox::Pki;

    use super::*;

    fn bundle() -> CaBundle {
        let pem = Pki::fixed().root_pem().to_owned();
        let roots = Roots::from_pem(&pem).unwrap();
        CaBundle { pem, roots }
    }

    #[tokio::test]
    async fn every_call_has_the_limits_that_were_asked_for() {
        let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(4)).build();
        let retries = RetryConfig::standard().with_max_attempts(2);
        let sdk = sdk_config(Some(&bundle()), timeouts, retries).await;
        let limit = sdk.timeout_config().and_then(TimeoutConfig::operation_timeout);
        assert_eq!(limit, Some(Duration::from_secs(4)));
        assert_eq!(sdk.retry_config().map(RetryConfig::max_attempts), Some(2));
    }

    #[test]
    fn amazons_roots_are_believed_and_a_bundle_adds_to_them() {
        assert_eq!(tls_roots(None).tls_store().len(), 5);
        assert_eq!(tls_roots(Some(&bundle())).tls_store().len(), 6);
    }
}
