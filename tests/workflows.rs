//! The workflows on GitHub: they are YAML, may do no more than they need, take nothing that can change under its name, and build what
//! there is to deploy with the tools of `.ci/run`; and the changelog has the version that a tag would release.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use crate::template::yaml;
use crate::tidy::files::root;

const CI: &str = ".github/workflows/ci.yml";
const RELEASE: &str = ".github/workflows/release.yml";

fn source(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

/// The workflows by their paths.
fn workflows() -> Vec<(&'static str, Value)> {
    let folder = fs::read_dir(root().join(".github/workflows")).unwrap();
    let found: BTreeSet<_> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(found, ["ci.yml", "release.yml"].map(str::to_owned).into());
    [CI, RELEASE].map(|path| (path, yaml::read(&source(path)))).into()
}

/// The jobs of a workflow, by their names.
fn jobs(workflow: &Value) -> Vec<(&str, &Value)> {
    let jobs = workflow["jobs"].as_object().unwrap();
    jobs.iter().map(|(name, job)| (name.as_str(), job)).collect()
}

/// What the steps of a job have under a name, such as `run` or `uses`.
fn steps<'j>(job: &'j Value, name: &str) -> Vec<&'j str> {
    let steps = job["steps"].as_array().unwrap();
    steps.iter().filter_map(|step| step[name].as_str()).collect()
}

#[test]
fn every_action_is_taken_by_its_whole_version() {
    let mut count = 0;
    for (path, workflow) in workflows() {
        for uses in jobs(&workflow).iter().flat_map(|(_, job)| steps(job, "uses")) {
            let version = uses.split_once("@v").map(|(_, version)| version).unwrap_or_default();
            let parts = version.split('.').filter(|part| part.parse::<u16>().is_ok());
            assert!(parts.count() == 3 && version.split('.').count() == 3, "{path}: {uses}");
            count += 1;
        }
    }
    assert!(count > 10, "{count}");
}

#[test]
fn nothing_but_the_last_job_of_a_release_may_write_and_no_checkout_keeps_a_token() {
    for (path, workflow) in workflows() {
        assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }), "{path}");
        for (name, job) in jobs(&workflow) {
            assert!(job["timeout-minutes"].is_number(), "{path}: {name}");
            let granted = match (path, name) {
                (RELEASE, "publish") => {
                    // It runs nothing that the others have built.
                    assert!(steps(job, "run").iter().all(|run| !run.contains("cargo")));
                    serde_json::json!({ "contents": "write", "id-token": "write", "attestations": "write" })
                }
                _ => Value::Null,
            };
            assert_eq!(job["permissions"], granted, "{path}: {name}");
            for step in job["steps"].as_array().unwrap() {
                if step["uses"]
                    .as_str()
                    .is_some_and(|uses| uses.starts_with("actions/checkout@"))
                {
                    assert_eq!(step["with"]["persist-credentials"], false, "{path}: {name}");
                }
            }
        }
    }
}

#[test]
fn both_workflows_check_everything_and_package_every_function_for_both_architectures() {
    for (path, workflow) in workflows() {
        let job = |name: &str| &workflow["jobs"][name];
        assert!(steps(job("check"), "run").contains(&"bash .ci/run"), "{path}");
        let advisories = &job("advisories")["steps"];
        assert!(advisories.to_string().contains("advisories bans licenses sources"), "{path}");
        let architectures = &job("package")["strategy"]["matrix"]["architecture"];
        assert_eq!(architectures, &serde_json::json!(["arm64", "x86-64"]), "{path}");
        // Without names: then it takes the folders below `functions`.
        let package = "bash .ci/package ${{ matrix.architecture }}";
        assert!(steps(job("package"), "run").contains(&package), "{path}");
    }
    assert!(source(".ci/package").contains("        set -- functions/*/\n"));
    let folders = fs::read_dir(root().join("functions")).unwrap();
    let folders: BTreeSet<_> = folders
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let template = yaml::read(&source("template.yaml"));
    let resources = template["Resources"].as_object().unwrap().values();
    let deployed = resources.filter_map(|resource| resource["Properties"]["CodeUri"].as_str());
    let deployed: BTreeSet<_> = deployed
        .map(|path| path.strip_prefix("functions/").unwrap().to_owned())
        .collect();
    assert_eq!(folders, deployed);
}

#[test]
fn a_release_needs_every_other_job_and_says_what_it_is() {
    let release = yaml::read(&source(RELEASE));
    let others: BTreeSet<_> = jobs(&release)
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| *name != "publish")
        .collect();
    let needs = release["jobs"]["publish"]["needs"].as_array().unwrap();
    assert_eq!(needs.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>(), others);
    assert_eq!(release["on"], serde_json::json!({ "push": { "tags": ["v*"] } }));
    let notes = "bash .ci/release-notes \"$GITHUB_REF_NAME\"";
    assert!(steps(&release["jobs"]["check"], "run").contains(&notes));
}

#[test]
fn versions_of_tools_are_in_one_place_and_the_pages_name_the_same() {
    let tools = source(".ci/tools");
    let version = |name: &str| {
        let line = tools.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_default().to_owned()
    };
    for script in [CI, RELEASE, ".ci/run", ".ci/package", ".ci/bootstraps"] {
        let text = source(script);
        for tool in [
            "CFN_LINT",
            "SAM_CLI",
            "CARGO_DENY",
            "CARGO_LAMBDA",
            "ZIGLANG",
            "CARGO_AUDITABLE",
        ] {
            let version = version(tool);
            assert!(version.split('.').count() == 3, "{tool}");
            assert!(!text.contains(&version), "{script} names {tool} {version}");
        }
    }
    for page in ["README.md", "docs/operations.md"] {
        for (name, variable) in [("aws-sam-cli", "SAM_CLI"), ("cargo-lambda", "CARGO_LAMBDA")] {
            let required = format!("{name}=={}", version(variable));
            assert!(source(page).contains(&required), "{page} does not name {required}");
        }
    }
}

#[test]
fn the_newest_version_of_the_changelog_is_the_one_of_the_workspace() {
    let changelog = source("CHANGELOG.md");
    let headings = changelog.lines().filter_map(|line| line.strip_prefix("## "));
    let mut headings = headings.collect::<Vec<_>>().into_iter();
    assert_eq!(headings.next(), Some("Unreleased"));
    let (versions, dates): (Vec<_>, Vec<_>) = headings.map(|heading| heading.split_once(" - ").unwrap()).unzip();
    assert_eq!(versions.first(), Some(&env!("CARGO_PKG_VERSION")));
    assert!(
        dates.iter().all(|date| date.parse::<jiff::civil::Date>().is_ok()),
        "{dates:?}"
    );
    assert!(dates.is_sorted_by(|newer, older| newer >= older), "{dates:?}");
}
