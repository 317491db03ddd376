//! Configuration: read once, in full, before anything starts.

use std::collections::BTreeSet;
use std::time::Duration;

use cloud::{BadSetting, CaBundle, Variables};
use registry::Application;

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `DEVICES_TABLE`: name of the table of devices.
    pub devices_table: String,
    /// `PLATFORM_APPLICATIONS`: the platform applications that are served.
    pub applications: BTreeSet<Application>,
    /// `DEVICE_RETENTION_DAYS`: how long the row of a device that is done with is kept.
    pub retention: Duration,
    /// `QUARANTINE_AFTER`: a token that was disabled again so often after it was enabled is not enabled any more.
    pub quarantine_after: u32,
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
            devices_table: variables.table("DEVICES_TABLE")?,
            applications: endpoints::platform_applications(&variables)?,
            retention: DAY * variables.number("DEVICE_RETENTION_DAYS", "days", 1..=3_650, 30)?,
            quarantine_after: variables.number("QUARANTINE_AFTER", "times", 1..=100, upkeep::QUARANTINE_AFTER)?,
            ca_bundle: variables.ca_bundle()?,
        })
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    const APPLICATIONS: &str = "PLATFORM_APPLICATIONS";
    const ARN: &str = "arn:aws:sns:us-east-1:123456789012:app/ADM/Fire";

    fn read(given: &[(&str, &str)]) -> Result<Settings, BadSetting> {
        Settings::read(|name| {
            let found = given.iter().rev().find(|(given, _)| *given == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_table_and_an_application_are_all_that_a_start_needs() {
        let settings = read(&[("DEVICES_TABLE", "d"), (APPLICATIONS, ARN)]).unwrap();
        assert_eq!(settings.devices_table, "d");
        assert_eq!(settings.applications, [Application::parse(ARN).unwrap()].into());
        assert_eq!(settings.retention, Duration::from_secs(30 * 86_400));
    }

    #[test]
    fn applications_are_listed_with_commas() {
        let other = ARN.replace("ADM", "GCM");
        let list = format!(" {ARN} ,\n{other},{ARN},");
        let settings = read(&[("DEVICES_TABLE", "d"), (APPLICATIONS, &list), ("DEVICE_RETENTION_DAYS", "7")]).unwrap();
        let expected = [ARN, &other].map(|arn| Application::parse(arn).unwrap());
        assert_eq!(settings.applications, expected.into());
        assert_eq!(settings.retention, Duration::from_secs(7 * 86_400));
    }

    #[test]
    fn a_bad_variable_stops_the_start_with_its_name() {
        for (name, value) in [
            ("DEVICES_TABLE", " "),
            (APPLICATIONS, ""),
            (APPLICATIONS, " , "),
            (APPLICATIONS, "arn:aws:sns:us-east-1:123456789012:topic"),
            (APPLICATIONS, &format!("{ARN},x")),
            ("DEVICE_RETENTION_DAYS", "0"),
            ("DEVICE_RETENTION_DAYS", "a month"),
            ("QUARANTINE_AFTER", "0"),
            ("AWS_CA_BUNDLE", "no-such-file.pem"),
        ] {
            let error = read(&[("DEVICES_TABLE", "d"), (APPLICATIONS, ARN), (name, value)]).unwrap_err();
            assert_eq!(error.name, name);
            let expected = format!("the environment variable {name} must ");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
    }
}
