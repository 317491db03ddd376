//! What Linux tells of a process in `/proc`, to the nanosecond: on other systems nothing.

use std::fs;
use std::time::Duration;

/// What all threads have had of the CPU: the first field of each one's `schedstat` (Linux, "Scheduler Statistics"). A thread that
/// has ended is not among them; the functions end none between two messages.
fn cpu(pid: u32) -> Option<Duration> {
    let threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    let each = threads.map(|thread| {
        let told = fs::read_to_string(thread.ok()?.path().join("schedstat")).ok()?;
        Some(Duration::from_nanos(told.split(' ').next()?.parse().ok()?))
    });
    each.sum()
}

/// The same as soon as the process waits: an answer has come before the process has put everything away, and a thread that runs is
/// counted up to the scheduler's last look at it.
pub(crate) async fn cpu_when_at_rest(pid: u32) -> Option<Duration> {
    let (mut last, mut same) = (cpu(pid)?, 0);
    while same < LOOKS {
        tokio::task::yield_now().await;
        let now = cpu(pid)?;
        same = if now == last && !is_running(pid)? { same + 1 } else { 0 };
        last = now;
    }
    Some(last)
}

/// Whether any thread has something to do.
fn is_running(pid: u32) -> Option<bool> {
    let mut threads = fs::read_dir(format!("/proc/{pid}/task")).ok()?;
    threads.try_fold(false, |found, thread| {
        let told = fs::read_to_string(thread.ok()?.path().join("stat")).ok()?;
        Some(found || told.rsplit_once(") ")?.1.starts_with('R'))
    })
}

/// The most memory that it has had, in bytes.
pub(crate) fn peak_rss(pid: u32) -> Option<usize> {
    let told = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kilobytes = told
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.strip_suffix(" kB"))?;
    Some(kilobytes.trim().parse::<usize>().ok()? * 1024)
}

/// How many processes wanted a core, on average of one, five and fifteen minutes.
pub(crate) fn load() -> Option<String> {
    let told = fs::read_to_string("/proc/loadavg").ok()?;
    Some(told.split(' ').take(3).collect::<Vec<_>>().join(" "))
}

/// This program answers its calls between two looks.
const LOOKS: usize = 10;
