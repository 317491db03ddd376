//! Where the one process is: it has asked, it has an event, it has answered.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use tokio::sync::watch;

use super::Invocation;
use super::answer::{Answer, Answered, FunctionError};
use super::moment::moment;

/// The queue, and a bell that rings when it has changed.
#[derive(Clone)]
pub(super) struct State {
    queue: Arc<Mutex<Queue>>,
    bell: watch::Sender<()>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            queue: Arc::default(),
            bell: watch::Sender::new(()),
        }
    }
}

/// What is known of the process, and the one event.
#[derive(Default)]
pub(super) struct Queue {
    pub(super) first_asked_at: Option<Instant>,
    pub(super) init_error: Option<FunctionError>,
    pub(super) answered: Option<Answered>,
    offered: Option<Invocation>,
    under_way: Option<UnderWay>,
    /// The invocation that was answered last, until the next event is asked for.
    answered_id: Option<String>,
}

struct UnderWay {
    invocation: Invocation,
    handed_over_at: Instant,
}

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// It is not the process's turn to say this.
    OutOfTurn,
    /// No invocation with this id is under way.
    UnknownId,
}

impl State {
    pub(super) fn change<T>(&self, change: impl FnOnce(&mut Queue) -> T) -> T {
        let changed = change(&mut self.lock());
        self.bell.send_replace(());
        changed
    }

    /// Waits until there is something to see.
    pub(super) async fn when<T>(&self, mut seen: impl FnMut(&mut Queue) -> Option<T>) -> T {
        let mut rings = self.bell.subscribe();
        loop {
            if let Some(seen) = seen(&mut self.lock()) {
                return seen;
            }
            // The bell is never dropped: this value has it.
            let _ = rings.changed().await;
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// What an earlier caller has not waited for is nobody's any more.
    pub(super) fn offer(&mut self, invocation: Invocation) {
        self.offered = Some(invocation);
        self.answered = None;
    }

    /// The process asks for an event.
    pub(super) fn ask(&mut self) -> Result<(), Refusal> {
        if self.init_error.is_some() {
            return Err(Refusal::OutOfTurn);
        }
        self.first_asked_at.get_or_insert_with(moment);
        self.answered_id = None;
        Ok(())
    }

    /// The event, from now on under way; one that is under way is handed over again, as AWS's emulator does.
    pub(super) fn hand_over(&mut self) -> Option<Invocation> {
        if let Some(under_way) = &self.under_way {
            return Some(under_way.invocation.clone());
        }
        let invocation = self.offered.take()?;
        self.under_way = Some(UnderWay {
            invocation: invocation.clone(),
            handed_over_at: moment(),
        });
        Some(invocation)
    }

    /// Whether the answer of an invocation would be taken.
    pub(super) fn is_under_way(&self, request_id: &str) -> Result<(), Refusal> {
        match &self.under_way {
            Some(under_way) if under_way.invocation.request_id == request_id => Ok(()),
            Some(_) | None if self.answered_id.as_deref() == Some(request_id) => Err(Refusal::OutOfTurn),
            Some(_) | None => Err(Refusal::UnknownId),
        }
    }

    pub(super) fn end(&mut self, request_id: &str, answer: Answer) -> Result<(), Refusal> {
        self.is_under_way(request_id)?;
        let under_way = self.under_way.take().ok_or(Refusal::UnknownId)?;
        self.answered_id = Some(under_way.invocation.request_id);
        self.answered = Some(Answered {
            handed_over_at: under_way.handed_over_at,
            answered_at: moment(),
            answer,
        });
        Ok(())
    }

    /// A start has failed; once an event has been asked for, it has not.
    pub(super) fn fail_to_start(&mut self, error: FunctionError) -> Result<(), Refusal> {
        if self.first_asked_at.is_some() || self.init_error.is_some() {
            return Err(Refusal::OutOfTurn);
        }
        self.init_error = Some(error);
        Ok(())
    }
}
