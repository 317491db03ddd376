//! Rows 5, 11, 15 to 17 and 20: who gets no pushes, and what nobody claims.

use super::facts::{
    DAY, NOW, act, claimed_by, decide, device, endpoint, facts, id, leave, opted_out, settings, since, tombstone,
};
use crate::device::{Device, State};
use crate::plan::{Action, Change, Claim, Facts, Orphans, Own, Reason, Row, Settings, plan};

#[test]
fn row_5_what_has_been_disabled_for_longer_than_the_retention_is_deleted_in_two_phases() {
    let mut old = device().disabled(30);
    old.confirmed_at = NOW.now - DAY * 40;
    let holders = [endpoint(1).disabled()];
    let buried = Action::Change(Change::Bury(since(0, 0)));
    assert_eq!(decide(&facts(old, Own::Holder, &holders)), act(Reason::PastRetention, buried));

    for (days, passes, decision) in [
        (0, 0, leave(Reason::TombstoneWaits)),
        (1, 1, leave(Reason::TombstoneWaits)),
        (0, 2, leave(Reason::TombstoneWaits)),
        (1, 2, act(Reason::TombstoneOver, Action::Delete(id(1)))),
    ] {
        assert_eq!(decide(&facts(tombstone(days, passes), Own::Holder, &holders)), decision);
    }
    let unbind = Action::Change(Change::Unbind);
    assert_eq!(
        decide(&facts(tombstone(1, 2), Own::Missing, &[])),
        act(Reason::TombstoneDone, unbind)
    );
}

#[test]
fn row_5_a_tombstone_that_is_enabled_is_not_deleted() {
    let enabled = facts(tombstone(9, 9), Own::Holder, &[endpoint(1)]);

    assert_eq!(decide(&enabled), leave(Reason::TombstoneEnabled));
}

#[test]
fn row_11_an_orphan_is_reported_and_deleted_in_two_phases_only_if_the_operator_says_so() {
    let delete = Settings {
        orphans: Orphans::Delete,
        ..settings()
    };
    let orphan = |endpoint, claim| Facts {
        row: Row::None,
        claim,
        ..facts(device(), Own::Unset, &[endpoint])
    };
    let with = |settings: &Settings, endpoint, claim| plan(&orphan(endpoint, claim), settings, &NOW);

    assert_eq!(with(&settings(), endpoint(2), Claim::Nobody), leave(Reason::Orphan));
    assert_eq!(
        with(&settings(), endpoint(2).condemned(9, 9), Claim::Nobody),
        leave(Reason::Orphan)
    );
    assert_eq!(
        with(&delete, endpoint(2), Claim::Nobody),
        act(Reason::Orphan, Action::Condemn(id(2)))
    );
    assert_eq!(
        with(&delete, endpoint(2).condemned(1, 1), Claim::Nobody),
        leave(Reason::OrphanWaits)
    );
    let over = with(&delete, endpoint(2).condemned(1, 2), Claim::Nobody);
    assert_eq!(over, act(Reason::OrphanOver, Action::Delete(id(2))));
    assert_eq!(
        with(&delete, endpoint(2).condemned(1, 2), Claim::Another),
        leave(Reason::OrphanClaimed)
    );
}

#[test]
fn row_15_a_row_whose_token_another_has_is_unbound_whatever_its_state() {
    let unbind = act(Reason::Superseded, Action::Change(Change::Unbind));
    let holders = [endpoint(1).disabled()];
    for state in [
        State::Live,
        State::Quarantined,
        State::SlotConflict,
        opted_out(9, 9).state,
        tombstone(9, 9).state,
    ] {
        let lost = claimed_by(Claim::Another, facts(Device { state, ..device() }, Own::Holder, &holders));
        assert_eq!(decide(&lost), unbind, "{state:?}");
    }
    let mut superseded = device();
    superseded.state = State::Superseded;
    assert_eq!(decide(&facts(superseded.clone(), Own::Holder, &holders)), unbind);
    superseded.endpoint = None;
    assert_eq!(decide(&facts(superseded, Own::Unset, &holders)), leave(Reason::Superseded));
}

#[test]
fn row_16_a_device_that_opted_out_is_disabled_now_and_deleted_after_the_grace() {
    let at = NOW.now;
    let with = |device: Device, holder| decide(&facts(device, Own::Holder, &[holder]));

    let noted = Action::Change(Change::NoteDisabled { at, again: false });
    assert_eq!(with(opted_out(0, 0), endpoint(1)), act(Reason::OptedOut, noted));
    assert_eq!(
        with(opted_out(0, 0).disabled(0), endpoint(1)),
        act(Reason::OptedOut, Action::Disable(id(1)))
    );
    assert_eq!(
        with(opted_out(1, 1).disabled(1), endpoint(1).disabled()),
        leave(Reason::OptedOutWaits)
    );
    let over = with(opted_out(1, 2).disabled(1), endpoint(1).disabled());
    assert_eq!(over, act(Reason::OptedOutOver, Action::Delete(id(1))));
    let gone = decide(&facts(opted_out(1, 2), Own::Missing, &[]));
    assert_eq!(gone, act(Reason::OptedOutDone, Action::Change(Change::Unbind)));
}

#[test]
fn row_17_a_token_that_is_disabled_again_and_again_is_not_enabled_even_with_evidence() {
    let mut often = device().disabled(20);
    often.disabled_again = 2;
    let holders = [endpoint(1).disabled()];
    let quarantine = act(Reason::DisabledTooOften, Action::Change(Change::Quarantine));
    assert_eq!(decide(&facts(often.clone(), Own::Holder, &holders)), quarantine);

    often.state = State::Quarantined;
    assert_eq!(decide(&facts(often, Own::Holder, &holders)), leave(Reason::Quarantined));
}

#[test]
fn row_20_a_row_that_cannot_be_read_or_that_claims_nothing_is_reported() {
    let malformed = Facts {
        row: Row::Malformed,
        ..facts(device(), Own::Holder, &[endpoint(1).disabled()])
    };
    assert_eq!(decide(&malformed), leave(Reason::BadRow));

    let unclaimed = claimed_by(
        Claim::Nobody,
        facts(device().disabled(20), Own::Holder, &[endpoint(1).disabled()]),
    );
    assert_eq!(decide(&unclaimed), leave(Reason::ClaimMissing));
}
