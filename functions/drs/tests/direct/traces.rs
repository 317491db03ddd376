//! A delivery's trace is that of the invocation, or of the queue's message that brought it.

use sandbox::Envelope;
use serde_json::{Value, json};

use crate::https::post;
use crate::mail::{event, queue, registered};
use crate::world::{World, invoke_in};

const INVOCATION: &str = "1-5759e988-bd862e3fe1be46a994272793";
const MESSAGE: &str = "1-58406520-a006649127e371903a2de979";

/// What is on record after one invocation, by notification: its trace.
async fn traces(event: &Value, header: Option<&str>) -> Vec<String> {
    let world = World::start().await;
    invoke_in(&world.process(), event, "request", header).await;
    world.traces().await
}

fn header(id: &str) -> String {
    format!("Root={id};Parent=53995c3f42cd8ad8;Sampled=1")
}

#[tokio::test]
async fn whatever_sns_brings_is_a_part_of_the_invocations_trace() {
    let both = event(&[registered("a"), registered("b")]);
    assert_eq!(
        traces(&both, Some(&header(INVOCATION))).await,
        [format!("a {INVOCATION}"), format!("b {INVOCATION}")]
    );
    assert_eq!(
        traces(&post(&registered("a")), Some(&header(INVOCATION))).await,
        [format!("a {INVOCATION}")]
    );
}

#[tokio::test]
async fn a_dead_letter_is_a_part_of_its_own_trace_if_it_has_one() {
    let mut dead_letters = queue(&[registered("a"), registered("b")].map(|envelope: Envelope| envelope.text()));
    dead_letters["Records"][0]["attributes"]["AWSTraceHeader"] = json!(header(MESSAGE));
    assert_eq!(
        traces(&dead_letters, Some(&header(INVOCATION))).await,
        [format!("a {MESSAGE}"), format!("b {INVOCATION}")]
    );
}

#[tokio::test]
async fn what_is_no_trace_is_dropped_and_nothing_is_refused_for_it() {
    for header in [None, Some(""), Some("Root=1-x"), Some("Root=s3cr3t;Sampled=1")] {
        assert_eq!(traces(&event(&[registered("a")]), header).await, ["a -"]);
    }
    let mut dead_letter = queue(&[registered("a").text()]);
    dead_letter["Records"][0]["attributes"]["AWSTraceHeader"] = json!("Root=s3cr3t");
    assert_eq!(
        traces(&dead_letter, Some(&header(INVOCATION))).await,
        [format!("a {INVOCATION}")]
    );
    assert_eq!(traces(&dead_letter, None).await, ["a -"]);
}
