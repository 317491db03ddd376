//! Every sample event in the real process of its function: started as Lambda starts it, asked and answered by the Runtime API, with
//! its own environment, its own clients and the real clock. The tables are those of `events`, to the letter but for three things.
//!
//! What is not the same with a real clock, and how it is compared:
//! - Times: the two minutes between events are no time here, see [`timeline`]. Fractions of seconds are left out, since in the
//!   tables they are the pace of a clock that stands still otherwise.
//! - `oldest_left_seconds` of a sweep, and the seconds that `rtn-from-future.json` is ahead, are not compared: see [`masked`].
//!
//! With `FIREPOST_RIE=/path/to/aws-lambda-rie` the Runtime API is AWS's own, see `.ci/bootstraps`; with `FIREPOST_BOOTSTRAPS=DIR` the
//! executables are others than those of this build.

mod executable;
mod lives;
mod processes;
mod real;
mod timeline;

use self::processes::Processes;
use crate::events::{self, blocks, rows};

#[tokio::test]
async fn every_event_of_rtn_is_answered_by_its_process_as_its_table_says() {
    check(events::RTN).await;
}

#[tokio::test]
async fn every_event_of_drs_is_answered_by_its_process_as_its_table_says() {
    check(events::DRS).await;
}

#[tokio::test]
async fn every_event_of_dispatch_is_answered_by_its_process_as_its_table_says() {
    check(events::DISPATCH).await;
}

#[tokio::test]
async fn every_event_of_adm_is_answered_by_its_process_as_its_table_says() {
    check(events::ADM).await;
}

#[tokio::test]
async fn every_event_of_devices_is_answered_by_its_process_as_its_table_says() {
    check(events::DEVICES).await;
}

#[tokio::test]
async fn every_event_of_reconcile_is_answered_by_its_process_as_its_table_says() {
    check(events::RECONCILE).await;
}

#[test]
fn the_check_of_everything_runs_this_under_the_emulator_and_once_more_for_what_is_packaged() {
    let run = include_str!("../.ci/run");
    assert!(run.contains("    step \"Bootstraps under AWS's emulator\" .ci/bootstraps "));
    let packaged = "env FIREPOST_BOOTSTRAPS=\"$target/sam\" .ci/bootstraps \"${TEST[@]}\" --locked --test all -- \\\n        ";
    // A filter that finds no test would be a success.
    let filter = run.split(packaged).nth(1).and_then(|rest| rest.lines().next()).unwrap();
    let name = filter.strip_prefix("bootstraps::").unwrap();
    assert!(include_str!("bootstraps.rs").contains(&format!("async fn {name}_is_answered_by_its_process")));
}

/// Each row has processes of its own, and a store: what comes before it has left nothing.
async fn check(table: &'static str) {
    let mut found = String::new();
    for row in rows(table) {
        let mut processes = Processes::new().await;
        for earlier in &row.after {
            processes.invoke(earlier).await;
        }
        let answer = processes.invoke(row.file).await;
        found += &format!("{}\n  {answer}\n{}", row.heading, processes.on_record().await);
    }
    let (found, expected) = (comparable(&found), comparable(&blocks(table)));
    let pairs = found.lines().zip(expected.lines());
    let differences = pairs.filter(|(found, expected)| found != expected);
    let differences = differences.map(|(found, expected)| format!("found    {found}\nexpected {expected}\n"));
    assert!(found == expected, "{}", differences.collect::<String>());
}

fn comparable(text: &str) -> String {
    let text = timeline::in_seconds(text);
    MASKED.iter().fold(text, |text, (before, after)| masked(&text, before, after))
}

/// A number between two texts is left out.
fn masked(text: &str, before: &str, after: &str) -> String {
    let mut parts = text.split(before);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        let rest = part.trim_start_matches(|character: char| character.is_ascii_digit());
        assert!(rest.starts_with(after), "{before} without a number");
        format!("{text}{before}N{rest}")
    })
}

/// How old the oldest row is that a sweep leaves; how far a message is ahead of the clock.
const MASKED: [(&str, &str); 2] = [("\"oldest_left_seconds\":", "}"), ("is stamped ", " s in the future")];
