//! `firepost endpoints`, and the functions `devices` and `reconcile` in the local stack, with a simulated SNS that disables endpoints.

mod deployed;
mod routes;
mod sweeps;

use jiff::SignedDuration;
use sandbox::sns_api::{Action, Fault};
use serde_json::json;

use crate::adm::told;
use crate::world::{Said, World, advance};

const APPLICATION: &str = "arn:aws:sns:us-east-1:123456789012:app/ADM/Firepost";

impl World {
    /// A device says what its token is.
    async fn registers(&self, device: &str, token: &str) -> String {
        let body = json!({"application": APPLICATION, "token": token}).to_string();
        let answer = self.ask("PUT", &format!("/devices/{device}"), &[], &body).await;
        advance(SignedDuration::from_secs(60));
        answer
    }

    /// The app is removed, and SNS disables the endpoint when a message fails.
    async fn loses_its_app(&self, token: &str) {
        self.stack.push.uninstall(APPLICATION, token);
        let endpoint = self.endpoint(token).unwrap();
        let publish = self.stack.sns_client().publish().target_arn(endpoint).message("hello");
        publish.send().await.unwrap();
        self.stack.endpoint_events_now().await.unwrap();
        self.stack.push.reinstall(APPLICATION, token);
        advance(SignedDuration::from_secs(60));
    }

    /// It is back, and registers while SNS takes no calls.
    async fn comes_back_in_an_outage(&self, device: &str, token: &str) {
        self.stack
            .api
            .script_for(Action::GetEndpointAttributes, [Fault::Throttled; 3]);
        assert!(self.registers(device, token).await.starts_with("503 "));
    }

    fn endpoint(&self, token: &str) -> Option<String> {
        let endpoints = self.stack.push.endpoints(APPLICATION).into_iter();
        let mut its = endpoints.filter(|endpoint| endpoint.token == token);
        its.next().map(|endpoint| endpoint.arn)
    }

    fn is_enabled(&self, token: &str) -> bool {
        let endpoint = self.endpoint(token).and_then(|arn| self.stack.push.endpoint(&arn));
        endpoint.is_some_and(|endpoint| endpoint.is_enabled)
    }

    /// What a command says, without what is another in each run.
    async fn endpoints(&self, arguments: &str) -> String {
        unnamed(&told(&self.firepost(&format!("endpoints {arguments}")).await))
    }
}

/// Without the seconds that it took, and the name of the run.
fn unnamed(told: &str) -> String {
    let words = told.split_inclusive([' ', '\n']).scan("", |before, word| {
        let is_seconds = *before == "in " && word.starts_with(|letter: char| letter.is_ascii_digit());
        let is_run = *before == "run " && word.starts_with(|letter: char| letter.is_ascii_digit());
        *before = word;
        Some(match (is_seconds, is_run) {
            (true, _) => "N ".to_owned(),
            (_, true) => "RUN: ".to_owned(),
            _ => word.to_owned(),
        })
    });
    words.collect()
}

/// The hash of a plan that was shown.
fn hash(said: &Said) -> String {
    let line = said.out.lines().find_map(|line| line.strip_prefix("Plan hash: "));
    line.unwrap().to_owned()
}
