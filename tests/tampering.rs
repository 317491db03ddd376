//! A genuine delivery with one byte changed, at every place there is: nothing comes in that SNS did not sign.

use std::collections::BTreeMap;

use http::Method;
use inbox::Invoked;
use insta::assert_snapshot;
use sandbox::publisher::Post;
use sandbox::{Envelope, ids};

use crate::world::process::request;
use crate::world::rows::recorded;
use crate::world::{TOPIC, World, clock, in_short, mail};

/// Delivers the message once for each of its bytes, with that byte changed; each answer in short, and how often it came.
async fn tampered_with(world: &World, genuine: &Envelope) -> String {
    let process = world.process();
    let post = Post::of(genuine);
    let mut answers = BTreeMap::<_, usize>::new();
    for place in 0..post.body.len() {
        let mut body = post.body.to_vec();
        body[place] ^= 1;
        let request = request(Method::POST, post.clone().with_body(body));
        let attempt = format!("attempt {place}");
        let answer = Box::pin(process.receive(&request, Invoked::untraced(&attempt))).await;
        let answer = in_short(&format!("{} {}", answer.status().as_u16(), answer.body()));
        *answers.entry(answer).or_default() += 1;
    }
    let lines: Vec<_> = answers.iter().map(|(answer, count)| format!("{answer}: {count}")).collect();
    lines.join("\n")
}

#[tokio::test]
async fn a_notification_with_one_byte_changed_is_refused_unless_the_byte_says_nothing() {
    let world = World::start().await;
    let purchase = mail::purchase("a");
    // What is taken differs in UnsubscribeURL only; 503 is another name of a certificate, which cannot be had.
    assert_snapshot!(tampered_with(&world, &purchase).await, @"
    200 duplicate: 162
    200 recorded: 1
    400 grammar: 34
    400 missing_field: 76
    400 not_an_envelope: 145
    400 signature_encoding: 33
    400 signature_version: 1
    400 unknown_type: 12
    403 cert_host: 27
    403 cert_url: 44
    403 from_future: 8
    403 header_mismatch: 50
    403 signature_mismatch: 582
    403 stale: 2
    503 cert_fetch: 8
    503 cert_fetch_paused: 19
    ");
    assert_eq!(world.rows().await, [recorded(&purchase)]);
    assert_eq!(world.trust().await, ["certificate"]);
}

#[tokio::test]
async fn a_confirmation_with_one_byte_changed_confirms_nothing() {
    let world = World::start().await;
    let asked = mail::confirmation(TOPIC, &ids::token("a"));
    world.stack.api.accept_token(TOPIC, &ids::token("a"), clock::NOON);
    assert_snapshot!(tampered_with(&world, &asked).await, @"
    400 grammar: 62
    400 missing_field: 93
    400 not_an_envelope: 113
    400 signature_encoding: 29
    400 signature_version: 1
    400 unknown_type: 24
    403 cert_host: 27
    403 cert_url: 44
    403 from_future: 8
    403 header_mismatch: 47
    403 signature_mismatch: 1089
    403 stale: 2
    503 cert_fetch: 8
    503 cert_fetch_paused: 19
    ");
    assert_eq!(world.stack.api.calls(), []);
    assert_eq!(world.rows().await, []);
    assert_eq!(world.trust().await, ["certificate"]);
}
