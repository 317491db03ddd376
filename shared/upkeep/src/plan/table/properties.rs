//! What holds for all facts, sensible or not.

use std::collections::BTreeSet;

use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::facts::{DAY, NOW, id, settings, since};
use crate::device::{Device, State, Ticket};
use crate::endpoint::Endpoint;
use crate::hashes::{TokenHash, UserDataHash};
use crate::plan::{
    Action, Caps, Claim, Closed, Facts, Mode, Orphans, Own, Permit, Reason, Recovery, Refusal, Row, Settings, Trouble, Verdict,
    Wave, forecast, plan,
};

fn states() -> impl Strategy<Value = State> {
    let since = || (0..4_i32, 0..4_u64).prop_map(|(days, passes)| since(days, passes));
    prop_oneof![
        6 => Just(State::Live),
        1 => since().prop_map(State::OptedOut),
        1 => Just(State::Superseded),
        1 => Just(State::Quarantined),
        1 => since().prop_map(State::Tombstone),
        1 => Just(State::SlotConflict),
    ]
}

fn devices() -> impl Strategy<Value = Device> {
    let days = || -2..60_i32;
    let endpoint = prop::option::of((0..4_u8).prop_map(id));
    let counts = (0..3_u32, 0..4_u32, any::<bool>());
    (states(), endpoint, days(), prop::option::of(days()), counts).prop_map(|(state, endpoint, confirmed, disabled, counts)| {
        Device {
            token: TokenHash::of("token"),
            user_data: UserDataHash::of("owner"),
            state,
            endpoint,
            confirmed_at: NOW.now - DAY * confirmed,
            disabled_at: disabled.map(|days| NOW.now - DAY * days),
            enables_since_confirm: counts.0,
            enabled_at: None,
            disabled_again: counts.1,
            ticket: counts.2.then_some(Ticket { run: 1, number: 1 }),
            version: 1,
        }
    })
}

fn endpoints() -> impl Strategy<Value = Vec<Endpoint>> {
    let condemned = prop::option::of((0..4_i32, 0..4_u64).prop_map(|(days, passes)| since(days, passes)));
    let endpoint = (0..4_u8, any::<bool>(), any::<bool>(), condemned);
    prop::collection::vec(endpoint, 0..5).prop_map(|endpoints| {
        let mut known = BTreeSet::new();
        let new = endpoints.into_iter().filter(|(n, ..)| known.insert(*n));
        new.map(|(n, is_enabled, has_right_user_data, condemned)| Endpoint {
            id: id(n),
            is_enabled,
            has_right_user_data,
            condemned,
        })
        .collect()
    })
}

fn claims() -> impl Strategy<Value = Claim> {
    prop_oneof![4 => Just(Claim::Ours), 1 => Just(Claim::Another), 1 => Just(Claim::Nobody)]
}

fn facts() -> impl Strategy<Value = Facts> {
    let row = prop_oneof![8 => devices().prop_map(|device| Row::Known(Box::new(device))), 1 => Just(Row::None), 1 => Just(Row::Malformed)];
    let own = prop_oneof![
        Just(Own::Unset),
        Just(Own::Holder),
        Just(Own::Missing),
        claims().prop_map(Own::Other)
    ];
    let refusal = prop_oneof![
        4 => Just(None),
        1 => Just(Some(Refusal::SlotTaken)),
        1 => prop::option::of((0..4_u8).prop_map(id)).prop_map(|id| Some(Refusal::AlreadyExists(id))),
    ];
    let permit = prop_oneof![
        4 => Just(Permit::None),
        1 => any::<bool>().prop_map(|was_disabled| Permit::Counted { was_disabled }),
        1 => (0..4_u8).prop_map(|n| Permit::GiveBack([id(n)].into())),
    ];
    let trouble = prop_oneof![9 => Just(None), 1 => Just(Some(Trouble::Throttled)), 1 => Just(Some(Trouble::Unanswered))];
    let own = (own, any::<bool>());
    (row, claims(), endpoints(), own, refusal, permit, trouble).prop_map(
        |(row, claim, holders, (own, is_shared), refusal, permit, trouble)| Facts {
            row,
            claim,
            holders,
            own,
            is_shared,
            refusal,
            permit,
            robbed: None,
            trouble,
        },
    )
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let recovery = (0..60_i32, -2..60_i32).prop_map(|(from, until)| Recovery {
        from: NOW.now - DAY * from,
        until: NOW.now - DAY * until,
        wave: Wave::All,
    });
    let mode = prop_oneof![4 => Just(Mode::Apply), 1 => Just(Mode::Plan), 2 => recovery.prop_map(Mode::Recover)];
    let closed = prop_oneof![9 => Just(None), 1 => Just(Some(Closed::BreakerOpen))];
    (mode, closed, any::<bool>(), 0..3_u32).prop_map(|(mode, closed, deletes_orphans, caps)| Settings {
        mode,
        closed,
        orphans: if deletes_orphans { Orphans::Delete } else { Orphans::Report },
        caps_left: Caps {
            creates: caps,
            deletes: caps,
            enables: caps,
        },
        ..settings()
    })
}

proptest! {
    #[test]
    fn the_forecast_ends_and_what_it_ends_in_is_left_alone(facts in facts(), settings in any_settings()) {
        let decisions = forecast(&facts, &settings, &NOW, id(9));

        let last = decisions.last().map(|decision| &decision.verdict);
        prop_assert_eq!(last, Some(&Verdict::Leave), "{:?}", decisions);
    }

    #[test]
    fn nothing_is_enabled_without_evidence(facts in facts(), settings in any_settings()) {
        let decision = plan(&facts, &settings, &NOW);
        if let Verdict::Act(action) = &decision.verdict && action.enables() {
            let device = facts.device();
            let is_newer = |device: &Device| device.disabled_at.is_none_or(|at| device.confirmed_at > at);
            let has_word = device.is_some_and(|device| {
                device.state == State::Live && is_newer(device) && (device.enables_since_confirm == 0 || facts.permit != Permit::None)
            });
            let was_mistake = decision.reason == Reason::CertificateMistake && matches!(settings.mode, Mode::Recover(_));
            prop_assert!(has_word || was_mistake);
            prop_assert_eq!(facts.claim, Claim::Ours);
        }
    }

    #[test]
    fn a_run_that_is_closed_or_plans_or_has_trouble_acts_on_nothing(facts in facts(), settings in any_settings()) {
        let acts = matches!(plan(&facts, &settings, &NOW).verdict, Verdict::Act(_));
        let may_not = settings.closed.is_some() || settings.mode == Mode::Plan || facts.trouble.is_some();
        prop_assert!(!(acts && may_not));
    }

    #[test]
    fn only_endpoints_with_the_row_s_token_are_deleted_and_never_the_one_that_is_kept(facts in facts(), settings in any_settings()) {
        if let Verdict::Act(Action::Delete(id)) = plan(&facts, &settings, &NOW).verdict {
            prop_assert!(facts.holders.iter().any(|holder| holder.id == id));
            let is_live = facts.device().is_some_and(|device| device.state == State::Live);
            let is_own = facts.device().is_some_and(|device| device.endpoint == Some(id));
            prop_assert!(!(is_live && is_own));
        }
    }
}
