//! Tables for people: columns and nothing else, so that they can be searched, cut and copied.

use comfy_table::Table;
use comfy_table::presets::NOTHING;

/// An empty table under these headings. It is as wide as what it holds, and never breaks an id over two lines.
pub(crate) fn table(headings: &[&str]) -> Table {
    let mut table = Table::new();
    table.load_preset(NOTHING).set_header(headings);
    table
}

/// Its lines, without the blanks that fill up the last column.
pub(crate) fn lines(table: &Table) -> String {
    let lines = table.lines().map(|line| format!("{}\n", line.trim()));
    lines.collect()
}
