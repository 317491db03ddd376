//! Time, chance and patience of one request.
//!
//! What the crate decides, it decides by a clock, by dice and by waits that come from `main`, or from a test that has none. The limits of
//! single calls (a request, a read of the secret, a wait for somebody else's token) are timers of tokio: they take their length from the
//! budget, and run by tokio's own clock.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

/// What tells the time, gives chance and waits.
#[derive(Clone)]
pub struct Pace {
    now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    chance: Arc<dyn Fn() -> f64 + Send + Sync>,
    wait: Arc<dyn Fn(Duration) -> Waiting + Send + Sync>,
}

/// Ends when the wait is over.
pub type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The time that a caller has for one request.
#[derive(Clone, Debug)]
pub struct Budget {
    pace: Pace,
    until: Timestamp,
}

impl Pace {
    /// `chance` gives numbers from 0 to 1, evenly spread.
    pub fn new(
        now: impl Fn() -> Timestamp + Send + Sync + 'static,
        chance: impl Fn() -> f64 + Send + Sync + 'static,
        wait: impl Fn(Duration) -> Waiting + Send + Sync + 'static,
    ) -> Self {
        Self {
            now: Arc::new(now),
            chance: Arc::new(chance),
            wait: Arc::new(wait),
        }
    }

    /// The time.
    pub(crate) fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// A number from 0 to 1.
    pub(crate) fn chance(&self) -> f64 {
        (self.chance)()
    }

    /// Ends when so much time is over.
    pub(crate) fn wait(&self, time: Duration) -> Waiting {
        (self.wait)(time)
    }

    /// So much time from now on.
    pub fn budget(&self, time: Duration) -> Budget {
        let now = self.now();
        Budget {
            until: now.checked_add(time).unwrap_or(Timestamp::MAX),
            pace: self.clone(),
        }
    }
}

impl Budget {
    pub(crate) fn now(&self) -> Timestamp {
        self.pace.now()
    }

    /// What is left of it; nothing when it is spent.
    pub(crate) fn left(&self) -> Duration {
        Duration::try_from(self.until.duration_since(self.now())).unwrap_or_default()
    }

    pub(crate) fn chance(&self) -> f64 {
        self.pace.chance()
    }

    pub(crate) async fn wait(&self, time: Duration) {
        self.pace.wait(time).await;
    }
}

impl fmt::Debug for Pace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pace")
    }
}
