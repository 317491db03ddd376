//! One moment of a story, and what may happen next.

use jiff::Timestamp;

use super::setup::{NAMES, Setup};
use crate::acquire::{Acquired, Next};
use crate::claim::OnUnknown;
use crate::row::{Row, State};
use crate::settle::{Settled, Settlement};
use crate::standing::Standing;
use crate::store::{Put, Write};
use crate::stored::Stored;

#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct World {
    tick: i64,
    row: Option<Row>,
    workers: Vec<Worker>,
    mishaps_left: u8,
    /// Messages that were sent. Each is answered with its number.
    posts: u8,
    /// The last one was not refused, so it may have been delivered.
    may_be_delivered: bool,
    /// The answer that was given as the one on record.
    told: Option<u8>,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Worker {
    /// It has not come yet.
    Absent,
    Acquiring {
        since: Timestamp,
        write: Write,
    },
    Holding(Row),
    Posting {
        lease: Row,
        post: u8,
    },
    Settling {
        lease: Row,
        write: Write,
    },
    /// It has answered, or crashed.
    Gone,
}

/// Who did what, and the world after it or the promise that it broke.
type Event = (&'static str, &'static str, Result<World, &'static str>);

impl World {
    pub(super) fn new(setup: &Setup) -> Self {
        Self {
            tick: 0,
            row: None,
            workers: vec![Worker::Absent; setup.workers()],
            mishaps_left: setup.mishaps,
            posts: 0,
            may_be_delivered: false,
            told: None,
        }
    }

    pub(super) fn events(&self, setup: &Setup) -> Vec<Event> {
        let mut events = Vec::new();
        // Time begins when the first worker comes.
        let has_begun = self.workers[0] != Worker::Absent;
        let all_calls_may_go_on = self.workers.iter().enumerate().all(|(n, worker)| match worker {
            Worker::Posting { lease, .. } => setup.may_post(lease, setup.clock(n, self.tick + 1)),
            _ => true,
        });
        let has_ended = self.workers.iter().all(|worker| *worker == Worker::Gone);
        if has_begun && !has_ended && self.tick < setup.last_tick() && all_calls_may_go_on {
            let mut after = self.clone();
            after.tick += 1;
            events.push(("", "time passes", Ok(after)));
        }
        for (n, worker) in self.workers.iter().enumerate() {
            let clock = setup.clock(n, self.tick);
            let mut happens = |what, after| events.push((NAMES[n], what, after));
            match worker {
                Worker::Absent if has_begun || n == 0 => {
                    let write = setup.acquisition(n, clock).begin();
                    let comes = self.with(
                        n,
                        Worker::Acquiring {
                            since: clock,
                            write: write.clone(),
                        },
                    );
                    if setup.is_prompt() {
                        happens(" comes, and asks at once", comes.asked(setup, n, clock, &write));
                    } else {
                        happens(" comes", Ok(comes));
                    }
                }
                Worker::Absent | Worker::Gone => {}
                Worker::Acquiring { since, write } => {
                    happens(" asks", self.asked(setup, n, *since, write));
                    if let Some(mishap) = self.mishap() {
                        happens(" asks, and the answer is lost", Ok(mishap.put(write).0));
                    }
                }
                Worker::Holding(lease) => {
                    if setup.may_post(lease, clock) {
                        happens(" sends", self.sent(setup, n, lease));
                    }
                    if setup.permit(lease).time_left(clock).is_none() {
                        happens(" is too late to send", Ok(self.ended(setup, n, lease, refused(clock))));
                    }
                    if let Some(mishap) = self.mishap() {
                        happens(" crashes before it sends", Ok(mishap.with(n, Worker::Gone)));
                    }
                }
                Worker::Posting { lease, post } => {
                    if !self.is_held_by(lease) {
                        happens(" still sends", Err("its lease was taken away meanwhile"));
                    }
                    let answer = Stored::new(200, [].into(), [*post]).expect("a short answer");
                    happens(" is answered", Ok(self.ended(setup, n, lease, State::Done(answer))));
                    let mut after = self.ended(setup, n, lease, refused(clock));
                    after.may_be_delivered = false;
                    happens(" is refused for now", Ok(after));
                    happens(" gets no answer", Ok(self.ended(setup, n, lease, State::Unknown)));
                    if let Some(mishap) = self.mishap() {
                        happens(" crashes while it sends", Ok(mishap.with(n, Worker::Gone)));
                    }
                }
                Worker::Settling { lease, write } => {
                    happens(" settles", self.settled(setup, n, lease, write));
                    if let Some(mishap) = self.mishap() {
                        happens(" cannot settle", Ok(mishap.with(n, Worker::Gone)));
                        happens(" settles, and the answer is lost", Ok(mishap.put(write).0));
                    }
                }
            }
        }
        events
    }

    fn with(&self, n: usize, worker: Worker) -> Self {
        let mut after = self.clone();
        after.workers[n] = worker;
        after
    }

    /// The same world with one mishap less to come, if there is one.
    fn mishap(&self) -> Option<Self> {
        let mut after = self.clone();
        after.mishaps_left = self.mishaps_left.checked_sub(1)?;
        Some(after)
    }

    /// The conditional write.
    fn put(mut self, write: &Write) -> (Self, Put) {
        if write.condition.holds(self.row.as_ref()) {
            self.row = Some(write.row.clone());
            (self, Put::Done)
        } else {
            let row = self.row.clone();
            (self, Put::Refused(row))
        }
    }

    fn is_held_by(&self, lease: &Row) -> bool {
        self.row.as_ref().is_some_and(|row| row.is_lease_of(&lease.owner))
    }

    fn asked(&self, setup: &Setup, n: usize, since: Timestamp, write: &Write) -> Result<Self, &'static str> {
        let (after, put) = self.clone().put(write);
        match setup.acquisition(n, since).next(write, put) {
            Err(_) => Err("the store hides nothing here"),
            Ok(Next::Write(write)) => Ok(after.with(n, Worker::Acquiring { since, write })),
            Ok(Next::Answer(Acquired::Go(permit))) => Ok(after.with(n, Worker::Holding(permit.lease))),
            Ok(Next::Answer(Acquired::Held(standing))) => after.told(setup, n, &standing),
        }
    }

    fn sent(&self, setup: &Setup, n: usize, lease: &Row) -> Result<Self, &'static str> {
        if !self.is_held_by(lease) {
            return Err("it no longer holds the lease");
        }
        if self.told.is_some() && !setup.is_forgetful() {
            return Err("the send has been answered before");
        }
        if self.may_be_delivered && setup.claim.on_unknown == OnUnknown::Fail && !setup.is_forgetful() {
            return Err("an earlier message may have been delivered");
        }
        let mut after = self.with(
            n,
            Worker::Posting {
                lease: lease.clone(),
                post: self.posts,
            },
        );
        after.posts += 1;
        after.may_be_delivered = true;
        Ok(after)
    }

    fn ended(&self, setup: &Setup, n: usize, lease: &Row, state: State) -> Self {
        let now = setup.clock(n, self.tick);
        let write = Settlement::new(setup.permit(lease), state, now, setup.retention, setup.rules).write;
        let lease = lease.clone();
        self.with(n, Worker::Settling { lease, write })
    }

    fn settled(&self, setup: &Setup, n: usize, lease: &Row, write: &Write) -> Result<Self, &'static str> {
        let (after, put) = self.clone().put(write);
        let settlement = Settlement {
            permit: setup.permit(lease),
            write: write.clone(),
            rules: setup.rules,
        };
        match (settlement.end(put, setup.clock(n, self.tick)), &write.row.state) {
            (Settled::Recorded, State::Done(answer)) => after.told(setup, n, &Standing::Replay(answer.clone())),
            (Settled::Recorded, _) => Ok(after.with(n, Worker::Gone)),
            (Settled::Superseded(standing), _) => after.told(setup, n, &standing),
            (Settled::Unrecorded(_), _) => Err("the store hides nothing here"),
        }
    }

    /// A caller is told how things stand.
    fn told(mut self, setup: &Setup, n: usize, standing: &Standing) -> Result<Self, &'static str> {
        self.workers[n] = Worker::Gone;
        match standing {
            Standing::InFlight { .. } | Standing::TooEarly { .. } => {}
            Standing::Mismatch => return Err("there is one request only"),
            Standing::Replay(answer) => {
                let [post] = *answer.body() else {
                    return Err("the answer is not what was received");
                };
                if self.told.is_some_and(|told| told != post) && !setup.is_forgetful() {
                    return Err("another caller was told otherwise");
                }
                self.told = Some(post);
            }
            Standing::Unknown => {
                let may_still_send = |(n, worker): (usize, &Worker)| match worker {
                    Worker::Posting { .. } => true,
                    Worker::Holding(lease) => setup.may_post(lease, setup.clock(n, self.tick)),
                    _ => false,
                };
                if self.workers.iter().enumerate().any(may_still_send) {
                    return Err("it may still be sent");
                }
            }
        }
        Ok(self)
    }
}

fn refused(clock: Timestamp) -> State {
    State::Retryable {
        not_before_ms: clock.as_millisecond(),
        last_error: String::new(),
    }
}
