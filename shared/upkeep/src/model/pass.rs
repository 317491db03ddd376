//! A pass: list, join, look, decide, act, look again.

use std::collections::{BTreeSet, VecDeque};

use super::api::{Promise, Run};
use super::world::{
    AsRead, ROWS, TOKENS, World, device_id, endpoint_id, row_number, slot_number, token_hash, token_number, user_data,
};
use jiff::Timestamp;

use crate::device::Ticket;
use crate::endpoint::EndpointId;
use crate::fleet::{Candidate, Listed, Listing};
use crate::mend::{Answer, Call, Known, Mend, Next, Subject, Trail};
use crate::plan::{Caps, Mode, Orphans, Settings, Trouble};

/// Sees every call, and may do something before it or in its place.
pub(super) trait Meddler {
    /// The answer, or nothing if the process is dead.
    fn call(&mut self, world: &mut World, read: Option<AsRead>, call: &Call) -> Option<Answer>;
}

/// Counts and does nothing.
#[derive(Default)]
pub(super) struct Quiet {
    pub(super) calls: usize,
    pub(super) writes: usize,
}

impl Meddler for Quiet {
    fn call(&mut self, world: &mut World, read: Option<AsRead>, call: &Call) -> Option<Answer> {
        self.calls += 1;
        self.writes += usize::from(call.is_mutating());
        check_ownership(world, read, call);
        Some(perform(world, read, call))
    }
}

fn settings(run: Run) -> Settings {
    let (mode, orphans) = match run {
        Run::Apply => (Mode::Apply, Orphans::Report),
        Run::ApplyAndDeleteOrphans => (Mode::Apply, Orphans::Delete),
        Run::Plan => (Mode::Plan, Orphans::Delete),
    };
    Settings {
        mode,
        retention: jiff::SignedDuration::from_hours(30 * 24),
        grace: jiff::SignedDuration::from_hours(24),
        quarantine_after: 2,
        orphans,
        closed: None,
        caps_left: Caps {
            creates: 1_000,
            deletes: 1_000,
            enables: 1_000,
        },
    }
}

/// One pass, by the code that is deployed. Nothing if the process died.
pub(super) fn pass(world: &mut World, meddler: &mut dyn Meddler) -> Option<()> {
    let mut listing = Listing::expecting(0);
    listing.push(&listed(world));
    let mut table = listing.end();
    let mut candidates: Vec<Candidate> = Vec::new();
    for row in ROWS {
        candidates.extend(table.join(&device_id(row), &world.rows[row]));
    }
    let mut table = table.turn();
    candidates.iter().for_each(|candidate| table.name(candidate));
    let mut endpoints: BTreeSet<_> = match world.run {
        Run::Apply => BTreeSet::new(),
        Run::ApplyAndDeleteOrphans | Run::Plan => table.orphans().collect(),
    };
    let subject = |candidate: Candidate| {
        let trail = Trail {
            is_shared: table.is_shared(&candidate),
            ..trail(candidate.holders)
        };
        (Subject::Device(candidate.id), trail)
    };
    let mut subjects: Vec<_> = candidates.into_iter().map(subject).collect();
    let condemned = |slot: &&usize| world.slots[**slot].as_ref().is_some_and(|slot| slot.condemned.is_some());
    endpoints.extend(TOKENS.iter().filter(condemned).map(|slot| endpoint_id(*slot)));
    subjects.extend(endpoints.into_iter().map(|id| (Subject::Endpoint(id), Trail::default())));

    let mut looks = [0, 0];
    let mut waiting: VecDeque<(Subject, Trail)> = subjects.into();
    let mut number = 0;
    while let Some((subject, trail)) = waiting.pop_front() {
        if let Subject::Device(id) = &subject {
            looks[row_number(id)] += 1;
            if looks[row_number(id)] > 3 {
                continue;
            }
        }
        number += 1;
        let ticket = Ticket { run: world.pass, number };
        let also = work(world, Mend::new(subject, trail, ticket), meddler)?;
        also.into_iter().for_each(|next| waiting.push_front(next));
    }
    Some(())
}

/// One piece of work of somebody else, who sees every endpoint.
pub(super) fn mend(world: &mut World, subject: &Subject, confirming: Option<Timestamp>, meddler: &mut dyn Meddler) {
    let all = trail(TOKENS.map(endpoint_id));
    let ticket = Ticket {
        run: u64::MAX,
        number: world.second.unsigned_abs(),
    };
    let mend = Mend::new(subject.clone(), all, ticket);
    let mend = match confirming {
        Some(confirmed_at) => mend.confirming(confirmed_at),
        None => mend,
    };
    work(world, mend, meddler);
}

fn trail(candidates: impl IntoIterator<Item = EndpointId>) -> Trail {
    Trail {
        candidates: candidates.into_iter().collect(),
        ..Trail::default()
    }
}

type Work = Vec<(Subject, Trail)>;

fn work(world: &mut World, mend: Mend, meddler: &mut dyn Meddler) -> Option<Work> {
    let mut read = None;
    let settings = settings(world.run);
    let mut mend = mend;
    let mut next = mend.begin(&settings, &world.moment());
    loop {
        match next {
            Next::Done(mended) => {
                let troubles = mended.decisions.iter().filter(|decision| decision.reason.code() == "endless");
                assert_eq!(troubles.count(), 0, "{mended:#?}");
                return Some(
                    mended
                        .also
                        .into_iter()
                        .map(|(id, trail)| (Subject::Device(id), trail))
                        .collect(),
                );
            }
            Next::Call(call) => {
                let answer = meddler.call(world, read, &call)?;
                if let (Call::ReadDevice(id), Answer::Device(Some(Known::Row { device, .. }))) = (&call, &answer) {
                    let token = token_number(&device.token);
                    read = Some(AsRead {
                        row: row_number(id),
                        token,
                    });
                }
                next = mend.next(answer, &settings, &world.moment());
            }
        }
    }
}

/// Nothing has happened since the look, so that what belongs to others is known.
fn check_ownership(world: &mut World, read: Option<AsRead>, call: &Call) {
    let Call::Act(action) = call else {
        return;
    };
    let slot = action.endpoint().and_then(|id| world.slots[slot_number(id)].as_ref());
    let claimant = slot.and_then(|slot| world.claims[slot.token]);
    if claimant.is_some_and(|claimant| read.is_none_or(|read| read.row != claimant)) {
        world.breaks(Promise::LeavesOthersAlone);
    }
}

/// What a call does.
pub(super) fn perform(world: &mut World, read: Option<AsRead>, call: &Call) -> Answer {
    match call {
        Call::ReadDevice(id) => world.known(id),
        Call::ReadClaim(token) => world.claimant(token),
        Call::ReadEndpoint(id) => world.seen(*id),
        Call::Change { device, version, change } => world.change(device, *version, change),
        Call::Act(action) => world.act(read, action),
    }
}

fn listed(world: &World) -> Vec<Listed> {
    let slot = |slot: &usize| {
        let endpoint = world.slots[*slot].as_ref()?;
        Some(Listed {
            id: endpoint_id(*slot),
            token: token_hash(endpoint.token),
            user_data: user_data(endpoint.owner),
            is_enabled: endpoint.is_enabled,
        })
    };
    TOKENS.iter().filter_map(slot).collect()
}

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fault {
    Throttled,
    /// A refusal that is not known.
    Refused,
    /// No answer, and nothing was done.
    LostRequest,
    /// No answer, and it was done.
    LostAnswer,
    /// A conditional write was done, its answer got lost, and the SDK repeated it.
    Repeated,
    DiesBefore,
    DiesAfter,
}

impl Fault {
    pub(super) const ALL: [Self; 7] = [
        Self::Throttled,
        Self::Refused,
        Self::LostRequest,
        Self::LostAnswer,
        Self::Repeated,
        Self::DiesBefore,
        Self::DiesAfter,
    ];

    pub(super) fn strike(self, world: &mut World, read: Option<AsRead>, call: &Call) -> Option<Answer> {
        match self {
            Self::Throttled => Some(Answer::Failed(Trouble::Throttled)),
            Self::Refused => Some(Answer::Failed(Trouble::Refused)),
            Self::LostRequest => Some(Answer::Failed(Trouble::Unanswered)),
            Self::LostAnswer => {
                perform(world, read, call);
                Some(Answer::Failed(Trouble::Unanswered))
            }
            Self::Repeated => {
                perform(world, read, call);
                Some(perform(world, read, call))
            }
            Self::DiesBefore => None,
            Self::DiesAfter => {
                perform(world, read, call);
                None
            }
        }
    }
}
