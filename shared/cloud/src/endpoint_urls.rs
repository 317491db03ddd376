//! Other endpoints than AWS's, by the variables that all SDKs share.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Service-specific endpoints": `AWS_ENDPOINT_URL_<SERVICE>`, where the service is its id with
//! underscores for blanks, goes before `AWS_ENDPOINT_URL`, and `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` turns both off.

use std::fmt;

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use crate::Variables;

/// What the SDK's clients ask for their endpoint, and for whatever else can be said of one service.
pub(crate) struct EndpointUrls<V>(Variables<V>);

impl<V: Fn(&str) -> Option<String>> EndpointUrls<V> {
    pub(crate) fn new(variables: Variables<V>) -> Self {
        Self(variables)
    }
}

impl<V: Fn(&str) -> Option<String> + Send + Sync> LoadServiceConfig for EndpointUrls<V> {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let Self(variables) = self;
        let ignored = || variables.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
        if key.env() == "AWS_ENDPOINT_URL" && ignored().is_some_and(|value| value.eq_ignore_ascii_case("true")) {
            return None;
        }
        let service = key.service_id().replace(' ', "_").to_ascii_uppercase();
        variables
            .text(&format!("{}_{service}", key.env()))
            .or_else(|| variables.text(key.env()))
    }
}

impl<V> fmt::Debug for EndpointUrls<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EndpointUrls")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(set: &'static [(&str, &str)], service: &str) -> Option<String> {
        let value = move |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| (*value).to_owned());
        let key = ServiceConfigKey::builder().service_id(service);
        let key = key.env("AWS_ENDPOINT_URL").profile("endpoint_url").build().unwrap();
        EndpointUrls::new(Variables::new(value)).load_config(key)
    }

    #[test]
    fn a_service_s_own_endpoint_goes_before_the_one_of_all() {
        const BOTH: &[(&str, &str)] = &[
            ("AWS_ENDPOINT_URL", "http://all"),
            ("AWS_ENDPOINT_URL_DYNAMODB", "http://store"),
            ("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://secrets"),
        ];
        for (service, url) in [
            ("DynamoDB", "http://store"),
            ("Secrets Manager", "http://secrets"),
            ("SNS", "http://all"),
        ] {
            assert_eq!(endpoint(BOTH, service).as_deref(), Some(url));
        }
        assert_eq!(endpoint(&[("AWS_ENDPOINT_URL_SNS", " ")], "SNS"), None);
        assert_eq!(endpoint(&[], "SNS"), None);
    }

    #[test]
    fn all_of_them_are_ignored_if_that_is_asked_for() {
        const IGNORED: &[(&str, &str)] = &[
            ("AWS_ENDPOINT_URL_SNS", "http://sns"),
            ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "TRUE"),
        ];
        assert_eq!(endpoint(IGNORED, "SNS"), None);
    }
}
