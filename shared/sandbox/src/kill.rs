//! An execution environment that Lambda ends, or freezes, in the middle of its work.
//!
//! A function waits whenever it has asked a network for something; those are the places where it can be ended with effect. A test
//! that goes through all of them, one wait later each time, has seen every crash there is.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

/// Lets a future wait so many times and then drops it, as a killed environment does; `None` if that happened.
pub async fn killed_after<F: Future>(waits: usize, future: F) -> Option<F::Output> {
    first_waits(waits, pin!(future)).await
}

/// Lets a future wait so many times, does something else, and lets it go on; whether it had ended before.
pub async fn interrupted_after<F: Future>(waits: usize, future: F, meanwhile: impl Future) -> (F::Output, bool) {
    let mut future = pin!(future);
    let ended = first_waits(waits, future.as_mut()).await;
    meanwhile.await;
    match ended {
        Some(output) => (output, true),
        None => (future.await, false),
    }
}

async fn first_waits<F: Future>(waits: usize, mut future: Pin<&mut F>) -> Option<F::Output> {
    let mut left = waits;
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn a_future_gets_as_far_as_its_waits_let_it() {
        for (waits, reached) in [(0, 0), (1, 1), (2, 2), (3, 2)] {
            let mut steps = 0;
            let work = async {
                for _ in 0..2 {
                    yield_now().await;
                    steps += 1;
                }
            };
            let ended = killed_after(waits, work).await;
            assert_eq!((steps, ended.is_some()), (reached, waits >= 2), "{waits}");
        }
    }
}
