//! A local stack of its own for every test, and the real command run against it.
//!
//! The stack's clock is the test's and begins in the year 2100, so that what it records is the same in every run and counts as new
//! to the command, whose clock is the real one.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::process::Command;

use axum::routing::get;
use axum::{Json, Router};
use firepost::{HandOn, Stack, StackOptions};
use jiff::{SignedDuration, Timestamp};
use sandbox::dynamo::Faults;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// A stack, and everything it remembers.
pub(crate) struct World {
    pub(crate) stack: Stack,
}

/// What a command said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With other options than those of the default; nothing is handed on unless a test asks for it.
    pub(crate) async fn with(set: impl FnOnce(&mut StackOptions)) -> Self {
        let mut options = StackOptions::new(now);
        options.hand_on = HandOn::WhenAsked;
        set(&mut options);
        let stack = Stack::start(options).await.unwrap();
        Self { stack }
    }

    /// Runs the command against the stack. Its own address reads `STACK` in what is said, since the port is another in every run.
    pub(crate) async fn firepost(&self, arguments: &str) -> Said {
        let said = firepost(&format!("{arguments} --stack {}", self.stack.url)).await;
        let unnamed = |text: String| text.replace(&self.stack.url, "STACK");
        Said {
            code: said.code,
            out: unnamed(said.out),
            err: unnamed(said.err),
        }
    }
}

/// A stand-in for a stack whose database is behind this proxy; gives its URL.
pub(crate) async fn stack_on(faults: &Faults) -> String {
    let description = json!({ "dynamodb": faults.endpoint(), "sns": "http://127.0.0.1:1" });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let routes = Router::new().route("/sandbox", get(async move || Json(description)));
    tokio::spawn(async { axum::serve(listener, routes).await });
    url
}

/// Runs the command with arguments that are separated by blanks and hold none.
pub(crate) async fn firepost(arguments: &str) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_firepost"));
    command
        .args(arguments.split_whitespace())
        .env_remove("AWS_CA_BUNDLE")
        .current_dir(env!("CARGO_TARGET_TMPDIR"));
    run(command).await
}

/// Waits for a command on another thread: this one has the stack to run.
pub(crate) async fn run(mut command: Command) -> Said {
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said {
        code: output.status.code(),
        out: text(output.stdout),
        err: text(output.stderr),
    }
}

/// `200 recorded, 403 refused signature_mismatch`, from lines of JSON that tell of attempts.
pub(crate) fn outcomes(said: &Said) -> String {
    let attempts = said.out.lines().map(|line| {
        let told = serde_json::from_str::<Value>(line).unwrap();
        let words = [told["outcome"].as_str(), told["reason"].as_str()];
        words
            .into_iter()
            .flatten()
            .fold(told["status"].to_string(), |text, word| format!("{text} {word}"))
    });
    attempts.collect::<Vec<_>>().join(", ")
}

/// A folder for a test's files.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// The stack's time.
pub(crate) fn now() -> Timestamp {
    NOW.get()
}

/// Lets time pass for the stack.
pub(crate) fn advance(by: SignedDuration) {
    NOW.set(NOW.get() + by);
}

thread_local! {
    // A test and its stack have one thread, and no other test has it at the same time.
    static NOW: Cell<Timestamp> = const { Cell::new(START) };
}

/// 2100-01-01T00:00:00Z
const START: Timestamp = Timestamp::constant(4_102_444_800, 0);
