//! What the functions log of deliveries and of handing on.

use sandbox::Journal;
use serde_json::Value;

/// The lines of the deliveries, without what changes from run to run.
pub(crate) fn deliveries(journal: &Journal) -> Vec<Value> {
    journal.steady(|line| {
        line["message"]
            .as_str()
            .is_some_and(|message| message.starts_with("delivery "))
    })
}

/// The lines of `dispatch` that a function in production writes, likewise.
pub(crate) fn handing_on(journal: &Journal) -> Vec<Value> {
    journal.steady(|line| line["function"] == "dispatch" && line["level"] != "DEBUG")
}
