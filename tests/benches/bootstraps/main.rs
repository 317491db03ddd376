//! What users pay for: the start of each function's executable, a message in a running one, its memory, and its size.
//!
//! Each function is its real process, started as Lambda starts it and asked over the Runtime API, with the event that it gets most;
//! DynamoDB, SNS, ADM and all else of Amazon's are in this process, and every message is made before the clock runs. Beside them is a
//! floor, `benches/floor.rs`: a function that does nothing. All take turns within one run, so that what else the machine does meets
//! all of them, and ratios to the floor hold better than milliseconds. README, "Measure", has how to run it.
//!
//! Without `--bench`, as `cargo test` runs it, a few messages show that every answer is the expected one. No time is asserted. CPU and
//! memory are read from `/proc`, so there are none but on Linux.

#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "it is a program that measures and prints, and stops where something is wrong"
)]

mod amazon;
mod events;
mod executable;
mod line;
mod proc;
mod process;
mod table;

use jiff::Timestamp;

use self::amazon::Amazon;
use self::executable::Executables;
use self::line::{Line, lines};

/// How much is measured.
struct Plan {
    /// Fresh processes of each line.
    starts: usize,
    /// Messages of a process before the clock runs.
    warm_up: usize,
    /// Turns of a process.
    turns: usize,
    /// Messages in a turn, one after the other.
    in_turn: usize,
}

impl Plan {
    /// Messages of each line in all.
    fn events(&self) -> usize {
        self.starts + self.warm_up + self.turns * self.in_turn
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let is_bench = std::env::args().any(|argument| argument == "--bench");
    let plan = if is_bench { FULL } else { SMOKE };
    let executables = Executables::new(std::env::var_os("FIREPOST_BOOTSTRAPS").map(Into::into));
    let amazon = Amazon::start(Timestamp::now).await;
    let mut lines = lines(&amazon, &executables, plan.events()).await;

    let before = proc::load();
    for _ in 0..plan.starts {
        for line in &mut lines {
            line.start(&amazon).await;
        }
    }
    for line in &mut lines {
        line.warm_up(&amazon, plan.warm_up).await;
    }
    for _ in 0..plan.turns {
        for line in &mut lines {
            line.turn(&amazon, plan.in_turn).await;
        }
    }
    let after = proc::load();
    lines.iter_mut().for_each(Line::end);

    // Two lines of `drs`, one of `rtn`, and the rows that `rtn` wrote for `dispatch`.
    assert_eq!(amazon.recorded().await, 4 * plan.events());
    assert_eq!((amazon.handed_on(), amazon.sent()), (plan.events(), plan.events()));
    if is_bench {
        println!("{}", head(&plan, &executables, [before, after]));
        println!("{}", table::render(&lines));
    }
}

fn head(plan: &Plan, executables: &Executables, [before, after]: [Option<String>; 2]) -> String {
    let Plan {
        starts,
        warm_up,
        turns,
        in_turn,
    } = plan;
    let cores = std::thread::available_parallelism().map_or_else(|_| "?".to_owned(), |cores| cores.to_string());
    let [before, after] = [before, after].map(|load| load.unwrap_or_else(|| "-".to_owned()));
    let built = if cfg!(debug_assertions) {
        "for development"
    } else {
        "optimised"
    };
    format!(
        "{cores} cores; load average {before} before, {after} after\n\
         executables: {}\n\
         this program, with DynamoDB, SNS and ADM in it: built {built}\n\
         start: {starts} fresh processes each. message: {turns} turns of {in_turn} each, after {warm_up} that do not count\n",
        executables.told()
    )
}

const FULL: Plan = Plan {
    starts: 15,
    warm_up: 50,
    turns: 10,
    in_turn: 50,
};
const SMOKE: Plan = Plan {
    starts: 1,
    warm_up: 0,
    turns: 1,
    in_turn: 5,
};
