//! Configuration: read once, in full, before anything starts.

use std::collections::BTreeSet;
use std::time::Duration;

use cloud::{BadSetting, CaBundle, Variables};
use jiff::{SignedDuration, Timestamp};
use registry::Application;
use upkeep::plan::{Caps, Orphans};

use crate::order::{Asked, Window};

/// What the function is told by its environment.
#[derive(Clone, Debug)]
pub struct Settings {
    /// `DEVICES_TABLE`: name of the table of devices.
    pub devices_table: String,
    /// `PLATFORM_APPLICATIONS`: the platform applications that are swept. No other is ever called.
    pub applications: BTreeSet<Application>,
    /// `DEVICE_RETENTION_DAYS`: how long the row of a device that is done with is kept, and what a run wrote down.
    pub row_retention: Duration,
    /// `AWS_CA_BUNDLE`: certification authorities believed for TLS connections besides Amazon's.
    pub ca_bundle: Option<CaBundle>,
    /// What holds for every run.
    pub rules: Rules,
}

/// What holds for every run, whoever begins it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// `RECONCILE_MODE`, with `RECOVER_FROM` and `RECOVER_UNTIL` for the mode `recover`: what a run is for that the schedule begins.
    pub mode: Asked,
    /// `RECONCILE_EVERY_HOURS`: how far apart the schedule begins runs.
    pub every: SignedDuration,
    /// `RECONCILE_BUDGET_PERCENT`: the part of each of SNS's quotas that a run takes.
    pub budget_percent: u8,
    /// `RECONCILE_MOST_CREATES`, `_DELETES` and `_ENABLES`: how much a run may do.
    pub caps: Caps,
    /// `RECONCILE_ORPHANS`: what becomes of endpoints that nobody claims.
    pub orphans: Orphans,
    /// `DISABLED_RETENTION_DAYS`: how long an endpoint stays disabled before it is deleted.
    pub disabled_retention: SignedDuration,
    /// `RECONCILE_GRACE_HOURS`: how long the first phase of a deletion lasts at least.
    pub grace: SignedDuration,
    /// `QUARANTINE_AFTER`: how often a token is disabled again before it is left alone.
    pub quarantine_after: u32,
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
            row_retention: DAY * variables.number("DEVICE_RETENTION_DAYS", "days", 1..=3_650, 30)?,
            ca_bundle: variables.ca_bundle()?,
            rules: Rules::read(&variables)?,
        })
    }
}

impl Rules {
    fn read<V: Fn(&str) -> Option<String>>(variables: &Variables<V>) -> Result<Self, BadSetting> {
        let percent = variables.number("RECONCILE_BUDGET_PERCENT", "percent", 1..=100, 30)?;
        let hours = |hours: u32| SignedDuration::from_hours(hours.into());
        Ok(Self {
            mode: mode(variables)?,
            every: hours(variables.number("RECONCILE_EVERY_HOURS", "hours", 1..=8_760, 24)?),
            budget_percent: u8::try_from(percent).unwrap_or(30),
            caps: Caps {
                creates: variables.number("RECONCILE_MOST_CREATES", "endpoints", 0..=MOST, 1_000)?,
                deletes: variables.number("RECONCILE_MOST_DELETES", "endpoints", 0..=MOST, 1_000)?,
                enables: variables.number("RECONCILE_MOST_ENABLES", "endpoints", 0..=MOST, 1_000)?,
            },
            orphans: match variables.text(ORPHANS).as_deref() {
                None | Some("report") => Orphans::Report,
                Some("delete") => Orphans::Delete,
                Some(_) => return Err(BadSetting::new(ORPHANS, "be `report` or `delete`")),
            },
            disabled_retention: hours(24 * variables.number("DISABLED_RETENTION_DAYS", "days", 1..=3_650, 30)?),
            grace: hours(variables.number("RECONCILE_GRACE_HOURS", "hours", 24..=8_760, 24)?),
            quarantine_after: variables.number("QUARANTINE_AFTER", "times", 1..=100, upkeep::QUARANTINE_AFTER)?,
        })
    }
}

impl Default for Rules {
    /// What holds when no variable says otherwise.
    fn default() -> Self {
        Self::read(&Variables::new(|_: &str| None)).expect("no variable has to be set")
    }
}

fn mode<V: Fn(&str) -> Option<String>>(variables: &Variables<V>) -> Result<Asked, BadSetting> {
    let moment = |name| {
        let text = variables.text(name);
        let moment = text.map(|text| text.parse::<Timestamp>()).transpose();
        moment.map_err(|_| BadSetting::new(name, MOMENT))
    };
    let window = (moment(FROM)?, moment(UNTIL)?);
    match (variables.text(MODE).as_deref(), window) {
        (None | Some("plan"), _) => Ok(Asked::Plan),
        (Some("apply"), _) => Ok(Asked::Apply),
        (Some("recover"), (Some(from), Some(until))) => Window::new(from, until)
            .map(Asked::Recover)
            .ok_or_else(|| BadSetting::new(UNTIL, "be later than RECOVER_FROM")),
        (Some("recover"), (None, _)) => Err(BadSetting::new(FROM, MOMENT)),
        (Some("recover"), (Some(_), None)) => Err(BadSetting::new(UNTIL, MOMENT)),
        (Some(_), _) => Err(BadSetting::new(MODE, "be `plan`, `apply` or `recover`")),
    }
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const FROM: &str = "RECOVER_FROM";
const MODE: &str = "RECONCILE_MODE";
const MOMENT: &str = "be a moment such as 2026-03-06T12:00:00Z (RFC 3339), as RECONCILE_MODE is `recover`";
const MOST: u32 = 1_000_000_000;
const ORPHANS: &str = "RECONCILE_ORPHANS";
const UNTIL: &str = "RECOVER_UNTIL";

#[cfg(test)]
mod tests {
    use super::*;

    const APPLICATIONS: &str = "PLATFORM_APPLICATIONS";
    const ARN: &str = "arn:aws:sns:us-east-1:123456789012:app/ADM/Fire";

    fn read(given: &[(&str, &str)]) -> Result<Settings, BadSetting> {
        let needed = [("DEVICES_TABLE", "d"), (APPLICATIONS, ARN)];
        let given: Vec<_> = needed.iter().chain(given).collect();
        Settings::read(|name| {
            let found = given.iter().rev().find(|(given, _)| *given == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_table_and_an_application_are_all_that_a_start_needs_and_nothing_is_changed_then() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.applications, [Application::parse(ARN).unwrap()].into());
        assert_eq!(settings.row_retention, DAY * 30);
        let expected = Rules {
            mode: Asked::Plan,
            every: SignedDuration::from_hours(24),
            budget_percent: 30,
            caps: Caps {
                creates: 1_000,
                deletes: 1_000,
                enables: 1_000,
            },
            orphans: Orphans::Report,
            disabled_retention: SignedDuration::from_hours(720),
            grace: SignedDuration::from_hours(24),
            quarantine_after: 2,
        };
        assert_eq!((&settings.rules, Rules::default()), (&expected, expected.clone()));
    }

    #[test]
    fn every_rule_has_its_variable() {
        let rules = read(&[
            (MODE, "recover"),
            (FROM, "2026-03-06T00:00:00Z"),
            (UNTIL, "2026-03-07T00:00:00Z"),
            ("RECONCILE_EVERY_HOURS", "12"),
            ("RECONCILE_BUDGET_PERCENT", "50"),
            ("RECONCILE_MOST_CREATES", "1"),
            ("RECONCILE_MOST_DELETES", "2"),
            ("RECONCILE_MOST_ENABLES", "0"),
            (ORPHANS, "delete"),
            ("DISABLED_RETENTION_DAYS", "7"),
            ("RECONCILE_GRACE_HOURS", "48"),
            ("QUARANTINE_AFTER", "3"),
        ]);
        let window = ["2026-03-06T00:00:00Z", "2026-03-07T00:00:00Z"].map(|text| text.parse().unwrap());
        let expected = Rules {
            mode: Asked::Recover(Window::new(window[0], window[1]).unwrap()),
            every: SignedDuration::from_hours(12),
            budget_percent: 50,
            caps: Caps {
                creates: 1,
                deletes: 2,
                enables: 0,
            },
            orphans: Orphans::Delete,
            disabled_retention: SignedDuration::from_hours(168),
            grace: SignedDuration::from_hours(48),
            quarantine_after: 3,
        };
        assert_eq!(rules.unwrap().rules, expected);
    }

    #[test]
    fn a_bad_variable_stops_the_start_with_its_name() {
        for (name, value, other) in [
            ("DEVICES_TABLE", " ", MODE),
            (APPLICATIONS, " , ", MODE),
            (APPLICATIONS, "arn:aws:sns:us-east-1:123456789012:topic", MODE),
            (MODE, "Apply", MODE),
            (FROM, "yesterday", MODE),
            (FROM, " ", "recover"),
            (UNTIL, " ", "recover"),
            (UNTIL, "2026-03-06T00:00:00Z", "recover"),
            (ORPHANS, "keep", MODE),
            ("RECONCILE_BUDGET_PERCENT", "0", MODE),
            ("RECONCILE_BUDGET_PERCENT", "101", MODE),
            ("RECONCILE_GRACE_HOURS", "23", MODE),
            ("RECONCILE_EVERY_HOURS", "0", MODE),
            ("RECONCILE_MOST_ENABLES", "-1", MODE),
            ("QUARANTINE_AFTER", "0", MODE),
            ("DISABLED_RETENTION_DAYS", "a month", MODE),
            ("DEVICE_RETENTION_DAYS", "0", MODE),
            ("AWS_CA_BUNDLE", "no-such-file.pem", MODE),
        ] {
            let window = [(FROM, "2026-03-06T00:00:00Z"), (UNTIL, "2026-03-07T00:00:00Z")];
            let recover = [(MODE, other), window[0], window[1]];
            let given = if other == MODE { &[][..] } else { &recover };
            let error = read(&[given, &[(name, value)]].concat()).unwrap_err();
            assert_eq!(error.name, name);
            let expected = format!("the environment variable {name} must ");
            assert!(error.to_string().starts_with(&expected), "{error}");
        }
    }
}
