//! What may be done with a device.

/// What may be done with a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It is to have an enabled endpoint with its token, as far as there is evidence that the token is good.
    Live,
    /// Its user wants no messages. A later confirmation is the user's change of mind.
    OptedOut,
    /// Its token is refused again and again: nothing, until the token is another.
    Quarantined,
    /// SNS has no place for its token: it keeps it for an endpoint that has another one by now. Nothing, until the device confirms again.
    SlotConflict,
    /// A newer confirmation of another device has its token.
    Superseded,
    /// Given up: its endpoint is to be deleted. A later confirmation brings it back.
    Tombstone,
}

impl State {
    /// As it stands in the table and in a log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::OptedOut => "opted_out",
            Self::Quarantined => "quarantined",
            Self::SlotConflict => "slot_conflict",
            Self::Superseded => "superseded",
            Self::Tombstone => "tombstone",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let all = [
            Self::Live,
            Self::OptedOut,
            Self::Quarantined,
            Self::SlotConflict,
            Self::Superseded,
            Self::Tombstone,
        ];
        all.into_iter().find(|state| state.as_str() == text)
    }

    /// A row in this state is kept until somebody changes it.
    pub(crate) fn is_kept(self) -> bool {
        match self {
            Self::Live | Self::Quarantined | Self::SlotConflict => true,
            Self::OptedOut | Self::Superseded | Self::Tombstone => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::State;

    #[test]
    fn every_state_is_read_as_it_is_written() {
        for state in ["live", "opted_out", "quarantined", "slot_conflict", "superseded", "tombstone"] {
            assert_eq!(State::parse(state).map(State::as_str), Some(state));
        }
        assert_eq!(State::parse("Live"), None);
    }
}
