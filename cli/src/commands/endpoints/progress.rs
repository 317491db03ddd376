//! How far a sweep has come, in words.

use reconcile::Progress as Sweeping;

use crate::progress::Progress;

/// Tells it to a person who watches.
pub(super) fn tell(progress: &Progress) -> impl FnMut(Sweeping) {
    move |so_far| {
        progress.tell(match so_far {
            Sweeping::Listed(endpoints) => format!("{endpoints} endpoints listed"),
            Sweeping::Joined(rows) => format!("{rows} devices compared"),
            Sweeping::Mended(done, all) => format!("{} {done} of {all} parts of the work are done", bar(done, all)),
        });
    }
}

/// `[=====     ]`
fn bar(done: u32, all: u32) -> String {
    let filled = usize::try_from(u64::from(done) * WIDTH / u64::from(all.max(1))).unwrap_or_default();
    let width = usize::try_from(WIDTH).unwrap_or_default();
    format!("[{:<width$}]", "=".repeat(filled.min(width)))
}

const WIDTH: u64 = 20;

#[cfg(test)]
mod tests {
    use super::bar;

    #[test]
    fn a_bar_fills_up_and_no_further() {
        assert_eq!(bar(0, 0), "[                    ]");
        assert_eq!(bar(1, 2), "[==========          ]");
        assert_eq!(bar(3, 2), "[====================]");
    }
}
