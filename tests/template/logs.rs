//! The logs whose lines are counted: where their lines are made, and what is in them.

use super::parts::source;

/// A log.
pub(super) struct Log {
    /// The resource.
    pub(super) name: &'static str,
    /// The namespace of its metrics, below the stack's name.
    pub(super) space: &'static str,
    files: &'static [&'static str],
}

pub(super) const LOGS: [Log; 5] = [
    Log {
        name: "AdmLog",
        space: "adm",
        files: &[
            "functions/adm/src/ledger/log.rs",
            "functions/adm/src/log.rs",
            "functions/adm/src/reply.rs",
            "functions/adm/src/service.rs",
        ],
    },
    Log {
        name: "DevicesLog",
        space: "devices",
        files: &[
            "functions/devices/src/log.rs",
            "functions/devices/src/problem.rs",
            "functions/devices/src/service.rs",
            "functions/devices/src/standing.rs",
            "functions/devices/src/trouble.rs",
        ],
    },
    Log {
        name: "DispatchLog",
        space: "dispatch",
        files: &[
            "functions/dispatch/src/dispatch.rs",
            "functions/dispatch/src/publish.rs",
            "functions/dispatch/src/sweep.rs",
        ],
    },
    Log {
        name: "IntakeLog",
        space: "intake",
        files: &["shared/intake/src/log.rs", "shared/intake/src/outcome.rs"],
    },
    Log {
        name: "ReconcileLog",
        space: "reconcile",
        files: &["functions/reconcile/src/log.rs"],
    },
];

impl Log {
    /// The sources of its lines.
    pub(super) fn lines(&self) -> String {
        self.files.iter().map(|file| source(file)).collect()
    }

    /// Whether a field of a line can have this text.
    pub(super) fn can_say(&self, text: &str) -> bool {
        self.lines().contains(&format!("\"{text}\""))
    }

    /// Whether a line has this field: `field = …`, or `field` alone, as it is written in short.
    pub(super) fn has_field(&self, field: &str) -> bool {
        let lines = self.lines();
        let mut lines = lines.lines().map(str::trim_start);
        lines.any(|line| line.starts_with(&format!("{field} = ")) || line.starts_with(&format!("{field},")))
    }
}
