//! Tables for people: columns and nothing else, so that they can be searched, cut and copied.

use comfy_table::Table;
use comfy_table::presets::NOTHING;
use jiff::Timestamp;

/// An empty table under these headings. It is as wide as what it holds, and never breaks an id over two lines.
pub(crate) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(headings);
    table
}

/// Its lines, without the blanks that would fill up the last column.
pub(crate) fn lines(table: &Table) -> String {
    let lines = table.lines().map(|line| format!("{}\n", line.trim()));
    lines.collect()
}

/// A moment in UTC, to the second: `2026-03-06 19:55:38`.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// A moment that may not have been; `-` stands for none.
pub(crate) fn optional_moment(at: Option<Timestamp>) -> String {
    at.map_or_else(|| "-".to_owned(), moment)
}
