//! A row of the registry as the plan sees it: hashes in the place of texts, and passes in the place of times.

use jiff::Timestamp;
use registry::Device;
use upkeep::plan::Moment;
use upkeep::{EndpointId, NotAnEndpoint, Since, State, Ticket, TokenHash, UserDataHash};

/// When the last two completed passes over an application began, the newest first. A second phase waits for two passes that began after the
/// first, and more of them say nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passes(pub [Option<Timestamp>; 2]);

impl Passes {
    /// Nobody waits for any.
    pub const NONE: Self = Self([None; 2]);

    /// Now, counted in passes.
    pub fn moment(&self, now: Timestamp) -> Moment {
        Moment { now, pass: NOW }
    }

    /// That time, counted in passes.
    pub fn since(&self, at: Timestamp) -> Since {
        let after = self.0.iter().flatten().filter(|began| **began > at).count();
        Since {
            at,
            pass: NOW.saturating_sub(after.try_into().unwrap_or(NOW)),
        }
    }
}

/// What the plan knows of a row.
///
/// # Errors
/// [`NotAnEndpoint`] if the row names an endpoint whose id is not a UUID.
pub fn device(row: &Device, passes: &Passes) -> Result<upkeep::Device, NotAnEndpoint> {
    let endpoint = row.endpoint.as_ref().map(|endpoint| EndpointId::of_arn(endpoint.as_str()));
    Ok(upkeep::Device {
        token: TokenHash::of(row.token.as_str()),
        user_data: UserDataHash::of(&row.user_data()),
        state: match row.state {
            registry::State::Live => State::Live,
            registry::State::OptedOut => State::OptedOut(passes.since(row.since)),
            registry::State::Quarantined => State::Quarantined,
            registry::State::SlotConflict => State::SlotConflict,
            registry::State::Superseded => State::Superseded,
            registry::State::Tombstone => State::Tombstone(passes.since(row.since)),
        },
        endpoint: endpoint.transpose()?,
        confirmed_at: row.confirmed_at,
        disabled_at: row.disabled_at,
        enables_since_confirm: row.enables_since_confirm,
        enabled_at: row.enabled_at,
        disabled_again: row.disabled_again,
        ticket: row.ticket.map(|ticket| Ticket {
            run: ticket.run,
            number: ticket.number,
        }),
        version: version(row),
    })
}

/// Registry's versions begin at an epoch millisecond.
pub(crate) fn version(row: &Device) -> u64 {
    u64::try_from(row.version).unwrap_or_default()
}

/// The count of passes at any moment that is now: only differences matter.
const NOW: u64 = 2;

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_time_is_as_many_passes_ago_as_have_begun_since_and_two_at_most() {
        let passes = Passes([Some(at(20)), Some(at(10))]);
        let pass = |second| passes.since(at(second)).pass;
        assert_eq!([pass(9), pass(10), pass(19), pass(20), pass(21)], [0, 1, 1, 2, 2]);
        assert_eq!(Passes::default().since(at(0)).pass, 2);
        assert_eq!(passes.moment(at(30)), Moment { now: at(30), pass: 2 });
    }
}
