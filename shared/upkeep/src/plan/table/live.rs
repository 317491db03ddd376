//! Rows 1 to 4, 6 to 10 and 12 to 14: a device that wants pushes.

use jiff::SignedDuration;

use super::facts::{NOW, act, decide, device, enable, endpoint, facts, id, leave, settings};
use crate::device::Device;
use crate::plan::{Action, Change, Claim, Own, Reason, Refusal, Row, forecast};

#[test]
fn row_1_a_healthy_device_is_left_alone() {
    let healthy = facts(device(), Own::Holder, &[endpoint(1)]);

    assert_eq!(decide(&healthy), leave(Reason::Healthy));
}

#[test]
fn row_1_an_endpoint_that_somebody_else_enabled_ends_what_was_known_only_if_the_confirmation_is_newer() {
    let with = |disabled_days_ago| facts(device().disabled(disabled_days_ago), Own::Holder, &[endpoint(1)]);

    assert_eq!(
        decide(&with(20)),
        act(Reason::EnabledElsewhere, Action::Change(Change::NoteEnabled))
    );
    assert_eq!(decide(&with(5)), leave(Reason::EnabledElsewhere));
}

#[test]
fn row_2_other_user_data_is_mended_and_nothing_else() {
    let differs = facts(device(), Own::Holder, &[endpoint(1).with_other_user_data()]);

    assert_eq!(decide(&differs), act(Reason::UserDataDiffers, Action::MendUserData(id(1))));
}

#[test]
fn row_3_a_token_that_was_confirmed_since_it_was_disabled_is_enabled() {
    let confirmed = facts(device().disabled(20), Own::Holder, &[endpoint(1).disabled()]);

    assert_eq!(decide(&confirmed), act(Reason::ConfirmedSinceDisabled, enable(1)));
}

#[test]
fn row_3_the_user_data_goes_along_when_it_differs() {
    let confirmed = facts(
        device().disabled(20),
        Own::Holder,
        &[endpoint(1).disabled().with_other_user_data()],
    );
    let both = Action::Enable {
        endpoint: id(1),
        with_user_data: true,
    };

    assert_eq!(decide(&confirmed), act(Reason::ConfirmedSinceDisabled, both));
}

#[test]
fn row_3_once_for_each_confirmation() {
    let again = facts(device().disabled(20).enabled_once(), Own::Holder, &[endpoint(1).disabled()]);
    let at = NOW.now;

    let noted = act(
        Reason::DisabledAgain,
        Action::Change(Change::NoteDisabled { at, again: true }),
    );
    assert_eq!(decide(&again), noted);
}

#[test]
fn row_4_a_token_that_was_not_confirmed_since_is_left_and_the_same_moment_is_not_since() {
    for days_ago in [10, 5] {
        let stale = facts(device().disabled(days_ago), Own::Holder, &[endpoint(1).disabled()]);
        assert_eq!(decide(&stale), leave(Reason::NotConfirmedSince), "{days_ago}");
    }
}

#[test]
fn row_4_what_nobody_has_heard_of_is_put_on_record_and_is_no_evidence() {
    let unheard = facts(device(), Own::Holder, &[endpoint(1).disabled()]);
    let at = NOW.now;

    let noted = act(
        Reason::DisabledUnseen,
        Action::Change(Change::NoteDisabled { at, again: false }),
    );
    assert_eq!(decide(&unheard), noted);
}

#[test]
fn row_4_a_confirmation_from_a_clock_that_is_ahead_does_not_count_as_newer() {
    let mut ahead = device();
    ahead.confirmed_at = NOW.now + SignedDuration::from_secs(5);
    let at = ahead.confirmed_at;
    let unheard = facts(ahead, Own::Holder, &[endpoint(1).disabled()]);

    let noted = act(
        Reason::DisabledUnseen,
        Action::Change(Change::NoteDisabled { at, again: false }),
    );
    assert_eq!(decide(&unheard), noted);
}

#[test]
fn row_4_a_device_without_an_endpoint_and_without_evidence_is_left() {
    for stale in [device().disabled(5), device().enabled_once()] {
        let mut unbound = facts(stale.clone(), Own::Unset, &[]);
        if let Row::Known(device) = &mut unbound.row {
            device.endpoint = None;
        }
        assert_eq!(decide(&unbound), leave(Reason::NoEvidence));
        assert_eq!(
            decide(&facts(stale, Own::Other(Claim::Nobody), &[])),
            leave(Reason::NoEvidence)
        );
    }
}

#[test]
fn rows_6_and_7_an_endpoint_that_has_the_token_is_adopted_enabled_or_not() {
    let bind = Action::Change(Change::Bind(id(2)));
    for own in [Own::Missing, Own::Other(Claim::Nobody), Own::Other(Claim::Another)] {
        let enabled = facts(device(), own, &[endpoint(2)]);
        assert_eq!(decide(&enabled), act(Reason::TokenElsewhere, bind.clone()));
        let disabled = facts(device(), own, &[endpoint(2).disabled()]);
        assert_eq!(decide(&disabled), act(Reason::TokenElsewhereDisabled, bind.clone()));
    }
}

#[test]
fn row_7_adoption_is_followed_by_what_the_evidence_says() {
    let reasons = |device: Device| {
        let facts = facts(device, Own::Missing, &[endpoint(2).disabled()]);
        let decisions = forecast(&facts, &settings(), &NOW, id(9));
        decisions.into_iter().map(|decision| decision.reason).collect::<Vec<_>>()
    };

    let adopted = Reason::TokenElsewhereDisabled;
    assert_eq!(
        reasons(device().disabled(20)),
        [adopted, Reason::ConfirmedSinceDisabled, Reason::Healthy]
    );
    assert_eq!(reasons(device().disabled(5)), [adopted, Reason::NotConfirmedSince]);
}

#[test]
fn row_8_of_several_the_row_s_own_is_kept_else_an_enabled_one_else_the_smallest() {
    let own_is_kept = facts(device(), Own::Holder, &[endpoint(0), endpoint(1).disabled()]);
    assert_eq!(decide(&own_is_kept).reason, Reason::DisabledUnseen);

    let bind = |n| act(Reason::ChosenOfSeveral, Action::Change(Change::Bind(id(n))));
    let several = |holders: &[_]| decide(&facts(device(), Own::Missing, holders));
    assert_eq!(several(&[endpoint(2).disabled(), endpoint(4), endpoint(3)]), bind(3));
    assert_eq!(several(&[endpoint(3).disabled(), endpoint(2).disabled()]), bind(2));
}

#[test]
fn row_8_the_others_are_deleted_in_two_phases_after_the_kept_one_is_well() {
    let with = |other| decide(&facts(device(), Own::Holder, &[endpoint(1), other]));

    assert_eq!(with(endpoint(2)), act(Reason::Duplicate, Action::Condemn(id(2))));
    assert_eq!(with(endpoint(2).condemned(1, 1)), leave(Reason::DuplicateWaits));
    assert_eq!(
        with(endpoint(2).condemned(1, 2)),
        act(Reason::DuplicateOver, Action::Delete(id(2)))
    );
    let first = facts(
        device(),
        Own::Holder,
        &[endpoint(1).with_other_user_data(), endpoint(2).condemned(1, 2)],
    );
    assert_eq!(decide(&first).reason, Reason::UserDataDiffers);
}

#[test]
fn row_8_one_that_is_waiting_does_not_keep_the_next_from_going() {
    let holders = [
        endpoint(1),
        endpoint(2).condemned(0, 0),
        endpoint(3).condemned(1, 2),
        endpoint(4),
    ];

    let decision = decide(&facts(device(), Own::Holder, &holders));
    assert_eq!(decision, act(Reason::DuplicateOver, Action::Delete(id(3))));
}

#[test]
fn row_8_a_condemned_endpoint_that_is_needed_after_all_is_spared_first() {
    let last_one = facts(device(), Own::Missing, &[endpoint(2).condemned(9, 9)]);

    assert_eq!(decide(&last_one), act(Reason::ChosenIsCondemned, Action::Spare(id(2))));
}

#[test]
fn row_9_a_new_token_is_given_to_the_endpoint_whose_old_one_nobody_claims() {
    let changed = facts(device(), Own::Other(Claim::Nobody), &[]);

    assert_eq!(decide(&changed), act(Reason::TokenChanged, Action::Rekey(id(1))));
}

#[test]
fn row_10_an_endpoint_with_another_device_s_token_is_let_go_and_never_touched() {
    let actions = |claim, device: Device| {
        let facts = facts(device, Own::Other(claim), &[]);
        forecast(&facts, &settings(), &NOW, id(9))
    };
    let unbind = act(Reason::EndpointOfAnother, Action::Change(Change::Unbind));

    let created = actions(Claim::Another, device());
    assert_eq!(created[..2], [unbind.clone(), act(Reason::NoEndpoint, Action::Create)]);
    assert!(created.iter().all(|decision| decision.endpoint() != Some(id(1))));
    let stale = actions(Claim::Another, device().disabled(5));
    assert_eq!(stale, [unbind, leave(Reason::NoEvidence)]);
}

#[test]
fn row_10_of_two_rows_that_name_one_endpoint_the_one_without_use_for_it_lets_go() {
    let with = |device| {
        let mut shared = facts(device, Own::Other(Claim::Nobody), &[]);
        shared.is_shared = true;
        decide(&shared)
    };

    let unbind = act(Reason::EndpointOfAnother, Action::Change(Change::Unbind));
    assert_eq!(with(device().disabled(5)), unbind);
    assert_eq!(with(device()), act(Reason::TokenChanged, Action::Rekey(id(1))));
}

#[test]
fn row_10_an_endpoint_that_was_re_keyed_while_somebody_claimed_its_token_is_given_back() {
    let token = device().token;
    let mut robbed = facts(device(), Own::Holder, &[endpoint(1)]);
    robbed.robbed = Some((id(1), token));
    let endpoint = id(1);

    let decision = decide(&robbed);
    assert_eq!(decision, act(Reason::EndpointOfAnother, Action::Restore { endpoint, token }));
}

#[test]
fn row_12_a_missing_endpoint_is_created_with_evidence_only() {
    let missing = |device| decide(&facts(device, Own::Missing, &[]));

    assert_eq!(missing(device()), act(Reason::NoEndpoint, Action::Create));
    assert_eq!(missing(device().disabled(20)), act(Reason::NoEndpoint, Action::Create));
    let unbind = act(Reason::EndpointMissing, Action::Change(Change::Unbind));
    assert_eq!(missing(device().disabled(5)), unbind);
    assert_eq!(missing(device().enabled_once()), unbind);
}

#[test]
fn row_13_the_endpoint_that_sns_names_is_adopted_only_if_it_has_the_token() {
    let mut conflict = facts(device(), Own::Missing, &[endpoint(2)]);
    conflict.refusal = Some(Refusal::AlreadyExists(Some(id(2))));
    assert_eq!(
        decide(&conflict),
        act(Reason::ConflictResolved, Action::Change(Change::Bind(id(2))))
    );

    for named in [Some(id(3)), None] {
        conflict.refusal = Some(Refusal::AlreadyExists(named));
        assert_eq!(decide(&conflict), leave(Reason::ConflictUnverified));
    }
}

#[test]
fn row_14_a_token_without_a_place_unbinds_the_row_and_is_not_tried_again() {
    let mut taken = facts(device(), Own::Missing, &[]);
    taken.refusal = Some(Refusal::SlotTaken);
    assert_eq!(decide(&taken), act(Reason::SlotTaken, Action::Change(Change::SlotConflict)));

    let decisions = forecast(&taken, &settings(), &NOW, id(9));
    assert_eq!(decisions.last(), Some(&leave(Reason::SlotConflict)));
    assert_eq!(decisions.len(), 2);
}
