//! The connections to AWS: who asks, over which transport, within which limits.
//!
//! A function is told all of it by Lambda, in variables; a person's terminal has profiles, sign-ons and roles besides. A function that
//! looked for those would spend a tenth of its start, and a tenth of its size, on what is never there.

use aws_config::identity::IdentityCache;
use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_types::origin::Origin;
use sns_webhook::Roots;

use crate::endpoint_urls::EndpointUrls;
use crate::transport::http_client;
use crate::{BadSetting, CaBundle, Variables};

/// The configuration of a deployed function: credentials, region and endpoints out of the variables that Lambda sets and that the SDKs share.
///
/// | variable | is |
/// | --- | --- |
/// | `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` | the credentials of the function's role, good for as long as its process lives |
/// | `AWS_REGION`, else `AWS_DEFAULT_REGION` | where the function runs |
/// | `AWS_USE_FIPS_ENDPOINT`, `AWS_USE_DUALSTACK_ENDPOINT` | `true` for the endpoints of these kinds |
/// | `AWS_ENDPOINT_URL`, `AWS_ENDPOINT_URL_…` | another endpoint for all services, or for one |
///
/// Nothing else is read: no profile, no container's or web identity's credentials, no account id, no name of an application.
///
/// Sources: AWS Lambda Developer Guide, "Defined runtime environment variables"; AWS SDKs and Tools Reference Guide, "Environment variables".
///
/// # Errors
/// [`BadSetting`] if there are no credentials, or no region, or if a switch is neither `true` nor `false`.
pub fn function_config<V>(variable: V, ca_bundle: Option<&CaBundle>) -> Result<SdkConfig, BadSetting>
where
    V: Fn(&str) -> Option<String> + Send + Sync + 'static,
{
    let variables = Variables::new(variable);
    let credentials = Credentials::new(
        variables.required("AWS_ACCESS_KEY_ID", CREDENTIALS)?,
        variables.required("AWS_SECRET_ACCESS_KEY", CREDENTIALS)?,
        variables.text("AWS_SESSION_TOKEN"),
        None,
        "Lambda",
    );
    let region = match variables.text("AWS_REGION").or_else(|| variables.text("AWS_DEFAULT_REGION")) {
        Some(region) => region,
        None => return Err(BadSetting::new("AWS_REGION", "be set to a region, as Lambda does")),
    };
    let fips = variables.switch("AWS_USE_FIPS_ENDPOINT")?;
    let dual_stack = variables.switch("AWS_USE_DUALSTACK_ENDPOINT")?;
    Ok(SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        // They are at hand, and never renewed: there is nothing to keep.
        .identity_cache(IdentityCache::no_cache())
        .use_fips(fips)
        .use_dual_stack(dual_stack)
        .service_config(EndpointUrls::new(variables))
        // It watches bodies that take minutes. Here each call has seconds in all, see `within`.
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .http_client(http_client(&tls_roots(ca_bundle)))
        .build())
}

const CREDENTIALS: &str =
    "be set, as Lambda does: for a function that runs elsewhere, `aws configure export-credentials --format env` prints it";

/// The configuration of a person's terminal: all the ways to credentials, region and endpoints that the SDK knows.
pub async fn terminal_config(ca_bundle: Option<&CaBundle>) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client(&tls_roots(ca_bundle)))
        .load()
        .await
}

/// The same, with time limits and retries on every call: the SDK for Rust sets no limit of its own.
pub fn within(sdk: &SdkConfig, timeouts: TimeoutConfig, retries: RetryConfig) -> SdkConfig {
    let mut builder = sdk.to_builder().timeout_config(timeouts).retry_config(retries);
    // As if it had been said to the client itself: it goes before what a service would rather have.
    builder.insert_origin("retry_config", Origin::shared_config());
    builder.build()
}

/// The authorities believed for TLS connections: Amazon's, and those of a bundle. The system's store is left out: reading its 150 roots costs more
/// than a message.
pub fn tls_roots(ca_bundle: Option<&CaBundle>) -> Roots {
    match ca_bundle {
        Some(bundle) => Roots::amazon().and(bundle.roots.clone()),
        None => Roots::amazon(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_credential_types::provider::ProvideCredentials as _;
    use sandbox::Pki;

    use super::*;

    fn bundle() -> CaBundle {
        let roots = Roots::from_pem(Pki::fixed().root_pem()).unwrap();
        CaBundle { roots }
    }

    fn lambda(name: &str) -> Option<String> {
        let value = match name {
            "AWS_ACCESS_KEY_ID" => "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY" => "secret",
            "AWS_SESSION_TOKEN" => "session",
            "AWS_REGION" => "eu-west-1",
            _ => return None,
        };
        Some(value.to_owned())
    }

    #[tokio::test]
    async fn a_function_is_who_lambda_says() {
        let sdk = function_config(lambda, Some(&bundle())).unwrap();
        assert_eq!(sdk.region().map(Region::as_ref), Some("eu-west-1"));
        let provider = sdk.credentials_provider().unwrap();
        let credentials = provider.provide_credentials().await.unwrap();
        assert_eq!(credentials.access_key_id(), "AKIAEXAMPLE");
        assert_eq!(credentials.secret_access_key(), "secret");
        assert_eq!(credentials.session_token(), Some("session"));
        assert_eq!(credentials.expiry(), None);
        assert_eq!((sdk.use_fips(), sdk.use_dual_stack()), (Some(false), Some(false)));
    }

    #[test]
    fn a_function_without_credentials_or_region_does_not_start() {
        for missing in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"] {
            let environment = move |name: &str| lambda(name).filter(|_| name != missing);
            let bad = function_config(environment, None).map(|_| ()).unwrap_err();
            assert_eq!(bad.name, missing);
        }
        let environment = |name: &str| lambda(name).filter(|_| name != "AWS_SESSION_TOKEN");
        assert!(function_config(environment, None).is_ok(), "a user's keys have none");
    }

    #[test]
    fn endpoints_of_other_kinds_are_used_if_they_are_asked_for() {
        let environment = |name: &str| match name {
            "AWS_USE_FIPS_ENDPOINT" => Some("True".to_owned()),
            "AWS_USE_DUALSTACK_ENDPOINT" => Some("false".to_owned()),
            _ => lambda(name),
        };
        let sdk = function_config(environment, None).unwrap();
        assert_eq!((sdk.use_fips(), sdk.use_dual_stack()), (Some(true), Some(false)));
        let environment = |name: &str| match name {
            "AWS_USE_FIPS_ENDPOINT" => Some("1".to_owned()),
            _ => lambda(name),
        };
        let bad = function_config(environment, None).map(|_| ()).unwrap_err();
        assert_eq!(
            bad.to_string(),
            "the environment variable AWS_USE_FIPS_ENDPOINT must be true or false, or not be set"
        );
    }

    #[test]
    fn every_call_has_the_limits_that_were_asked_for() {
        let timeouts = TimeoutConfig::builder().operation_timeout(Duration::from_secs(4)).build();
        let retries = RetryConfig::standard().with_max_attempts(2);
        let sdk = within(&function_config(lambda, None).unwrap(), timeouts, retries);
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
