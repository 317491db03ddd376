//! A body that is handed over at most once, and never after it has been withheld.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// Decides a race between the connection, which takes the body, and a fault, which withholds it: one of them wins, for good.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<AtomicU8>);

impl Gate {
    /// Withholds the body. False when it has been handed over already.
    pub(super) fn shut(&self) -> bool {
        self.decide(SHUT)
    }

    fn hand_over(&self) -> bool {
        self.decide(HANDED_OVER)
    }

    fn decide(&self, way: u8) -> bool {
        let decided = self.0.compare_exchange(OPEN, way, Ordering::SeqCst, Ordering::SeqCst);
        decided.is_ok() || decided == Err(way)
    }
}

/// The body of a request behind its gate.
pub(super) struct Guarded {
    bytes: Option<Bytes>,
    gate: Gate,
}

/// The fault was first: the connection gets nothing.
#[derive(Debug, thiserror::Error)]
#[error("the request was given up before its body was sent")]
pub(super) struct Withheld;

impl Guarded {
    pub(super) fn new(bytes: Bytes, gate: Gate) -> Self {
        Self {
            bytes: Some(bytes),
            gate,
        }
    }
}

impl Body for Guarded {
    type Data = Bytes;
    type Error = Withheld;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Withheld>>> {
        let Some(bytes) = self.bytes.take() else {
            return Poll::Ready(None);
        };
        Poll::Ready(Some(match self.gate.hand_over() {
            true => Ok(Frame::data(bytes)),
            false => Err(Withheld),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

const OPEN: u8 = 0;
const HANDED_OVER: u8 = 1;
const SHUT: u8 = 2;

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_body_that_was_withheld_is_never_handed_over() {
        let gate = Gate::default();
        let body = Guarded::new("message".into(), gate.clone());
        assert_eq!((body.size_hint().exact(), body.is_end_stream()), (Some(7), false));
        assert!(gate.shut());
        assert!(gate.shut());
        assert!(matches!(body.collect().await, Err(Withheld)));
    }

    #[tokio::test]
    async fn a_body_that_was_handed_over_cannot_be_withheld() {
        let gate = Gate::default();
        let body = Guarded::new("message".into(), gate.clone()).collect().await.unwrap();
        assert_eq!(body.to_bytes(), "message");
        assert!(!gate.shut());
    }
}
