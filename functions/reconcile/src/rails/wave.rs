//! Whether the next wave of a recovery may follow.

use crate::plan::Wave;

/// What became of the endpoints of a wave, a day after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaveResult {
    /// The wave.
    pub wave: Wave,
    /// So many were enabled.
    pub enabled: u64,
    /// So many of them were disabled again.
    pub disabled_again: u64,
}

/// The wave to come: the first if there was none, the next if the last one did well. None when all are done, and none after a wave
/// of which more than one in twenty was disabled again: then it was not only the certificate.
pub fn next_wave(last: Option<&WaveResult>) -> Option<Wave> {
    let Some(last) = last else {
        return Some(Wave::Canary);
    };
    let did_well = last.disabled_again.saturating_mul(MOST_AGAIN) <= last.enabled;
    let next = match last.wave {
        Wave::Canary => Some(Wave::Tenth),
        Wave::Tenth => Some(Wave::Half),
        Wave::Half => Some(Wave::All),
        Wave::All => None,
    };
    next.filter(|_| did_well)
}

/// One in so many.
const MOST_AGAIN: u64 = 20;

#[cfg(test)]
mod tests {
    use super::{WaveResult, next_wave};
    use crate::plan::Wave;

    #[test]
    fn a_wave_follows_one_that_did_well() {
        let after = |wave, disabled_again| {
            next_wave(Some(&WaveResult {
                wave,
                enabled: 100,
                disabled_again,
            }))
        };

        assert_eq!(next_wave(None), Some(Wave::Canary));
        assert_eq!(after(Wave::Canary, 5), Some(Wave::Tenth));
        assert_eq!(after(Wave::Canary, 6), None);
        assert_eq!(after(Wave::Tenth, 0), Some(Wave::Half));
        assert_eq!(after(Wave::Half, 0), Some(Wave::All));
        assert_eq!(after(Wave::All, 0), None);
    }
}
