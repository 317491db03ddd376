//! The endpoints of one application, packed so that a million of them fit and no call looks at them all.
//!
//! An endpoint has a place from the moment it is first made and keeps it when it is deleted, so a listing goes by places: what is
//! deleted makes a page shorter, or empty, and a listing that is under way neither skips nor repeats anybody. An endpoint takes 64
//! bytes and its texts, and about as much again to be found by its id and its token.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
};

use jiff::Timestamp;

/// The endpoints, in the order in which they were first made.
#[derive(Default)]
pub(super) struct Fleet {
    places: Vec<Kept>,
    by_id: HashMap<u128, u32>,
    /// Hashes of tokens, of the living only. Two endpoints may have the same token, and two tokens the same hash.
    by_token: BTreeSet<(u64, u32)>,
}

/// One endpoint.
pub(super) struct Kept {
    pub(super) id: u128,
    token: Box<str>,
    pub(super) user_data: Box<str>,
    /// [`LIVING`], or when it was deleted.
    deleted_at: i64,
    pub(super) is_enabled: bool,
}

impl Kept {
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    fn is_living(&self) -> bool {
        self.deleted_at == LIVING
    }
}

impl Fleet {
    /// How many places there are, those of the deleted among them.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    /// How many endpoints there are.
    pub(super) fn living(&self) -> usize {
        self.by_token.len()
    }

    /// The endpoint with an id.
    pub(super) fn find(&self, id: u128) -> Option<u32> {
        let place = *self.by_id.get(&id)?;
        self.get(place).is_living().then_some(place)
    }

    /// The oldest endpoint with a token, but for the one at `but`.
    pub(super) fn holder(&self, token: &str, but: Option<u32>) -> Option<u32> {
        let hash = hash_of(token);
        let mut places = self.by_token.range((hash, 0)..=(hash, u32::MAX)).map(|(_, place)| *place);
        places.find(|place| but != Some(*place) && self.get(*place).token() == token)
    }

    pub(super) fn get(&self, place: u32) -> &Kept {
        &self.places[place as usize]
    }

    pub(super) fn get_mut(&mut self, place: u32) -> &mut Kept {
        &mut self.places[place as usize]
    }

    /// Makes an endpoint; one that was deleted comes back to its place.
    pub(super) fn add(&mut self, id: u128, token: &str, user_data: &str, is_enabled: bool) -> u32 {
        let kept = Kept {
            id,
            token: token.into(),
            user_data: user_data.into(),
            deleted_at: LIVING,
            is_enabled,
        };
        let next = u32::try_from(self.places.len()).expect("fewer than four thousand million endpoints");
        let place = *self.by_id.entry(id).or_insert(next);
        match place == next {
            true => self.places.push(kept),
            false => *self.get_mut(place) = kept,
        }
        self.by_token.insert((hash_of(token), place));
        place
    }

    pub(super) fn set_token(&mut self, place: u32, token: &str) {
        self.by_token.remove(&(hash_of(self.get(place).token()), place));
        self.by_token.insert((hash_of(token), place));
        self.get_mut(place).token = token.into();
    }

    pub(super) fn delete(&mut self, place: u32, now: Timestamp) {
        self.by_token.remove(&(hash_of(self.get(place).token()), place));
        self.get_mut(place).deleted_at = now.as_millisecond();
    }

    /// Those in a part of the places that are there, or were deleted after `since`.
    pub(super) fn seen(&self, places: Range<usize>, since: Timestamp) -> impl Iterator<Item = &Kept> {
        let since = since.as_millisecond();
        self.places[places].iter().filter(move |kept| kept.deleted_at > since)
    }

    /// Those that are there.
    pub(super) fn all(&self) -> impl Iterator<Item = &Kept> {
        self.places.iter().filter(|kept| kept.is_living())
    }
}

fn hash_of(token: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    token.hash(&mut hasher);
    hasher.finish()
}

const LIVING: i64 = i64::MAX;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_kept_and_comes_back() {
        let mut fleet = Fleet::default();
        let (now, later) = (Timestamp::UNIX_EPOCH, "1970-01-01T00:00:10Z".parse().unwrap());
        let [a, b] = [(1, "a"), (2, "b")].map(|(id, token)| fleet.add(id, token, "", true));
        fleet.delete(a, later);
        assert_eq!((fleet.places(), fleet.living(), fleet.find(1)), (2, 1, None));
        let seen = |fleet: &Fleet, since| fleet.seen(0..2, since).map(|kept| kept.id).collect::<Vec<_>>();
        assert_eq!((seen(&fleet, now), seen(&fleet, later)), (vec![1, 2], vec![2]));
        assert_eq!((fleet.add(1, "a", "", true), fleet.holder("a", None)), (a, Some(a)));
        fleet.set_token(b, "a");
        assert_eq!((fleet.holder("a", Some(a)), fleet.holder("b", None)), (Some(b), None));
        assert_eq!(seen(&fleet, later), [1, 2]);
    }

    #[test]
    fn an_endpoint_takes_64_bytes_and_its_texts() {
        assert_eq!(size_of::<Kept>(), 64);
    }
}
