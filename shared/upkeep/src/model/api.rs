//! What differs from one story to the next, and what must hold in each.

/// How the reconciler is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Run {
    Apply,
    ApplyAndDeleteOrphans,
    Plan,
}

/// What AWS does not document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Api {
    pub(super) create_on_disabled: CreateOnDisabled,
    pub(super) set_taken: SetTaken,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum CreateOnDisabled {
    Conflicts,
    SucceedsAndLeavesIt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum SetTaken {
    IsRefused,
    IsRefusedWithoutName,
    MakesADuplicate,
}

impl Api {
    pub(super) const ALL: [Self; 6] = {
        let (conflicts, succeeds) = (CreateOnDisabled::Conflicts, CreateOnDisabled::SucceedsAndLeavesIt);
        let (named, unnamed, duplicate) = (SetTaken::IsRefused, SetTaken::IsRefusedWithoutName, SetTaken::MakesADuplicate);
        [
            Self::of(conflicts, named),
            Self::of(conflicts, unnamed),
            Self::of(conflicts, duplicate),
            Self::of(succeeds, named),
            Self::of(succeeds, unnamed),
            Self::of(succeeds, duplicate),
        ]
    };

    const fn of(create_on_disabled: CreateOnDisabled, set_taken: SetTaken) -> Self {
        Self {
            create_on_disabled,
            set_taken,
        }
    }
}

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Promise {
    /// A winner with evidence has an enabled endpoint with its token and user data after a pass.
    Heals,
    /// And without evidence none was enabled.
    NoBlindEnable,
    /// Every endpoint but one of a token is condemned after a pass, and gone after some.
    NoDuplicates,
    /// No two live rows name one endpoint.
    OneOwner,
    /// No live row names an endpoint with a token that another row claims.
    NoMisdirection,
    /// Nothing of a row is overwritten that was not read.
    NoLostUpdate,
    /// What belongs to another row is left alone.
    LeavesOthersAlone,
    /// A device that opted out has no enabled endpoint after a pass.
    HonoursOptOut,
    /// A second pass writes nothing.
    Settles,
    /// Nothing is deleted before its time.
    TwoPhases,
    /// A device that registers while a pass runs is none the worse for it.
    LetsDevicesComeBack,
}
