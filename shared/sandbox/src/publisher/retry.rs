//! When a delivery is tried again. Two Amazon pages, two rules.

use std::time::Duration;

use super::Attempt;

/// Whose page is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RetryRule {
    /// "Use Real-Time Notifications": a server that cannot be reached and a 4xx are never retried; a timeout and a response
    /// outside of 200 to 4xx are. The harsher of the two, and the one that a receiver of the Appstore has to survive.
    Appstore,
    /// "Amazon SNS message delivery retries": all 5xx and 429 are retried, and so is a server that is unavailable; every
    /// other error is permanent.
    Sns,
}

impl RetryRule {
    /// Whether there is another attempt after this one.
    pub fn tries_again(self, attempt: &Attempt) -> bool {
        match (self, attempt) {
            (Self::Appstore, Attempt::Answered { status, .. }) => !(200..500).contains(status),
            (Self::Appstore, Attempt::Unreachable(_)) => false,
            (Self::Sns, Attempt::Answered { status, .. }) => *status == 429 || *status >= 500,
            (Self::Sns, Attempt::Unreachable(_)) => true,
            (Self::Appstore | Self::Sns, Attempt::TimedOut) => true,
        }
    }
}

/// "Up to three retries with a delay between failed attempts set at 20 seconds" ("Set the delivery policy for the Amazon SNS
/// subscription").
pub const SNS_DEFAULT_DELAYS: [Duration; 3] = [Duration::from_secs(20); 3];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_page_has_its_own_idea_of_what_is_tried_again() {
        let answered = |status| Attempt::Answered {
            status,
            body: String::new(),
        };
        let unreachable = Attempt::Unreachable("refused".into());
        for (attempt, appstore, sns) in [
            (answered(200), false, false),
            (answered(302), false, false),
            (answered(400), false, false),
            (answered(403), false, false),
            (answered(429), false, true),
            (answered(500), true, true),
            (answered(503), true, true),
            (Attempt::TimedOut, true, true),
            (unreachable, false, true),
        ] {
            assert_eq!(RetryRule::Appstore.tries_again(&attempt), appstore, "{attempt:?}");
            assert_eq!(RetryRule::Sns.tries_again(&attempt), sns, "{attempt:?}");
        }
    }
}
