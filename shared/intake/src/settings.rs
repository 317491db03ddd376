//! Configuration: read once, in full, before anything starts.
//!
//! Each variable is named in the README's table. One that is missing or malformed stops the start with a sentence that names it:
//! a deployment that is wrong must not look like one that works.

use std::collections::HashMap;
use std::fs;

use jiff::SignedDuration;
use sns_webhook::{ChainPolicy, Freshness, PinnedCerts, Roots, TrustedTopics};

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

/// Certification authorities, as PEM and as roots.
#[derive(Debug, Clone)]
pub struct CaBundle {
    /// The file's content.
    pub pem: String,
    /// The same, read.
    pub roots: Roots,
}

impl Settings {
    /// Reads all variables through `variable`, which gives the value of an environment variable.
    ///
    /// # Errors
    /// [`BadSetting`] names the first variable that is missing or malformed, and says what it must be.
    pub fn read(variable: impl Fn(&str) -> Option<String>) -> Result<Self, BadSetting> {
        let variable = |name: &'static str| variable(name).filter(|value| !value.trim().is_empty());
        let required = |name| {
            variable(name).ok_or(BadSetting {
                name,
                must: "be set to the name of a DynamoDB table",
            })
        };
        Ok(Self {
            notifications_table: required("NOTIFICATIONS_TABLE")?,
            trust_table: required("TRUST_TABLE")?,
            trusted_topics: trusted_topics(variable("TRUSTED_TOPICS"))?,
            pinned_certs: pinned_certs(variable("PINNED_SIGNING_CERTS"))?,
            chain_policy: chain_policy(variable("CHAIN_POLICY"))?,
            freshness: freshness(variable("MAX_AGE_SECONDS"))?,
            retention: retention(variable("RETENTION_DAYS"))?,
            ca_bundle: ca_bundle(variable("AWS_CA_BUNDLE"))?,
        })
    }
}

/// A variable that is missing or malformed. Its value is not repeated: it may be long, or secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} must {must}")]
pub struct BadSetting {
    /// Name of the variable.
    pub name: &'static str,
    /// What it must be, as the end of a sentence.
    pub must: &'static str,
}

fn trusted_topics(value: Option<String>) -> Result<TrustedTopics, BadSetting> {
    TrustedTopics::parse(value.as_deref().unwrap_or_default()).map_err(|_| BadSetting {
        name: "TRUSTED_TOPICS",
        must: "be a comma-separated list of SNS topic ARNs or account patterns such as arn:aws:sns:us-east-1:033616359524:*",
    })
}

/// Accepts the JSON itself, or the path of a file that holds it.
fn pinned_certs(value: Option<String>) -> Result<PinnedCerts, BadSetting> {
    let bad = || BadSetting {
        name: "PINNED_SIGNING_CERTS",
        must: "be a JSON object of URL to PEM certificate, or the path of a file that holds one",
    };
    let Some(value) = value else {
        return Ok(PinnedCerts::default());
    };
    let json = if value.trim_start().starts_with('{') {
        value
    } else {
        fs::read_to_string(value.trim()).map_err(|_| bad())?
    };
    let pairs: HashMap<String, String> = serde_json::from_str(&json).map_err(|_| bad())?;
    let mut pinned = PinnedCerts::default();
    for (url, pem) in pairs {
        pinned.pin(url, &pem).map_err(|_| bad())?;
    }
    Ok(pinned)
}

fn chain_policy(value: Option<String>) -> Result<ChainPolicy, BadSetting> {
    match value.as_deref().map(str::trim) {
        None | Some("prefer") => Ok(ChainPolicy::Prefer),
        Some("require") => Ok(ChainPolicy::Require),
        Some(_) => Err(BadSetting {
            name: "CHAIN_POLICY",
            must: "be prefer or require",
        }),
    }
}

fn freshness(value: Option<String>) -> Result<Freshness, BadSetting> {
    let bad = BadSetting {
        name: "MAX_AGE_SECONDS",
        must: "be a whole number of seconds from 1 to 10000000000",
    };
    let seconds = whole_number(value, 1..=10_000_000_000).ok_or(bad)?;
    Ok(seconds.map_or_else(Freshness::default, |seconds| {
        Freshness::with_max_age(SignedDuration::from_secs(seconds))
    }))
}

/// A record must outlive every retry of its message, and a day is well beyond SNS's hour.
fn retention(value: Option<String>) -> Result<SignedDuration, BadSetting> {
    let bad = BadSetting {
        name: "RETENTION_DAYS",
        must: "be a whole number of days from 2 to 3650",
    };
    let days = whole_number(value, 2..=3650).ok_or(bad)?.unwrap_or(90);
    Ok(SignedDuration::from_hours(24 * days))
}

fn ca_bundle(value: Option<String>) -> Result<Option<CaBundle>, BadSetting> {
    let bad = BadSetting {
        name: "AWS_CA_BUNDLE",
        must: "be the path of a file of PEM certificates",
    };
    let Some(path) = value else { return Ok(None) };
    let pem = fs::read_to_string(path.trim()).map_err(|_| bad)?;
    let roots = Roots::from_pem(&pem).map_err(|_| bad)?;
    Ok(Some(CaBundle { pem, roots }))
}

/// `None` for a value that is not such a number, `Some(None)` for no value.
fn whole_number(value: Option<String>, range: std::ops::RangeInclusive<i64>) -> Option<Option<i64>> {
    let Some(value) = value else { return Some(None) };
    value.trim().parse().ok().filter(|number| range.contains(number)).map(Some)
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
