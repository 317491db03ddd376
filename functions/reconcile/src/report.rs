//! What a run found and did: a summary, and a line for each decision.

mod csv;
mod line;
mod summary;

use serde::{Deserialize, Serialize};

pub use self::csv::csv;
pub use self::line::Line;
pub(crate) use self::line::{About, CREATED};
pub use self::summary::{Before, Calls, Healed, Summary};

/// A report in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The numbers.
    pub summary: Summary,
    /// The reasons.
    pub lines: Vec<Line>,
}

impl Report {
    /// The lines as CSV.
    pub fn csv(&self) -> String {
        csv(&self.lines)
    }
}
