//! Why something was decided: stable codes, each of one row of the table.

/// The reason of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The endpoint is enabled and says whose it is.
    Healthy,
    /// It is, though it was known to be disabled: somebody else enabled it.
    EnabledElsewhere,
    /// Its user data is not the row's.
    UserDataDiffers,
    /// The device has confirmed its token since it was disabled.
    ConfirmedSinceDisabled,
    /// It has not.
    NotConfirmedSince,
    /// It is disabled, and nobody has heard of it: from now on it is known.
    DisabledUnseen,
    /// It was enabled on the strength of the last confirmation, and is disabled again.
    DisabledAgain,
    /// Somebody has just counted that it enables the endpoint, and may be about to.
    EnableUnderWay,
    /// The operator says that it was disabled by mistake.
    CertificateMistake,
    /// No endpoint has the token, and there is no evidence to make one.
    NoEvidence,
    /// It has been disabled for longer than the retention.
    PastRetention,
    /// Its deletion waits for its second phase.
    TombstoneWaits,
    /// Its deletion is due.
    TombstoneOver,
    /// It is to be deleted, but is enabled.
    TombstoneEnabled,
    /// It is gone.
    TombstoneDone,
    /// Another endpoint has the token, and is enabled.
    TokenElsewhere,
    /// Another endpoint has the token, and is disabled.
    TokenElsewhereDisabled,
    /// Several others have it; one was chosen.
    ChosenOfSeveral,
    /// The chosen one is condemned.
    ChosenIsCondemned,
    /// One that was not chosen.
    Duplicate,
    /// Its deletion waits for its second phase.
    DuplicateWaits,
    /// Its deletion is due.
    DuplicateOver,
    /// The token has changed, and nobody claims the endpoint's old one.
    TokenChanged,
    /// The row's endpoint has the token of another device.
    EndpointOfAnother,
    /// Nobody claims the endpoint's token.
    Orphan,
    /// Its deletion waits for its second phase.
    OrphanWaits,
    /// Its deletion is due.
    OrphanOver,
    /// Somebody does claim it.
    OrphanClaimed,
    /// No endpoint has the token.
    NoEndpoint,
    /// The row's endpoint is gone, and there is no evidence to make another.
    EndpointMissing,
    /// SNS named an endpoint that has the token.
    ConflictResolved,
    /// SNS said that there is one, but none that it named has the token.
    ConflictUnverified,
    /// SNS keeps the token's place for an endpoint with another token.
    SlotTaken,
    /// The same, since an earlier pass.
    SlotConflict,
    /// A newer confirmation has the token.
    Superseded,
    /// The device wants no pushes.
    OptedOut,
    /// Its endpoint's deletion waits.
    OptedOutWaits,
    /// Its endpoint's deletion is due.
    OptedOutOver,
    /// Its endpoint is gone.
    OptedOutDone,
    /// The token was disabled again too often.
    DisabledTooOften,
    /// The same, since an earlier pass.
    Quarantined,
    /// SNS has disabled the platform application.
    ApplicationDisabled,
    /// Its certificate has expired.
    CertificateExpired,
    /// What was found differs too much from the last run.
    BreakerOpen,
    /// An operator has stopped the run.
    SwitchedOff,
    /// SNS asked for patience.
    Throttled,
    /// SNS or the store refused with an error that is not known.
    Refused,
    /// There was no answer.
    Unanswered,
    /// Somebody else was faster each time.
    Overtaken,
    /// More steps than any case needs.
    Endless,
    /// The row cannot be read.
    BadRow,
    /// The row's token is claimed by nobody, not even by the row.
    ClaimMissing,
}

impl Reason {
    /// The row of the table.
    pub fn row(self) -> u8 {
        self.entry().0
    }

    /// The code in reports, metrics and logs.
    pub fn code(self) -> &'static str {
        self.entry().1
    }

    fn entry(self) -> (u8, &'static str) {
        match self {
            Self::Healthy => (1, "healthy"),
            Self::EnabledElsewhere => (1, "enabled_elsewhere"),
            Self::UserDataDiffers => (2, "user_data_differs"),
            Self::ConfirmedSinceDisabled => (3, "confirmed_since_disabled"),
            Self::EnableUnderWay => (3, "enable_under_way"),
            Self::NotConfirmedSince => (4, "not_confirmed_since"),
            Self::DisabledUnseen => (4, "disabled_unseen"),
            Self::DisabledAgain => (4, "disabled_again"),
            Self::CertificateMistake => (4, "certificate_mistake"),
            Self::NoEvidence => (4, "no_evidence"),
            Self::PastRetention => (5, "past_retention"),
            Self::TombstoneWaits => (5, "tombstone_waits"),
            Self::TombstoneOver => (5, "tombstone_over"),
            Self::TombstoneEnabled => (5, "tombstone_enabled"),
            Self::TombstoneDone => (5, "tombstone_done"),
            Self::TokenElsewhere => (6, "token_elsewhere"),
            Self::TokenElsewhereDisabled => (7, "token_elsewhere_disabled"),
            Self::ChosenOfSeveral => (8, "chosen_of_several"),
            Self::ChosenIsCondemned => (8, "chosen_is_condemned"),
            Self::Duplicate => (8, "duplicate"),
            Self::DuplicateWaits => (8, "duplicate_waits"),
            Self::DuplicateOver => (8, "duplicate_over"),
            Self::TokenChanged => (9, "token_changed"),
            Self::EndpointOfAnother => (10, "endpoint_of_another"),
            Self::Orphan => (11, "orphan"),
            Self::OrphanWaits => (11, "orphan_waits"),
            Self::OrphanOver => (11, "orphan_over"),
            Self::OrphanClaimed => (11, "orphan_claimed"),
            Self::NoEndpoint => (12, "no_endpoint"),
            Self::EndpointMissing => (12, "endpoint_missing"),
            Self::ConflictResolved => (13, "conflict_resolved"),
            Self::ConflictUnverified => (13, "conflict_unverified"),
            Self::SlotTaken => (14, "slot_taken"),
            Self::SlotConflict => (14, "slot_conflict"),
            Self::Superseded => (15, "superseded"),
            Self::OptedOut => (16, "opted_out"),
            Self::OptedOutWaits => (16, "opted_out_waits"),
            Self::OptedOutOver => (16, "opted_out_over"),
            Self::OptedOutDone => (16, "opted_out_done"),
            Self::DisabledTooOften => (17, "disabled_too_often"),
            Self::Quarantined => (17, "quarantined"),
            Self::ApplicationDisabled => (18, "application_disabled"),
            Self::CertificateExpired => (18, "certificate_expired"),
            Self::BreakerOpen => (18, "breaker_open"),
            Self::SwitchedOff => (18, "switched_off"),
            Self::Throttled => (19, "throttled"),
            Self::Refused => (19, "refused"),
            Self::Unanswered => (19, "unanswered"),
            Self::Overtaken => (19, "overtaken"),
            Self::Endless => (19, "endless"),
            Self::BadRow => (20, "bad_registry_row"),
            Self::ClaimMissing => (20, "claim_missing"),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_code_is_told_in_the_readme_beside_its_row() {
        let readme = include_str!("../../README.md");
        let source = include_str!("reason.rs");
        let entries: Vec<_> = source
            .lines()
            .filter_map(|line| line.trim().strip_prefix("Self::")?.split_once(" => ("))
            .map(|(_, entry)| entry.trim_end_matches("),").split_once(", \"").unwrap())
            .map(|(row, code)| (row, code.trim_end_matches('"')))
            .collect();
        assert_eq!(entries.len(), 52);
        for (row, code) in entries {
            let told = |line: &str| line.starts_with(&format!("| {row} |")) && line.contains(&format!("`{code}`"));
            assert!(readme.lines().any(told), "{row} {code}");
        }
    }
}
