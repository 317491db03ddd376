//! Every sample event, in the environment that is committed beside it: what the function answers, what is on record then, and what
//! has been handed on.
//!
//! The events go the way of an invocation, from the JSON that Lambda hands over to the answer. A file without a row in a table
//! fails.

pub(crate) mod deployment;
pub(crate) mod environment;
mod keeping;
pub(crate) mod outside;
pub(crate) mod rendering;
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
    assert!(found == blocks(table), "the table does not say what was found:\n{found}");
}

/// A table without its comments.
pub(crate) fn blocks(table: &str) -> String {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

/// An event, and the events that are delivered before it.
pub(crate) struct Row {
    pub(crate) heading: &'static str,
    pub(crate) file: &'static str,
    pub(crate) after: Vec<&'static str>,
}

pub(crate) fn rows(table: &'static str) -> impl Iterator<Item = Row> {
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
pub(crate) fn read(file: &str) -> String {
    fs::read_to_string(folder().join(file)).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../events")
}

/// Blocks of a file, what is delivered before it, the answer to it, and everything on record and handed on then.
pub(crate) const RTN: &str = include_str!("events/rtn.txt");
pub(crate) const DRS: &str = include_str!("events/drs.txt");
pub(crate) const DISPATCH: &str = include_str!("events/dispatch.txt");
pub(crate) const ADM: &str = include_str!("events/adm.txt");
pub(crate) const DEVICES: &str = include_str!("events/devices.txt");
pub(crate) const RECONCILE: &str = include_str!("events/reconcile.txt");
