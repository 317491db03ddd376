//! Somebody who comes in right before a request of another.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use aws_sdk_dynamodb::config::interceptors::BeforeSerializationInterceptorContextMut;
use aws_sdk_dynamodb::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_dynamodb::error::BoxError;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Does some work before the client's next request but so many.
#[derive(Clone, Default)]
pub(super) struct Between(Arc<Mutex<Option<(usize, Work)>>>);

impl Between {
    pub(super) fn come(&self, request: usize, work: impl Future<Output = ()> + Send + 'static) {
        *self.0.lock().unwrap() = Some((request, Box::pin(work)));
    }

    /// The work, if there was no such request.
    pub(super) fn leave(&self) -> Option<Work> {
        self.0.lock().unwrap().take().map(|(_, work)| work)
    }

    fn next(&self) -> Option<Work> {
        let mut waiting = self.0.lock().unwrap();
        let (left, _) = waiting.as_mut()?;
        match left.checked_sub(1) {
            Some(fewer) => {
                *left = fewer;
                None
            }
            None => waiting.take().map(|(_, work)| work),
        }
    }
}

impl fmt::Debug for Between {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Between")
    }
}

impl Intercept for Between {
    fn name(&self) -> &'static str {
        "Between"
    }

    fn modify_before_serialization(
        &self,
        _: &mut BeforeSerializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(work) = self.next() {
            block_in_place(|| Handle::current().block_on(work));
        }
        Ok(())
    }
}
