//! What a local stack is started with.

use std::path::PathBuf;
use std::time::Duration;

use adm::Waiting;
use intake::Clock;
use sandbox::dynamo::TimeoutConfig;
use sns_webhook::{ChainPolicy, Freshness, PinnedCerts, TrustedTopics};

use super::{DRS_TOPIC, SAMPLE_TOPICS};

/// What a local stack is started with.
#[derive(Debug, Clone)]
pub struct StackOptions {
    /// The port of 127.0.0.1 that the functions listen on; 0 takes a free one.
    pub port: u16,
    /// The file that the database is kept in; none keeps it in memory.
    pub database: Option<PathBuf>,
    /// Puts a fault-injecting proxy in front of the database.
    pub faults: bool,
    /// The topics that `rtn` listens to without asking anybody.
    pub trusted_topics: TrustedTopics,
    /// The topics that `drs` listens to without asking anybody.
    pub drs_trusted_topics: TrustedTopics,
    /// How old a message may be.
    pub freshness: Freshness,
    /// What is done about a missing issuer.
    pub chain_policy: ChainPolicy,
    /// Certificates that are believed without being fetched.
    pub pinned_certs: PinnedCerts,
    /// Time for a fetch from the simulated hosts.
    pub fetch_deadline: Duration,
    /// Time for a call to the simulated ADM.
    pub adm_deadline: Duration,
    /// Time for a call to the database.
    pub store_timeouts: TimeoutConfig,
    /// When recorded events are handed on.
    pub hand_on: HandOn,
    /// Reads the time, for the functions and for the sandbox.
    pub clock: Clock,
    /// Throws a number from 0 to 1, for the waits of `adm`.
    pub chance: fn() -> f64,
    /// Ends when so much time is over, for the waits of `adm`.
    pub wait: fn(Duration) -> Waiting,
}

/// When recorded events are handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandOn {
    /// By themselves, as deployed: within a second by the table's stream, and by a sweep each minute.
    Automatically,
    /// Only by [`Stack::hand_on_now`](super::Stack::hand_on_now) and [`Stack::sweep_now`](super::Stack::sweep_now).
    WhenAsked,
}

impl StackOptions {
    /// In memory, on a free port, with the deployed functions' defaults, trusting the account of Amazon's samples and the
    /// deployment's own topic for Dash Replenishment. It has no dice, and no wait takes any time: both are `main`'s to give.
    pub fn new(clock: Clock) -> Self {
        let topics = |list| TrustedTopics::parse(list).expect("a pattern that a test reads");
        Self {
            port: 0,
            database: None,
            faults: false,
            trusted_topics: topics(SAMPLE_TOPICS),
            drs_trusted_topics: topics(DRS_TOPIC),
            freshness: Freshness::default(),
            chain_policy: ChainPolicy::Prefer,
            pinned_certs: PinnedCerts::default(),
            fetch_deadline: Duration::from_secs(3),
            adm_deadline: Duration::from_secs(8),
            store_timeouts: inbox::timeouts(),
            hand_on: HandOn::Automatically,
            clock,
            chance: || 0.5,
            wait: |_| Box::pin(tokio::task::yield_now()),
        }
    }
}
