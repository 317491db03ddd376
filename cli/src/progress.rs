//! How far a long command has got, on standard error, and only for a person who watches.

use std::io::{IsTerminal as _, stderr, stdout};

use indicatif::{ProgressBar, ProgressDrawTarget};

/// A line that tells what has been done so far. It is gone when the command ends, and was never there in a pipe or a log.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Of a command that prints its result at the end.
    pub(crate) fn before_a_result() -> Self {
        Self::shown(stderr().is_terminal())
    }

    /// Of a command that prints as it goes: nothing, if that would be printed into it.
    pub(crate) fn beside_lines() -> Self {
        Self::shown(stderr().is_terminal() && !stdout().is_terminal())
    }

    /// Says how far it has got.
    pub(crate) fn tell(&self, so_far: String) {
        self.0.set_message(so_far);
        self.0.tick();
    }

    fn shown(is_shown: bool) -> Self {
        let target = if is_shown {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let line = ProgressBar::new_spinner();
        line.set_draw_target(target);
        Self(line)
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
