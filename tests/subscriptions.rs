//! A trusted topic's subscription is confirmed with a request made from signed fields, and from nothing else.

use sandbox::sns_api::{Confirmed, Fault};
use sandbox::{Envelope, SubscriptionConfirmation, ids};
use sns_webhook::TrustedTopics;
use tokio::task::JoinSet;

use crate::world::{CONFIRMED, SNS_HOST, TOPIC, World, clock, in_short, mail};

const NO_ANSWER: &str = r#"503 {"outcome":"unavailable","reason":"confirmation_failed","detail":"the subscription could not be confirmed: SNS gave no answer"}"#;
const REFUSED: &str = r#"403 {"outcome":"refused","reason":"confirmation_refused","detail":"SNS does not confirm the subscription with this token"}"#;

/// A world, the confirmation message of a subscription to the trusted topic, and its token.
async fn asked() -> (World, Envelope, String) {
    let world = World::start().await;
    let token = world.stack.api.issue_token(TOPIC);
    (world, mail::confirmation(TOPIC, &token), token)
}

fn confirmed(token: &str, signed: bool) -> Confirmed {
    Confirmed {
        topic_arn: TOPIC.to_owned(),
        token: token.to_owned(),
        subscription_arn: ids::subscription_arn(TOPIC),
        authenticate_on_unsubscribe: signed,
        signed,
        at: clock::NOON,
    }
}

/// How the API was asked: the methods and whether each call was signed.
fn calls(world: &World) -> Vec<String> {
    let calls = world.stack.api.calls();
    calls
        .iter()
        .map(|call| format!("{} {}", call.method, if call.signed { "signed" } else { "unsigned" }))
        .collect()
}

async fn assert_on_record(world: &World) {
    assert_eq!(world.trust().await, ["LT0XA subscribed", "certificate"]);
    assert_eq!(world.rows().await, []);
}

#[tokio::test]
async fn it_is_confirmed_so_that_only_its_owner_can_end_it() {
    let (world, asked, token) = asked().await;
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
    assert_eq!(world.stack.api.confirmed(), [confirmed(&token, true)]);
    assert_eq!(calls(&world), ["POST signed"]);
    assert_on_record(&world).await;
}

#[tokio::test]
async fn without_the_permission_for_that_it_is_confirmed_as_a_visit_to_the_address_would() {
    let (world, asked, token) = asked().await;
    world.stack.api.script([Fault::Unauthorized]);
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
    assert_eq!(world.stack.api.confirmed(), [confirmed(&token, false)]);
    assert_eq!(calls(&world), ["POST signed", "GET unsigned"]);
    assert_on_record(&world).await;

    let [visit] = &world
        .fetches()
        .into_iter()
        .filter(|seen| seen.path == "/")
        .collect::<Vec<_>>()[..]
    else {
        panic!("one visit")
    };
    assert_eq!((visit.host.as_str(), visit.sni.as_deref()), (SNS_HOST, Some(SNS_HOST)));
    let parameters = &world.stack.api.calls()[1].parameters;
    let expected = [
        ("Action", "ConfirmSubscription"),
        ("Token", token.as_str()),
        ("TopicArn", TOPIC),
    ];
    assert_eq!(
        *parameters,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    );
}

#[tokio::test]
async fn the_address_that_the_message_gives_is_never_visited() {
    for address in [
        "https://evil.example/?Action=ConfirmSubscription",
        "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-east-1:666666666666:theirs&Token=66",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "nonsense",
    ] {
        for faults in [vec![], vec![Fault::Unauthorized]] {
            let (world, asked, token) = asked().await;
            world.stack.api.script(faults);
            let lured = mail::signed_again(asked.with("SubscribeURL", address));
            assert_eq!(world.deliver(&lured).await, CONFIRMED, "{address}");
            let asked_for: Vec<_> = world
                .stack
                .api
                .calls()
                .iter()
                .map(|call| call.parameters["Token"].clone())
                .collect();
            assert!(asked_for.iter().all(|asked_for| *asked_for == token), "{address}");
            let paths: Vec<_> = world.fetches().into_iter().map(|seen| seen.path).collect();
            let known = [mail::certificate_path(), "/intermediate.cer".to_owned(), "/".to_owned()];
            assert!(paths.iter().all(|path| known.contains(path)), "{address}: {paths:?}");
        }
    }
}

#[tokio::test]
async fn a_token_that_sns_does_not_know_is_refused_for_good() {
    let (world, _, _) = asked().await;
    for topic in [TOPIC.to_owned(), format!("{TOPIC}X")] {
        let unknown = mail::confirmation(&topic, &ids::token("unknown"));
        assert_eq!(world.deliver(&unknown).await, REFUSED);
        world.stack.api.script([Fault::Unauthorized]);
        assert_eq!(world.deliver(&unknown).await, REFUSED);
    }
    assert_eq!(calls(&world), ["POST signed", "POST signed", "GET unsigned"].repeat(2));
    assert_eq!(world.stack.api.confirmed(), []);
    assert_eq!(
        (world.rows().await, world.trust().await),
        (vec![], vec!["certificate".to_owned()])
    );
}

#[tokio::test]
async fn whatever_goes_wrong_at_sns_for_a_while_is_503_and_the_redelivery_confirms() {
    let mut deliveries = JoinSet::new();
    for faults in [
        vec![Fault::Internal; 3],
        vec![Fault::Throttled; 3],
        vec![Fault::HangUp; 4],
        vec![Fault::Unauthorized, Fault::Internal],
        vec![Fault::Unauthorized, Fault::Throttled],
        vec![Fault::Unauthorized, Fault::HangUp],
        vec![Fault::Silent, Fault::HangUp],
    ] {
        deliveries.spawn(async move {
            let (world, asked, token) = asked().await;
            world.stack.api.script(faults.clone());
            assert_eq!(world.deliver(&asked).await, NO_ANSWER, "{faults:?}");
            assert_eq!(world.stack.api.confirmed(), []);
            assert_eq!(world.trust().await, ["certificate"], "{faults:?}");

            world.stack.api.script([]);
            assert_eq!(world.deliver(&asked).await, CONFIRMED, "{faults:?}");
            assert_eq!(world.stack.api.confirmed(), [confirmed(&token, true)]);
            assert_on_record(&world).await;
        });
    }
    deliveries.join_all().await;
}

#[tokio::test]
async fn a_confirmation_that_comes_again_is_confirmed_again() {
    let (world, asked, token) = asked().await;
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
    assert_eq!(
        world.stack.api.confirmed(),
        [confirmed(&token, true), confirmed(&token, true)]
    );
    assert_on_record(&world).await;
}

#[tokio::test]
async fn a_forged_confirmation_confirms_nothing() {
    let (world, asked, _) = asked().await;
    let evil = mail::forged(mail::signed(SubscriptionConfirmation::new(TOPIC, "00", clock::now())));
    for forgery in [mail::forged(asked.clone()), asked.with("Token", "00"), evil] {
        assert_eq!(in_short(&world.deliver(&forgery).await), "403 signature_mismatch");
    }
    assert_eq!(world.stack.api.calls(), []);
    assert_eq!(world.trust().await, ["certificate"]);
}

#[tokio::test]
async fn a_subscription_in_another_region_is_confirmed_there() {
    let topic = "arn:aws:sns:eu-west-1:033616359524:LT0XA";
    let world = World::with(|options| options.trusted_topics = TrustedTopics::parse(topic).unwrap()).await;
    let asked = mail::confirmation(topic, &world.stack.api.issue_token(topic));
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
    world.stack.api.script([Fault::Unauthorized]);
    assert_eq!(world.deliver(&asked).await, CONFIRMED);
    let regions: Vec<_> = world.stack.api.calls().into_iter().map(|call| call.region).collect();
    assert_eq!(regions, vec![Some("eu-west-1".to_owned()); 3]);
    let visit = world.fetches().into_iter().find(|seen| seen.path == "/").unwrap();
    assert_eq!(visit.host, "sns.eu-west-1.amazonaws.com");
}
