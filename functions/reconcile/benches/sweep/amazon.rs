//! SNS and the table, in a process of their own, and the clock that both processes go by.

use std::io::{BufRead as _, BufReader, Write as _};
use std::ops::Sub;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reconcile::{Clock, Wait};
use sandbox::SnsApi;
use sandbox::dynamo::{Dynamo, Tables, create_tables};
use sandbox::sns_api::Action;

use super::fleet;

/// The other process.
pub(crate) struct Amazon {
    child: Child,
    line: Arc<Mutex<Line>>,
    hand: Hand,
    clock: Clock,
    addresses: (String, String),
}

/// What SNS has counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    /// Pages of the listing.
    pub(crate) pages: u64,
    /// Calls that change something.
    pub(crate) mutating: u64,
    pub(crate) others: u64,
    /// Calls that were one too many.
    pub(crate) breaches: u64,
}

/// Endpoints with which something is wrong, by what it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sick {
    /// SNS disables them: they stay so until their devices come back.
    pub(crate) disabled: u64,
    /// They have other user data.
    pub(crate) renamed: u64,
    /// They are gone.
    pub(crate) deleted: u64,
}

/// A clock that goes on when somebody waits. Each process has one, and both go on alike.
#[derive(Clone, Default)]
struct Hand(Arc<AtomicI64>);

/// To the other process and back.
struct Line {
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Amazon {
    /// With so many endpoints, and a row for each.
    pub(crate) fn start(endpoints: u64) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([CHILD, &endpoints.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = Line {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
        };
        let greeting = line.read();
        let (dynamodb, sns) = greeting.split_once(' ').unwrap();
        let hand = Hand::default();
        let clock = hand.clone();
        Self {
            child,
            line: Arc::new(Mutex::new(line)),
            hand,
            clock: Clock::new(move || clock.now()),
            addresses: (dynamodb.to_owned(), sns.to_owned()),
        }
    }

    pub(crate) fn dynamodb(&self) -> &str {
        &self.addresses.0
    }

    pub(crate) fn sns(&self) -> &str {
        &self.addresses.1
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Waits for nothing, and moves both clocks on: SNS's first, which is so never behind.
    pub(crate) fn wait(&self) -> Wait {
        let (line, hand) = (self.line.clone(), self.hand.clone());
        Wait::new(move |time| {
            let ms = i64::try_from(time.as_micros().div_ceil(1_000)).unwrap();
            line.lock().unwrap().ask(&format!("skip {ms}"));
            hand.skip(ms);
            Box::pin(std::future::ready(()))
        })
    }

    pub(crate) fn counts(&self) -> Counts {
        let [pages, mutating, others, breaches] = self.line.lock().unwrap().numbers("count");
        Counts {
            pages,
            mutating,
            others,
            breaches,
        }
    }

    /// Lets something happen to one endpoint in a hundred, so long ago that what is gone is listed no more.
    pub(crate) async fn sicken(&self) -> Sick {
        let [disabled, renamed, deleted] = self.line.lock().unwrap().numbers("sicken");
        self.wait().wait(Duration::from_secs(10)).await;
        Sick {
            disabled,
            renamed,
            deleted,
        }
    }
}

impl Drop for Amazon {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The other process's part: it serves and answers until its input ends.
pub(crate) async fn serve(endpoints: u64) {
    let hand = Hand::default();
    let clock = hand.clone();
    let api = SnsApi::new(move || clock.now()).keeping(100);
    let sns = api.serve(0).await.unwrap();
    let dynamo = Dynamo::in_memory().await.unwrap();
    create_tables(&dynamo.client(), &Tables::default()).await.unwrap();
    let arns = fleet::fill(&dynamo, &api.push(), endpoints, hand.now()).await;
    println!("{} {}", dynamo.endpoint(), sns.url());

    let answer = move |order: &str| match order.split_once(' ') {
        Some(("skip", ms)) => {
            hand.skip(ms.parse().unwrap());
            String::new()
        }
        None if order == "count" => {
            let count = |action| api.count(action);
            let pages = count(Action::ListEndpointsByPlatformApplication);
            let all: usize = Action::ALL.into_iter().map(count).sum();
            let mutating = api.mutating_calls();
            format!("{pages} {mutating} {} {}", all - pages - mutating, api.push().breaches())
        }
        _ => {
            let [disabled, renamed, deleted] = fleet::sicken(&api.push(), &arns);
            format!("{disabled} {renamed} {deleted}")
        }
    };
    let until_the_end = tokio::task::spawn_blocking(move || {
        let orders = std::io::stdin().lines();
        orders.for_each(|order| println!("{}", answer(&order.unwrap())));
    });
    until_the_end.await.unwrap();
}

impl Counts {
    /// All calls.
    pub(crate) fn calls(&self) -> u64 {
        self.pages + self.mutating + self.others
    }
}

impl Sub for Counts {
    type Output = Self;

    fn sub(self, before: Self) -> Self {
        Self {
            pages: self.pages - before.pages,
            mutating: self.mutating - before.mutating,
            others: self.others - before.others,
            breaches: self.breaches - before.breaches,
        }
    }
}

impl Hand {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_millis(BEGAN_MS + self.0.load(Ordering::SeqCst))
    }

    fn skip(&self, ms: i64) {
        self.0.fetch_add(ms, Ordering::SeqCst);
    }
}

impl Line {
    fn ask(&mut self, order: &str) -> String {
        self.input.write_all(format!("{order}\n").as_bytes()).unwrap();
        self.read()
    }

    fn numbers<const N: usize>(&mut self, order: &str) -> [u64; N] {
        let answer = self.ask(order);
        let numbers: Vec<u64> = answer.split(' ').map(|number| number.parse().unwrap()).collect();
        numbers.try_into().unwrap()
    }

    fn read(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

/// The argument that makes a process this one.
pub(crate) const CHILD: &str = "--amazon";
/// 2026-03-06T20:00:00Z.
const BEGAN_MS: i64 = 1_772_827_200_000;
