//! What a sweep takes: time, CPU and memory for 1,000 and for 10,000 events that wait.
//!
//! The store and the topic are another process, so that memory and CPU are those of handing on. Flat memory means: the peak does
//! not grow with the number of events, and this fails if it does. The seconds are mostly the embedded store's, whose index takes longer the more it holds.
//! Run with `cargo bench -p dispatch --bench sweep`.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it is a program that measures and prints, and stops where something is wrong"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use dispatch::{Dispatch, Topic};
use futures_util::{StreamExt as _, stream};
use inbox::{Attempt, Entry, Inbox};
use jiff::{SignedDuration, Timestamp};
use sandbox::dynamo::{Dynamo, Tables, create_tables};
use sandbox::rtn::Payload;
use sandbox::{SnsApi, ids};

#[tokio::main]
async fn main() {
    if std::env::args().any(|argument| argument == STORE) {
        return serve().await;
    }
    println!(
        "{:>8} {:>9} {:>10} {:>12} {:>14} {:>14}",
        "events", "seconds", "events/s", "CPU us/event", "peak before KB", "peak after KB"
    );
    let mut peaks = Vec::new();
    for events in [1_000, 10_000] {
        let amazon = Amazon::start();
        amazon.fill(events).await;
        let dispatch = Dispatch::new(
            amazon.inbox(),
            Topic::new(sandbox::sns_api::client_at(&amazon.sns), EVENTS),
            Timestamp::now,
        );
        let (peak_before, cpu_before) = (peak_kb(), cpu_ms());
        let began = Instant::now();
        let swept = dispatch.sweep(SignedDuration::ZERO, Timestamp::MAX).await.unwrap();
        let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_ms() - cpu_before);
        assert_eq!((swept.counts.handed_on, swept.complete), (events, true));
        println!(
            "{events:>8} {seconds:>9.2} {:>10.0} {:>12.0} {peak_before:>14} {:>14}",
            events as f64 / seconds,
            cpu as f64 * 1000.0 / events as f64,
            peak_kb()
        );
        peaks.push(peak_kb());
    }
    assert!(peaks[1] <= peaks[0] + 8_192, "ten times as many events take more memory");
}

/// The child: a store and a topic, until its input ends.
async fn serve() {
    let dynamo = Dynamo::in_memory().await.unwrap();
    create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
    let api = SnsApi::new(Timestamp::now);
    api.create_topic(EVENTS);
    let sns = api.serve(0).await.unwrap();
    println!("{} {}", dynamo.endpoint(), sns.url());
    tokio::task::spawn_blocking(|| std::io::stdin().lines().count())
        .await
        .unwrap();
}

struct Amazon {
    child: Child,
    dynamodb: String,
    sns: String,
}

impl Amazon {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(STORE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (dynamodb, sns) = line.trim().split_once(' ').unwrap();
        Self {
            dynamodb: dynamodb.to_owned(),
            sns: sns.to_owned(),
            child,
        }
    }

    fn inbox(&self) -> Inbox {
        let patient = TimeoutConfig::builder()
            .operation_timeout(std::time::Duration::from_secs(60))
            .build();
        let client = sandbox::dynamo::client_at_with(&self.dynamodb, patient);
        Inbox::new(client, Tables::default().notifications, SignedDuration::from_hours(24 * 90))
    }

    async fn fill(&self, events: u64) {
        let inbox = self.inbox();
        let filled = stream::iter(0..events)
            .map(|n| record(&inbox, n))
            .buffer_unordered(16)
            .count()
            .await;
        assert_eq!(filled as u64, events);
    }
}

impl Drop for Amazon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn record(inbox: &Inbox, n: u64) {
    let now = Timestamp::now();
    let raw = Payload::new("SUBSCRIPTION_RENEWED", &format!("purchase {n}"), now).text();
    let event = rtn::read(&raw).unwrap().event;
    let entry = Entry {
        subject: event.subject(),
        event: event.event_key(),
        message_id: &ids::message_id(&raw),
        topic_arn: "arn:aws:sns:us-east-1:033616359524:LT0XA",
        sns_timestamp: now,
        signature_version: 2,
        repaired: false,
        warnings: Vec::new(),
        raw: &raw,
        unreadable: None,
        trace_id: None,
    };
    inbox.record(&entry, &Attempt { id: "bench", now }).await.unwrap();
}

/// The most memory that this process has had, from Linux's `/proc/self/status`.
fn peak_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// User and system time of this process in milliseconds, from `/proc/self/stat`, which counts in hundredths of a second.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1.split(' ').collect::<Vec<_>>();
    let ticks = |position: usize| fields[position].parse::<u64>().unwrap();
    (ticks(11) + ticks(12)) * 10
}

const EVENTS: &str = "arn:aws:sns:us-east-1:123456789012:events";
const STORE: &str = "--store";
