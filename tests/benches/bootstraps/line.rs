//! What is measured: a function with its most usual event, and the floor.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use crate::amazon::Amazon;
use crate::events;
use crate::executable::Executables;
use crate::process::{Answered, Process, Start};

/// A line of the table.
pub(crate) struct Line {
    pub(crate) name: &'static str,
    function: &'static str,
    pub(crate) executable: PathBuf,
    events: VecDeque<Bytes>,
    is_expected: fn(&Bytes, &Bytes) -> bool,
    process: Option<Process>,
    pub(crate) starts: Vec<Start>,
    pub(crate) turns: Vec<Turn>,
    pub(crate) peak_rss: Option<usize>,
}

/// Some messages, one after the other.
pub(crate) struct Turn {
    pub(crate) took: Vec<Duration>,
    /// All of them together.
    pub(crate) cpu: Option<Duration>,
}

impl Line {
    /// A fresh process answers one event.
    pub(crate) async fn start(&mut self, amazon: &Amazon) {
        let event = self.next_event();
        let environment = amazon.environment(self.function);
        let (body, start) = Process::cold(&self.executable, &environment, amazon, event.clone()).await;
        self.check(&event, &body);
        self.starts.push(start);
    }

    /// The process that takes turns answers its first events.
    pub(crate) async fn warm_up(&mut self, amazon: &Amazon, events: usize) {
        let process = Process::start(&self.executable, &amazon.environment(self.function)).await;
        self.process = Some(process);
        self.answer(amazon, events).await;
    }

    /// It answers some more.
    pub(crate) async fn turn(&mut self, amazon: &Amazon, events: usize) {
        let before = self.process().cpu().await;
        let took = self.answer(amazon, events).await;
        let after = self.process().cpu().await;
        let cpu = before.zip(after).and_then(|(before, after)| after.checked_sub(before));
        self.turns.push(Turn { took, cpu });
    }

    pub(crate) fn end(&mut self) {
        self.peak_rss = self.process().peak_rss();
        self.process = None;
    }

    async fn answer(&mut self, amazon: &Amazon, events: usize) -> Vec<Duration> {
        let mut all = Vec::with_capacity(events);
        for _ in 0..events {
            let event = self.next_event();
            let Answered { body, took } = self.process().answer(amazon, event.clone()).await;
            self.check(&event, &body);
            all.push(took);
        }
        all
    }

    fn next_event(&mut self) -> Bytes {
        self.events.pop_front().expect("as many as the plan has")
    }

    fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("it is warm")
    }

    #[track_caller]
    fn check(&self, event: &Bytes, body: &Bytes) {
        let is_expected = (self.is_expected)(event, body);
        assert!(is_expected, "{}: {}", self.name, String::from_utf8_lossy(body));
    }
}

/// The floor, and each function with as many events as that; what these need has happened.
pub(crate) async fn lines(amazon: &Amazon, executables: &Executables, events: usize) -> Vec<Line> {
    let now = amazon.now();
    let numbers = || 0..events;
    let line = |name, function, events: Vec<Bytes>, is_expected| Line {
        name,
        function,
        executable: executables.of(function),
        events: events.into(),
        is_expected,
        process: None,
        starts: Vec::new(),
        turns: Vec::new(),
        peak_rss: None,
    };
    let renewals = numbers()
        .map(|n| events::renewed(&format!("renewal {n}"), now))
        .collect::<Vec<_>>();
    let recorded = due(amazon, executables, events).await;
    for n in 0..events::DEVICES {
        once(amazon, executables, "devices", events::registration(n), "\"statusCode\":200").await;
    }
    // The first sweep of each application; nothing is due then until tomorrow.
    once(amazon, executables, "reconcile", events::tick(0), "\"outcome\":\"done\"").await;
    vec![
        line("floor", "floor", renewals.clone(), |event, body| event == body),
        line("rtn: renewal", "rtn", renewals, is_recorded),
        line(
            "drs: order, HTTPS",
            "drs",
            numbers().map(|n| events::ordered(n, now)).collect(),
            is_recorded,
        ),
        line(
            "drs: order, SNS",
            "drs",
            numbers().map(|n| events::ordered_by_sns(n, now)).collect(),
            has_no_failures,
        ),
        line("dispatch: a row", "dispatch", recorded, has_no_failures),
        line("adm: send", "adm", numbers().map(events::send).collect(), is_sent),
        line(
            "devices: again",
            "devices",
            numbers().map(|n| events::registration(n + events::DEVICES)).collect(),
            is_confirmed,
        ),
        line(
            "reconcile: idle",
            "reconcile",
            numbers().map(|n| events::tick(n + 1)).collect(),
            is_idle,
        ),
    ]
}

/// Rows that wait for being handed on, as the stream tells of them: `rtn` has written them.
async fn due(amazon: &Amazon, executables: &Executables, rows: usize) -> Vec<Bytes> {
    let mut changes = amazon.changes().await;
    let mut process = Process::start(&executables.of("rtn"), &amazon.environment("rtn")).await;
    for n in 0..rows {
        let event = events::renewed(&format!("due {n}"), amazon.now());
        let body = process.answer(amazon, event.clone()).await.body;
        assert!(is_recorded(&event, &body), "{body:?}");
    }
    let mut all = Vec::with_capacity(rows);
    while let Some(event) = changes.next().await {
        all.push(event);
    }
    assert_eq!(all.len(), rows);
    all
}

/// What has to have happened before.
async fn once(amazon: &Amazon, executables: &Executables, function: &str, event: Bytes, expected: &str) {
    let mut process = Process::start(&executables.of(function), &amazon.environment(function)).await;
    let body = process.answer(amazon, event).await.body;
    let told = String::from_utf8_lossy(&body);
    assert!(told.contains(expected), "{function}: {told}");
}

fn is_recorded(_event: &Bytes, body: &Bytes) -> bool {
    answer(body) == (json!(200), json!({"outcome": "recorded"}))
}

fn has_no_failures(_event: &Bytes, body: &Bytes) -> bool {
    read(body) == json!({"batchItemFailures": []})
}

/// And not told again what was sent under the key before.
fn is_sent(_event: &Bytes, body: &Bytes) -> bool {
    let (status, told) = answer(body);
    let is_replayed = read(body)["headers"]["idempotent-replayed"].is_string();
    status == 200 && told["messageId"].is_string() && !is_replayed
}

fn is_confirmed(_event: &Bytes, body: &Bytes) -> bool {
    let (status, told) = answer(body);
    status == 200 && told["registration"] == "confirmed" && told["enabled"] == true
}

fn is_idle(_event: &Bytes, body: &Bytes) -> bool {
    let told = read(body);
    let applications = told["applications"].as_array().map(Vec::as_slice).unwrap_or_default();
    applications.len() == 2 && applications.iter().all(|application| application["outcome"] == "idle")
}

/// The status and the document of an HTTP answer.
fn answer(body: &Bytes) -> (Value, Value) {
    let told = read(body);
    let document = told["body"].as_str().and_then(|text| serde_json::from_str(text).ok());
    (told["statusCode"].clone(), document.unwrap_or_default())
}

fn read(body: &Bytes) -> Value {
    serde_json::from_slice(body).unwrap_or_default()
}
