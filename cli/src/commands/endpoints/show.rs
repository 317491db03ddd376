//! A report, for people and for programs.

use std::io::{Write as _, stdout};
use std::path::Path;

use clap::Args;
use reconcile::{Line, Report, Stop, Summary};

use crate::failure::Failure;
use crate::table::{lines, table};

/// How a report is shown.
#[derive(Debug, Clone, Args)]
pub(super) struct Form {
    /// Prints a line of JSON for each application: the numbers, and a list of all decisions.
    #[arg(long)]
    json: bool,
    /// Writes all decisions into a file, as CSV (RFC 4180).
    #[arg(long, value_name = "FILE")]
    csv: Option<std::path::PathBuf>,
}

impl Form {
    pub(super) fn show(&self, report: &Report) -> Result<(), Failure> {
        if let Some(file) = &self.csv {
            write(file, &report.csv())?;
        }
        let text = match self.json {
            true => serde_json::to_string(report)? + "\n",
            false => for_people(report),
        };
        stdout().write_all(text.as_bytes())?;
        Ok(())
    }

    /// One file is for one application.
    pub(super) fn check(&self, applications: usize) -> Result<(), Failure> {
        match &self.csv {
            Some(_) if applications > 1 => Err(Failure::new("--csv is for one application: say which with --application")),
            Some(_) | None => Ok(()),
        }
    }

    pub(super) fn is_json(&self) -> bool {
        self.json
    }
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(file, text).map_err(|error| Failure::new(format!("cannot write {}: {error}", file.display())))
}

fn for_people(report: &Report) -> String {
    let Report { summary, lines: all } = report;
    let mut text = format!("{}{}\n", summary.application, name(summary));
    if !all.is_empty() {
        text += &decisions(all);
    }
    text += &numbers(summary);
    text
}

/// `, run 2026-03-06T20:00:00Z: apply`
fn name(summary: &Summary) -> String {
    match &summary.run {
        Some(run) => format!(", run {run}: {}", summary.mode),
        None => ": a plan, and nothing was changed".to_owned(),
    }
}

fn decisions(all: &[Line]) -> String {
    let mut rows = table(&["Row", "Reason", "Step", "Held back by", "Device", "Endpoint"]);
    for line in all.iter().take(MOST_LINES) {
        let text = |text: &Option<std::borrow::Cow<'static, str>>| text.as_deref().unwrap_or("-").to_owned();
        let held = line.held.clone().filter(|held| held != "plan_mode");
        rows.add_row([
            line.row.to_string(),
            line.code.to_string(),
            text(&line.action),
            text(&held),
            line.device.clone().unwrap_or_else(|| "-".to_owned()),
            line.endpoint.clone().unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    let more = all.len().saturating_sub(MOST_LINES);
    let more = match more {
        0 => String::new(),
        more => format!("and {more} more: --csv or --json has them all\n"),
    };
    format!("{}{more}", lines(&rows))
}

fn numbers(summary: &Summary) -> String {
    let Summary {
        before, after, calls, ..
    } = summary;
    let mut text = format!(
        "Endpoints: {} ({} disabled). Devices: {} ({} healthy). Calls to SNS: {}, in {} s.\n",
        before.endpoints,
        before.disabled,
        summary.rows,
        summary.healthy,
        calls.list + calls.other,
        summary.duration_seconds,
    );
    for (word, steps) in [("Done", &summary.actions), ("Held back", &summary.held)] {
        if !steps.is_empty() {
            let steps = steps.iter().map(|(step, count)| format!("{step} {count}"));
            text += &format!("{word}: {}.\n", steps.collect::<Vec<_>>().join(", "));
        }
    }
    if after != before {
        text += &format!("Endpoints now: {} ({} disabled).\n", after.endpoints, after.disabled);
    }
    let odd = [
        ("Left disabled for want of evidence", summary.left_disabled),
        ("Disabled again within a day of being enabled", summary.disabled_again),
        ("Orphans", summary.orphans),
        ("Duplicates", summary.duplicates),
        ("Slot conflicts", summary.slot_conflicts),
        ("Rows that cannot be read", summary.unreadable),
        ("Throttles", summary.throttles),
        ("Restarts of the listing", summary.restarts),
        (
            "Decisions left out of the report, since there are too many",
            summary.lines_left_out,
        ),
    ];
    for (what, count) in odd.into_iter().filter(|(_, count)| *count > 0) {
        text += &format!("{what}: {count}.\n");
    }
    if let Some(stop) = summary.stop {
        text += &format!("Stopped: {}.\n", why(stop, summary));
    }
    text + &format!("Plan hash: {}\n", summary.plan_hash)
}

/// Why a run changed nothing.
pub(super) fn why(stop: Stop, summary: &Summary) -> String {
    let sentence = match stop {
        Stop::ApplicationDisabled => "SNS has disabled the platform application; renew its credentials and enable it",
        Stop::BreakerOpen => match &summary.breaker {
            Some(breaker) => {
                return format!("{breaker}; if that is as it should be, approve this very plan with --plan-hash");
            }
            None => {
                "the listing differs too much from that of the last run; approve this very plan with --plan-hash if it should"
            }
        },
        Stop::CertificateExpired => "the certificate of the platform application has expired; renew it first",
        Stop::PlanChanged => "the plan is not the one with that hash any more; look at it again with `firepost endpoints plan`",
        Stop::WaveDidBadly => "too many endpoints of the last wave were disabled again; the certificate is not right yet",
        Stop::WavesOver => "every wave of the recovery is over",
    };
    sentence.to_owned()
}

const MOST_LINES: usize = 50;
