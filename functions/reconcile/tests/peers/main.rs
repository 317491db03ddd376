//! Whole sweeps against imitations of SNS that others made: the same fleet, the same repairs, and in the end the same endpoints.
//!
//! `.ci/peers` starts them and says where they are; `.ci/run` runs this beside them. Without an address a test says on the terminal that
//! nothing was swept there. The sandbox is swept in any case, and its answer is what the others are compared with. How the imitations differ
//! call by call is on record in the sandbox's own `tests/peers`: a sweep has to live with all of it.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a broken arrangement stops the test where it breaks"
)]

mod fleet;
mod side;

use std::io::Write as _;

use reconcile::Asked;

use self::side::Side;

#[tokio::test]
async fn every_kind_of_trouble_is_made_good_in_time_and_then_there_is_nothing_left_to_do() {
    insta::assert_snapshot!(story(Side::sandbox().await).await, @r"
    a plan: 10 endpoints, 10 rows
      held back: 3 bind, 1 condemn, 2 create, 1 disable, 1 enable, 1 mend_user_data, 2 note_disabled, 1 rekey
      left: 1 confirmed_since_disabled, 1 disabled_unseen, 1 duplicate, 2 no_endpoint, 1 opted_out, 1 orphan, 1 token_changed, 1 token_elsewhere, 1 user_data_differs
      nobodys-token: enabled true, user data none
      token-of-disabled-and-confirmed-since: enabled false, user data bbb69fd7
      token-of-disabled-unheard: enabled false, user data 30c726fb
      token-of-has-a-new-token: enabled true, user data 98e8df95
      token-of-has-opted-out: enabled true, user data 7b57e9c1
      token-of-renamed: enabled true, user data somebody
      token-of-twice: enabled true, user data dc8ffdbf
      token-of-twice: enabled true, user data none
      token-of-unbound: enabled true, user data 0e2a58cb
      token-of-well: enabled true, user data a7722b76
    a repair: 10 endpoints, 10 rows
      done: 2 bind, 1 condemn, 2 create, 1 disable, 1 enable, 1 mend_user_data, 2 note_disabled, 1 rekey
      left: 1 duplicate_waits, 6 healthy, 1 not_confirmed_since, 1 opted_out_waits, 1 orphan
      new-token-of-has-a-new-token: enabled true, user data 98e8df95
      nobodys-token: enabled true, user data none
      token-of-deleted: enabled true, user data 1185f37d
      token-of-disabled-and-confirmed-since: enabled true, user data bbb69fd7
      token-of-disabled-unheard: enabled false, user data 30c726fb
      token-of-has-opted-out: enabled false, user data 7b57e9c1
      token-of-renamed: enabled true, user data 017e9e21
      token-of-twice: enabled true, user data dc8ffdbf
      token-of-twice: enabled true, user data none
      token-of-unbound: enabled true, user data 0e2a58cb
      token-of-well: enabled true, user data a7722b76
      token-of-without-any: enabled true, user data 24abac8d
    the same again: 12 endpoints, 10 rows
      left: 1 duplicate_waits, 1 not_confirmed_since, 1 opted_out_waits, 1 orphan
    two days later: 12 endpoints, 10 rows
      done: 1 delete, 1 unbind
      left: 1 duplicate_waits, 1 not_confirmed_since, 1 opted_out_done, 1 orphan
    the last: 11 endpoints, 10 rows
      done: 1 delete
      left: 1 healthy, 1 not_confirmed_since, 1 orphan
      new-token-of-has-a-new-token: enabled true, user data 98e8df95
      nobodys-token: enabled true, user data none
      token-of-deleted: enabled true, user data 1185f37d
      token-of-disabled-and-confirmed-since: enabled true, user data bbb69fd7
      token-of-disabled-unheard: enabled false, user data 30c726fb
      token-of-renamed: enabled true, user data 017e9e21
      token-of-twice: enabled true, user data dc8ffdbf
      token-of-unbound: enabled true, user data 0e2a58cb
      token-of-well: enabled true, user data a7722b76
      token-of-without-any: enabled true, user data 24abac8d
    ");
}

#[tokio::test]
async fn moto_is_swept_as_the_sandbox_is_but_for_what_it_takes() {
    sweep_at(
        MOTO,
        "3 bind, 1 condemn, 2 create, 1 disable, 1 enable, 3 mend_user_data, 2 note_disabled, 1 rekey",
    )
    .await;
}

#[tokio::test]
async fn localstack_is_swept_as_the_sandbox_is_but_for_what_it_takes() {
    sweep_at(
        LOCALSTACK,
        "3 bind, 1 condemn, 2 create, 1 disable, 1 enable, 1 mend_user_data, 2 note_disabled, 1 rekey",
    )
    .await;
}

#[test]
fn the_check_of_a_change_names_the_addresses_that_are_read_here() {
    let peers = include_str!("../../../../.ci/peers");
    for variable in [MOTO, LOCALSTACK] {
        assert!(peers.contains(&format!("addresses+=(\"{variable}=$url\")")), "{variable}");
    }
}

/// The repair takes one step more where what was deleted comes back under another id, so that it has to be bound; and two more where an
/// endpoint does not keep the user data that it was created with. The sandbox's steps are those of an SNS that does neither.
#[expect(clippy::disallowed_methods, reason = "only who started a peer knows where it is")]
async fn sweep_at(variable: &str, steps: &str) {
    let Ok(url) = std::env::var(variable) else {
        return say(&format!("nothing was swept: {variable} is not set"));
    };
    let there = story(Side::peer(&url).await).await;
    let here = story(Side::sandbox().await).await;
    assert_eq!(here.matches(STEPS).count(), 1);
    let expected = here.replace(STEPS, &format!("a repair: 10 endpoints, 10 rows\n  done: {steps}\n"));
    assert!(there == expected, "at {url}:\n{there}\nhere:\n{here}");
    say(&format!("{url} was swept as the sandbox is"));
}

/// Five sweeps: what each found and did, and how things were left.
async fn story(side: Side) -> String {
    side.fill().await;
    let mut told = side.run("a plan", Asked::Plan).await;
    told += &side.endpoints().await;
    told += &side.run("a repair", Asked::Apply).await;
    told += &side.endpoints().await;
    told += &side.run("the same again", Asked::Apply).await;
    side.pass_days(2);
    told += &side.run("two days later", Asked::Apply).await;
    told += &side.run("the last", Asked::Apply).await;
    told + &side.endpoints().await
}

/// To whoever watches, though the test passes: what a test prints is kept from the terminal unless it fails.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

const LOCALSTACK: &str = "FIREPOST_PEER_LOCALSTACK";
const MOTO: &str = "FIREPOST_PEER_MOTO";
const STEPS: &str = "a repair: 10 endpoints, 10 rows\n  done: 2 bind, 1 condemn, 2 create, 1 disable, 1 enable, 1 mend_user_data, 2 note_disabled, 1 rekey\n";
