//! What a sweep takes: calls to SNS, memory, and time at SNS's pace; over a fleet in which all is well, and over one with one device in a
//! hundred that is not.
//!
//! SNS and the table are another process, so that the memory is the function's. Nothing sleeps: a wait moves the clocks of both processes
//! on, and nothing else does. So the minutes are those of the pace, and SNS keeps its quotas by them. An invocation has 900 seconds, as on
//! Lambda, and a run as many invocations as it needs.
//!
//! `cargo bench -p reconcile --bench sweep` is about a million endpoints. `cargo test` runs it, too, with a few thousand. The variable
//! `FIREPOST_SWEEP_ENDPOINTS` says how many otherwise; of fewer than five thousand the call that is made once for all would be too many.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it is a program that measures and prints, and stops where something is wrong"
)]

mod amazon;
mod fleet;

use std::time::Instant;

use jiff::SignedDuration;
use reconcile::{Asked, Now, Order, Parts, Ran, Rules, Sizes, Summary, Sweep, quota};
use upkeep::plan::Caps;

use self::amazon::{Amazon, Counts};
use self::fleet::application;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == amazon::CHILD) {
        return amazon::serve(arguments[at + 1].parse().unwrap()).await;
    }
    let is_bench = arguments.iter().any(|argument| argument == "--bench");
    let usual = if is_bench { 1_000_000 } else { 5_000 };
    let said = std::env::var("FIREPOST_SWEEP_ENDPOINTS").ok();
    measure(said.map_or(usual, |number| number.parse().unwrap())).await;
}

async fn measure(endpoints: u64) {
    let amazon = Amazon::start(endpoints);
    let sweep = sweep(&amazon, endpoints);
    println!(
        "{endpoints} endpoints\n{:<8} {:<6} {:>12} {:>8} {:>9} {:>9} {:>8} {:>8} {:>8}",
        "fleet", "mode", "invocations", "minutes", "pages/s", "calls", "per 100", "real s", "MB"
    );
    let row = Row {
        amazon: &amazon,
        sweep: &sweep,
        endpoints,
    };

    // The first run over an application is a plan: it is what the next compares itself with.
    let (planned, counts) = row.run("healthy", Asked::Plan).await;
    assert_eq!((planned.healthy, counts.mutating), (endpoints, 0));
    let (applied, counts) = row.run("healthy", Asked::Apply).await;
    assert_eq!((applied.healthy, counts.mutating), (endpoints, 0));
    let per_100 = counts.calls() as f64 * 100.0 / endpoints as f64;
    assert!(
        per_100 <= 1.02,
        "a healthy endpoint is listed, and that is all: {per_100} calls for each 100"
    );

    let sick = amazon.sicken().await;
    let (healed, counts) = row.run("sick", Asked::Apply).await;
    assert_eq!((healed.healed.user_data, healed.healed.created), (sick.renamed, sick.deleted));
    assert_eq!(
        (healed.left_disabled, counts.mutating),
        (sick.disabled, sick.renamed + sick.deleted)
    );
    let (settled, counts) = row.run("settled", Asked::Apply).await;
    assert_eq!((settled.healthy, counts.mutating), (endpoints - sick.disabled, 0));
}

/// A line of the table.
struct Row<'a> {
    amazon: &'a Amazon,
    sweep: &'a Sweep,
    endpoints: u64,
}

impl Row<'_> {
    /// A run, by as many invocations as it takes, and what it promises whatever it finds.
    async fn run(&self, fleet: &str, asked: Asked) -> (Summary, Counts) {
        let (before, began, real) = (self.amazon.counts(), self.amazon.clock().now(), Instant::now());
        let order = Order::Now(Now {
            asked: Some(asked),
            plan_hash: None,
        });
        let (summary, invocations) = self.invoke_until_over(&order).await;
        let counts = self.amazon.counts() - before;
        let seconds = self.amazon.clock().now().duration_since(began).as_secs_f64();
        let pages_a_second = counts.pages as f64 / seconds;
        let memory_kb = peak_memory_kb();
        println!(
            "{fleet:<8} {:<6} {invocations:>12} {:>8.1} {pages_a_second:>9.1} {:>9} {:>8.3} {:>8.1} {:>8.1}",
            summary.mode,
            seconds / 60.0,
            counts.calls(),
            counts.calls() as f64 * 100.0 / self.endpoints as f64,
            real.elapsed().as_secs_f64(),
            memory_kb as f64 / 1024.0,
        );
        assert_eq!((counts.breaches, summary.throttles), (0, 0), "SNS's quotas are kept");
        let budget = f64::from(quota::LIST_ENDPOINTS) * f64::from(Rules::default().budget_percent) / 100.0;
        assert!(pages_a_second <= budget, "and of their part no more than a run may have");
        assert_eq!(
            summary.calls.list + summary.calls.other,
            counts.calls(),
            "each call is on record"
        );
        assert_eq!(summary.calls.list, self.endpoints.div_ceil(100), "nothing is listed twice");
        let most_kb = 64 * 1024 + 40 * self.endpoints / 1024;
        assert!(memory_kb <= most_kb, "{memory_kb} KB of memory, and not {most_kb}");
        (summary, counts)
    }

    async fn invoke_until_over(&self, order: &Order) -> (Summary, u32) {
        let mut invocations = 0;
        loop {
            invocations += 1;
            let ends_at = self.amazon.clock().now() + SignedDuration::from_secs(900);
            let id = format!("invocation-{invocations}-{ends_at}");
            let ran = self
                .sweep
                .run(&application(), order, ends_at, inbox::Invoked::untraced(&id), &mut |_| {})
                .await
                .unwrap();
            match ran {
                Ran::Finished(summary) => return (*summary, invocations),
                Ran::Unfinished { .. } => {}
                other => unreachable!("nobody else sweeps: {other:?}"),
            }
        }
    }
}

fn sweep(amazon: &Amazon, endpoints: u64) -> Sweep {
    // Enough for one in a hundred.
    let most = u32::try_from(endpoints).unwrap();
    Sweep::new(Parts {
        registry: fleet::registry(amazon.dynamodb()),
        applications: fleet::applications(amazon.sns()),
        rules: Rules {
            caps: Caps {
                creates: most,
                deletes: most,
                enables: most,
            },
            ..Rules::default()
        },
        clock: amazon.clock().clone(),
        wait: amazon.wait(),
    })
    // The embedded store reads the parts of a table one by one, and each page of a part by way of all its rows.
    .with_sizes(Sizes {
        segments: 1,
        ..Sizes::default()
    })
}

/// The most memory that this process ever had, from `/proc/self/status`.
fn peak_memory_kb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
