//! The table against what a map of everything would say.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use proptest::prelude::{any, prop, prop_assert_eq, proptest};

use super::{ById, ByToken, Candidate, ENTRY_BYTES, Listed, Listing, NotAListing};
use crate::device::{Device, DeviceId, State};
use crate::endpoint::EndpointId;
use crate::hashes::{TokenHash, UserDataHash};
use crate::plan::{Claim, Own};

fn listed(n: u8, token: u8) -> Listed {
    Listed {
        id: EndpointId::given([n; 16]),
        token: TokenHash::given([token; 32]),
        user_data: UserDataHash::of(""),
        is_enabled: true,
    }
}

fn device(token: u8, endpoint: Option<u8>) -> Device {
    Device {
        token: TokenHash::given([token; 32]),
        user_data: UserDataHash::of(""),
        state: State::Live,
        endpoint: endpoint.map(|n| EndpointId::given([n; 16])),
        confirmed_at: Timestamp::UNIX_EPOCH,
        disabled_at: None,
        enables_since_confirm: 0,
        enabled_at: None,
        disabled_again: 0,
        ticket: None,
        version: 1,
    }
}

fn fleet(page: &[Listed]) -> ByToken {
    let mut listing = Listing::default();
    listing.push(page);
    listing.end()
}

fn candidate(fleet: &mut ByToken, device: &Device) -> Option<Candidate> {
    fleet.join(&DeviceId::new("device"), device)
}

fn holders(candidate: &Candidate) -> Vec<u8> {
    candidate.holders.iter().map(|id| id.as_bytes()[0]).collect()
}

fn orphans(fleet: &ById) -> Vec<u8> {
    fleet.orphans().map(|id| id.as_bytes()[0]).collect()
}

#[test]
fn an_endpoint_takes_33_bytes_and_a_table_a_sixteenth_more_while_it_grows() {
    assert_eq!(ENTRY_BYTES, 33);
    let mut listing = Listing::default();
    let mut count = 0_usize;
    for _ in 0..1_000 {
        let page: Vec<_> = (count..count + 100).map(numbered).collect();
        listing.push(&page);
        count += 100;
        assert!(listing.size_bytes() <= (count + count / 16 + 200) * 33, "{count}");
    }

    let by_token = listing.end();
    assert_eq!(by_token.size_bytes(), 100_000 * 33);
    assert_eq!(by_token.turn().size_bytes(), 100_000 * 33);
}

#[test]
fn a_table_of_the_expected_size_does_not_grow() {
    let mut listing = Listing::expecting(1_000);
    (0..10).for_each(|page| listing.push(&(page * 100..page * 100 + 100).map(numbered).collect::<Vec<_>>()));

    assert_eq!(listing.size_bytes(), 33_000);
}

fn numbered(n: usize) -> Listed {
    let mut hash = [0; 32];
    hash[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let mut id = [0; 16];
    id[8..].copy_from_slice(&hash[..8]);
    Listed {
        id: EndpointId::given(id),
        token: TokenHash::given(hash),
        user_data: UserDataHash::of(""),
        is_enabled: true,
    }
}

#[test]
fn a_healthy_device_needs_no_look() {
    let mut fleet = fleet(&[listed(1, 1)]);

    assert_eq!(candidate(&mut fleet, &device(1, Some(1))), None);
    assert_eq!(orphans(&fleet.turn()), [0; 0]);
}

#[test]
fn whatever_is_not_as_the_row_says_needs_one() {
    let healthy = listed(1, 1);
    let disabled = Listed {
        is_enabled: false,
        ..healthy.clone()
    };
    let other = Listed {
        user_data: UserDataHash::of("other"),
        ..healthy.clone()
    };
    let known = Device {
        disabled_at: Some(Timestamp::UNIX_EPOCH),
        ..device(1, Some(1))
    };
    for (page, device, expected) in [
        (vec![disabled], device(1, Some(1)), &[1][..]),
        (vec![other], device(1, Some(1)), &[1]),
        (vec![healthy.clone()], known, &[1]),
        (vec![healthy.clone()], device(1, None), &[1]),
        (vec![healthy.clone()], device(1, Some(2)), &[1]),
        (vec![healthy.clone(), listed(2, 1)], device(1, Some(1)), &[1, 2]),
        (vec![healthy], device(2, Some(1)), &[]),
        (vec![], device(1, Some(1)), &[]),
    ] {
        let candidate = candidate(&mut fleet(&page), &device).unwrap();
        assert_eq!(holders(&candidate), expected);
    }
}

#[test]
fn a_row_that_gets_no_pushes_is_settled_when_it_names_nothing_that_is_its_own() {
    let since = crate::device::Since {
        at: Timestamp::UNIX_EPOCH,
        pass: 0,
    };
    for (state, named, unnamed_with_holder, alone) in [
        (State::Superseded, false, true, true),
        (State::SlotConflict, false, true, true),
        (State::Quarantined, true, true, true),
        (State::OptedOut(since), false, false, true),
        (State::Tombstone(since), false, false, true),
    ] {
        let settled = |page: &[Listed], endpoint| {
            let device = Device {
                state,
                ..device(1, endpoint)
            };
            candidate(&mut fleet(page), &device).is_none()
        };
        assert_eq!(settled(&[listed(1, 1)], Some(1)), named, "{state:?}");
        assert_eq!(settled(&[listed(1, 1)], None), unnamed_with_holder, "{state:?}");
        assert_eq!(settled(&[], None), alone, "{state:?}");
    }
}

#[test]
fn what_was_quarantined_needs_a_look_where_a_mistake_is_made_good_that_disabled_it() {
    let moment = |second| Timestamp::from_second(second).unwrap();
    for (disabled_at, looks) in [
        (None, false),
        (Some(9), false),
        (Some(10), true),
        (Some(20), true),
        (Some(21), false),
    ] {
        let device = Device {
            state: State::Quarantined,
            disabled_at: disabled_at.map(moment),
            ..device(1, Some(1))
        };
        let mut recovering = fleet(&[listed(1, 1)]).recovering(moment(10)..=moment(20));
        assert_eq!(candidate(&mut recovering, &device).is_some(), looks, "{disabled_at:?}");
        assert_eq!(candidate(&mut fleet(&[listed(1, 1)]), &device), None);
    }
}

#[test]
fn whether_somebody_claims_the_row_s_endpoint_is_known_when_all_rows_are_joined() {
    let mut fleet = fleet(&[listed(1, 7), listed(2, 8)]);
    let [taken, free, missing] = [1, 2, 3].map(|n| candidate(&mut fleet, &device(20 + n, Some(n))).unwrap());
    let _ = fleet.join(&DeviceId::new("another"), &device(7, None));

    let fleet = fleet.turn();
    assert_eq!(fleet.facts(&taken).own, Own::Other(Claim::Another));
    assert_eq!(fleet.facts(&free).own, Own::Other(Claim::Nobody));
    assert_eq!(fleet.facts(&missing).own, Own::Missing);
}

#[test]
fn an_endpoint_that_a_row_names_is_no_orphan_and_one_of_a_superseded_row_is() {
    let mut fleet = fleet(&[listed(1, 7), listed(2, 8), listed(3, 9)]);
    let changed = candidate(&mut fleet, &device(20, Some(1))).unwrap();
    let superseded = Device {
        state: State::Superseded,
        ..device(8, None)
    };
    assert_eq!(candidate(&mut fleet, &superseded), None);

    let mut fleet = fleet.turn();
    assert_eq!(orphans(&fleet), [1, 2, 3]);
    fleet.name(&changed);
    assert!(!fleet.is_shared(&changed));
    assert_eq!(orphans(&fleet), [2, 3]);
    fleet.name(&changed);
    assert!(fleet.is_shared(&changed) && fleet.facts(&changed).is_shared);
}

#[test]
fn tokens_whose_hashes_begin_alike_are_candidates_of_each_other_and_no_more() {
    let mut hash = [1; 32];
    hash[31] = 2;
    let alike = Listed {
        token: TokenHash::given(hash),
        ..listed(2, 1)
    };
    let mut fleet = fleet(&[listed(1, 1), alike]);

    let candidate = candidate(&mut fleet, &device(1, Some(1))).unwrap();
    assert_eq!(holders(&candidate), [1, 2]);
}

#[test]
fn an_endpoint_that_was_listed_twice_counts_once_and_as_the_one_that_needs_a_look() {
    let disabled = Listed {
        is_enabled: false,
        ..listed(1, 1)
    };
    for page in [[listed(1, 1), disabled.clone()], [disabled, listed(1, 1)]] {
        let tally = fleet(&page).tally();
        assert_eq!((tally.endpoints, tally.disabled), (1, 1));
    }
}

#[test]
fn a_listing_goes_on_in_another_process_as_it_was() {
    let disabled = Listed {
        is_enabled: false,
        ..listed(2, 1)
    };
    let mut listing = Listing::default();
    listing.push(&[listed(1, 1), disabled]);
    let bytes = listing.encode();
    assert_eq!((listing.len(), bytes.len()), (2, 66));

    let mut other = Listing::default();
    other.push(&[listed(3, 2)]);
    assert_eq!(other.decode(&bytes), Ok(()));
    assert_eq!(other.encode()[33..], bytes);
    let fleet = other.end().turn();
    assert_eq!(
        [1, 2, 3, 4].map(|n| fleet.is_enabled(&EndpointId::given([n; 16]))),
        [Some(true), Some(false), Some(true), None]
    );
}

#[test]
fn other_bytes_are_no_listing_and_nothing_of_them_is_taken_in() {
    let mut listing = Listing::default();
    listing.push(&[listed(1, 1)]);
    let bytes = listing.encode();
    let mut flagged = bytes.clone();
    flagged[32] = 2;
    for other in [
        &bytes[..32],
        &[bytes.clone(), vec![1]].concat(),
        &[bytes.clone(), flagged].concat(),
    ] {
        let mut listing = Listing::default();
        assert_eq!(listing.decode(other), Err(NotAListing));
        assert!(listing.is_empty());
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_listing_that_is_encoded_as_they_are_or_none(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let mut listing = Listing::default();
        if listing.decode(&bytes) == Ok(()) {
            prop_assert_eq!(listing.encode(), bytes);
        }
    }

    #[test]
    fn the_table_says_what_a_map_would(
        pages in prop::collection::vec(prop::collection::vec((any::<u8>(), 0..9_u8), 0..9), 0..9),
        rows in prop::collection::vec((0..9_u8, prop::option::of(any::<u8>())), 0..9),
    ) {
        let mut map = BTreeMap::new();
        let mut listing = Listing::default();
        for page in pages {
            // One token for each id: what an endpoint that is listed twice has is no question here.
            let page: Vec<_> = page.into_iter().map(|(n, token)| (n, *map.entry(n).or_insert(token))).collect();
            listing.push(&page.iter().map(|(n, token)| listed(*n, *token)).collect::<Vec<_>>());
        }
        let mut fleet = listing.end();
        let with = |token: u8| map.iter().filter(move |(_, of)| **of == token).map(|(n, _)| *n).collect::<Vec<_>>();

        let shared: BTreeSet<_> = (0..9).map(with).filter(|group| group.len() > 1).collect();
        let found: BTreeSet<Vec<_>> = fleet.duplicates().map(|group| group.iter().map(|id| id.as_bytes()[0]).collect()).collect();
        prop_assert_eq!(found, shared);
        for (token, endpoint) in &rows {
            match candidate(&mut fleet, &device(*token, *endpoint)) {
                None => prop_assert_eq!(with(*token), endpoint.iter().copied().collect::<Vec<_>>()),
                Some(candidate) => prop_assert_eq!(holders(&candidate), with(*token)),
            }
        }
        let claimed: BTreeSet<_> = rows.iter().map(|(token, _)| *token).collect();
        let unclaimed: Vec<_> = map.iter().filter(|(_, token)| !claimed.contains(token)).map(|(n, _)| *n).collect();
        prop_assert_eq!(orphans(&fleet.turn()), unclaimed);
    }
}
