//! Where stories begin: every combination that the registry's promises allow.

use super::api::{Api, Promise, Run};
use super::world::{DAY, Slot, World, at, endpoint_id, token_hash, user_data};
use crate::device::{Device, Since, State};
use crate::plan::Moment;

/// How far the search goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Breadth {
    /// Everything.
    Every,
    /// Without what only combines.
    Some,
    /// One of each.
    Few,
}

/// The first row has the first token; tokens have no names of their own, so that loses nothing.
pub(super) fn worlds(api: Api, breadth: Breadth) -> Vec<World> {
    let mut worlds = Vec::new();
    for first in first_rows(breadth) {
        for (second, token) in second_rows(breadth) {
            if token == 0 && (first.state != State::Superseded) == (second.state != State::Superseded) {
                continue;
            }
            let are_both_live = first.state == State::Live && second.state == State::Live;
            if are_both_live && first.endpoint.is_some() && first.endpoint == second.endpoint {
                continue;
            }
            for slots in slots(breadth) {
                worlds.push(world(&first, &second, token, slots, api));
            }
        }
    }
    worlds
}

fn world(first: &Device, second: &Device, token: usize, slots: [Option<Slot>; 3], api: Api) -> World {
    let mut claims = [None; 3];
    for (row, device, token) in [(0, first, 0), (1, second, token)] {
        if device.state != State::Superseded {
            claims[token] = Some(row);
        }
    }
    let mut world = World {
        rows: [first.clone(), second.clone()],
        claims,
        slots,
        second: TODAY * DAY,
        pass: PASS,
        api,
        run: Run::Apply,
        bad: [false; 3],
        believed: None,
        is_quiet: true,
        broken: None::<Promise>,
    };
    world.bad = [0, 1, 2].map(|token| is_bad(&world, token));
    world
}

/// What the push service thinks of a token, as far as somebody could know.
fn is_bad(world: &World, token: usize) -> bool {
    let is_disabled = world
        .slots
        .iter()
        .flatten()
        .any(|slot| slot.token == token && !slot.is_enabled);
    let Some(row) = world.claims[token] else {
        return is_disabled;
    };
    let row = &world.rows[row];
    match row.disabled_at {
        Some(at) => at >= row.confirmed_at || is_disabled && row.enables_since_confirm > 0,
        // Nobody knows since when, or it has been enabled since.
        None => is_disabled,
    }
}

fn first_rows(breadth: Breadth) -> Vec<Device> {
    let (before, after, long_ago) = (Some(CONFIRMED - 5), Some(TODAY - 10), Some(CONFIRMED + 10));
    let mut kinds = vec![
        (State::Live, None, 0, 0),
        (State::Live, before, 0, 0),
        (State::Live, after, 0, 0),
        (State::OptedOut(since(TODAY, PASS)), None, 0, 0),
        (State::OptedOut(since(TODAY - 10, 1)), after, 0, 0),
        (State::Superseded, None, 0, 0),
    ];
    if breadth != Breadth::Few {
        kinds.extend([
            (State::Live, long_ago, 0, 0),
            (State::Live, None, 1, 1),
            // An event that came late.
            (State::Live, before, 1, 0),
            (State::Live, after, 1, 2),
            (State::Quarantined, after, 1, 2),
            (State::Tombstone(since(TODAY - 10, 1)), long_ago, 0, 0),
        ]);
    }
    if breadth == Breadth::Every {
        kinds.extend([
            (State::Live, after, 1, 1),
            (State::Live, before, 0, 2),
            (State::Tombstone(since(TODAY, PASS)), long_ago, 0, 0),
            (State::SlotConflict, None, 0, 0),
        ]);
    }
    let endpoints = match breadth {
        Breadth::Every => vec![None, Some(0), Some(1), Some(2)],
        Breadth::Some => vec![None, Some(0), Some(1)],
        Breadth::Few => vec![None, Some(0), Some(2)],
    };
    let rows = kinds.into_iter().flat_map(|kind| {
        let row = move |endpoint: &Option<usize>| {
            (kind.0 != State::SlotConflict || endpoint.is_none()).then(|| device(0, 0, kind, *endpoint))
        };
        endpoints.iter().filter_map(row).collect::<Vec<_>>()
    });
    rows.collect()
}

fn second_rows(breadth: Breadth) -> Vec<(Device, usize)> {
    let (before, after) = (Some(CONFIRMED - 5), Some(TODAY - 10));
    let live = (State::Live, None, 0, 0);
    let mut rows = vec![
        (live, 1, None),
        (live, 1, Some(1)),
        ((State::Superseded, None, 0, 0), 0, None),
    ];
    if breadth != Breadth::Few {
        rows.extend([
            (live, 1, Some(0)),
            (live, 0, Some(0)),
            ((State::OptedOut(since(TODAY, PASS)), None, 0, 0), 1, Some(1)),
        ]);
    }
    if breadth == Breadth::Every {
        rows.extend([
            (live, 1, Some(2)),
            (live, 0, None),
            (live, 0, Some(1)),
            ((State::Live, before, 0, 0), 1, Some(1)),
            ((State::Live, after, 0, 0), 1, Some(1)),
            ((State::Superseded, None, 0, 0), 0, Some(0)),
            ((State::Superseded, None, 0, 0), 2, Some(1)),
        ]);
    }
    let row = |(kind, token, endpoint)| (device(1, token, kind, endpoint), token);
    rows.into_iter().map(row).collect()
}

type Kind = (State, Option<i64>, u32, u32);

fn device(row: usize, token: usize, (state, disabled, enables, again): Kind, endpoint: Option<usize>) -> Device {
    Device {
        token: token_hash(token),
        user_data: user_data(row),
        state,
        endpoint: endpoint.map(endpoint_id),
        confirmed_at: at(CONFIRMED * DAY),
        disabled_at: disabled.map(|day| at(day * DAY)),
        enables_since_confirm: enables,
        enabled_at: (enables > 0).then(|| at(CONFIRMED * DAY)),
        disabled_again: again,
        ticket: None,
        version: 1,
    }
}

fn slots(breadth: Breadth) -> Vec<[Option<Slot>; 3]> {
    let kinds = |slot: usize| {
        let mut kinds = vec![None];
        for token in 0..3 {
            for is_enabled in [true, false] {
                let slot_of = |owner, condemned| Slot {
                    token,
                    is_enabled,
                    owner,
                    condemned,
                };
                let owner = token.min(1);
                match breadth {
                    Breadth::Every => {
                        kinds.push(Some(slot_of(owner, None)));
                        if slot == 0 {
                            kinds.push(Some(slot_of(1 - owner, None)));
                            kinds.push(Some(slot_of(owner, Some(since(TODAY - 10, 1)))));
                        }
                    }
                    Breadth::Some if slot < 2 => kinds.push(Some(slot_of(if slot == 0 { 0 } else { owner }, None))),
                    Breadth::Some if token == 0 => kinds.push(Some(slot_of(1, Some(since(TODAY - 10, 1))))),
                    Breadth::Few if token == slot || token == 0 => kinds.push(Some(slot_of(owner, None))),
                    Breadth::Some | Breadth::Few => {}
                }
            }
        }
        kinds
    };
    let [first, second, third] = [0, 1, 2].map(kinds);
    let mut all = Vec::new();
    for a in &first {
        for b in &second {
            all.extend(third.iter().map(|c| [a.clone(), b.clone(), c.clone()]));
        }
    }
    all
}

fn since(day: i64, pass: u64) -> Since {
    let Moment { now, pass } = Moment {
        now: at(day * DAY),
        pass,
    };
    Since { at: now, pass }
}

const CONFIRMED: i64 = 10;
const TODAY: i64 = 100;
const PASS: u64 = 10;
