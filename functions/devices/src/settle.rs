//! Sees to it that SNS has what the registry says, for one device: while its app waits, and by the same decision as the sweep.
//!
//! AWS's pseudo-code ("Mobile token management with Amazon SNS platform endpoints") says what is to be seen to. What it leaves out is what
//! [`upkeep`] is about, and its model goes through every order of events: an endpoint that exists disabled, or under another name; somebody
//! else who changes, deletes or takes it between two calls; and that an endpoint is only enabled on evidence, once for each confirmation.
//!
//! Here the device itself is on the line. So an endpoint that is disabled now, and nobody has heard when, was disabled before it confirmed its
//! token; unless the confirmation has waited on its way.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use endpoints::{Clock, Failure, Pace, Passes, Refusal, Sns, Worked, Worker};
use jiff::SignedDuration;
use registry::{Attempt, Device, EndpointArn, Registry, Standing, State};
use upkeep::EndpointId;
use upkeep::mend::{Mend, Subject, Trail};
use upkeep::plan::{Caps, Mode, Orphans, Reason, Settings};

use crate::doubt::Doubt;
use crate::trouble::Trouble;

/// What is needed to settle a device.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settling<'a> {
    pub(crate) registry: &'a Registry,
    pub(crate) sns: Sns<'a>,
    pub(crate) clock: &'a Clock,
    pub(crate) quarantine_after: u32,
    pub(crate) attempt: Attempt<'a>,
}

/// How a device stands, in the registry and at SNS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    /// Its row as it is now.
    pub(crate) device: Device,
    /// Whether its endpoint is enabled, if SNS was asked and it has one.
    pub(crate) is_enabled: Option<bool>,
    /// Why its endpoint is left disabled, if it is.
    pub(crate) doubt: Option<Doubt>,
}

/// Why SNS is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Because {
    /// The device has confirmed its token. The endpoint of whoever had that before may have it.
    Confirmed(Option<EndpointArn>),
    /// Its user wants no messages.
    OptedOut,
}

impl Settling<'_> {
    /// Lets SNS have what the row says, or a newer row; and the rows of others whose endpoints this has to do with.
    pub(crate) async fn settle(&self, device: Device, because: Because) -> Result<Settled, Trouble> {
        let own = upkeep::DeviceId::new(device.key.id.as_str());
        let settings = Mutex::new(self.settings());
        let mut waiting = VecDeque::from([(own.clone(), trail(&because))]);
        let mut looks: BTreeMap<upkeep::DeviceId, u64> = BTreeMap::new();
        let mut standing = (device.state == State::Live).then(|| Standing::of_live(device.clone()));
        let mut settled = Settled::unasked(device);
        for ticket in endpoints::tickets(&self.attempt) {
            let Some((id, trail)) = waiting.pop_front() else { break };
            let look = looks.entry(id.clone()).or_default();
            *look += 1;
            if *look > MOST_LOOKS {
                continue;
            }
            let mend = Mend::new(Subject::Device(id.clone()), trail, ticket);
            let mend = match self.is_of_now(&settled.device) && because != Because::OptedOut && id == own {
                true => mend.confirming(settled.device.confirmed_at),
                false => mend,
            };
            let worked = self.worker().work_from(standing.take(), mend, &settings).await;
            for next in worked.mended.also.clone() {
                waiting.push_front(next);
            }
            // What becomes of others is seen to by the sweep, too.
            if id != own {
                continue;
            }
            if is_unverified(&worked) && *look < MOST_LOOKS {
                waiting.push_back((own.clone(), Trail::default()));
                continue;
            }
            settled = settled.after(worked)?;
        }
        Ok(settled)
    }

    /// Ends the subscriptions that whoever had the token before has left on the endpoint: they would bring another person's messages.
    pub(crate) async fn end_inherited(&self, device: Device) -> Result<Device, Trouble> {
        let ended = self.worker().end_inherited(&device).await;
        Ok(ended.map_err(Trouble::of_failure)?.unwrap_or(device))
    }

    fn worker(&self) -> Worker<'_> {
        Worker {
            registry: self.registry,
            sns: self.sns,
            clock: self.clock,
            pace: &UNLIMITED,
            // Nothing is deleted here, and nobody waits for passes.
            passes: Passes::NONE,
            not_after: None,
            id: self.attempt.id,
        }
    }

    /// Nothing is given up and nothing is deleted while an app waits.
    fn settings(&self) -> Settings {
        Settings {
            mode: Mode::Apply,
            retention: SignedDuration::MAX,
            grace: SignedDuration::MAX,
            quarantine_after: self.quarantine_after,
            orphans: Orphans::Report,
            closed: None,
            caps_left: Caps {
                creates: u32::MAX,
                deletes: 0,
                enables: u32::MAX,
            },
        }
    }

    /// A confirmation as old as this may have waited in the app's own queue; an older one may have been overtaken by SNS without our hearing
    /// of it, since events tell of direct messages only.
    fn is_of_now(&self, device: &Device) -> bool {
        self.attempt.now.duration_since(device.confirmed_at) <= OF_NOW
    }
}

/// SNS has named an endpoint that has another token: it had the token a moment ago, or nobody knows. It is asked once more.
fn is_unverified(worked: &Worked) -> bool {
    let last = worked.mended.decisions.last();
    last.is_some_and(|decision| decision.reason == Reason::ConflictUnverified)
}

fn trail(because: &Because) -> Trail {
    let lead = match because {
        Because::Confirmed(lead) => lead.as_ref(),
        Because::OptedOut => None,
    };
    let lead = lead.and_then(|arn| EndpointId::of_arn(arn.as_str()).ok());
    Trail {
        candidates: lead.into_iter().collect(),
        ..Trail::default()
    }
}

impl Settled {
    pub(crate) fn unasked(device: Device) -> Self {
        Self {
            device,
            is_enabled: None,
            doubt: None,
        }
    }

    /// After a piece of work about the device.
    fn after(self, worked: Worked) -> Result<Self, Trouble> {
        let reasons: Vec<_> = worked.mended.decisions.iter().map(|decision| decision.reason).collect();
        let device = worked.device.unwrap_or(self.device);
        match reasons.last() {
            Some(Reason::SlotConflict | Reason::SlotTaken) => {
                return Err(Trouble::SlotConflict(match worked.failure {
                    Some(Failure::Token(Refusal::OtherToken(cause))) => Some(cause),
                    Some(_) | None => None,
                }));
            }
            Some(
                Reason::Throttled | Reason::Refused | Reason::Unanswered | Reason::BadRow | Reason::Overtaken | Reason::Endless,
            )
            | Some(Reason::ConflictUnverified | Reason::ClaimMissing) => {
                return Err(worked.failure.map_or(Trouble::Restless, Trouble::of_failure));
            }
            _ => {}
        }
        let endpoint = device.endpoint.as_ref().and_then(|arn| EndpointId::of_arn(arn.as_str()).ok());
        let is_enabled = endpoint.and_then(|id| worked.enabled.get(&id).copied());
        if let Some(failure) = worked.failure
            && device.state == State::Live
            && is_enabled != Some(true)
        {
            // What would have made it well was not answered.
            return Err(Trouble::of_failure(failure));
        }
        Ok(Self {
            is_enabled,
            doubt: Doubt::of(&reasons).filter(|_| is_enabled != Some(true)),
            device,
        })
    }
}

static UNLIMITED: Pace = Pace::unlimited();
const OF_NOW: SignedDuration = SignedDuration::from_mins(5);
/// As many as a sweep grants.
const MOST_LOOKS: u64 = 2;
