//! The rows that a statement is about are those whose keys the code makes.

use std::collections::BTreeSet;

use super::calls::{LEDGER, SENT};
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

/// The keys behind the name of the table.
fn granted(rows: &str) -> BTreeSet<&str> {
    rows.split(' ').skip(1).collect()
}
