//! The SDK's HTTP client for loopback endpoints, which speak no TLS.

use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

/// A client that trusts nobody: parsing the system's roots would cost 6 ms, and nothing here speaks TLS.
pub(crate) fn plain_http() -> SharedHttpClient {
    let no_roots = TlsContext::builder()
        .with_trust_store(TrustStore::empty())
        .build()
        .expect("an empty trust store is a valid one");
    Builder::new()
        .tls_provider(Provider::Rustls(CryptoMode::Ring))
        .tls_context(no_roots)
        .build_https()
}
