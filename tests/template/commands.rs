//! What an operator is told to type at night is there: each command of `firepost` with its options, and each event that is named.

use clap::Parser as _;
use clap::error::ErrorKind;
use firepost::Cli;

use super::parts::{Template, root, source};

#[test]
fn every_command_in_an_alarm_or_a_document_is_one_that_firepost_takes() {
    let mut count = 0;
    for (place, text) in told() {
        for command in commands(&text) {
            if let Err(error) = Cli::try_parse_from(command.split_whitespace()) {
                // A command may be named without what it is about, such as `firepost inbox show`, or `firepost topics`.
                let is_named = matches!(
                    error.kind(),
                    ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingRequiredArgument
                );
                assert!(is_named, "{place}: {command}: {error}");
            }
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

#[test]
fn no_alarm_asks_a_local_stack_or_repeats_a_callers_request_by_a_command() {
    let alarms = told().into_iter().filter(|(place, _)| place.ends_with("Alarm"));
    for command in alarms.flat_map(|(_, text)| commands(&text)) {
        let is_about_a_file = command.starts_with("firepost adm check ");
        assert!(is_about_a_file || command.contains(" --deployed"), "{command}");
        // It sends as nobody: the same key is another one there.
        assert!(!command.starts_with("firepost adm send"), "{command}");
    }
}

#[test]
fn every_event_that_is_named_is_there() {
    let mut count = 0;
    for (place, text) in told() {
        for function in ["adm", "devices", "dispatch", "reconcile"] {
            for rest in text.split(&format!("events/{function}-")).skip(1) {
                let name = rest.split_once(".json").map(|(name, _)| name).unwrap_or_default();
                let file = format!("events/{function}-{name}.json");
                assert!(root().join(&file).is_file(), "{place}: {file}");
                count += 1;
            }
        }
    }
    assert!(count > 2, "{count}");
}

/// Where something is told, and the text.
fn told() -> Vec<(String, String)> {
    let template = Template::read();
    let alarms = template.resources("AWS::CloudWatch::Alarm");
    let alarms = alarms.iter().map(|(name, alarm)| {
        let description = alarm["AlarmDescription"].as_str().unwrap_or_default();
        ((*name).to_owned(), description.to_owned())
    });
    let documents = [
        "README.md",
        "SECURITY.md",
        "docs/operations.md",
        "functions/adm/README.md",
        "functions/devices/README.md",
        "functions/reconcile/README.md",
    ];
    let documents = documents.map(|document| (document.to_owned(), source(document)));
    alarms.chain(documents).collect()
}

/// What stands in a text as code and begins with `firepost`: a whole span, or lines of a block up to their comments.
fn commands(text: &str) -> Vec<String> {
    let code = text.split('`').skip(1).step_by(2);
    let lines = code.flat_map(|code| match code.starts_with("firepost ") {
        true => vec![code.split_whitespace().collect::<Vec<_>>().join(" ")],
        false => code
            .lines()
            .map(|line| line.split(" #").next().unwrap_or_default().to_owned())
            .collect(),
    });
    // An option may be meant in general.
    lines
        .filter(|line| line.starts_with("firepost ") && !line.contains('\u{2026}'))
        .collect()
}

#[test]
fn commands_are_found_in_a_line_and_in_a_block() {
    let text = "See `firepost inbox\n  list`, then:\n\n```sh\nfirepost adm check a.json # told\nls\n```\nor `firepost adm \u{2026} --deployed`.";

    assert_eq!(commands(text), ["firepost inbox list", "firepost adm check a.json"]);
}
