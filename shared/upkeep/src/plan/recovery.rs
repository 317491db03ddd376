//! What is enabled after a certificate mistake.
//!
//! SNS disables endpoints, too, when the platform application has the wrong certificate: nothing was wrong with their tokens, and no
//! device will say so again. The evidence is the operator's: *between these two moments every disabling was a mistake*. It is taken for
//! endpoints that are known to have been disabled then, once, in waves that begin small; whether the next one may follow is
//! decided by how many were disabled again ([`crate::rails::next_wave`]).

use jiff::Timestamp;

use super::settings::{Mode, Moment, Settings};
use crate::device::Device;
use crate::endpoint::EndpointId;

/// The mistake, and how far making it good has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// From when on the certificate was wrong.
    pub from: Timestamp,
    /// Until when; in the past.
    pub until: Timestamp,
    /// Which endpoints it is the turn of.
    pub wave: Wave,
}

/// A part of all endpoints, chosen by their ids; each wave holds the one before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    /// One in a hundred.
    Canary,
    /// One in ten.
    Tenth,
    /// One in two.
    Half,
    /// All.
    All,
}

/// Whether the endpoint of a row was disabled by mistake, and it is its turn.
pub(super) fn is_mistake(device: &Device, endpoint: EndpointId, settings: &Settings, moment: &Moment) -> bool {
    match (settings.mode, device.disabled_at) {
        (Mode::Recover(recovery), Some(at)) => recovery.covers(&endpoint, at, moment.now),
        (Mode::Plan | Mode::Apply, _) | (_, None) => false,
    }
}

impl Recovery {
    /// Whether an endpoint that was disabled then is to be enabled now.
    pub(super) fn covers(&self, endpoint: &EndpointId, disabled_at: Timestamp, now: Timestamp) -> bool {
        let is_window = self.until < now && self.from <= disabled_at && disabled_at <= self.until;
        is_window && self.wave.holds(endpoint)
    }
}

impl Wave {
    /// Whether an endpoint is in it.
    pub fn holds(self, endpoint: &EndpointId) -> bool {
        // The first 48 bits of a UUID are as good as random, in each of its versions that has no clock.
        let [a, b, ..] = *endpoint.as_bytes();
        u32::from(u16::from_be_bytes([a, b])) * 100 < u32::from(self.percent()) << 16
    }

    fn percent(self) -> u8 {
        match self {
            Self::Canary => 1,
            Self::Tenth => 10,
            Self::Half => 50,
            Self::All => 100,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Wave;
    use crate::endpoint::EndpointId;

    #[test]
    fn each_wave_holds_its_part_and_the_wave_before() {
        let ids = || (0..=u16::MAX).map(|n| EndpointId::given([n.to_be_bytes(), [0; 2]].concat().repeat(4).try_into().unwrap()));
        for (wave, part) in [
            (Wave::Canary, 656),
            (Wave::Tenth, 6_554),
            (Wave::Half, 32_768),
            (Wave::All, 65_536),
        ] {
            assert_eq!(ids().filter(|id| wave.holds(id)).count(), part, "{wave:?}");
        }
        assert!(ids().filter(|id| Wave::Canary.holds(id)).all(|id| Wave::Tenth.holds(&id)));
    }
}
