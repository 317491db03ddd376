//! What one would write first. Each must be caught.

use super::api::Promise;
use super::world::{AsRead, ROWS, Slot, TOKENS, World, endpoint_id, slot_number};
use crate::device::State;
use crate::mend::Answer;
use crate::plan::Action;

/// The pseudo-code of AWS's page, as a job: "the latest device token" is the stored one, since a job has no device to ask.
pub(super) fn pseudo_code(world: &mut World) -> usize {
    let mut writes = 0;
    for row in ROWS {
        let read = world.rows[row].clone();
        if read.state != State::Live {
            continue;
        }
        let token = world.token(row);
        let as_read = Some(AsRead { row, token });
        let endpoint = match read.endpoint {
            Some(endpoint) if world.slots[slot_number(endpoint)].is_some() => endpoint,
            // "this is a first-time registration call", or "the platform endpoint was deleted".
            Some(_) | None => {
                writes += 1;
                let Answer::Created(created) = world.act(as_read, &Action::Create) else {
                    continue;
                };
                world.rows[row].endpoint = Some(created);
                world.rows[row].version += 1;
                created
            }
        };
        let differs = |slot: &Slot| slot.token != token || !slot.is_enabled;
        if world.slots[slot_number(endpoint)].as_ref().is_some_and(differs) {
            writes += 1;
            world.set_token(endpoint, token, row);
        }
    }
    writes
}

/// The same, as it is often written: the row is read once, and written back as a whole at the end.
pub(super) fn pseudo_code_that_writes_back(world: &mut World, meanwhile: impl FnOnce(&mut World)) {
    let read = world.rows.clone();
    pseudo_code(world);
    meanwhile(world);
    for row in ROWS {
        let written = crate::device::Device {
            endpoint: world.rows[row].endpoint,
            version: world.rows[row].version,
            ..read[row].clone()
        };
        if world.rows[row] != written {
            world.breaks(Promise::NoLostUpdate);
        }
        world.rows[row] = written;
    }
}

/// Enables whatever is disabled.
pub(super) fn enable_all(world: &mut World) -> usize {
    let disabled = |slot: &&usize| world.slots[**slot].as_ref().is_some_and(|slot| !slot.is_enabled);
    let disabled: Vec<_> = TOKENS.iter().filter(disabled).copied().collect();
    for slot in &disabled {
        let as_read = Some(AsRead { row: 0, token: 0 });
        let enable = Action::Enable {
            endpoint: endpoint_id(*slot),
            with_user_data: false,
        };
        world.act(as_read, &enable);
    }
    disabled.len()
}

/// Deletes whatever is disabled.
pub(super) fn purge_disabled(world: &mut World) -> usize {
    let disabled = |slot: &&usize| world.slots[**slot].as_ref().is_some_and(|slot| !slot.is_enabled);
    let disabled: Vec<_> = TOKENS.iter().filter(disabled).copied().collect();
    for slot in &disabled {
        world.act(None, &Action::Delete(endpoint_id(*slot)));
    }
    disabled.len()
}
