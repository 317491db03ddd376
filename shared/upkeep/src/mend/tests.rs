//! Single pieces of work; every order of events is the model's.

use insta::assert_snapshot;
use jiff::{SignedDuration, Timestamp};

use super::{Answer, Call, Known, Mend, Next, Seen, Subject, Trail};
use crate::device::{Device, DeviceId, State, Ticket};
use crate::endpoint::EndpointId;
use crate::hashes::{TokenHash, UserDataHash};
use crate::plan::{Action, Caps, Change, Mode, Moment, Orphans, Refusal, Settings, Trouble};

const TICKET: Ticket = Ticket { run: 3, number: 1 };

fn settings(mode: Mode) -> Settings {
    Settings {
        mode,
        retention: SignedDuration::from_hours(24),
        grace: SignedDuration::from_hours(24),
        quarantine_after: 2,
        orphans: Orphans::Report,
        closed: None,
        caps_left: Caps {
            creates: 1,
            deletes: 1,
            enables: 1,
        },
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::UNIX_EPOCH + SignedDuration::from_secs(second)
}

/// Its endpoint was disabled, and then it confirmed its token.
fn confirmed() -> Device {
    Device {
        token: TokenHash::of("token"),
        user_data: UserDataHash::of("owner"),
        state: State::Live,
        endpoint: Some(EndpointId::given([1; 16])),
        confirmed_at: at(20),
        disabled_at: Some(at(10)),
        enables_since_confirm: 0,
        enabled_at: None,
        disabled_again: 0,
        ticket: None,
        version: 7,
    }
}

fn seen(is_enabled: bool) -> Answer {
    Answer::Endpoint(Some(Seen {
        token: TokenHash::of("token"),
        is_enabled,
        user_data: UserDataHash::of("owner"),
        condemned: None,
    }))
}

fn row(device: Device) -> Answer {
    Answer::Device(Some(Known::Row {
        device: Box::new(device),
        claimant: Some(DeviceId::new("device")),
    }))
}

/// Long ago.
fn count(ticket: Ticket) -> Change {
    Change::CountEnable {
        ticket,
        again_at: Some(at(-1_000)),
    }
}

fn counted() -> Device {
    let mut device = confirmed();
    count(TICKET).on(&mut device);
    device
}

/// The calls that follow from the answers, a line for each, and the reasons at the end.
fn work(mode: Mode, answers: impl IntoIterator<Item = Answer>) -> String {
    let mend = Mend::new(Subject::Device(DeviceId::new("device")), Trail::default(), TICKET);
    work_on(mend, mode, answers)
}

fn work_on(mend: Mend, mode: Mode, answers: impl IntoIterator<Item = Answer>) -> String {
    let (settings, moment) = (settings(mode), Moment { now: at(100), pass: 1 });
    let mut mend = mend;
    let mut lines = Vec::new();
    let mut next = mend.begin(&settings, &moment);
    let mut answers = answers.into_iter();
    loop {
        match next {
            Next::Call(call) => {
                lines.push(line(&call));
                let answer = answers.next().expect("an answer for each call");
                next = mend.next(answer, &settings, &moment);
            }
            Next::Done(mended) => {
                let reasons = mended.decisions.iter().map(|decision| decision.reason.code());
                lines.push(format!("= {}", reasons.collect::<Vec<_>>().join(", ")));
                assert_eq!(answers.next(), None, "{lines:?}");
                return lines.join("\n");
            }
        }
    }
}

fn line(call: &Call) -> String {
    match call {
        Call::ReadDevice(_) => "read device".to_owned(),
        Call::ReadClaim(_) => "read claim".to_owned(),
        Call::ReadEndpoint(_) => "read endpoint".to_owned(),
        Call::Change { version, change, .. } => format!("{} over {version}", change.code()),
        Call::Act(action) => action.code().to_owned(),
    }
}

#[test]
fn an_enable_is_counted_first_and_looked_at_afterwards() {
    let done = [
        row(confirmed()),
        seen(false),
        Answer::Done,
        Answer::Done,
        row(counted()),
        seen(true),
    ];

    assert_snapshot!(work(Mode::Apply, done), @"
    read device
    read endpoint
    count_enable over 7
    enable
    read device
    read endpoint
    = confirmed_since_disabled, healthy
    ");
}

#[test]
fn what_was_certainly_not_done_is_taken_back() {
    let throttled = Answer::Failed(Trouble::Throttled);
    let answers = [row(confirmed()), seen(false), Answer::Done, throttled, Answer::Done];

    assert_snapshot!(work(Mode::Apply, answers), @"
    read device
    read endpoint
    count_enable over 7
    enable
    uncount_enable over 8
    = confirmed_since_disabled, throttled
    ");
}

#[test]
fn what_nobody_knows_counts_as_done() {
    let lost = Answer::Failed(Trouble::Unanswered);
    let answers = [row(confirmed()), seen(false), Answer::Done, lost];

    assert_snapshot!(work(Mode::Apply, answers), @"
    read device
    read endpoint
    count_enable over 7
    enable
    = confirmed_since_disabled, unanswered
    ");
}

#[test]
fn a_count_whose_answer_got_lost_is_known_by_its_ticket() {
    let answers = [
        row(confirmed()),
        seen(false),
        Answer::Overtaken,
        row(counted()),
        seen(false),
        Answer::Done,
        row(counted()),
        seen(true),
    ];

    assert_snapshot!(work(Mode::Apply, answers), @"
    read device
    read endpoint
    count_enable over 7
    read device
    read endpoint
    enable
    read device
    read endpoint
    = confirmed_since_disabled, confirmed_since_disabled, healthy
    ");
}

#[test]
fn a_count_of_somebody_else_is_not_taken_for_its_own() {
    let mut others = confirmed();
    count(Ticket { run: 4, number: 1 }).on(&mut others);
    let noted = Device {
        disabled_at: Some(at(100)),
        version: 9,
        ..others.clone()
    };
    let answers = [
        row(confirmed()),
        seen(false),
        Answer::Overtaken,
        row(others),
        seen(false),
        Answer::Done,
        row(noted),
        seen(false),
    ];

    assert_snapshot!(work(Mode::Apply, answers), @"
    read device
    read endpoint
    count_enable over 7
    read device
    read endpoint
    note_disabled over 8
    read device
    read endpoint
    = confirmed_since_disabled, disabled_again, not_confirmed_since
    ");
}

#[test]
fn an_enable_that_somebody_has_just_counted_may_be_under_way_and_is_not_taken_for_one_that_failed() {
    let mut others = confirmed();
    let ticket = Ticket { run: 4, number: 1 };
    let count = Change::CountEnable {
        ticket,
        again_at: Some(at(99)),
    };
    count.on(&mut others);

    assert_snapshot!(work(Mode::Apply, [row(others), seen(false)]), @"
    read device
    read endpoint
    = enable_under_way
    ");
}

#[test]
fn a_count_that_was_visibly_not_used_is_the_device_s_that_repeats_its_request() {
    let missing = || Answer::Endpoint(None);
    let created = EndpointId::given([2; 16]);
    let mut others = confirmed();
    count(Ticket { run: 4, number: 1 }).on(&mut others);
    let bound = Device {
        endpoint: Some(created),
        version: 9,
        ..others.clone()
    };
    let answers = [
        row(others.clone()),
        missing(),
        Answer::Created(created),
        row(others.clone()),
        missing(),
        seen(true),
        Answer::Done,
        row(bound),
        seen(true),
    ];

    assert_snapshot!(work_on(confirming(20), Mode::Apply, answers), @"
    read device
    read endpoint
    create
    read device
    read endpoint
    read endpoint
    bind over 8
    read device
    read endpoint
    = no_endpoint, token_elsewhere, healthy
    ");
    assert!(work(Mode::Apply, [row(others), missing(), Answer::Failed(Trouble::Refused)]).contains("unbind"));
}

#[test]
fn a_conflict_is_looked_at_before_it_is_believed() {
    let missing = || Answer::Endpoint(None);
    let other = EndpointId::given([2; 16]);
    let conflict = Answer::Refused(Refusal::AlreadyExists(Some(other)));
    let bound = Device {
        endpoint: Some(other),
        version: 9,
        ..counted()
    };
    let answers = [
        row(confirmed()),
        missing(),
        Answer::Done,
        conflict,
        row(counted()),
        missing(),
        seen(true),
        Answer::Done,
        row(bound),
        seen(true),
        Answer::Done,
    ];

    assert_snapshot!(work(Mode::Apply, answers), @"
    read device
    read endpoint
    count_enable over 7
    create
    read device
    read endpoint
    read endpoint
    bind over 8
    read device
    read endpoint
    uncount_enable over 9
    = no_endpoint, conflict_resolved, healthy
    ");
}

/// Its endpoint is disabled, and nobody has heard of that.
fn unheard() -> Device {
    Device {
        disabled_at: None,
        ..confirmed()
    }
}

fn confirming(second: i64) -> Mend {
    Mend::new(Subject::Device(DeviceId::new("device")), Trail::default(), TICKET).confirming(at(second))
}

#[test]
fn what_nobody_has_heard_of_was_disabled_before_the_device_that_is_on_the_line_confirmed() {
    let counted = Device { version: 8, ..counted() };
    let answers = [
        row(unheard()),
        seen(false),
        Answer::Done,
        Answer::Done,
        row(counted),
        seen(true),
    ];

    assert_snapshot!(work_on(confirming(20), Mode::Apply, answers), @"
    read device
    read endpoint
    count_enable over 7
    enable
    read device
    read endpoint
    = confirmed_since_disabled, healthy
    ");
}

#[test]
fn a_device_that_has_confirmed_again_meanwhile_or_was_enabled_already_is_not_the_one_on_the_line() {
    let noted = Device {
        disabled_at: Some(at(100)),
        version: 8,
        ..unheard()
    };
    let once = Device {
        enables_since_confirm: 1,
        ..unheard()
    };
    for (second, first) in [(19, unheard()), (20, once)] {
        let answers = [row(first), seen(false), Answer::Done, row(noted.clone()), seen(false)];
        let calls = work_on(confirming(second), Mode::Apply, answers);
        assert!(calls.contains("note_disabled over 7"), "{calls}");
        assert!(calls.ends_with("not_confirmed_since"), "{calls}");
    }
}

#[test]
fn in_plan_mode_no_call_changes_anything() {
    assert_snapshot!(work(Mode::Plan, [row(confirmed()), seen(false)]), @"
    read device
    read endpoint
    = confirmed_since_disabled
    ");
}

#[test]
fn an_answer_that_does_not_fit_its_call_ends_the_work() {
    assert_snapshot!(work(Mode::Apply, [Answer::Done]), @"
    read device
    = refused
    ");
    assert_snapshot!(work(Mode::Apply, [row(confirmed()), Answer::Created(EndpointId::given([1; 16]))]), @"
    read device
    read endpoint
    = refused
    ");
}

#[test]
fn a_device_that_is_gone_needs_nothing() {
    assert_snapshot!(work(Mode::Apply, [Answer::Device(None)]), @"
    read device
    = orphan
    ");
    assert_snapshot!(work(Mode::Apply, [Answer::Device(Some(Known::Malformed))]), @"
    read device
    = bad_registry_row
    ");
}

#[test]
fn an_endpoint_that_somebody_claims_leads_to_that_device() {
    let (settings, moment) = (settings(Mode::Apply), Moment { now: at(100), pass: 1 });
    let endpoint = EndpointId::given([1; 16]);
    let mut mend = Mend::new(Subject::Endpoint(endpoint), Trail::default(), TICKET);

    assert_eq!(mend.begin(&settings, &moment), Next::Call(Call::ReadEndpoint(endpoint)));
    let claim = mend.next(seen(true), &settings, &moment);
    assert_eq!(claim, Next::Call(Call::ReadClaim(TokenHash::of("token"))));
    let claimant = DeviceId::new("claimant");
    let Next::Done(mended) = mend.next(Answer::Claim(Some(claimant.clone())), &settings, &moment) else {
        panic!("nothing is written")
    };
    assert_eq!(mended.also[&claimant].candidates, [endpoint].into());
}

#[test]
fn neither_a_piece_of_work_nor_its_calls_show_whose_they_are() {
    let call = Call::ReadDevice(DeviceId::new("amzn1.device"));
    let mend = Mend::new(Subject::Device(DeviceId::new("amzn1.device")), Trail::default(), TICKET);

    assert_eq!(format!("{call:?}"), "ReadDevice(DeviceId([redacted]))");
    assert!(!format!("{mend:?}").contains("amzn1"));
}

#[test]
fn only_reading_is_no_change() {
    assert!(!Call::ReadClaim(TokenHash::of("token")).is_mutating());
    assert!(Call::Act(Action::Create).is_mutating());
}
