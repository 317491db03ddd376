//! The hands of a piece of work: each call that [`Mend`] decides on is made here, against the registry and SNS.
//!
//! Promises that nothing is written on the strength of anything but what this work has read itself; that what was read is what is written
//! over; that a cap is taken before the call it is a cap of; and that in plan mode no call changes anything, whatever was decided. It decides
//! nothing: what a refusal means for the device is the plan's to say.

mod act;
mod change;
mod look;
mod subscriptions;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use inbox::StoreError;
use jiff::Timestamp;
use registry::{Attempt, Device, DeviceKey, EndpointArn, Registry, Standing, Token};
use upkeep::mend::{Answer, Call, Mend, Mended, Next};
use upkeep::plan::{Mode, Moment, Settings, Trouble};
use upkeep::{EndpointId, TokenHash};

use crate::row::Passes;
use crate::{Clock, Pace, Refusal, Sns};

/// What is needed to work on the endpoints of an application.
#[derive(Clone, Copy, Debug)]
pub struct Worker<'a> {
    /// Who has which token.
    pub registry: &'a Registry,
    /// The application, at SNS.
    pub sns: Sns<'a>,
    /// The time.
    pub clock: &'a Clock,
    /// The pace of calls to SNS.
    pub pace: &'a Pace,
    /// The passes that a second phase has to wait for.
    pub passes: Passes,
    /// From then on no call to SNS is made: the lease may be another's. What was counted for it before is taken back.
    pub not_after: Option<Timestamp>,
    /// Tells this process from every other, for [`Attempt`].
    pub id: &'a str,
}

/// What came of a piece of work.
#[derive(Debug)]
pub struct Worked {
    /// What was decided, and whom to look at next.
    pub mended: Mended,
    /// The device's row as it was read or written last, if the work was about a device.
    pub device: Option<Device>,
    /// Whether each endpoint that was looked at was enabled, by the last look at it.
    pub enabled: BTreeMap<EndpointId, bool>,
    /// What the last call that failed was told.
    pub failure: Option<Failure>,
    /// Calls to SNS.
    pub calls: u64,
}

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// SNS did not do it.
    #[error("SNS did not do it")]
    Sns(#[source] Refusal),
    /// SNS did not give a token to an endpoint: it may be the token's fault.
    #[error("SNS did not take the token")]
    Token(#[source] Refusal),
    /// No call was made: it was too late for one.
    #[error("it is too late for a call to SNS")]
    Late,
    /// The registry did not.
    #[error("the registry did not do it")]
    Store(#[source] StoreError),
}

impl Worker<'_> {
    /// Does a piece of work to its end. What is spent of the caps is taken from `settings`, which others may share.
    pub async fn work(&self, mend: Mend, settings: &Mutex<Settings>) -> Worked {
        self.work_from(None, mend, settings).await
    }

    /// The same for whoever has just read or written the device's row: the first look at it is theirs.
    pub async fn work_from(&self, standing: Option<Standing>, mend: Mend, settings: &Mutex<Settings>) -> Worked {
        let mut mend = mend;
        let mut hands = Hands {
            worker: self,
            standing,
            device: None,
            enabled: BTreeMap::new(),
            tokens: BTreeMap::new(),
            failure: None,
            calls: 0,
        };
        let mut next = self.decide(settings, |settings, moment| mend.begin(settings, moment));
        loop {
            let call = match next {
                Next::Call(call) => call,
                Next::Done(mended) => {
                    return Worked {
                        mended,
                        device: hands.device,
                        enabled: hands.enabled,
                        failure: hands.failure,
                        calls: hands.calls,
                    };
                }
            };
            let mode = lock(settings).mode;
            let answer = match (mode, call.is_mutating()) {
                (Mode::Plan, true) => Answer::Failed(Trouble::Refused),
                // On the heap: it holds the calls to two services.
                (Mode::Plan | Mode::Apply | Mode::Recover(_), _) => Box::pin(hands.perform(&call, mode)).await,
            };
            next = self.decide(settings, |settings, moment| mend.next(answer, settings, moment));
        }
    }

    /// One decision, and what it spends, before anybody else decides.
    fn decide(&self, settings: &Mutex<Settings>, decide: impl FnOnce(&Settings, &Moment) -> Next) -> Next {
        let mut settings = lock(settings);
        let next = decide(&settings, &self.passes.moment(self.clock.now()));
        if let Next::Call(Call::Act(action)) = &next
            && let Some(spending) = action.spends()
        {
            settings.caps_left.spend(spending);
        }
        next
    }

    /// Waits for the turn, which may take until it is too late.
    async fn turn(&self) -> Result<(), Failure> {
        self.pace.turn().await;
        let is_late = self.not_after.is_some_and(|end| self.clock.now() >= end);
        if is_late { Err(Failure::Late) } else { Ok(()) }
    }

    pub(crate) fn attempt(&self) -> Attempt<'_> {
        Attempt {
            id: self.id,
            now: self.clock.now(),
        }
    }
}

/// What a piece of work has in its hands.
struct Hands<'a> {
    worker: &'a Worker<'a>,
    /// What the first look at the row shows, if it was taken before.
    standing: Option<Standing>,
    device: Option<Device>,
    enabled: BTreeMap<EndpointId, bool>,
    /// The tokens that were read, to be written back.
    tokens: BTreeMap<TokenHash, Token>,
    failure: Option<Failure>,
    calls: u64,
}

impl Hands<'_> {
    async fn perform(&mut self, call: &Call, mode: Mode) -> Answer {
        match call {
            Call::ReadDevice(id) => self.read_device(id).await,
            Call::ReadClaim(token) => self.read_claim(token).await,
            Call::ReadEndpoint(id) => self.read_endpoint(*id).await,
            Call::Change { device, version, change } => self.change(device, *version, change, mode).await,
            Call::Act(action) => self.act(action).await,
        }
    }

    fn arn(&self, id: EndpointId) -> EndpointArn {
        self.worker.sns.application.endpoint(&id.to_string())
    }

    fn key(&self, id: &upkeep::DeviceId) -> Option<DeviceKey> {
        Some(DeviceKey {
            application: self.worker.sns.application.clone(),
            id: registry::DeviceId::parse(id.as_str()).ok()?,
        })
    }

    /// Before each call to SNS; what it is answered if it is too late for one.
    async fn turn(&mut self) -> Result<(), Answer> {
        if self.worker.turn().await.is_err() {
            return Err(self.late());
        }
        self.calls += 1;
        Ok(())
    }

    /// Nothing was done, as if SNS had asked for patience.
    fn late(&mut self) -> Answer {
        self.failure = Some(Failure::Late);
        Answer::Failed(Trouble::Throttled)
    }

    /// What a refusal means that says nothing about the endpoint.
    fn refused(&mut self, refusal: Refusal) -> Answer {
        let trouble = self.trouble(&refusal);
        self.failure = Some(Failure::Sns(refusal));
        Answer::Failed(trouble)
    }

    fn trouble(&self, refusal: &Refusal) -> Trouble {
        match refusal {
            Refusal::Throttled(_) => {
                self.worker.pace.give_way();
                Trouble::Throttled
            }
            Refusal::Unavailable(_) => Trouble::Unanswered,
            Refusal::Denied(_) | Refusal::Exists(_) | Refusal::Invalid(_) | Refusal::Missing(_) | Refusal::OtherToken(_) => {
                Trouble::Refused
            }
        }
    }

    /// Whether it was written nobody knows.
    fn store_failed(&mut self, error: StoreError) -> Answer {
        self.failure = Some(Failure::Store(error));
        Answer::Failed(Trouble::Unanswered)
    }
}

fn lock(settings: &Mutex<Settings>) -> MutexGuard<'_, Settings> {
    settings.lock().unwrap_or_else(PoisonError::into_inner)
}
