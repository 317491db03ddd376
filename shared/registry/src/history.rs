//! What is known of a token: when SNS disabled it, when it was enabled, how often it was disabled again.
//!
//! Promises that it goes with the token. While a device has the token, its row has the history of it; when the token is another device's,
//! that one's row has it, from the same transaction on; and when its device has another token, the claim has it, until it ends or somebody
//! confirms the token again. So whoever has a token has all that was heard of it, in whatever order the confirmations came. A device that
//! takes over a token that the push service refuses takes that over, too.

use jiff::Timestamp;

use crate::device::Device;

/// What is known of a token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    pub(crate) disabled_at: Option<Timestamp>,
    pub(crate) enabled_at: Option<Timestamp>,
    pub(crate) disabled_again: u32,
}

impl History {
    /// Anything is known.
    pub(crate) fn is_any(&self) -> bool {
        *self != Self::default()
    }
}

impl Device {
    /// What is known of its token.
    pub(crate) fn history(&self) -> History {
        History {
            disabled_at: self.disabled_at,
            enabled_at: self.enabled_at,
            disabled_again: self.disabled_again,
        }
    }

    pub(crate) fn set_history(&mut self, history: History) {
        let History {
            disabled_at,
            enabled_at,
            disabled_again,
        } = history;
        self.disabled_at = disabled_at;
        self.enabled_at = enabled_at;
        self.disabled_again = disabled_again;
    }

    /// SNS has disabled it at a moment. What is not later than all that is known is old news. It is disabled *again* if it was enabled by us
    /// and has not been heard to be disabled since.
    pub(crate) fn mark_disabled(&mut self, at: Timestamp) {
        if self.disabled_at.max(self.enabled_at).is_some_and(|known| at <= known) {
            return;
        }
        let is_again = self.enabled_at.is_some() && self.disabled_at.is_none();
        self.disabled_again = self.disabled_again.saturating_add(u32::from(is_again));
        self.disabled_at = Some(at);
    }

    /// It is enabled: nothing is known against it, and what has been heard until now is old news from now on.
    pub(crate) fn mark_enabled(&mut self) {
        if self.enabled_at.is_some() {
            self.enabled_at = self.enabled_at.max(self.disabled_at);
        }
        self.disabled_at = None;
    }
}
