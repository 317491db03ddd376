//! What a send takes: throughput, CPU, and calls to the store and to ADM, one at a time and sixteen at once; and what a replay takes.
//!
//! The store and ADM are another process, so that CPU is the function's. Each send makes a new connection to ADM, on purpose, and here
//! without TLS. Run with `cargo bench -p adm --bench send`.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it is a program that measures and prints, and stops where something is wrong"
)]

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use adm::{Adm, CredentialSource, Credentials, Endpoint, Https, Ledger, Pace, Parts, Service, Shards, authorities};
use bytes::Bytes;
use futures_util::{StreamExt as _, stream};
use http::Request;
use jiff::{SignedDuration, Timestamp};
use sandbox::AdmService;
use sandbox::dynamo::{Dynamo, Faults, Tables, create_tables};
use sends::Sends;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::args().any(|argument| argument == AMAZON) {
        return serve().await;
    }
    println!(
        "{:<8} {:>8} {:>9} {:>9} {:>12} {:>12} {:>12}",
        "what", "at once", "seconds", "sends/s", "CPU us/send", "p50 ms", "p99 ms"
    );
    for (what, at_once) in [("send", 1), ("send", 16), ("replay", 1), ("replay", 16)] {
        let amazon = Amazon::start();
        let service = amazon.service();
        if what == "replay" {
            run(&service, at_once, SENDS).await;
        } else {
            // The token, the connections.
            run(&service, 1, 1).await;
        }
        let (cpu_before, began) = (cpu_ms(), Instant::now());
        let mut times = run(&service, at_once, SENDS).await;
        let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_ms() - cpu_before);
        times.sort_unstable();
        let at = |share: f64| times[(times.len() as f64 * share) as usize].as_secs_f64() * 1000.0;
        println!(
            "{what:<8} {at_once:>8} {seconds:>9.2} {:>9.0} {:>12.0} {:>12.2} {:>12.2}",
            f64::from(SENDS) / seconds,
            cpu as f64 * 1000.0 / f64::from(SENDS),
            at(0.5),
            at(0.99)
        );
    }
    let calls = calls_for_one_send().await;
    println!("one send: {} calls to the store, {} to ADM", calls.0, calls.1);
    assert_eq!(calls, (2, 1));
}

/// Sends so many messages, each under its own key; how long each took.
async fn run(service: &Service, at_once: usize, sends: u32) -> Vec<Duration> {
    stream::iter(0..sends)
        .map(|n| async move {
            let began = Instant::now();
            assert_eq!(send(service, n).await, 200);
            began.elapsed()
        })
        .buffer_unordered(at_once)
        .collect()
        .await
}

async fn send(service: &Service, n: u32) -> u16 {
    let request = Request::post("/adm/topics/news/messages")
        .header("idempotency-key", format!("message-{n}"))
        .body(Bytes::from(format!(r#"{{"data":{{"article":"{n}"}}}}"#)))
        .unwrap();
    let ends_at = Timestamp::now() + SignedDuration::from_secs(29);
    service
        .respond(&request, inbox::Invoked::untraced(&format!("request-{n}")), ends_at)
        .await
        .status()
        .as_u16()
}

/// Counted where they arrive.
async fn calls_for_one_send() -> (usize, usize) {
    let (dynamo, adm) = amazon().await;
    let faults: Faults = dynamo.with_faults().await.unwrap();
    let endpoint = adm.serve(0).await.unwrap();
    let service = service(faults.endpoint(), &endpoint.url());
    assert_eq!(send(&service, 0).await, 200);
    (faults.all_calls(), adm.calls(sandbox::adm::Target::Send).len())
}

async fn amazon() -> (Dynamo, AdmService) {
    let dynamo = Dynamo::in_memory().await.unwrap();
    create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
    let adm = AdmService::new(Timestamp::now);
    adm.add_profile(CLIENT_ID, CLIENT_SECRET);
    adm.register(CLIENT_ID);
    adm.subscribe(CLIENT_ID, "instance", "news").unwrap();
    (dynamo, adm)
}

/// The child: a store and ADM, until its input ends.
async fn serve() {
    let (dynamo, adm) = amazon().await;
    let endpoint = adm.serve(0).await.unwrap();
    println!("{} {}", dynamo.endpoint(), endpoint.url());
    tokio::task::spawn_blocking(|| std::io::stdin().lines().count())
        .await
        .unwrap();
}

fn service(dynamodb: &str, adm: &str) -> Service {
    let store = sandbox::dynamo::client_at(dynamodb);
    let endpoint = Endpoint::parse(adm).unwrap();
    let credentials = format!(r#"{{"client_id":"{CLIENT_ID}","client_secret":"{CLIENT_SECRET}"}}"#);
    let credentials = CredentialSource::given(Credentials::from_json(&credentials).unwrap());
    let table = Tables::default().sends;
    Service::new(Parts {
        adm: Adm::new(
            Https::new(&authorities(), Duration::from_secs(8)),
            endpoint.clone(),
            endpoint,
            credentials,
        ),
        sends: Sends::new(store.clone(), table.as_str(), Duration::from_secs(30 * 86_400)),
        ledger: Ledger::new(store, table),
        shards: Shards::default(),
        queue: None,
        pace: Pace::new(Timestamp::now, || 0.5, |_| Box::pin(tokio::task::yield_now())),
    })
}

struct Amazon {
    child: Child,
    dynamodb: String,
    adm: String,
}

impl Amazon {
    fn start() -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg(AMAZON)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (dynamodb, adm) = line.trim().split_once(' ').unwrap();
        Self {
            dynamodb: dynamodb.to_owned(),
            adm: adm.to_owned(),
            child,
        }
    }

    fn service(&self) -> Service {
        service(&self.dynamodb, &self.adm)
    }
}

impl Drop for Amazon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// User and system time of this process in milliseconds, from `/proc/self/stat`, which counts in hundredths of a second.
fn cpu_ms() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1.split(' ').collect::<Vec<_>>();
    (fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()) * 10
}

const AMAZON: &str = "--amazon";
const CLIENT_ID: &str = "amzn1.application-oa2-client.0123456789abcdef";
const CLIENT_SECRET: &str = "0123456789abcdef";
const SENDS: u32 = 2_000;
