//! Whether the next wave of a recovery may follow.

use crate::plan::Wave;

/// What has become of the endpoints of a wave, in all its runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveResult {
    /// The wave.
    pub wave: Wave,
    /// So many were enabled. One that SNS refused, or did not answer for, is none of them.
    pub enabled: u64,
    /// So many of those were disabled again.
    pub disabled_again: u64,
    /// So many are still to be enabled.
    pub left: u64,
    /// Its last run had more to enable than a run may.
    pub is_held_back: bool,
}

/// Whose turn it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// This wave's; it may be the last one's, which is not over.
    Of(Wave),
    /// Nobody's: too many were disabled again, so it was not only the certificate.
    DidBadly,
    /// Nobody's: all are done.
    Over,
}

impl WaveResult {
    /// At most one in twenty was disabled again.
    pub fn did_well(&self) -> bool {
        self.disabled_again.saturating_mul(MOST_AGAIN) <= self.enabled
    }

    /// What is left is more than a remainder: the wave shows nothing yet, or is not done. The last one leaves nothing to a next.
    fn is_unfinished(&self) -> bool {
        self.left > 0 && (self.is_held_back || self.left > self.enabled || self.wave == Wave::All)
    }
}

/// The first wave if there was none, and the next one after one that is done and did well.
pub fn next_wave(last: Option<&WaveResult>) -> Turn {
    let Some(last) = last else {
        return Turn::Of(Wave::Canary);
    };
    if !last.did_well() {
        return Turn::DidBadly;
    }
    if last.is_unfinished() {
        return Turn::Of(last.wave);
    }
    match last.wave {
        Wave::Canary => Turn::Of(Wave::Tenth),
        Wave::Tenth => Turn::Of(Wave::Half),
        Wave::Half => Turn::Of(Wave::All),
        Wave::All => Turn::Over,
    }
}

/// One in so many.
const MOST_AGAIN: u64 = 20;

#[cfg(test)]
mod tests {
    use super::{Turn, WaveResult, next_wave};
    use crate::plan::Wave;

    fn done(wave: Wave) -> WaveResult {
        WaveResult {
            wave,
            enabled: 100,
            disabled_again: 0,
            left: 0,
            is_held_back: false,
        }
    }

    #[test]
    fn a_wave_follows_one_that_did_well() {
        let after = |wave, disabled_again| {
            next_wave(Some(&WaveResult {
                disabled_again,
                ..done(wave)
            }))
        };

        assert_eq!(next_wave(None), Turn::Of(Wave::Canary));
        assert_eq!(after(Wave::Canary, 5), Turn::Of(Wave::Tenth));
        assert_eq!(after(Wave::Canary, 6), Turn::DidBadly);
        assert_eq!(after(Wave::Tenth, 0), Turn::Of(Wave::Half));
        assert_eq!(after(Wave::Half, 0), Turn::Of(Wave::All));
        assert_eq!(after(Wave::All, 0), Turn::Over);
    }

    #[test]
    fn a_wave_that_is_not_done_is_no_ground_for_the_next() {
        let after = |wave, enabled, left, is_held_back| {
            next_wave(Some(&WaveResult {
                enabled,
                left,
                is_held_back,
                ..done(wave)
            }))
        };

        // Nothing was enabled that could have been: nothing is known. If there was nothing, nothing will be.
        assert_eq!(after(Wave::Canary, 0, 1, false), Turn::Of(Wave::Canary));
        assert_eq!(after(Wave::Canary, 0, 0, false), Turn::Of(Wave::Tenth));
        assert_eq!(after(Wave::Tenth, 10, 11, false), Turn::Of(Wave::Tenth));
        assert_eq!(after(Wave::Tenth, 10, 2, false), Turn::Of(Wave::Half));
        // A cap cut it short.
        assert_eq!(after(Wave::Tenth, 1_000, 1, true), Turn::Of(Wave::Tenth));
        assert_eq!(after(Wave::Tenth, 1_000, 0, true), Turn::Of(Wave::Half));
        assert_eq!(after(Wave::All, 1_000, 1, false), Turn::Of(Wave::All));
    }
}
