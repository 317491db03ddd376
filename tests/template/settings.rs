//! What the template sets is what the function reads, and its defaults are the function's own.

mod reads;

use std::collections::BTreeSet;

use intake::Settings;
use serde_json::Value;

use self::reads::{adm_reads, devices_reads, dispatch_reads, intake_reads, reconcile_reads, variables};
use self::reads::{of_adm, of_endpoints, read, read_adm, read_devices, read_reconcile};
use super::parts::{Template, source};

/// Variables that the template leaves to whoever needs them. A bundle is for those who inspect TLS on the way out. The endpoints are
/// Amazon's, and a deployment has no others to choose from: a parameter for them could only send the client secret somewhere else.
/// Whoever runs the function against a sandbox sets them.
const LEFT_OUT: [&str; 3] = ["ADM_ENDPOINT", "AWS_CA_BUNDLE", "LWA_ENDPOINT"];

#[test]
fn a_function_is_given_exactly_the_variables_that_it_reads() {
    let template = Template::read();
    for (function, mut read) in [
        ("Adm", adm_reads()),
        ("Devices", devices_reads()),
        ("Dispatch", dispatch_reads()),
        ("Drs", intake_reads()),
        ("Reconcile", reconcile_reads()),
        ("Rtn", intake_reads()),
    ] {
        read.retain(|name| !LEFT_OUT.contains(&name.as_str()));
        let set = variables(&template, function).map(|(name, _)| name.to_owned());
        assert_eq!(set.collect::<BTreeSet<_>>(), read, "{function}");
    }
}

#[test]
fn the_readme_lists_every_variable_with_the_default_it_has() {
    let readme = source("README.md");
    let listed = readme.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    let is_variable = |name: &str| name.chars().all(|char| char.is_ascii_uppercase() || char == '_');
    let listed = listed.filter(|(name, _)| is_variable(name)).collect::<Vec<_>>();
    assert_eq!(
        listed.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>(),
        [
            adm_reads(),
            devices_reads(),
            dispatch_reads(),
            intake_reads(),
            reconcile_reads()
        ]
        .into_iter()
        .flatten()
        .collect()
    );

    for (name, parameter) in [
        ("CHAIN_POLICY", "ChainPolicy"),
        ("DEVICE_RETENTION_DAYS", "DeviceRetentionDays"),
        ("DISABLED_RETENTION_DAYS", "DisabledRetentionDays"),
        ("IDEMPOTENCY_DAYS", "IdempotencyDays"),
        ("MAX_AGE_SECONDS", "MaxAgeSeconds"),
        ("QUARANTINE_AFTER", "QuarantineAfter"),
        ("RECONCILE_BUDGET_PERCENT", "ReconcileBudgetPercent"),
        ("RECONCILE_EVERY_HOURS", "ReconcileEveryHours"),
        ("RECONCILE_GRACE_HOURS", "ReconcileGraceHours"),
        ("RECONCILE_MODE", "ReconcileMode"),
        ("RECONCILE_MOST_CREATES", "ReconcileMostCreates"),
        ("RECONCILE_MOST_DELETES", "ReconcileMostDeletes"),
        ("RECONCILE_MOST_ENABLES", "ReconcileMostEnables"),
        ("RECONCILE_ORPHANS", "ReconcileOrphans"),
        ("RETENTION_DAYS", "RetentionDays"),
    ] {
        let default = match Template::read().at(&format!("Parameters/{parameter}/Default")) {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let row = listed
            .iter()
            .find(|(listed, _)| *listed == name)
            .map(|(_, row)| row.replace('`', ""));
        assert!(
            row.is_some_and(|row| row.ends_with(&format!("| {default} |"))),
            "{name} is {default}"
        );
    }
}

#[test]
fn a_deployment_without_parameters_is_the_code_with_its_defaults() {
    let deployed = read(&Template::read(), |parameter| parameter["Default"].clone()).expect("the defaults are good");
    let bare = Settings::read(|name| name.ends_with("_TABLE").then(|| "any".to_owned())).expect("two names are enough");

    assert_eq!(deployed.chain_policy, bare.chain_policy);
    assert_eq!(deployed.freshness, bare.freshness);
    assert_eq!(deployed.retention, bare.retention);
    assert_eq!(deployed.pinned_certs.urls().count(), 0);
    let sample = sns_webhook::TopicArn::parse("arn:aws:sns:us-east-1:033616359524:any").expect("a topic");
    assert!(deployed.trusted_topics.admit(&sample), "the account of Amazon's samples");
}

#[test]
fn a_deployment_that_sends_is_the_code_with_its_defaults_too() {
    let deployed = read_adm(&Template::read(), |parameter| parameter["Default"].clone()).expect("the defaults are good");
    let bare = adm::Settings::read(|name| match name {
        "SENDS_TABLE" => Some("any".to_owned()),
        other => of_adm(other),
    });

    assert_eq!(
        format!("{deployed:?}"),
        format!("{:?}", bare.expect("three names are enough"))
    );
}

#[test]
fn a_deployment_that_keeps_endpoints_is_the_code_with_its_defaults_too() {
    let template = Template::read();
    let bare = |name: &str| of_endpoints(name).or_else(|| name.ends_with("_TABLE").then(|| "any".to_owned()));
    let deployed = read_reconcile(&template, |parameter| parameter["Default"].clone()).expect("the defaults are good");
    assert_eq!(deployed.rules, reconcile::Rules::default());
    assert_eq!(
        format!("{deployed:?}"),
        format!("{:?}", reconcile::Settings::read(bare).expect("two names are enough"))
    );
    let deployed = read_devices(&template, |parameter| parameter["Default"].clone()).expect("the defaults are good");
    assert_eq!(
        format!("{deployed:?}"),
        format!("{:?}", devices::Settings::read(bare).expect("two names are enough"))
    );
}

#[test]
fn the_bounds_and_the_choices_of_sweeps_are_values_that_the_functions_start_with() {
    let template = Template::read();
    for bound in ["MinValue", "MaxValue"] {
        let value = |parameter: &Value| match &parameter[bound] {
            Value::Null => parameter["Default"].clone(),
            bound => bound.clone(),
        };
        assert_eq!(read_reconcile(&template, value).map(|_| ()), Ok(()), "{bound}");
        assert_eq!(read_devices(&template, value).map(|_| ()), Ok(()), "{bound}");
    }
    let parameter = |name: &str| template.at(&format!("Parameters/{name}"));
    let moments = ["2026-03-06T20:00:00Z", "2026-03-06T22:30:00.125Z"];
    for (name, choice) in ["ReconcileMode", "ReconcileOrphans"].into_iter().flat_map(|name| {
        let choices = parameter(name)["AllowedValues"].as_array().expect("choices");
        choices.iter().map(move |choice| (name, choice))
    }) {
        let settings = read_reconcile(&template, |asked| match asked {
            asked if asked == parameter(name) => choice.clone(),
            asked if asked == parameter("RecoverFrom") => Value::from(moments[0]),
            asked if asked == parameter("RecoverUntil") => Value::from(moments[1]),
            asked => asked["Default"].clone(),
        });
        assert_eq!(settings.map(|_| ()), Ok(()), "{name}: {choice}");
    }
}

#[test]
fn the_bounds_the_choices_and_samples_of_shards_are_values_that_the_functions_start_with() {
    let template = Template::read();
    for bound in ["MinValue", "MaxValue"] {
        let settings = read(&template, |parameter| match &parameter[bound] {
            Value::Null => parameter["Default"].clone(),
            bound => bound.clone(),
        });
        assert_eq!(settings.map(|_| ()), Ok(()), "{bound}");
        let settings = read_adm(&template, |parameter| match &parameter[bound] {
            Value::Null => parameter["Default"].clone(),
            bound => bound.clone(),
        });
        assert_eq!(settings.map(|_| ()), Ok(()), "{bound}");
    }
    let shards = template.at("Parameters/AdmShards");
    // The longest name that the pattern lets in leaves room for the number of the last of a hundred shards. That names are unique,
    // and none a shard of another, is more than a pattern can say: the description does.
    let longest = format!("{}=100+", "x".repeat(97));
    let pattern = shards["AllowedPattern"].as_str().unwrap_or_default();
    assert_eq!(pattern.matches("{1,97}=").count(), 2, "{pattern}");
    for given in ["weather=4", "weather=4,news=2+", "a=1,b=100+", &longest] {
        let settings = read_adm(&template, |parameter| match parameter == shards {
            true => Value::from(given),
            false => parameter["Default"].clone(),
        });
        assert_eq!(settings.map(|_| ()), Ok(()), "{given}");
    }
    let policies = template
        .at("Parameters/ChainPolicy/AllowedValues")
        .as_array()
        .expect("a list");
    for policy in policies {
        let settings = read(&template, |parameter| match &parameter["AllowedValues"] {
            Value::Array(allowed) if allowed == policies => policy.clone(),
            _ => parameter["Default"].clone(),
        });
        assert_eq!(settings.map(|_| ()), Ok(()), "{policy}");
    }
}

#[test]
fn every_parameter_explains_itself_and_works_as_it_is() {
    let template = Template::read();
    let parameters = template.at("Parameters").as_object().expect("there are parameters");
    for (name, parameter) in parameters {
        assert_ne!(parameter["Default"], Value::Null, "{name} has no default");
        // 4,000 characters: CloudFormation User Guide, "CloudFormation template Parameters syntax".
        let description = parameter["Description"].as_str().unwrap_or_default();
        assert!((20..=4000).contains(&description.chars().count()), "{name}: {description}");
    }
}

#[test]
fn the_handler_has_decided_before_the_function_is_stopped_and_that_before_sns_hangs_up() {
    let receive = source("shared/intake/src/receive.rs");
    let deadline = receive
        .split_once("const DEADLINE: Duration = Duration::from_secs(")
        .expect("the deadline")
        .1;
    let deadline = deadline.split_once(')').and_then(|(seconds, _)| seconds.parse::<u64>().ok());
    for function in ["Drs", "Rtn"] {
        let timeout = Template::read()
            .at(&format!("Resources/{function}/Properties/Timeout"))
            .as_u64();
        assert_eq!((deadline, timeout), (Some(8), Some(12)), "{function}");
        assert!(deadline < timeout && timeout < Some(SNS_WAITS_SECONDS));
    }
}

/// "Make sure your endpoint responds within 15 seconds": SNS Developer Guide, HTTP/S endpoints.
const SNS_WAITS_SECONDS: u64 = 15;
