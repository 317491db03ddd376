//! Rows 18 and 19, and what a run, its caps and its own work allow.

use super::facts::{DAY, NOW, act, decide, device, enable, endpoint, facts, id, leave, opted_out, settings};
use crate::device::{Device, State};
use crate::endpoint::Endpoint;
use crate::plan::{
    Action, Caps, Change, Closed, Decision, Hold, Mode, Moment, Own, Permit, Reason, Recovery, Settings, Spending, Trouble,
    Verdict, Wave, forecast, plan,
};

#[test]
fn row_18_nothing_is_written_while_the_run_is_closed() {
    let confirmed = facts(device().disabled(20), Own::Holder, &[endpoint(1).disabled()]);
    for (closed, reason) in [
        (Closed::ApplicationDisabled, Reason::ApplicationDisabled),
        (Closed::CertificateExpired, Reason::CertificateExpired),
        (Closed::BreakerOpen, Reason::BreakerOpen),
        (Closed::SwitchedOff, Reason::SwitchedOff),
    ] {
        let settings = Settings {
            closed: Some(closed),
            ..settings()
        };
        assert_eq!(plan(&confirmed, &settings, &NOW), leave(reason));
    }
}

#[test]
fn row_19_a_call_that_failed_changes_nothing() {
    for (trouble, reason) in [
        (Trouble::Throttled, Reason::Throttled),
        (Trouble::Refused, Reason::Refused),
        (Trouble::Unanswered, Reason::Unanswered),
        (Trouble::Overtaken, Reason::Overtaken),
        (Trouble::Endless, Reason::Endless),
    ] {
        let mut failed = facts(device().disabled(20), Own::Holder, &[endpoint(1).disabled()]);
        failed.trouble = Some(trouble);
        assert_eq!(decide(&failed), leave(reason));
    }
}

#[test]
fn plan_mode_holds_everything_back_and_a_cap_what_it_is_a_cap_of() {
    let confirmed = facts(device().disabled(20), Own::Holder, &[endpoint(1).disabled()]);
    let held = |settings: Settings| plan(&confirmed, &settings, &NOW).verdict;
    let mode = Mode::Plan;
    assert_eq!(
        held(Settings { mode, ..settings() }),
        Verdict::Hold(enable(1), Hold::PlanMode)
    );

    let caps = |enables, others| Caps {
        creates: others,
        deletes: others,
        enables,
    };
    let with = |caps_left| held(Settings { caps_left, ..settings() });
    assert_eq!(with(caps(0, 1)), Verdict::Hold(enable(1), Hold::Cap(Spending::Enable)));
    assert_eq!(with(caps(1, 0)), Verdict::Act(enable(1)));
}

#[test]
fn recovery_enables_what_was_disabled_in_its_window_and_is_in_its_wave_and_does_nothing_else() {
    let recover = |wave, from, until| Settings {
        mode: Mode::Recover(Recovery {
            from: NOW.now - DAY * from,
            until: NOW.now - DAY * until,
            wave,
        }),
        ..settings()
    };
    let mut bound = device().disabled(5);
    bound.endpoint = Some(id(3));
    let mistaken = facts(bound, Own::Holder, &[endpoint(3).disabled()]);
    let with = |settings: &Settings| plan(&mistaken, settings, &NOW);

    assert_eq!(with(&recover(Wave::All, 6, 4)), act(Reason::CertificateMistake, enable(3)));
    // Its id begins with 0303: one in a hundred is below 028f, one in ten below 1999.
    assert_eq!(with(&recover(Wave::Tenth, 6, 4)), act(Reason::CertificateMistake, enable(3)));
    assert_eq!(with(&recover(Wave::Canary, 6, 4)), leave(Reason::NotConfirmedSince));
    for (from, until) in [(9, 6), (4, 1), (6, 0), (6, -1)] {
        assert_eq!(
            with(&recover(Wave::All, from, until)),
            leave(Reason::NotConfirmedSince),
            "{from} {until}"
        );
    }

    let missing = facts(device(), Own::Missing, &[]);
    let held = plan(&missing, &recover(Wave::All, 6, 4), &NOW).verdict;
    assert_eq!(held, Verdict::Hold(Action::Create, Hold::RecoverOnly));
}

#[test]
fn what_a_mistake_has_done_again_and_again_is_not_held_against_a_token() {
    let recover = |wave| Settings {
        mode: Mode::Recover(Recovery {
            from: NOW.now - DAY * 6,
            until: NOW.now - DAY * 4,
            wave,
        }),
        ..settings()
    };
    let absolve = act(Reason::CertificateMistake, Action::Change(Change::Absolve));
    for state in [State::Live, State::Quarantined] {
        let often = |disabled_days_ago| Device {
            state,
            endpoint: Some(id(3)),
            disabled_again: 2,
            ..device().disabled(disabled_days_ago)
        };
        let with = |device, holder: Endpoint, wave| plan(&facts(device, Own::Holder, &[holder]), &recover(wave), &NOW);
        let is_left = |decision: Decision| !matches!(decision.verdict, Verdict::Act(_));

        assert_eq!(with(often(5), endpoint(3).disabled(), Wave::All), absolve, "{state:?}");
        let all = forecast(
            &facts(often(5), Own::Holder, &[endpoint(3).disabled()]),
            &recover(Wave::All),
            &NOW,
            id(9),
        );
        assert_eq!(all[..2], [absolve.clone(), act(Reason::CertificateMistake, enable(3))]);
        assert!(is_left(with(often(5), endpoint(3).disabled(), Wave::Canary)));
        assert!(is_left(with(often(7), endpoint(3).disabled(), Wave::All)));
        assert!(is_left(with(often(5), endpoint(3), Wave::All)));
        assert!(is_left(with(often(5), endpoint(3).disabled().condemned(1, 1), Wave::All)));
        let mistaken = facts(often(5), Own::Holder, &[endpoint(3).disabled()]);
        assert_ne!(decide(&mistaken).reason, Reason::CertificateMistake);
    }
}

#[test]
fn what_this_work_has_counted_or_taken_may_be_enabled() {
    let with = |device, permit| {
        let mut facts = facts(device, Own::Holder, &[endpoint(1).disabled()]);
        facts.permit = permit;
        decide(&facts)
    };
    let counted = |was_disabled| with(device().enabled_once(), Permit::Counted { was_disabled });

    assert_eq!(counted(true), act(Reason::ConfirmedSinceDisabled, enable(1)));
    assert_eq!(counted(false).reason, Reason::DisabledUnseen);
    assert_eq!(
        with(device().enabled_once(), Permit::GiveBack([id(1)].into())),
        act(Reason::ConfirmedSinceDisabled, enable(1))
    );
    assert_eq!(
        with(device().enabled_once(), Permit::GiveBack([id(2)].into())).reason,
        Reason::DisabledAgain
    );
    assert_eq!(
        with(device().disabled(5), Permit::GiveBack([id(1)].into())),
        leave(Reason::NotConfirmedSince)
    );
}

#[test]
fn a_pass_counts_only_when_it_is_complete_whatever_the_time() {
    let waits = facts(opted_out(300, 1).disabled(300), Own::Holder, &[endpoint(1).disabled()]);
    let next = Moment {
        pass: NOW.pass + 1,
        ..NOW
    };

    assert_eq!(decide(&waits), leave(Reason::OptedOutWaits));
    assert_eq!(
        plan(&waits, &settings(), &next),
        act(Reason::OptedOutOver, Action::Delete(id(1)))
    );
}
