//! The sandbox's mobile push API against other people's imitations of SNS: the same calls over the real SDK, and the same answers.
//!
//! No imitation is SNS. But three that were made apart from each other, and agree, are less likely to be wrong together; and where one
//! differs, the difference is on record with its reason ([`differences`]), so that it is known which of them a page of AWS is with. A
//! difference that is not on record fails, and so does one on record that is no longer there.
//!
//! The others are servers in Python. `.ci/peers` starts them and puts their addresses in the environment; `.ci/run` runs this beside
//! them. Without an address a test says on the terminal that nothing was compared. What is asked ([`calls`]) and what the sandbox
//! answers is held in any case.

#![expect(clippy::unwrap_used, reason = "a broken arrangement stops the test where it breaks")]

mod answers;
mod calls;
mod differences;
mod side;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::time::Duration;

use sandbox::SnsApi;
use sandbox::sns_api::push::{CreateOnDisabled, TakenToken, Undocumented};

use self::answers::Answers;
use self::differences::{Difference, of_localstack, of_moto};
use self::side::{Arns, Side};

#[tokio::test]
async fn moto_answers_as_the_sandbox_does_but_for_what_is_on_record() {
    compare(MOTO, &of_moto()).await;
}

#[tokio::test]
async fn localstack_answers_as_the_sandbox_does_but_for_what_is_on_record() {
    compare(LOCALSTACK, &of_localstack()).await;
}

#[tokio::test]
async fn what_is_asked_and_what_the_sandbox_answers_is_on_record() {
    let answers = of_sandbox(&Arns::of_account("123456789012")).await.to_string();
    assert!(answers == include_str!("answers.txt"), "what was answered:\n{answers}");
}

#[tokio::test]
async fn each_difference_on_record_is_one_and_has_its_reason() {
    let answers = of_sandbox(&Arns::of_account("123456789012")).await;
    for differences in [of_moto(), of_localstack()] {
        let calls: BTreeSet<_> = differences.iter().map(|difference| difference.call).collect();
        assert_eq!(calls.len(), differences.len(), "a call is on record twice");
        for Difference { call, answer, reason } in differences {
            let ours = answers.to(call).unwrap_or(answer);
            assert!(ours != answer, "no call, or no difference: {call}");
            assert!(reason.ends_with('.'), "no reason: {call}");
        }
    }
}

#[test]
fn the_check_of_a_change_starts_the_others_and_names_the_addresses_that_are_read_here() {
    assert!(include_str!("../../../../.ci/run").contains("  step 'Imitations of SNS' .ci/peers "));
    let peers = include_str!("../../../../.ci/peers");
    for variable in [MOTO, LOCALSTACK] {
        assert!(peers.contains(&format!("addresses+=(\"{variable}=$url\")")), "{variable}");
    }
}

/// Fails with every answer that is not as expected.
#[expect(clippy::disallowed_methods, reason = "only who started a peer knows where it is")]
async fn compare(variable: &str, differences: &[Difference]) {
    let Ok(url) = std::env::var(variable) else {
        return say(&format!("nothing was compared: {variable} is not set"));
    };
    let peer = Side::at(&url);
    let arns = peer.prepare().await;
    let theirs = calls::make(peer, &arns).await;
    let ours = of_sandbox(&arns).await;
    let unexpected = unexpected(&ours, &theirs, differences);
    assert!(unexpected.is_empty(), "at {url}\n{}", unexpected.join("\n"));
    let (answers, differences) = (ours.len(), differences.len());
    say(&format!(
        "{answers} answers compared with {url}: {differences} differ, as is on record"
    ));
}

/// The answers of one side that are neither the other's nor on record.
fn unexpected(ours: &Answers, theirs: &Answers, differences: &[Difference]) -> Vec<String> {
    let expected = |call: &str, ours: &str| {
        let known = differences.iter().find(|difference| difference.call == call);
        known.map_or(ours, |known| known.answer).to_owned()
    };
    assert_eq!(ours.len(), theirs.len());
    let pairs = ours.iter().zip(theirs.iter()).map(|((call, ours), (same, theirs))| {
        assert_eq!(call, same, "both are asked the same");
        (call, expected(call, ours), theirs)
    });
    pairs
        .filter(|(_, expected, theirs)| expected != theirs)
        .map(|(call, expected, theirs)| format!("{call}\n  expected {expected:?}\n  but it is {theirs:?}"))
        .collect()
}

async fn of_sandbox(arns: &Arns) -> Answers {
    let api = SnsApi::new(|| "2026-03-06T00:00:00Z".parse().unwrap());
    let push = api.push();
    push.without_quotas();
    // What no page says is as the others have it.
    push.set_list_lag(Duration::ZERO);
    push.set_undocumented(Undocumented {
        create_on_disabled: CreateOnDisabled::Conflicts,
        taken_token: TakenToken::Duplicates,
    });
    for application in arns.applications() {
        push.add_application(application);
    }
    api.create_topic(&arns.topic);
    let endpoint = api.serve(0).await.unwrap();
    calls::make(Side::at(&endpoint.url()), arns).await
}

/// To whoever watches, though the test passes: what a test prints is kept from the terminal unless it fails.
fn say(line: &str) {
    std::io::stderr().write_all(format!("{line}\n").as_bytes()).unwrap();
}

const LOCALSTACK: &str = "FIREPOST_PEER_LOCALSTACK";
const MOTO: &str = "FIREPOST_PEER_MOTO";
