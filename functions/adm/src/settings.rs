//! Configuration: read once, in full, before anything starts.

use std::time::Duration;

use cloud::{BadSetting, CaBundle, Variables};

use crate::{Endpoint, Shards};

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `SENDS_TABLE`: name of the table of sends and subscriptions.
    pub sends_table: String,
    /// `ADM_CREDENTIALS_SECRET`: name or ARN of the secret with the credentials of the security profile.
    pub credentials_secret: String,
    /// `ADM_ENDPOINT`: where messages go.
    pub adm_endpoint: Endpoint,
    /// `LWA_ENDPOINT`: where tokens come from.
    pub lwa_endpoint: Endpoint,
    /// `ADM_SHARDS`: the topics that are split.
    pub shards: Shards,
    /// `ADM_QUEUE_URL`: the queue of messages that are sent in bulk.
    pub queue_url: Option<String>,
    /// `IDEMPOTENCY_DAYS`: how long a key stands for its message.
    pub idempotency: Duration,
    /// `AWS_CA_BUNDLE`: certification authorities believed for TLS connections besides Amazon's.
    pub ca_bundle: Option<CaBundle>,
}

impl Settings {
    /// Reads all variables through `variable`, which gives the value of an environment variable.
    ///
    /// # Errors
    /// [`BadSetting`] names the first variable that is missing or malformed, and says what it must be.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BadSetting> {
        let variables = Variables::new(variable);
        let days = variables.whole_number("IDEMPOTENCY_DAYS", "days", 1..=365)?;
        Ok(Self {
            sends_table: variables.table("SENDS_TABLE")?,
            credentials_secret: variables.required(
                "ADM_CREDENTIALS_SECRET",
                "be set to the name or ARN of a secret of AWS Secrets Manager",
            )?,
            adm_endpoint: endpoint("ADM_ENDPOINT", variables.text("ADM_ENDPOINT"))?,
            lwa_endpoint: endpoint("LWA_ENDPOINT", variables.text("LWA_ENDPOINT"))?,
            shards: shards(variables.text("ADM_SHARDS"))?,
            queue_url: variables.text("ADM_QUEUE_URL"),
            idempotency: DAY * u32::try_from(days.unwrap_or(30)).unwrap_or(30),
            ca_bundle: variables.ca_bundle()?,
        })
    }
}

fn endpoint(name: &'static str, text: Option<String>) -> Result<Endpoint, BadSetting> {
    let Some(text) = text else {
        return Ok(Endpoint::amazon());
    };
    Endpoint::parse(&text).map_err(|_| {
        BadSetting::new(
            name,
            "be https:// and a host, or http://127.0.0.1 and a port for a sandbox, without a path",
        )
    })
}

fn shards(text: Option<String>) -> Result<Shards, BadSetting> {
    let shards = Shards::parse(text.as_deref().unwrap_or_default());
    shards.map_err(|bad| BadSetting::new("ADM_SHARDS", bad.to_string()))
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Settings, BadSetting> {
        Settings::read(|name| {
            let found = given.iter().rev().find(|(given, _)| *given == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_table_and_a_secret_are_all_that_a_start_needs() {
        let settings = read(&[("SENDS_TABLE", "s"), ("ADM_CREDENTIALS_SECRET", "adm")]).unwrap();
        assert_eq!(
            (settings.sends_table.as_str(), settings.credentials_secret.as_str()),
            ("s", "adm")
        );
        assert_eq!(
            (settings.adm_endpoint, settings.lwa_endpoint),
            (Endpoint::amazon(), Endpoint::amazon())
        );
        assert_eq!(settings.queue_url, None);
        // Longer than a message can be in a queue and among its dead letters.
        assert_eq!(settings.idempotency, Duration::from_secs(30 * 86_400));
        let news = crate::Topic::new("news").unwrap();
        assert_eq!(settings.shards.of(&news), [news]);
    }

    #[test]
    fn a_bad_variable_stops_the_start_with_its_name() {
        for (name, value) in [
            ("SENDS_TABLE", " "),
            ("ADM_CREDENTIALS_SECRET", ""),
            ("ADM_ENDPOINT", "http://api.amazon.com"),
            ("LWA_ENDPOINT", "api.amazon.com"),
            ("ADM_SHARDS", "weather"),
            ("IDEMPOTENCY_DAYS", "0"),
            ("IDEMPOTENCY_DAYS", "a month"),
            ("AWS_CA_BUNDLE", "no-such-file.pem"),
        ] {
            let error = read(&[("SENDS_TABLE", "s"), ("ADM_CREDENTIALS_SECRET", "adm"), (name, value)]).unwrap_err();
            assert_eq!(error.name, name);
            let expected = format!("the environment variable {name} must ");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
    }
}
