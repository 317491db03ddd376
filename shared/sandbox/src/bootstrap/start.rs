//! What every function promises of its start, held for its real process.

use std::path::Path;

use super::{Bootstrap, Environment};

/// A variable, a bad value of it or none, and what the process says that it must be.
pub type Bad<'a> = (&'a str, Option<&'a str>, &'a str);

/// Holds that each of these, by itself, stops a process that would start otherwise: with one line, a sentence that names the variable, and status 1.
///
/// # Panics
/// If one does not, or if the executable cannot be run.
pub async fn assert_each_stops_the_start(executable: &Path, environment: &Environment, bad: &[Bad<'_>]) {
    for &(name, value, must) in bad {
        let environment = match value {
            Some(value) => environment.clone().with(name, value),
            None => environment.clone().without(name),
        };
        let mut process = Bootstrap::start(executable, &environment)
            .await
            .expect("the executable can be run");
        let ready = process.ready().await;
        assert!(ready.is_err(), "{name}: it starts");
        let ended = process.ended().await.expect("the system says what became of it");
        assert_eq!(ended.log, [format!("Error: the environment variable {name} must {must}")]);
        assert_eq!(ended.status.code(), Some(1));
    }
}

/// Holds that a process starts, and asks for an event.
///
/// # Panics
/// If it does not.
pub async fn assert_starts(executable: &Path, environment: &Environment) {
    let started = Bootstrap::start(executable, environment).await;
    let mut process = started.expect("the executable can be run");
    process.ready().await.expect("it asks for an event");
}
