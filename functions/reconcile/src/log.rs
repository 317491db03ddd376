//! The lines in the log: one for each run that is over, one for each invocation that ends before its run does, one for each event.
//!
//! Each is written where the outcome is known. They hold applications, runs, counts, the invocation's trace and stable codes, and of an event the endpoint's id; never a
//! token, an owner or a device id. The deployment's metrics and alarms are counted from their fields, so their names are stable.

use inbox::{Invoked, TraceId};
use registry::Application;

use crate::event::{Event, NotAnEvent};
use crate::failure::SweepError;
use crate::report::Summary;
use crate::sweep::Ran;

pub(crate) const FUNCTION: &str = "reconcile";

/// A run is over.
pub(crate) fn finished(summary: &Summary, invoked: Invoked<'_>) {
    let trace_id = text(invoked.trace_id);
    macro_rules! line {
        ($level:ident, $outcome:literal) => {
            tracing::$level!(
                function = FUNCTION,
                outcome = $outcome,
                reason = summary.stop.map(|stop| stop.code()),
                breaker = summary.breaker,
                application = summary.application,
                run = summary.run,
                mode = summary.mode,
                wave = summary.wave,
                endpoints = summary.before.endpoints,
                disabled = summary.before.disabled,
                enabled_permille = summary.enabled_permille,
                rows = summary.rows,
                healthy = summary.healthy,
                healed_enabled = summary.healed.enabled,
                healed_created = summary.healed.created,
                healed_rekeyed = summary.healed.rekeyed,
                healed_adopted = summary.healed.adopted,
                healed_user_data = summary.healed.user_data,
                left_disabled = summary.left_disabled,
                quarantined = summary.quarantined,
                enabled_since_last = summary.enabled_since_last,
                disabled_again = summary.disabled_again,
                orphans = summary.orphans,
                duplicates = summary.duplicates,
                slot_conflicts = summary.slot_conflicts,
                unreadable = summary.unreadable,
                held = summary.held.values().sum::<u64>(),
                calls = summary.calls.list + summary.calls.other,
                calls_per_1000_endpoints = summary.calls.per_1000_endpoints,
                throttles = summary.throttles,
                restarts = summary.restarts,
                in_doubt = summary.in_doubt,
                duration_seconds = summary.duration_seconds,
                plan_hash = summary.plan_hash,
                trace_id,
                "run {}",
                $outcome
            )
        };
    }
    match summary.stop {
        None => line!(info, "done"),
        Some(_) => line!(warn, "stopped"),
    }
}

/// An invocation has ended, and its run has not.
pub(crate) fn unfinished(application: &Application, ran: &Result<Ran, SweepError>, invoked: Invoked<'_>) {
    let trace_id = text(invoked.trace_id);
    let application = application.arn();
    match ran {
        // It has its own line.
        Ok(Ran::Finished(_)) => {}
        Ok(Ran::Idle) => tracing::debug!(function = FUNCTION, outcome = "idle", application, trace_id, "it is not time"),
        Ok(Ran::Held { retry_after }) => {
            let retry_after_seconds = retry_after.as_secs();
            tracing::info!(
                function = FUNCTION,
                outcome = "held",
                application,
                retry_after_seconds,
                trace_id,
                "another process sweeps"
            );
        }
        Ok(Ran::Lost(run)) => {
            tracing::warn!(
                function = FUNCTION,
                outcome = "lost",
                application,
                run = run.as_str(),
                trace_id,
                "the run was taken over"
            );
        }
        Ok(Ran::SwitchedOff(_)) => {
            tracing::warn!(
                function = FUNCTION,
                outcome = "switched_off",
                application,
                trace_id,
                "an operator has stopped sweeps"
            );
        }
        Ok(Ran::Unfinished { run, phase }) => {
            tracing::info!(
                function = FUNCTION,
                outcome = "unfinished",
                application,
                run = run.as_str(),
                phase,
                trace_id,
                "time is over; the next invocation goes on"
            );
        }
        Err(error) => {
            let error = cloud::Causes(error).to_string();
            tracing::error!(
                function = FUNCTION,
                outcome = "failed",
                application,
                error,
                trace_id,
                "the sweep cannot go on"
            );
        }
    }
}

/// A step of the state machine is over.
pub(crate) fn step(application: &Application, step: &'static str, phase: &str, is_done: bool, invoked: Invoked<'_>) {
    let application = application.arn();
    tracing::info!(
        function = FUNCTION,
        outcome = "step",
        application,
        step,
        phase,
        is_done,
        trace_id = text(invoked.trace_id),
        "step {step}"
    );
}

/// An event has been dealt with.
pub(crate) fn event(event: &Event, outcome: &'static str, reason: Option<&'static str>, row: Option<u8>, invoked: Invoked<'_>) {
    let endpoint = event.endpoint.as_str().rsplit('/').next();
    tracing::info!(
        function = FUNCTION,
        outcome,
        reason,
        row,
        application = event.endpoint.application().arn(),
        event = event.kind.code(),
        failure_type = event.kind.failure(),
        endpoint,
        trace_id = text(invoked.trace_id),
        "event {outcome}"
    );
}

/// An event could not be, and is to come again.
pub(crate) fn event_failed(event: &Event, error: &SweepError, invoked: Invoked<'_>) {
    let error = cloud::Causes(error).to_string();
    tracing::error!(
        function = FUNCTION,
        outcome = "event_failed",
        application = event.endpoint.application().arn(),
        event = event.kind.code(),
        error,
        trace_id = text(invoked.trace_id),
        "event not dealt with"
    );
}

/// A message is none.
pub(crate) fn not_an_event(error: NotAnEvent, invoked: Invoked<'_>) {
    let reason = match error {
        NotAnEvent::Form => "form",
        NotAnEvent::Endpoint => "endpoint",
        NotAnEvent::Kind => "kind",
    };
    tracing::warn!(
        function = FUNCTION,
        outcome = "unreadable",
        reason,
        trace_id = text(invoked.trace_id),
        "event dropped: {error}"
    );
}

fn text(trace_id: Option<TraceId>) -> Option<String> {
    trace_id.map(|id| id.to_string())
}
