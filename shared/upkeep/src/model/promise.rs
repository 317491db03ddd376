//! What must hold after a pass.

use super::api::{Promise, Run};
use super::pass::{Quiet, pass};
use super::world::{ROWS, TOKENS, World, endpoint_id, slot_number};
use crate::device::State;

/// An undisturbed pass by `algorithm`, and all that must hold after it.
pub(super) fn check_pass(world: &mut World, algorithm: &dyn Fn(&mut World) -> usize) -> Result<(), Promise> {
    let before = world.clone();
    world.is_quiet = true;
    algorithm(world);
    if let Some(promise) = world.broken {
        return Err(promise);
    }
    for row in ROWS {
        check_row(&before, world, row)?;
    }
    check_bindings(world)?;

    if world.run == Run::ApplyAndDeleteOrphans {
        // What a row has let go is an orphan from the next pass on.
        algorithm(world);
    }
    let mut again = world.clone();
    if algorithm(&mut again) > 0 || again != *world {
        return Err(Promise::Settles);
    }
    Ok(())
}

/// The deployed algorithm, and how much it writes.
pub(super) fn deployed(world: &mut World) -> usize {
    let mut quiet = Quiet::default();
    // A quiet process does not die.
    let _ = pass(world, &mut quiet);
    quiet.writes
}

fn check_row(before: &World, after: &World, row: usize) -> Result<(), Promise> {
    let token = after.token(row);
    let holders = after.holders(token);
    let enabled = |world: &World, slot: usize| world.slots[slot].as_ref().is_some_and(|slot| slot.is_enabled);
    if matches!(after.rows[row].state, State::OptedOut(_)) && after.claims[token] == Some(row) {
        return match holders.iter().any(|slot| enabled(after, *slot)) {
            true => Err(Promise::HonoursOptOut),
            false => Ok(()),
        };
    }
    if !before.is_winner(row) {
        return Ok(());
    }
    let own = after.rows[row].endpoint.map(slot_number);
    let condemned = |slot: usize| after.slots[slot].as_ref().is_some_and(|slot| slot.condemned.is_some());
    if after.is_winner(row) && holders.iter().any(|slot| Some(*slot) != own && !condemned(*slot)) {
        return Err(Promise::NoDuplicates);
    }
    if may_be_enabled(before, row) {
        let is_well = own.is_some_and(|own| {
            after.slots[own]
                .as_ref()
                .is_some_and(|slot| slot.token == token && slot.is_enabled && slot.owner == row && slot.condemned.is_none())
        });
        // Or SNS has no place for the token, and says so.
        let has_no_place = after.rows[row].state == State::SlotConflict && holders.is_empty();
        return match is_well || has_no_place {
            true => Ok(()),
            false => Err(Promise::Heals),
        };
    }
    let was_enabled = |slot: &usize| {
        before.slots[*slot]
            .as_ref()
            .is_some_and(|slot| slot.token == token && slot.is_enabled)
    };
    match holders.iter().any(|slot| enabled(after, *slot) && !was_enabled(slot)) {
        true => Err(Promise::NoBlindEnable),
        false => Ok(()),
    }
}

/// Said once more, in words of its own: the row's endpoint, or the best of the others, is enabled or may be.
fn may_be_enabled(world: &World, row: usize) -> bool {
    let device = &world.rows[row];
    let is_first = device.enables_since_confirm == 0;
    let is_newer = |at| device.confirmed_at > at;
    let holders = world.holders(world.token(row));
    let own = device.endpoint.map(slot_number).filter(|own| holders.contains(own));
    let enabled = |slot: &&usize| world.slots[**slot].as_ref().is_some_and(|slot| slot.is_enabled);
    match own.or(holders.iter().find(enabled).or(holders.first()).copied()) {
        Some(chosen) if enabled(&&chosen) => true,
        Some(_) => is_first && device.disabled_at.is_some_and(is_newer) && device.disabled_again < 2,
        None => is_first && device.disabled_at.is_none_or(is_newer),
    }
}

fn check_bindings(world: &World) -> Result<(), Promise> {
    for slot in TOKENS {
        let bound =
            |row: &&usize| world.rows[**row].state == State::Live && world.rows[**row].endpoint == Some(endpoint_id(slot));
        if ROWS.iter().filter(bound).count() > 1 {
            return Err(Promise::OneOwner);
        }
        let claimant = world.slots[slot].as_ref().and_then(|slot| world.claims[slot.token]);
        if claimant.is_some_and(|claimant| ROWS.iter().filter(bound).any(|row| *row != claimant)) {
            return Err(Promise::NoMisdirection);
        }
    }
    Ok(())
}

/// Passes until every grace is over: then each token of a winner has one endpoint at most.
pub(super) fn check_in_the_end(world: &mut World) -> Result<(), Promise> {
    let mut days = 0;
    while days < 4 && world.slots.iter().flatten().any(|slot| slot.condemned.is_some()) {
        world.next_pass();
        check_pass(world, &deployed)?;
        days += 1;
    }
    for row in ROWS {
        if world.is_winner(row) && world.holders(world.token(row)).len() > 1 {
            return Err(Promise::NoDuplicates);
        }
    }
    Ok(())
}

/// A device that has just registered, to the end: its endpoint is as it left it. Where a token had several endpoints when the pass began,
/// it may have to wait.
pub(super) fn check_came_back(begin: &World, world: &World, row: usize, was_well: bool) -> Result<(), Promise> {
    match !was_well || is_well(world, row) || !begin.has_no_duplicates() {
        true => Ok(()),
        false => Err(Promise::LetsDevicesComeBack),
    }
}

/// The row has an enabled endpoint of its own.
pub(super) fn is_well(world: &World, row: usize) -> bool {
    let own = world.rows[row]
        .endpoint
        .and_then(|own| world.slots[slot_number(own)].as_ref());
    world.is_winner(row) && own.is_some_and(|slot| slot.token == world.token(row) && slot.is_enabled && slot.owner == row)
}
