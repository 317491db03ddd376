//! House rules that a machine can hold: names, sizes, dependencies, and what only `main.rs` may do.

pub(crate) mod files;

use std::collections::BTreeSet;
use std::fs;

use intake::Settings;

use self::files::{File, files, root, section};

/// Fails with every file that breaks a rule.
#[track_caller]
fn assert_none(rule: &str, breaks: impl Fn(&File) -> bool) {
    let breaking: Vec<_> = files()
        .into_iter()
        .filter(|file| breaks(file))
        .map(|file| file.path)
        .collect();
    assert!(breaking.is_empty(), "{rule}: {breaking:#?}");
}

#[test]
fn no_file_is_a_drawer_for_everything() {
    assert_none("a noun has not been found for", |file| {
        file.path
            .split(['/', '.'])
            .any(|part| ["common", "helpers", "helper", "misc", "util", "utils"].contains(&part))
    });
}

#[test]
fn no_source_file_is_longer_than_400_lines() {
    assert_none("look for the second noun in", |file| {
        file.is_rust() && file.source().lines().count() > 400
    });
}

#[test]
fn every_module_begins_with_what_it_promises() {
    assert_none("no first line of documentation in", |file| {
        let begins = ["//! ", "#![doc = include_str!(\"../README.md\")]"];
        file.is_rust() && !file.is_test_module && !begins.iter().any(|begin| file.text.starts_with(begin))
    });
}

#[test]
fn nothing_outside_tests_unwraps() {
    let unwrap = format!(".{}()", "unwrap");
    assert_none("an error without a reason why it cannot happen in", |file| {
        file.is_rust() && file.source().contains(&unwrap)
    });
}

/// What starts real processes, and how long they take.
const MEASURES: [&str; 2] = ["shared/sandbox/src/runtime_api/moment.rs", "tests/bootstraps/real.rs"];

#[test]
fn only_main_reads_the_clock_and_the_environment() {
    let reads = ["Timestamp", "Zoned", "SystemTime", "Instant", "OffsetDateTime"].map(|clock| format!("{clock}::{}", "now"));
    let reads = reads
        .into_iter()
        .chain([format!("env::{}", "var"), format!("process::{}", "exit")])
        .collect::<Vec<_>>();
    assert_none("time and configuration are arguments in", |file| {
        let may_read = file.name() == "main.rs" || MEASURES.contains(&file.path.as_str());
        file.is_rust() && !may_read && reads.iter().any(|read| file.text.contains(read))
    });
}

#[test]
fn no_test_sleeps_or_is_switched_off() {
    let (sleep, ignore) = (format!("{}(", "sleep"), format!("#[{}", "ignore"));
    assert_none("wait for the event itself in", |file| {
        file.is_rust() && (file.tests().contains(&sleep) || file.text.contains(&ignore))
    });
}

#[test]
fn the_verification_crate_knows_neither_aws_s_sdk_nor_lambda() {
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let names = section("shared/sns-webhook/Cargo.toml", kind);
        let strange =
            |name: &&String| name.starts_with("aws") || name.starts_with("lambda") || *name == "inbox" || *name == "intake";
        assert_eq!(names.iter().find(strange), None);
    }
}

#[test]
fn each_function_depends_on_what_it_may_touch_and_on_nothing_else() {
    let every = ["cloud", "jiff", "reading", "serde", "serde_json", "sns-webhook", "tokio"];
    for (function, more) in [
        (
            "dispatch",
            &[
                "aws-sdk-dynamodb",
                "aws-sdk-sns",
                // The readers of what is on record; nothing else of these functions is used.
                "drs",
                "futures-util",
                "inbox",
                "lambda_runtime",
                "rtn",
                "thiserror",
                "tracing",
            ][..],
        ),
        ("drs", &["intake", "lambda_http", "thiserror"]),
        ("rtn", &["inbox", "intake", "lambda_http"]),
    ] {
        let expected: BTreeSet<_> = every.iter().chain(more).map(|name| (*name).to_owned()).collect();
        assert_eq!(
            section(&format!("functions/{function}/Cargo.toml"), "dependencies"),
            expected,
            "{function}"
        );
    }
}

#[test]
fn what_decides_about_endpoints_calls_nobody() {
    let names = section("shared/upkeep/Cargo.toml", "dependencies");
    assert_eq!(names, ["jiff", "ring", "thiserror"].map(str::to_owned).into());
}

#[test]
fn what_is_deployed_depends_neither_on_the_sandbox_nor_on_another_function_but_for_the_readers() {
    let is_deployed = |path: &str| path.starts_with("functions/") || path.starts_with("shared/") && !path.contains("sandbox");
    let mut readers = Vec::new();
    for file in files()
        .iter()
        .filter(|file| file.name() == "Cargo.toml" && is_deployed(&file.path))
    {
        let names = section(&file.path, "dependencies");
        let not_deployed = ["axum", "dynoxide-rs", "firepost", "num-bigint", "rcgen", "sandbox"];
        let strange = not_deployed.iter().find(|name| names.contains(**name));
        assert_eq!(strange, None, "{}", file.path);
        let functions = ["adm", "devices", "dispatch", "drs", "reconcile", "rtn"];
        let functions = functions.into_iter().filter(|name| names.contains(*name));
        readers.extend(functions.map(|name| format!("{} on {name}", file.path)));
    }
    assert_eq!(
        readers,
        ["functions/dispatch/Cargo.toml on drs", "functions/dispatch/Cargo.toml on rtn"]
    );
}

#[test]
fn dispatch_takes_nothing_of_the_other_functions_but_how_they_read() {
    let used = |file: &File| {
        let source = file.source().split(['(', ' ', '\n', ';', ')', '<', '&']);
        let paths = source.filter(|word| word.starts_with("drs::") || word.starts_with("rtn::"));
        paths.map(str::to_owned).collect::<Vec<_>>()
    };
    let used = files()
        .iter()
        .filter(|file| file.is_rust() && file.path.starts_with("functions/dispatch/src"))
        .flat_map(used)
        .collect::<BTreeSet<_>>();
    assert_eq!(
        used,
        ["drs::DrsEvent", "drs::read", "rtn::RtnEvent", "rtn::read"]
            .map(str::to_owned)
            .into()
    );
}

#[test]
fn the_level_of_the_log_cannot_be_lowered_from_outside() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let subscriber = manifest.lines().find(|line| line.starts_with("tracing-subscriber")).unwrap();
    assert!(
        subscriber.contains("default-features = false") && !subscriber.contains("env-filter"),
        "{subscriber}"
    );
    let log = fs::read_to_string(root().join("shared/cloud/src/log.rs")).unwrap();
    assert!(log.contains(".with_max_level(tracing::Level::INFO)"));
}

#[test]
fn the_readme_lists_exactly_the_variables_that_the_settings_read() {
    let read = std::cell::RefCell::new(BTreeSet::new());
    let variable = |name: &str| {
        read.borrow_mut().insert(name.to_owned());
        match name {
            "ADM_CREDENTIALS_SECRET" => Some("adm".to_owned()),
            "EVENTS_TOPIC_ARN" => Some("arn:aws:sns:us-east-1:123456789012:events".to_owned()),
            "PLATFORM_APPLICATIONS" => Some("arn:aws:sns:us-east-1:123456789012:app/ADM/Fire".to_owned()),
            _ => name.ends_with("_TABLE").then(|| "table".to_owned()),
        }
    };
    Settings::read(variable).unwrap();
    dispatch::Settings::read(variable).unwrap();
    adm::Settings::read(variable).unwrap();
    devices::Settings::read(variable).unwrap();
    reconcile::Settings::read(variable).unwrap();

    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let configuration = readme
        .split("\n## Configuration\n")
        .nth(1)
        .unwrap()
        .split("\n## ")
        .next()
        .unwrap();
    let cells = configuration
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let listed: BTreeSet<_> = cells.map(str::to_owned).collect();
    assert_eq!(listed, read.into_inner());
}
