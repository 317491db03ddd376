//! What the documents name is there: outputs, parameters, alarms, files and headings.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;

use super::parts::{Template, root, source};

/// The documents that people read, by their paths in the repository: those at its root and of its folders, and the crates'.
fn documents() -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![root()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the folder is there") {
            let path = entry.expect("the entry is there").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !name.starts_with('.') && name != "target" {
                folders.push(path);
            } else if name.ends_with(".md") {
                let path = path.strip_prefix(root()).expect("it is below the root");
                found.push(path.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    assert!(
        found.len() > 10 && found.contains(&"docs/operations.md".to_owned()),
        "{found:?}"
    );
    found
}

/// What stands between two texts, wherever they do, up to the first character that is in no name.
fn named<'t>(text: &'t str, before: &'static str) -> impl Iterator<Item = &'t str> {
    let found = text.split(before).skip(1);
    let names = found.map(|rest| {
        rest.split(|char: char| !char.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default()
    });
    names.filter(|name| name.starts_with(|char: char| char.is_ascii_uppercase()))
}

#[test]
fn every_output_parameter_and_alarm_that_a_document_names_is_there() {
    let template = Template::read();
    let mut counts = [0; 3];
    for document in documents() {
        // A name may follow on the next line.
        let text = source(&document).split_whitespace().collect::<Vec<_>>().join(" ");
        for (position, (section, signs)) in [
            ("Outputs", &["output `", "outputs `", "OutputKey=='", "$(out "][..]),
            (
                "Parameters",
                &[
                    "parameter `",
                    "parameters `",
                    "ParameterKey=='",
                    "$(param ",
                    "--parameter-overrides ",
                ][..],
            ),
        ]
        .into_iter()
        .enumerate()
        {
            for name in signs.iter().flat_map(|sign| named(&text, sign)) {
                let found = template.at(&format!("{section}/{name}"));
                assert_ne!(found, &Value::Null, "{document}: {section}: {name}");
                counts[position] += 1;
            }
        }
        let words = text.split(|char: char| !char.is_ascii_alphanumeric());
        // One is an action of CloudWatch's.
        let alarms = words.filter(|word| word.ends_with("Alarm") && !["Alarm", "PutMetricAlarm"].contains(word));
        for alarm in alarms {
            let of_type = template.at(&format!("Resources/{alarm}/Type"));
            assert_eq!(of_type, "AWS::CloudWatch::Alarm", "{document}: {alarm}");
            counts[2] += 1;
        }
    }
    assert!(counts.iter().all(|count| *count > 15), "{counts:?}");
}

/// `Name=value` in code or in a command names a parameter, unless it is one of these.
const OTHERS: [&str; 9] = [
    "AttributeName",
    "Enabled",
    "EventDeliveryFailure",
    "EventEndpointCreated",
    "EventEndpointDeleted",
    "EventEndpointUpdated",
    "PointInTimeRecoveryEnabled",
    "StreamEnabled",
    "StreamViewType",
];

#[test]
fn every_parameter_that_a_document_gives_a_value_is_there() {
    let template = Template::read();
    let mut given = BTreeSet::new();
    for document in [
        "README.md",
        "SECURITY.md",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "docs/operations.md",
    ] {
        let text = source(document);
        let words = text.split(|char: char| char.is_whitespace() || ['`', ',', '"', '(', '\''].contains(&char));
        for (name, _) in words.filter_map(|word| word.split_once('=')) {
            let is_name = name.len() > 3 && name.chars().all(|char| char.is_ascii_alphanumeric());
            let is_name = is_name && name.starts_with(|char: char| char.is_ascii_uppercase());
            if is_name && name.chars().any(|char| char.is_ascii_lowercase()) && !OTHERS.contains(&name) {
                assert_ne!(template.at(&format!("Parameters/{name}")), &Value::Null, "{document}: {name}");
                given.insert(name.to_owned());
            }
        }
    }
    assert!(given.len() > 8, "{given:?}");
}

#[test]
fn every_output_is_explained_to_whoever_deploys() {
    let template = Template::read();
    let texts = ["README.md", "SECURITY.md", "docs/operations.md"].map(source).concat();
    let outputs = template.at("Outputs").as_object().expect("there are outputs");
    for (name, output) in outputs {
        let description = output["Description"].as_str().unwrap_or_default();
        assert!((10..=1024).contains(&description.len()), "{name}: {description}");
        assert!(texts.contains(name.as_str()), "no document says what {name} is for");
    }
}

#[test]
fn every_link_leads_somewhere() {
    let mut count = 0;
    for document in documents() {
        let folder = Path::new(&document).parent().unwrap_or(Path::new("")).to_owned();
        let text = source(&document);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.contains(char::is_whitespace) || link.is_empty() {
                continue;
            }
            let (file, heading) = link
                .split_once('#')
                .map_or((link, None), |(file, heading)| (file, Some(heading)));
            let target = match file {
                "" => document.clone(),
                file => folder.join(file).to_string_lossy().into_owned(),
            };
            // Some are links of rustdoc.
            let is_of_rustdoc =
                file.contains("::") || !file.is_empty() && !file.contains(['.', '/']) && !root().join(&target).exists();
            if is_of_rustdoc {
                continue;
            }
            assert!(root().join(&target).exists(), "{document}: {link}");
            if let Some(heading) = heading.filter(|_| target.ends_with(".md")) {
                assert!(headings(&source(&target)).contains(heading), "{document}: {link}");
            }
            count += 1;
        }
    }
    assert!(count > 60, "{count}");
}

/// The headings of a document as GitHub makes them anchors.
fn headings(text: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        is_code ^= line.starts_with("```");
        !is_code && line.starts_with('#')
    });
    let anchors = lines.map(|line| {
        let heading = line.trim_start_matches('#').trim().to_lowercase();
        let kept = heading
            .chars()
            .filter(|char| char.is_alphanumeric() || [' ', '-', '_'].contains(char));
        kept.map(|char| if char == ' ' { '-' } else { char }).collect()
    });
    anchors.collect()
}

#[test]
fn names_and_headings_are_found_as_they_are_written() {
    assert_eq!(
        named("output `A`, the output `Bc`", "output `").collect::<Vec<_>>(),
        ["A", "Bc"]
    );
    let anchors = headings("# Who can send?\n```sh\n# told\n```\n## A `b` C\n");
    assert_eq!(anchors, ["a-b-c", "who-can-send"].map(str::to_owned).into());
}
