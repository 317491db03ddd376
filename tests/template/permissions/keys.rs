//! The rows that a statement is about are those whose keys the code makes.

use std::collections::BTreeSet;

use super::calls::{KEPT, LEDGER, LET_GO, SENT, SWEPT, SWITCH};
use super::source;

#[test]
fn sends_and_the_ledger_have_no_rows_but_those_that_are_granted() {
    let sends = source("shared/sends/src/key.rs");
    let prefix = sends
        .split_once("const PREFIX: &str = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(prefix, _)| format!("{prefix}*"));
    assert_eq!(prefix, granted(SENT).pop_first().map(str::to_owned));
    assert_eq!(granted(SENT).len(), 1);

    let ledger = source("functions/adm/src/ledger/table.rs");
    // Keys are written with `format!`; the one that is not is the list of all topics.
    let made = ledger.split("format!(\"").skip(1);
    let made = made.filter_map(|rest| Some(format!("{}*", rest.split_once('{')?.0)));
    let listed = ledger
        .split_once("const CATALOGUE: &str = \"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(key, _)| key.to_owned());
    assert_eq!(
        made.chain(listed).collect::<BTreeSet<_>>(),
        granted(LEDGER).into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    );
}

#[test]
fn a_sweep_has_all_rows_of_the_registry_but_that_it_only_obeys_the_switch_and_a_registration_has_some_of_them() {
    let table = source("shared/registry/src/table.rs");
    let code = table.lines().filter(|line| !line.trim_start().starts_with("//"));
    // Keys are written with `format!`, or begin with a constant.
    let words = code.flat_map(|line| line.split('"').skip(1).step_by(2));
    let made = words.filter_map(|word| Some(format!("{}#*", word.split_once('#')?.0)));
    let made = made.collect::<BTreeSet<_>>();

    let names = |rows| granted(rows).into_iter().map(str::to_owned).collect::<BTreeSet<_>>();
    assert_eq!(&names(SWEPT) | &names(SWITCH), made);
    assert!(names(SWEPT).is_disjoint(&names(SWITCH)));
    assert!(names(KEPT).is_subset(&names(SWEPT)));

    // What is deleted is named where it is: of devices, and of the claims on tokens, nothing is.
    let row = source("shared/registry/src/row.rs");
    let owners = row.split("Write::delete(table::").skip(1);
    let condemned = source("shared/registry/src/condemned.rs");
    let spared = condemned.split("delete_item()").skip(1);
    let spared = spared.filter_map(|rest| Some(rest.split_once("table::")?.1.split_once("table::")?.1));
    let deleted = owners
        .chain(spared)
        .filter_map(|rest| Some(format!("{}#*", rest.split_once('(')?.0)));
    assert_eq!(deleted.collect::<BTreeSet<_>>(), names(LET_GO));
}

/// The keys behind the name of the table.
fn granted(rows: &str) -> BTreeSet<&str> {
    rows.split(' ').skip(1).collect()
}
