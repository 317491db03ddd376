//! Every sample event, in the environment that is committed beside it: what the function answers, what is on record then, and what
//! has been handed on.
//!
//! The events go the way of an invocation, from the JSON that Lambda hands over to the answer. A file without a row in a table
//! fails.

mod deployment;
mod environment;
mod keeping;
mod sending;
mod stream;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use self::deployment::Deployment;

#[tokio::test]
async fn every_event_of_rtn_is_answered_and_recorded_as_its_table_says() {
    check(RTN).await;
}

#[tokio::test]
async fn every_event_of_drs_is_answered_and_recorded_as_its_table_says() {
    check(DRS).await;
}

#[tokio::test]
async fn every_event_of_dispatch_is_answered_and_hands_on_as_its_table_says() {
    check(DISPATCH).await;
}

#[tokio::test]
async fn every_event_of_adm_is_answered_and_sends_as_its_table_says() {
    check(ADM).await;
}

#[tokio::test]
async fn every_event_of_devices_is_answered_and_recorded_as_its_table_says() {
    check(DEVICES).await;
}

#[tokio::test]
async fn every_event_of_reconcile_is_answered_and_mends_as_its_table_says() {
    check(RECONCILE).await;
}

#[test]
fn every_event_has_a_row_in_a_table() {
    let rows = [RTN, DRS, DISPATCH, ADM, DEVICES, RECONCILE].into_iter().flat_map(rows);
    let rows = rows.map(|row| row.file.to_owned()).collect::<BTreeSet<_>>();
    let files = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap());
    let events = files
        .filter(|name| name.ends_with(".json") && name != "env.json")
        .collect::<BTreeSet<_>>();
    assert_eq!(rows, events);
}

async fn check(table: &'static str) {
    let mut found = String::new();
    for row in rows(table) {
        let deployment = Deployment::new().await;
        for earlier in &row.after {
            deployment.invoke(earlier).await;
        }
        let answer = deployment.invoke(row.file).await;
        found += &format!("{}\n  {answer}\n{}", row.heading, deployment.on_record().await);
    }
    let rules = table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    assert!(found == rules, "the table does not say what was found:\n{found}");
}

/// An event, and the events that are delivered before it.
struct Row {
    heading: &'static str,
    file: &'static str,
    after: Vec<&'static str>,
}

fn rows(table: &'static str) -> impl Iterator<Item = Row> {
    let headings = table.lines().filter(|line| !line.starts_with([' ', '#']));
    headings.map(|heading| {
        let (file, after) = heading.split_once(" after ").unwrap_or((heading, ""));
        Row {
            heading,
            file,
            after: after.split(", ").filter(|file| !file.is_empty()).collect(),
        }
    })
}

/// A file of the folder.
fn read(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

/// Blocks of a file, what is delivered before it, the answer to it, and everything on record and handed on then.
const RTN: &str = include_str!("events/rtn.txt");
const DRS: &str = include_str!("events/drs.txt");
const DISPATCH: &str = include_str!("events/dispatch.txt");
const ADM: &str = include_str!("events/adm.txt");
const DEVICES: &str = include_str!("events/devices.txt");
const RECONCILE: &str = include_str!("events/reconcile.txt");
