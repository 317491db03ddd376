//! The function `devices`: what a request is answered.

mod register;
mod route;

use std::time::Duration;

use http::{Request, Response};
use inbox::Invoked;
use jiff::{SignedDuration, Timestamp};
use registry::{Attempt, Device, DeviceKey, Noted, Registry, State};

use self::route::Route;
use crate::log::Line;
use crate::reply::Reply;
use crate::request::{self, Named};
use crate::settle::{Because, Settling};
use crate::trouble::{SOON, Trouble};
use crate::{Applications, Clock, Fault, Problem, ProblemType, standing};

/// Everything that the function needs.
#[derive(Debug)]
pub struct Service {
    applications: Applications,
    registry: Registry,
    quarantine_after: u32,
    clock: Clock,
}

/// What a [`Service`] is put together from.
#[derive(Debug)]
pub struct Parts {
    /// The platform applications that are served.
    pub applications: Applications,
    /// Who has which token.
    pub registry: Registry,
    /// A token that was disabled again so often after it was enabled is not enabled any more.
    pub quarantine_after: u32,
    /// The time.
    pub clock: Clock,
}

impl Service {
    /// Opens the connection to the store, so that the first request does not wait for it.
    pub async fn prepare(&self) {
        self.registry.prepare().await;
    }

    /// The function, from its parts.
    pub fn new(parts: Parts) -> Self {
        let Parts {
            applications,
            registry,
            quarantine_after,
            clock,
        } = parts;
        Self {
            applications,
            registry,
            quarantine_after,
            clock,
        }
    }

    /// Answers a request, whatever happens, before `ends_at`, when Lambda ends the invocation.
    pub async fn respond<B: AsRef<[u8]>>(
        &self,
        request: &Request<B>,
        invoked: Invoked<'_>,
        ends_at: Timestamp,
    ) -> Response<String> {
        let now = self.clock.now();
        let attempt = Attempt { id: invoked.id, now };
        let left = self.left(now, ends_at);
        let (name, device, reply) = match Route::of(request.method(), request.uri().path()) {
            Ok(Route::Register(device)) => {
                let read = request::registration(device, request.body().as_ref(), &self.applications, now);
                match read {
                    Ok((registration, sns)) => {
                        let reply = in_time(left, self.register(&registration, self.settling(sns, attempt))).await;
                        ("register", Some(registration.device), reply)
                    }
                    Err(faults) => ("register", None, invalid(faults)),
                }
            }
            Ok(Route::OptOut(device)) => match request::named(device, request, &self.applications) {
                Ok(Named { key, sns }) => {
                    let reply = in_time(left, self.opt_out(&key, self.settling(sns, attempt))).await;
                    ("opt_out", Some(key), reply)
                }
                Err(faults) => ("opt_out", None, invalid(faults)),
            },
            Ok(Route::Show(device)) => match request::named(device, request, &self.applications) {
                Ok(Named { key, .. }) => {
                    let reply = in_time(left, self.show(&key, now)).await;
                    ("show", Some(key), reply)
                }
                Err(faults) => ("show", None, invalid(faults)),
            },
            Err(not_served) => ("other", None, Reply::from(not_served)),
        };
        let line = Line {
            request: name,
            device: device.as_ref(),
            trace_id: invoked.trace_id,
            since: now,
        };
        line.write(&reply, self.clock.now());
        reply.into_response()
    }

    fn settling<'a>(&'a self, sns: endpoints::Sns<'a>, attempt: Attempt<'a>) -> Settling<'a> {
        Settling {
            registry: &self.registry,
            sns,
            clock: &self.clock,
            quarantine_after: self.quarantine_after,
            attempt,
        }
    }

    /// `DELETE /devices/{id}`.
    async fn opt_out(&self, key: &DeviceKey, settling: Settling<'_>) -> Result<Reply, Trouble> {
        let Some(device) = self.opted_out(key, settling.attempt).await? else {
            return Ok(unknown());
        };
        let settled = settling.settle(device, Because::OptedOut).await?;
        Ok(standing::opted_out(&settled))
    }

    /// The clock of whoever registered it may be ahead of ours; what is asked later counts.
    async fn opted_out(&self, key: &DeviceKey, attempt: Attempt<'_>) -> Result<Option<Device>, Trouble> {
        let mut attempt = attempt;
        for _ in 0..MOST_TRIES {
            match self.registry.opt_out(key, attempt.now, &attempt).await? {
                Noted::Known(device) if device.state != State::OptedOut => attempt.now = attempt.now.max(device.confirmed_at),
                Noted::Known(device) | Noted::Recorded(device) => return Ok(Some(device)),
                Noted::Unknown => return Ok(None),
            }
        }
        Err(Trouble::Restless)
    }

    /// `GET /devices/{id}`.
    async fn show(&self, key: &DeviceKey, now: Timestamp) -> Result<Reply, Trouble> {
        let device = self.registry.get(key, now).await?;
        Ok(device.map_or_else(unknown, |device| standing::shown(&device)))
    }

    /// The time that a request has. API Gateway waits for 29 s (Amazon API Gateway quotas, "Integration timeout").
    fn left(&self, now: Timestamp, ends_at: Timestamp) -> Duration {
        let by_lambda = ends_at.saturating_sub(TO_ANSWER).unwrap_or(ends_at).duration_since(now);
        Duration::try_from(by_lambda.min(LONGEST)).unwrap_or_default()
    }
}

/// What comes of it, if it comes in time. Cut off in the middle it does no harm: what is missing is finished by a repetition, or the sweep.
async fn in_time(left: Duration, work: impl Future<Output = Result<Reply, Trouble>>) -> Reply {
    // On the heap: it holds the calls to two services.
    match tokio::time::timeout(left, Box::pin(work)).await {
        Ok(Ok(reply)) => reply,
        Ok(Err(trouble)) => Reply::from(trouble),
        Err(_elapsed) => {
            let detail = "it took too long; what was said may be on record, and repeating the request does no harm";
            let problem = Problem {
                retry_after: Some(SOON),
                ..Problem::new(ProblemType::Unavailable, detail)
            };
            Reply::from(problem).because("out_of_time")
        }
    }
}

fn invalid(faults: Vec<Fault>) -> Reply {
    Reply::from(Problem::of_faults(faults))
}

fn unknown() -> Reply {
    let detail = "nobody has registered this device for this application, or it was done with long ago";
    Reply::from(Problem::new(ProblemType::UnknownDevice, detail))
}

const LONGEST: SignedDuration = SignedDuration::from_secs(27);
const MOST_TRIES: u32 = 3;
const TO_ANSWER: SignedDuration = SignedDuration::from_secs(1);
