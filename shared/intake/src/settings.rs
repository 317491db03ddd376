//! Configuration: read once, in full, before anything starts.
//!
//! Each variable is named in the README's table. One that is missing or malformed stops the start with a sentence that names it:
//! a deployment that is wrong must not look like one that works.

use std::collections::HashMap;
use std::fs;

use cloud::{BadSetting, CaBundle, Variables};
use jiff::SignedDuration;
use sns_webhook::{ChainPolicy, Freshness, PinnedCerts, TrustedTopics};

/// What an intake function is told by its environment.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `NOTIFICATIONS_TABLE`: name of the table that verified messages are recorded in.
    pub notifications_table: String,
    /// `TRUST_TABLE`: name of the table of topics and certificates.
    pub trust_table: String,
    /// `TRUSTED_TOPICS`: the topics that are listened to without asking anybody.
    pub trusted_topics: TrustedTopics,
    /// `PINNED_SIGNING_CERTS`: certificates trusted for exactly one URL each.
    pub pinned_certs: PinnedCerts,
    /// `CHAIN_POLICY`: `prefer` or `require`.
    pub chain_policy: ChainPolicy,
    /// `MAX_AGE_SECONDS`: greatest accepted age of a message.
    pub freshness: Freshness,
    /// `RETENTION_DAYS`: how long a record is kept.
    pub retention: SignedDuration,
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
        Ok(Self {
            notifications_table: variables.table("NOTIFICATIONS_TABLE")?,
            trust_table: variables.table("TRUST_TABLE")?,
            trusted_topics: trusted_topics(variables.text("TRUSTED_TOPICS"))?,
            pinned_certs: pinned_certs(variables.text("PINNED_SIGNING_CERTS"))?,
            chain_policy: chain_policy(variables.text("CHAIN_POLICY"))?,
            freshness: freshness(variables.whole_number("MAX_AGE_SECONDS", "seconds", 1..=10_000_000_000)?),
            // A record must outlive every retry of its message, and a day is well beyond SNS's hour.
            retention: retention(variables.whole_number("RETENTION_DAYS", "days", 2..=3650)?),
            ca_bundle: variables.ca_bundle()?,
        })
    }
}

fn trusted_topics(list: Option<String>) -> Result<TrustedTopics, BadSetting> {
    TrustedTopics::parse(list.as_deref().unwrap_or_default()).map_err(|_| {
        BadSetting::new(
            "TRUSTED_TOPICS",
            "be a comma-separated list of SNS topic ARNs or account patterns such as arn:aws:sns:us-east-1:033616359524:*",
        )
    })
}

/// Accepts the JSON itself, or the path of a file that holds it.
fn pinned_certs(text: Option<String>) -> Result<PinnedCerts, BadSetting> {
    let bad = || {
        BadSetting::new(
            "PINNED_SIGNING_CERTS",
            "be a JSON object of URL to PEM certificate, or the path of a file that holds one",
        )
    };
    let Some(text) = text else {
        return Ok(PinnedCerts::default());
    };
    let json = if text.starts_with('{') {
        text
    } else {
        fs::read_to_string(text).map_err(|_| bad())?
    };
    let pairs: HashMap<String, String> = serde_json::from_str(&json).map_err(|_| bad())?;
    let mut pinned = PinnedCerts::default();
    for (url, pem) in pairs {
        pinned.pin(url, &pem).map_err(|_| bad())?;
    }
    Ok(pinned)
}

fn chain_policy(name: Option<String>) -> Result<ChainPolicy, BadSetting> {
    match name.as_deref() {
        None | Some("prefer") => Ok(ChainPolicy::Prefer),
        Some("require") => Ok(ChainPolicy::Require),
        Some(_) => Err(BadSetting::new("CHAIN_POLICY", "be prefer or require")),
    }
}

fn freshness(seconds: Option<i64>) -> Freshness {
    seconds.map_or_else(Freshness::default, |seconds| {
        Freshness::with_max_age(SignedDuration::from_secs(seconds))
    })
}

fn retention(days: Option<i64>) -> SignedDuration {
    SignedDuration::from_hours(24 * days.unwrap_or(90))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extra: &[(&str, &str)]) -> Result<Settings, BadSetting> {
        let given = [&[("NOTIFICATIONS_TABLE", "n"), ("TRUST_TABLE", "t")], extra].concat();
        Settings::read(|name| {
            given
                .iter()
                .rev()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn two_table_names_are_all_that_a_start_needs() {
        let settings = read(&[]).unwrap();
        assert_eq!(
            (settings.notifications_table.as_str(), settings.trust_table.as_str()),
            ("n", "t")
        );
        assert_eq!(settings.freshness, Freshness::default());
        assert_eq!(settings.retention, SignedDuration::from_hours(24 * 90));
        assert_eq!(settings.chain_policy, ChainPolicy::Prefer);
        assert_eq!(settings.trusted_topics, TrustedTopics::default());
    }

    #[test]
    fn a_bad_variable_stops_the_start_with_its_name() {
        for (name, value) in [
            ("NOTIFICATIONS_TABLE", " "),
            ("TRUST_TABLE", ""),
            ("TRUSTED_TOPICS", "arn:aws:sns:*"),
            ("PINNED_SIGNING_CERTS", "{\"https://x\":\"no certificate\"}"),
            ("PINNED_SIGNING_CERTS", "no-such-file.json"),
            ("CHAIN_POLICY", "off"),
            ("MAX_AGE_SECONDS", "0"),
            ("MAX_AGE_SECONDS", "an hour"),
            ("RETENTION_DAYS", "1"),
            ("RETENTION_DAYS", "1.5"),
            ("AWS_CA_BUNDLE", "no-such-file.pem"),
        ] {
            let error = read(&[(name, value)]).map(|_| ()).unwrap_err();
            assert_eq!(error.name, name);
            assert!(
                error
                    .to_string()
                    .starts_with(&format!("the environment variable {name} must be")),
                "{error}"
            );
        }
    }
}
