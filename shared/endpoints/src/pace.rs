//! When the next call to SNS may be made.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use upkeep::budget::Budget;

use crate::Clock;

/// The pace of calls: as fast as they come, or within a [`Budget`] that gives way when SNS says so.
#[derive(Clone)]
pub struct Pace(Option<Arc<Budgeted>>);

struct Budgeted {
    budget: Mutex<Budget>,
    clock: Clock,
    wait: Wait,
}

/// What waits: `main`'s timer, or a test's.
#[derive(Clone)]
pub struct Wait(Arc<dyn Fn(Duration) -> Waiting + Send + Sync>);

/// Ends when the wait is over.
pub type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Wait {
    /// This one.
    pub fn new(wait: impl Fn(Duration) -> Waiting + Send + Sync + 'static) -> Self {
        Self(Arc::new(wait))
    }

    /// Ends when so much time is over.
    pub fn wait(&self, time: Duration) -> Waiting {
        (self.0)(time)
    }
}

impl Pace {
    /// As fast as calls come: for one who is waited for.
    pub const fn unlimited() -> Self {
        Self(None)
    }

    /// Within a budget, which all clones share.
    pub fn within(budget: Budget, clock: Clock, wait: Wait) -> Self {
        let budget = Mutex::new(budget);
        Self(Some(Arc::new(Budgeted { budget, clock, wait })))
    }

    /// Waits until it is one's turn.
    pub async fn turn(&self) {
        let Some(budgeted) = &self.0 else { return };
        while let Err(wait) = budgeted.take() {
            budgeted.wait.wait(wait).await;
        }
    }

    /// SNS has had too many calls.
    pub fn give_way(&self) {
        if let Some(budgeted) = &self.0 {
            let now = budgeted.clock.now();
            budgeted.budget.lock().unwrap_or_else(PoisonError::into_inner).give_way(now);
        }
    }
}

impl Budgeted {
    fn take(&self) -> Result<(), Duration> {
        let now = self.clock.now();
        self.budget.lock().unwrap_or_else(PoisonError::into_inner).take(now)
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(budgeted) => budgeted.budget.fmt(f),
            None => f.write_str("Unlimited"),
        }
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wait")
    }
}
