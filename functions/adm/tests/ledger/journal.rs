//! What the ledger logs.

use sandbox::Journal;

/// The lines of the function so far: level, outcome, limit and topic of each.
pub(crate) fn lines(journal: &Journal) -> Vec<String> {
    let ours = journal.lines().into_iter().filter(|line| line["function"] == "adm");
    ours.map(|line| {
        let field = |name: &str| line[name].as_str().unwrap_or("-").to_owned();
        [field("level"), field("outcome"), field("limit"), field("topic")].join(" ")
    })
    .collect()
}
