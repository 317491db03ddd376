//! The loop of a function, where waking it is cheap.

use std::panic;
use std::time::Duration;

/// Does the work as a task of the runtime, and gives what it gives.
///
/// What wakes a task is put into a list. What wakes the future that a runtime itself waits for, as `main`'s, goes through the kernel each time, since
/// it may come from another thread: three such calls a message, a tenth of its time.
///
/// # Panics
/// As the work does.
pub async fn as_task<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    match tokio::spawn(work).await {
        Ok(done) => done,
        // Nobody has the handle by which it could be ended otherwise.
        Err(ended) => panic::resume_unwind(ended.into_panic()),
    }
}

/// What the work gives, if it comes within a second: for what is convenient, and must keep neither a start nor a delivery.
pub async fn briefly<T>(work: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(BRIEFLY, work).await.ok()
}

const BRIEFLY: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_work_is_done_and_gives_what_it_gives() {
        assert_eq!(as_task(async { 7 }).await, 7);
    }

    #[tokio::test]
    async fn what_comes_soon_is_waited_for() {
        assert_eq!(briefly(async { 7 }).await, Some(7));
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_come_is_not() {
        assert_eq!(briefly(std::future::pending::<()>()).await, None);
    }

    #[tokio::test]
    #[should_panic(expected = "by the work")]
    async fn a_panic_of_the_work_goes_on() {
        as_task(async { panic!("by the work") }).await;
    }
}
