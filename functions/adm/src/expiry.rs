//! How long ADM keeps a message for a device that is offline.
//!
//! Promises 1 to 2,678,400 seconds, and 604,800 where nothing is said ("Topic Based Messaging", `expiresAfter`). The greatest
//! value is 31 days; senders that stop at 28, which is another service's limit, refuse what Amazon accepts.

/// A whole number of seconds within the limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Expiry(u32);

impl Expiry {
    /// 31 days.
    pub const MAX_SECONDS: u32 = 31 * 24 * 60 * 60;

    /// So many seconds; nothing when that is no whole number or beyond the limits. However it is spelled, `86400`, `86400.0` and
    /// `8.64e4` are one number in JSON.
    pub(crate) fn from_number(seconds: f64) -> Option<Self> {
        let fits = (1.0..=f64::from(Self::MAX_SECONDS)).contains(&seconds) && seconds.fract() == 0.0;
        fits.then_some(Self(seconds as u32))
    }

    /// The seconds.
    pub fn seconds(self) -> u32 {
        self.0
    }
}

impl Default for Expiry {
    /// One week, as ADM takes it when nothing is said.
    fn default() -> Self {
        Self(7 * 24 * 60 * 60)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirty_one_days_are_accepted_and_one_second_more_is_not() {
        assert_eq!(Expiry::MAX_SECONDS, 2_678_400);
        for (seconds, expected) in [
            (1.0, Some(1)),
            (86_400.0, Some(86_400)),
            (2_419_201.0, Some(2_419_201)),
            (2_678_400.0, Some(2_678_400)),
            (2_678_401.0, None),
            (0.0, None),
            (-0.0, None),
            (-1.0, None),
            (0.5, None),
            (1.5, None),
            (1e300, None),
        ] {
            assert_eq!(Expiry::from_number(seconds).map(Expiry::seconds), expected, "{seconds}");
        }
    }

    #[test]
    fn a_message_is_kept_for_a_week_when_nothing_is_said() {
        assert_eq!(Expiry::default().seconds(), 604_800);
    }
}
